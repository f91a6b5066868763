/** Text that PostgreSQL and every platform can hold: well-formed Unicode, no NUL. Pure. */
export const storable = (text: string): string => text.toWellFormed().replaceAll('\u0000', '');
