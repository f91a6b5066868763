/** Characters of one passage: as much as is about one thing, and as little as every model takes whole. */
const LONGEST = 1_500;
/** Of a text there are no more: 60,000 characters. */
const MOST = 40;
const SPACE = /\s/;

/** Where a passage stands in its text, in characters as PostgreSQL counts them (code points), from 0. */
export type Part = { readonly start: number; readonly length: number; readonly text: string };

/** Cuts a text into passages, between words where there are some. Nothing of its beginning is left out. Pure. */
export function passagesOf(text: string): readonly Part[] {
  const characters = Array.from(text);
  const parts: Part[] = [];
  for (let start = 0; start < characters.length && parts.length < MOST;) {
    const length = lengthAt(characters, start);
    parts.push({ start, length, text: characters.slice(start, start + length).join('') });
    start += length;
  }
  return parts;
}

/** Up to the last space of its last third. */
function lengthAt(characters: readonly string[], start: number): number {
  const left = characters.length - start;
  if (left <= LONGEST) return left;
  const space = characters.slice(start, start + LONGEST).findLastIndex((one) => SPACE.test(one));
  return space > (LONGEST * 2) / 3 ? space + 1 : LONGEST;
}
