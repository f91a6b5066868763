import { z } from 'zod';
import { Failure } from '../model/failure.ts';
import { parseJson } from '../model/parse-json.ts';

/** Rows of one page at most. */
const MOST = 200;

/** A page of a list: the newest rows, or those behind a cursor. */
export const PageQuery = z.object({
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(MOST).default(50),
});

/** A list in pages. `next` is the cursor of the page behind this one; null: there is none. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), next: z.string().nullable() });

/** Where a page begins: behind the row with this time and id. */
export type After = { readonly at: string; readonly id: string };

const Cursor = z.tuple([z.iso.datetime({ offset: true }), z.string().max(200)]);

/** What a cursor says. @throws Failure `invalid`: it is none of ours. */
export function decodeCursor<Parts>(cursor: string, parts: z.ZodType<Parts>): Parts {
  const parsed = parts.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString('utf8')));
  if (!parsed.success) throw new Failure('invalid', 'cursor: take it from `next` of the page before, as it is');
  return parsed.data;
}

/** Opaque to whoever sends it back. Pure. */
export const encodeCursor = (parts: readonly string[]): string =>
  Buffer.from(JSON.stringify(parts)).toString('base64url');

/** @throws Failure `invalid`: it is none of ours. */
export function readCursor(cursor: string | undefined): After | undefined {
  if (cursor === undefined) return undefined;
  const [at, id] = decodeCursor(cursor, Cursor);
  return { at, id };
}

/**
 * The rows of a page, of which one more was asked for than it has. Pure.
 * @param lookedTo where looking ended before the end of the list: there a page goes on that has found too few.
 */
export function page<Row extends object>(
  rows: readonly Row[],
  limit: number,
  place: (row: Row) => After,
  lookedTo?: After,
): { items: Row[]; next: string | null } {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const after = rows.length > limit && last !== undefined ? place(last) : lookedTo;
  return { items, next: after === undefined ? null : encodeCursor([after.at, after.id]) };
}
