/** Text that PostgreSQL and every platform can hold: well-formed Unicode, no NUL. */
export function clean(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '');
}

/** At most `most` UTF-16 units from the start, and never half of a character. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  // A pair that is cut through leaves its first half, which alone is no character.
  return text.slice(0, most).replace(/[\uD800-\uDBFF]$/, '');
}
