/** Text that PostgreSQL and every platform can hold: well-formed Unicode, no NUL. */
export function clean(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '');
}
