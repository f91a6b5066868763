import type { Root, RootContent } from 'mdast';
import { linesOf } from './lines.ts';

/** Characters. The parser needs about 5 ms per 1,000 of them (measured); a longer text would hold up everything else. */
const LONGEST_PARSED = 48_000;
/** List and quote marks in front of one line; at 10,000 the parser overflows the stack or runs for minutes. */
const MOST_MARKS = 40;
/** Characters of marks and indentation in front of one line; nesting that grows line by line is caught by it. */
const WIDEST_PREFIX = 160;
/** Emphasis is matched in time square to the marks `*`, `_` and `~` in a block: about 50 ns each pair (measured). */
const MOST_MARK_PAIRS = 2_000_000;
/** Brackets in all; unmatched ones cost time square to their number. */
const MOST_BRACKETS = 4_000;

const PREFIX = /^(?:[ \t]|>|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t]))*/;
const MARK = /[->*+.)]/g;
const EMPHASIS = /[*_~]/g;
const FENCE = /^( {0,3})(`{3,}(?=[^`]*$)|~{3,})(.*)$/;
const HEADING = /^ {0,3}(#{1,6})(?=[ \t]|$)[ \t]*(.*)$/;
const ITEM = /^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]/;

/** Whether the parser would take long, or overflow the stack, on this text. Linear in its length. */
export function tooHardToParse(text: string): boolean {
  if (text.length > LONGEST_PARSED) return true;
  const lines = text.split(/\r\n|\n|\r/);
  return lines.some(tooDeep) || tooTangled(inlineLines(text, lines));
}

/** The lines that are not code for sure. Inside an HTML block backticks open no fence, so there none is trusted. */
function inlineLines(text: string, lines: readonly string[]): readonly string[] {
  if (/^[ \t>]*</m.test(text)) return lines;
  let open = '';
  return lines.filter((line) => {
    const before = open;
    open = fenceAfter(open, line);
    return before === '' && open === '';
  });
}

function tooTangled(lines: readonly string[]): boolean {
  let pairs = 0;
  let marks = 0;
  let brackets = 0;
  for (const line of lines) {
    // What can be emphasised together ends at a blank line and at a list item.
    if (line.trim() === '' || ITEM.test(line)) marks = 0;
    const own = line.match(EMPHASIS)?.length ?? 0;
    pairs += own * own + 2 * own * marks;
    marks += own;
    brackets += line.split('[').length - 1;
  }
  return pairs > MOST_MARK_PAIRS || brackets > MOST_BRACKETS;
}

/** The fence that is open after `line`: only ones at the margin, which nothing but their own close can end. */
function fenceAfter(open: string, line: string): string {
  const [, indent, marker = '', rest = ''] = FENCE.exec(line) ?? [];
  if (open === '') return indent === '' ? marker : '';
  return marker.startsWith(open) && rest.trim() === '' ? '' : open;
}

function tooDeep(line: string): boolean {
  const prefix = PREFIX.exec(line)?.[0] ?? '';
  const marks = prefix.match(MARK)?.length ?? 0;
  return marks > MOST_MARKS || (marks > 0 && prefix.length > WIDEST_PREFIX);
}

/** The text as fences, headings and paragraphs of plain text, in linear time. Everything else is left as it is written. */
export function readPlainly(text: string): Root {
  const children: RootContent[] = [];
  const { starts } = linesOf(text);
  const at = (offset: number, line: number) => ({ line: line + 1, column: 1, offset });
  let from = 0;
  while (from < starts.length) {
    const block = blockFrom(text, starts, from);
    const start = starts[from] ?? 0;
    const end = start + text.slice(start, starts[block.next] ?? text.length).trimEnd().length;
    if (block.node !== undefined) {
      children.push({ ...block.node, position: { start: at(start, from), end: at(end, block.next - 1) } });
    }
    from = block.next;
  }
  return { type: 'root', children };
}

type Block = { readonly node: RootContent | undefined; readonly next: number };

function blockFrom(text: string, starts: readonly number[], from: number): Block {
  const first = text.slice(starts[from] ?? 0, starts[from + 1] ?? text.length).trimEnd();
  if (first === '') return { node: undefined, next: from + 1 };
  const [, marks, title = ''] = HEADING.exec(first) ?? [];
  if (marks !== undefined) {
    const value = title.replace(/(?:^|[ \t])#+$/, '');
    const depth = headingDepth(marks.length);
    return { node: { type: 'heading', depth, children: [{ type: 'text', value }] }, next: from + 1 };
  }
  const [, , marker, info = ''] = FENCE.exec(first) ?? [];
  return marker === undefined ? paragraphFrom(text, starts, from) : codeFrom(text, starts, { from, marker, info });
}

function codeFrom(
  text: string,
  starts: readonly number[],
  open: { from: number; marker: string; info: string },
): Block {
  const isClose = (line: string): boolean => closes(line, open.marker);
  const next = firstLine(text, starts, open.from + 1, isClose);
  const value = text.slice(starts[open.from + 1] ?? text.length, starts[next] ?? text.length).trimEnd();
  return { node: { type: 'code', lang: open.info.trim() || null, value }, next: Math.min(next + 1, starts.length) };
}

function paragraphFrom(text: string, starts: readonly number[], from: number): Block {
  const next = firstLine(text, starts, from + 1, begins);
  const value = text.slice(starts[from] ?? 0, starts[next] ?? text.length).trimEnd();
  return { node: { type: 'paragraph', children: [{ type: 'text', value }] }, next };
}

/** The index of the first line from `from` on that is `wanted`; the number of lines when none is. */
function firstLine(text: string, starts: readonly number[], from: number, wanted: (line: string) => boolean): number {
  let at = from;
  while (at < starts.length && !wanted(text.slice(starts[at], starts[at + 1] ?? text.length).trimEnd())) at += 1;
  return at;
}

function closes(line: string, marker: string): boolean {
  const [, , own = '', rest = ''] = FENCE.exec(line) ?? [];
  return own.startsWith(marker) && rest.trim() === '';
}

/** Whether a line cannot belong to the paragraph before it. */
function begins(line: string): boolean {
  return line === '' || HEADING.test(line) || FENCE.test(line) || ITEM.test(line);
}

function headingDepth(marks: number): 1 | 2 | 3 | 4 | 5 | 6 {
  return marks === 1 ? 1 : marks === 2 ? 2 : marks === 3 ? 3 : marks === 4 ? 4 : marks === 5 ? 5 : 6;
}
