import { LEAST_FILL, codePointCut, cutInside, graphemeCut } from './cuts.ts';
import { afterBlanks, bareStart, compose, lineStart, sealed, startAt } from './compose.ts';
import type { Composed, Start, Work } from './compose.ts';
import { parseMarkdown } from './markdown.ts';
import { around, outlineOf, seamIndex } from './outline.ts';
import type { Seam } from './outline.ts';

/** One piece of a text. */
export type Part = {
  /** What this piece stands for: all sources joined are exactly the text. */
  readonly source: string;
  /**
   * What to post: the source, and where a block larger than a part had to be divided, what keeps both halves what they
   * are: a fence closed and opened again, a table's header rows, a quote's marks, a list's indentation taken off.
   * Blank edges are left out only where they do not fit; it is blank only when the whole text is.
   */
  readonly text: string;
};

export type PartLimits = {
  /** Largest `measure` of a part's text. */
  readonly part: number;
  /** Size of a CommonMark text in the unit of `part`. Longer text must not be smaller. */
  readonly measure: (markdown: string) => number;
};

const FENCE_MARK = /```|~~~/;

/** Rounds of halving before a part is broken anywhere: they are needed only where `measure` jumps. */
const MOST_TRIES = 4;

/**
 * Divides a CommonMark text into parts that each fit, in linear time. Cuts before a heading, between blocks, list items,
 * sentences, words or graphemes, in this order of preference; a block that fits a part is never divided, nor is a link,
 * an image, inline code, a mention, an address, a comment or a grapheme that does. An empty text has no parts.
 *
 * @param from where to begin: what is before was said already, as it was. Blanks alone are no part then.
 * @param parse as `parseMarkdown`.
 * @throws RangeError when a single character is larger than a part: such a limit is a mistake.
 */
export function split(text: string, limits: PartLimits, from = 0, parse = parseMarkdown): readonly Part[] {
  if (text === '' || (from > 0 && text.slice(from).trim() === '')) return [];
  // Most answers: nothing to divide, and no fence that might be left open.
  if (from === 0 && !FENCE_MARK.test(text) && limits.measure(text) <= limits.part) return [{ source: text, text }];
  const outline = outlineOf(text, parse(text));
  const work: Work = { text, outline, part: limits.part, measure: limits.measure };
  const parts: Part[] = [];
  let perCharacter = 1;
  for (let at = from; at < text.length;) {
    const next = nextPart(work, at, perCharacter);
    parts.push({ source: text.slice(at, next.end), text: next.text });
    perCharacter = Math.max(0.01, next.size / (next.end - at));
    at = next.end;
  }
  return parts;
}

type Next = Composed & { readonly end: number };

function nextPart(work: Work, at: number, perCharacter: number): Next {
  const start = startAt(work, at);
  let pace: Pace = { perCharacter, exact: false };
  let most = reach(work, start, pace);
  for (let tries = 0; tries < MOST_TRIES && most > start.visibleAt; tries += 1) {
    const cut = most === work.text.length ? most : chooseCut(work, start, most, pace.exact);
    if (cut === undefined) {
      if (pace.exact) break;
      // Something indivisible may fit by a hair.
      pace = { perCharacter, exact: true };
      most = reach(work, start, pace);
      continue;
    }
    const end = absorbed(work, Math.min(cut, restOfRow(work, at)));
    const part = sealed(work, start, end, compose(work, start, end));
    if (part.size <= work.part) return { ...part, end };
    most = halfway(start, Math.min(most, cut));
  }
  return anywhere(work, at, perCharacter);
}

type Pace = { readonly perCharacter: number; readonly exact: boolean };

/** As far as a part from `start` can go; unless `exact`, up to a tenth less, for measuring may be dear. */
function reach(work: Work, start: Start, { perCharacter, exact }: Pace): number {
  const { at } = start;
  const length = work.text.length;
  let low = at;
  let high = length + 1;
  let guess = at + Math.ceil(work.part / perCharacter);
  for (let tries = 0; high - low > 1; tries += 1) {
    const end = Math.max(low + 1, Math.min(guess, high - 1));
    const { size } = compose(work, start, end);
    if (size > work.part) high = end;
    else low = end;
    const nearEnd = high > length && length - low < (low - at) / 8;
    if (!exact && low === end && size >= work.part * 0.92 && !nearEnd) return low;
    if (nearEnd) guess = length;
    else if (tries > 5) guess = high > length ? at + (low - at) * 2 : (low + high) >> 1;
    else guess = at + Math.floor(((end - at) * work.part * 0.98) / Math.max(1, size));
  }
  return low;
}

/** A part that begins within a table's row ends with it, so that the next one can begin with the header. */
function restOfRow({ outline, text }: Work, at: number): number {
  const table = around(outline.tables, at);
  if (table === undefined || table.rows.includes(at) || at <= (table.rows[0] ?? at)) return text.length;
  return table.rows.find((row) => row > at) ?? text.length;
}

function chooseCut(work: Work, start: Start, most: number, exact: boolean): number | undefined {
  const { seams } = work.outline;
  const next = seamIndex(seams, most);
  const least = start.at + (most - start.at) * LEAST_FILL;
  const roomy = seams.slice(seamIndex(seams, Math.max(start.visibleAt, Math.ceil(least) - 1)), next);
  const best = roomy.reduceRight<Seam | undefined>(better, undefined);
  if (best !== undefined) return best.at;
  // One block goes on past the end of the room. It is divided only where a part of its own would be too small for it.
  const before = seams[next - 1]?.at ?? 0;
  const end = seams[next]?.at ?? work.text.length;
  const from = Math.max(before, start.visibleAt);
  const first = from === start.visibleAt;
  const alone = compose(work, first ? start : startAt(work, from), absorbed(work, end)).size <= work.part;
  if (first) return alone ? end : cutInside(work, { from, most, exact });
  return alone ? from : (cutInside(work, { from, most, exact }) ?? from);
}

const better = (best: Seam | undefined, seam: Seam): Seam =>
  best === undefined || seam.rank < best.rank ? seam : best;

/** Blanks after a cut belong to the part before it, so that no part is blank; a line's indentation stays with the line. */
function absorbed(work: Work, cut: number): number {
  const { text, outline } = work;
  const fence = around(outline.fences, cut);
  if (fence !== undefined && cut >= fence.bodyStart) return cut;
  const end = afterBlanks(text, cut);
  const line = lineStart(work, end);
  return end < text.length && line >= cut ? line : end;
}

/** The last resort: a part without frame, cut between graphemes or, inside an endless one, between characters. */
function anywhere(work: Work, at: number, perCharacter: number): Next {
  const start = bareStart(work, at);
  const from = start.visibleAt;
  let most = Math.max(from + 1, reach(work, start, { perCharacter, exact: true }));
  for (;;) {
    const cut = graphemeCut(work, from, most) ?? codePointCut(work.text, from, most);
    const end = Math.min(cut, work.text.length);
    const part = sealed(work, start, end, compose(work, start, end));
    if (part.size <= work.part) return { ...part, end };
    if (most <= from + 1) throw new RangeError(`one character is larger than a part (${part.size} > ${work.part})`);
    most = halfway(start, most);
  }
}

const halfway = ({ visibleAt }: Start, most: number): number => visibleAt + Math.max(1, (most - visibleAt) >> 1);
