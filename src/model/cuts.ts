import { around } from './outline.ts';
import type { Fence } from './outline.ts';
import { lineStart } from './compose.ts';
import type { Work } from './compose.ts';

/** A cut in the first part of the room would waste the rest of it. */
export const LEAST_FILL = 0.4;

/** The end of a sentence: its mark, closing quotes and brackets; in scripts without blanks the mark alone. */
const SENTENCE = /[.!?…]+["'”’)\]*_]*(?=\s)|[。！？]["'”’）」』]*|[\r\n]+/g;
/** What would be read as the beginning of another block if it stood first in a part. */
const BLOCK_MARK = /^(?:#{1,6}[ \t]|[-+*][ \t]|\d{1,9}[.)][ \t]|>|`{3}|~{3}|\||:?-+:?[ \t]*\||[=-]+[ \t]*$)/m;
const SEGMENTER = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Where a cut may be: after `from`, at most at `most`; `exact` when not one character more would fit a part. */
export type Room = { readonly from: number; readonly most: number; readonly exact: boolean };

/**
 * Where to cut a block that is larger than a part: in a fence between lines, in a table between rows, else between
 * sentences, words, graphemes. Undefined when what stands first would be broken although a part of its own might hold it.
 */
export function cutInside(work: Work, room: Room): number | undefined {
  const { from, most, exact } = room;
  const fence = around(work.outline.fences, most);
  if (fence !== undefined) return cutFence(work, fence, room);
  const table = around(work.outline.tables, most);
  const row = table?.rows.findLast((row) => row <= most);
  if (table !== undefined && row !== undefined && row > Math.max(from, table.rows[0] ?? table.end)) return row;
  return table === undefined || exact ? cutText(work, from, most) : undefined;
}

function cutFence(work: Work, fence: Fence, { from, most, exact }: Room): number | undefined {
  const line = lineStart(work, Math.min(most, fence.bodyEnd - 1));
  if (line > Math.max(from, fence.bodyStart) && line <= most) return line;
  if (!exact || most <= fence.bodyStart || from < fence.start) return undefined;
  // One line of code longer than a part: it is broken, but its last piece stays with the closing line.
  const cut = graphemeCut(work, Math.max(from, fence.bodyStart), Math.min(most, fence.bodyEnd - 2));
  return cut !== undefined && cut > fence.bodyStart ? cut : undefined;
}

function cutText(work: Work, from: number, most: number): number | undefined {
  const cut = sentenceCut(work, from, most) ?? wordCut(work, from, most);
  if (cut !== undefined) return cut;
  const first = around(work.outline.atoms, from + 1);
  const whole = first !== undefined && first.start >= from && first.end > most && fits(work, first.start, first.end);
  return whole ? undefined : graphemeCut(work, from, most);
}

const fits = ({ text, measure, part }: Work, start: number, end: number): boolean =>
  measure(text.slice(start, end)) <= part;

function sentenceCut(work: Work, from: number, most: number): number | undefined {
  const least = from + (most - from) * LEAST_FILL;
  const ends = [...work.text.slice(from, most + 1).matchAll(SENTENCE)].map(
    (match) => from + match.index + match[0].length,
  );
  return ends.findLast((end) => end <= most && end > from && end >= least && free(work, from, end) && calm(work, end));
}

function wordCut(work: Work, from: number, most: number): number | undefined {
  const least = from + (most - from) * LEAST_FILL;
  let second: number | undefined;
  for (let at = most; at > from; at -= 1) {
    if (!isBlank(work.text, at) || isBlank(work.text, at - 1)) continue;
    if (!free(work, from, at)) continue;
    if (calm(work, at)) return second !== undefined && at < least ? second : at;
    second ??= at;
  }
  return second;
}

/** Whether a cut here leaves everything indivisible whole, but for what began before `from` and is too large anyway. */
function free({ text, outline }: Work, from: number, at: number): boolean {
  const atom = around(outline.atoms, at);
  if (atom !== undefined && atom.start > from) return false;
  const next = text.slice(at, at + 200).trimStart();
  return !BLOCK_MARK.test(next.slice(0, 24).split(/[\r\n]/, 1)[0] ?? '');
}

const calm = ({ outline }: Work, at: number): boolean => around(outline.soft, at) === undefined;

const isBlank = (text: string, at: number): boolean => /\s/.test(text.charAt(at));

/** The last border between graphemes after `from` and at most at `most`, outside of anything indivisible. */
export function graphemeCut(work: Work, from: number, most: number): number | undefined {
  if (most <= from) return undefined;
  const inside = SEGMENTER.segment(work.text.slice(from, most + 64)).containing(most - from);
  const cut = inside === undefined ? most : from + inside.index;
  const atom = around(work.outline.atoms, cut);
  const before = atom !== undefined && atom.start > from ? atom.start : cut;
  return before > from ? before : undefined;
}

/** `most`, or one less where it would part a surrogate pair or a CRLF. */
export function codePointCut(text: string, from: number, most: number): number {
  const inPair = /^[\uD800-\uDBFF][\uDC00-\uDFFF]$|^\r\n$/.test(text.slice(most - 1, most + 1));
  if (!inPair) return most;
  return most - 1 > from ? most - 1 : most + 1;
}
