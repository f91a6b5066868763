/**
 * Arrays as PostgreSQL writes them, for the types that statements of ours use. postgres.js would ask each new connection for
 * all types there are, and nobody waits for that query's failure: a connection lost in this moment ends the process.
 */
export type ArrayType = {
  readonly to: number;
  readonly from: number[];
  readonly serialize: (items: readonly (string | number | null)[]) => string;
  readonly parse: (text: string) => unknown[];
};

const asText = (text: string): string => text;

/** Object ids of PostgreSQL's own array types, which never change (pg_type.dat). */
export const ARRAY_TYPES: Readonly<Record<string, ArrayType>> = {
  booleans: arrayOf(1000, (text) => text === 't'),
  integers: arrayOf(1007, Number),
  texts: arrayOf(1009, asText),
  // As everywhere in postgres.js: a bigint may be more than a number holds.
  bigints: arrayOf(1016, asText),
  doubles: arrayOf(1022, Number),
  moments: arrayOf(1185, (text) => new Date(text)),
  uuids: arrayOf(2951, asText),
};

function arrayOf(oid: number, parseItem: (text: string) => unknown): ArrayType {
  return {
    to: oid,
    from: [oid],
    serialize: (items) => `{${items.map(itemText).join(',')}}`,
    parse: (text) => Array.from(text.matchAll(ITEM), ([whole, quoted]) => item(whole, quoted, parseItem)),
  };
}

/** One item of an array's text: in quotes with backslashes before what is special, or bare. */
const ITEM = /"((?:[^"\\]|\\[^])*)"|[^{},"]+/g;

function item(whole: string, quoted: string | undefined, parseItem: (text: string) => unknown): unknown {
  if (quoted !== undefined) return parseItem(quoted.replaceAll(/\\([^])/g, '$1'));
  return whole === 'NULL' ? null : parseItem(whole);
}

function itemText(value: string | number | null): string {
  return value === null ? 'NULL' : `"${String(value).replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}
