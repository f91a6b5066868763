import { z } from 'zod';
import { clean, cut } from './text.ts';

// What payloads are made of. Every string of a payload is read through one of these, whichever way it came: over HTTP,
// from a gateway, or as the answer to a call. JSON can hold more than PostgreSQL does: NUL, halves of characters,
// years without end.

/** Letters that somebody wrote, as long as they are. */
export const words = z.string().overwrite(clean);

/** Longer names are cut rather than refused with all that comes with them. */
const LONGEST_NAME = 200;

/** What a person, a file or a workspace is called. */
export const name = z.string().overwrite((text) => cut(clean(text), LONGEST_NAME));

/** A language as BCP 47 has it, and a time zone as IANA names it; anything else counts as not told. */
export const locale = z
  .string()
  .regex(/^[a-z]{2,3}(-[a-z\d]{2,8}){0,3}$/i)
  .nullish()
  .catch(undefined);
export const timeZone = z
  .string()
  .regex(/^[\w+-]{1,32}(\/[\w+-]{1,32}){0,2}$/)
  .nullish()
  .catch(undefined);

/** Of an author, what was told. */
export const tellsOf = (told: {
  readonly locale: string | null | undefined;
  readonly timeZone: string | null | undefined;
}): { readonly locale?: string; readonly timeZone?: string } => ({
  ...(told.locale && { locale: told.locale }),
  ...(told.timeZone && { timeZone: told.timeZone }),
});

/** PostgreSQL and ISO 8601 agree on years of four digits; before 1970 there was no platform. */
const [FIRST, LAST] = [0, Date.UTC(9999, 11, 31)];

/** Whether a time can have been. */
export const isInstant = (date: Date): boolean => date.getTime() >= FIRST && date.getTime() <= LAST;

/** A time as the platforms write it: RFC 3339. Numbers are none, though JavaScript would take them. */
export const instant = z
  .string()
  .max(64)
  .transform((text) => new Date(text))
  .refine(isInstant, 'is no time of our days');
