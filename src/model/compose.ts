import { parseMarkdown } from './markdown.ts';
import { around, lastBefore, outlineOf } from './outline.ts';
import type { Fence, Outline } from './outline.ts';

/** One text that is being divided. */
export type Work = {
  readonly text: string;
  readonly outline: Outline;
  readonly part: number;
  readonly measure: (markdown: string) => number;
};

/** How a part begins: what has to be written again before its source, and how far its lines move left. */
export type Start = {
  readonly at: number;
  /** Its first character that is not blank: a cut before it would make a blank part. */
  readonly visibleAt: number;
  readonly prefix: string;
  readonly dedent: number;
  readonly dedentUntil: number;
};

/** A part's text and its size; too large when `size` is over the limit. */
export type Composed = { readonly text: string; readonly size: number };

/** A start that repeats nothing: for what is too large to be framed. */
export function bareStart({ text }: Work, at: number): Start {
  return { at, visibleAt: afterBlanks(text, at), prefix: '', dedent: 0, dedentUntil: at };
}

/**
 * Inside a fence its opening line is repeated, inside a table its header, inside a quote its marks. Lines of a list are
 * moved left as far as the first one: indented by four they would be read as code.
 */
export function startAt(work: Work, at: number): Start {
  const container = around(work.outline.containers, at);
  const line = lineStart(work, at);
  const head = line === at ? '' : (MARKS.exec(work.text.slice(line, Math.min(at, line + 400)))?.[0] ?? '');
  const dedent = container?.kind === 'list' ? indentAt(work, at, head) : 0;
  const prefix = dedented(repeated(work, at), dedent) + (container?.kind === 'quote' ? head : '');
  const visibleAt = prefix === '' ? afterBlanks(work.text, at) : at;
  return { at, visibleAt, prefix, dedent, dedentUntil: container?.end ?? at };
}

const MARKS = /^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*/;

/** How far the lines of the list around `at` are indented there; `head` are the marks of a line that is cut in its middle. */
function indentAt({ text, outline }: Work, at: number, head: string): number {
  const indent = around(outline.fences, at)?.before ?? (head === '' ? text.slice(at, at + 400) : head);
  return /^[ \t]*/.exec(indent.replace(/[^>\s]/g, head === '' ? '$&' : ' '))?.[0].length ?? 0;
}

function repeated({ text, outline, part, measure }: Work, at: number): string {
  const fence = around(outline.fences, at);
  if (fence !== undefined && at >= fence.bodyStart) {
    const short = `${fence.before}${fence.marker}\n`;
    const whole = fence.info === '' ? short : `${fence.before}${fence.marker}${fence.info}\n`;
    return [whole, short].find((opening) => measure(opening) <= part / 3) ?? '';
  }
  const table = around(outline.tables, at);
  if (table === undefined || !table.rows.includes(at)) return '';
  // Where the header leaves no room for a row, rows are shown without it.
  return measure(table.header + text.slice(at, outline.lines.after(at))) <= part ? table.header : '';
}

/** The text of a part from `start` to `end`. Blank edges count as nothing when the part would be too large with them. */
export function compose(work: Work, start: Start, end: number): Composed {
  const { text, measure, part } = work;
  const inList = Math.max(start.at, Math.min(end, start.dedentUntil));
  const first = text.slice(start.at, inList);
  const moved = start.dedent === 0 ? first : dedented(first, start.dedent, lineStart(work, start.at) !== start.at);
  const body = moved + text.slice(inList, end);
  const suffix = closing(work, start, end, body);
  const whole = start.prefix + body + suffix;
  const size = measure(whole);
  if (size <= part || suffix !== '' || openedBy(work, end) !== undefined) return { text: whole, size };
  return trimmed(work, start.prefix, body) ?? { text: whole, size };
}

/** The text without its blank edges: with the first line's indentation if that fits, else without. */
function trimmed({ measure, part }: Work, prefix: string, body: string): Composed | undefined {
  const end = body.trimEnd();
  const blank = prefix === '' ? (/^\s*/.exec(end)?.[0] ?? '') : '';
  const indent = /[^\r\n]*$/.exec(blank)?.[0] ?? '';
  let last: Composed | undefined;
  for (const cut of new Set([blank.length - indent.length, blank.length])) {
    const text = prefix + end.slice(cut);
    if (text.length === prefix.length + body.length) continue;
    last = { text, size: measure(text) };
    if (last.size <= part) break;
  }
  return last;
}

function closing(work: Work, start: Start, end: number, body: string): string {
  const fence = openedBy(work, end);
  if (fence === undefined || (fence.start < start.at && start.prefix === '')) return '';
  const before = fence.start < start.dedentUntil ? dedented(fence.before, start.dedent) : fence.before;
  return `${/[\r\n]$/.test(body) ? '' : '\n'}${before}${fence.marker}`;
}

/** The fence that is open at `end`, if any: one around it, or one that nothing closes and that only blanks follow. */
function openedBy({ text, outline }: Work, end: number): Fence | undefined {
  const inside = around(outline.fences, end);
  if (inside !== undefined) return end > inside.bodyStart ? inside : undefined;
  const last = lastBefore(outline.fences, end);
  const open = last !== undefined && !last.closed && text.slice(last.end, end).trim() === '';
  return open ? last : undefined;
}

/** Anything that may be a fence's line once it stands in a part of its own. */
const FENCE_LINE = /^[ \t>\-*+.)\d]*(?:`{3,}|~{3,})/gm;

/**
 * The part's text with the fence closed that its own beginning may have opened: backticks that were inside something
 * else. Parsed again only when there are such lines.
 */
export function sealed(work: Work, start: Start, end: number, composed: Composed): Composed {
  const source = work.text.slice(start.at, end);
  const strange = [...source.matchAll(FENCE_LINE)].some(
    ({ index, 0: { length } }) => !known(work, start, end, start.at + index + length),
  );
  if (!strange) return composed;
  const fence = outlineOf(composed.text, parseMarkdown(composed.text)).fences.at(-1);
  if (fence === undefined || fence.closed || composed.text.slice(fence.end).trim() !== '') return composed;
  const text = `${composed.text}${/[\r\n]$/.test(composed.text) ? '' : '\n'}${fence.before}${fence.marker}`;
  return { text, size: work.measure(text) };
}

/** Whether the marker before `offset` belongs to a fence that this part shows whole, or opens and closes again. */
function known({ outline }: Work, start: Start, end: number, offset: number): boolean {
  const fence = lastBefore(outline.fences, offset);
  if (fence === undefined || offset > fence.end) return false;
  const opened = fence.start >= start.at || start.prefix !== '';
  return opened && (end >= fence.end || end > fence.bodyStart);
}

function dedented(text: string, columns: number, keepFirst = false): string {
  if (columns === 0) return text;
  return text.replace(/(^|\r\n|\n|\r)([ \t]+)/g, (whole, brk: string, blanks: string) =>
    brk === '' && keepFirst ? whole : brk + blanks.slice(Math.min(columns, blanks.length)),
  );
}

export const lineStart = ({ outline }: Work, offset: number): number => outline.lines.startOf(offset);

/** The first offset from `at` on that holds no blank. */
export function afterBlanks(text: string, at: number): number {
  const blanks = /\s*/y;
  blanks.lastIndex = at;
  return at + (blanks.exec(text)?.[0].length ?? 0);
}
