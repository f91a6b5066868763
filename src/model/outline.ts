import type { Code, Nodes, Root, Table } from 'mdast';
import { linesOf } from './lines.ts';
import type { Lines } from './lines.ts';

/** Offsets into the text; `end` is the first one after. */
export type Span = { readonly start: number; readonly end: number };

export type Fence = Span & {
  /** Where its first line of code begins, and where its closing line does (`end` when it has none). */
  readonly bodyStart: number;
  readonly bodyEnd: number;
  readonly closed: boolean;
  /** The quote marks and indentation that its lines stand behind. */
  readonly before: string;
  readonly marker: string;
  /** What follows the marker in the opening line. */
  readonly info: string;
};

export type GridTable = Span & {
  /** Header and delimiter row with their line ends. */
  readonly header: string;
  /** The start of every row's line after these two. */
  readonly rows: readonly number[];
};

/**
 * A place between two blocks. The lower the rank, the better to cut there: 0 before a heading, 1 between blocks,
 * 2 between items of an outer list, 3 deeper inside or right after a heading.
 */
export type Seam = { readonly at: number; readonly rank: number };

/** All that decides where a text may be cut, in the order of the text. */
export type Outline = {
  readonly lines: Lines;
  readonly seams: readonly Seam[];
  readonly fences: readonly Fence[];
  readonly tables: readonly GridTable[];
  /** Outermost lists and quotes, whose lines stand behind indentation or marks. */
  readonly containers: readonly (Span & { readonly kind: 'list' | 'quote' })[];
  /** Spans that stay whole: links, images, inline code, HTML, mentions, URLs. They do not overlap. */
  readonly atoms: readonly Span[];
  /** Emphasis and the like, which had better stay whole. */
  readonly soft: readonly Span[];
};

const ATOMS = new Set(['link', 'image', 'inlineCode', 'linkReference', 'imageReference', 'footnoteReference', 'html']);
const SOFT = new Set(['emphasis', 'strong', 'delete']);
/** Mentions of people, roles and channels, custom emoji, addresses: what is one thing although no markup says so. */
const TOKEN =
  /<(?:[@#!]|a?:)[^<>\s]{1,200}>|\bhttps?:\/\/[^\s<>]+|<https?:[^\s<>]+>|@[\p{L}\p{N}_][\p{L}\p{N}_.-]{0,99}/gu;

type Sink = {
  readonly text: string;
  readonly lines: Lines;
  readonly seams: Map<number, number>;
  readonly fences: Fence[];
  readonly tables: GridTable[];
  readonly containers: (Span & { readonly kind: 'list' | 'quote' })[];
  readonly atoms: Span[];
  readonly soft: Span[];
};

export function outlineOf(text: string, root: Root): Outline {
  const lines = linesOf(text);
  const sink: Sink = {
    text,
    lines,
    seams: new Map(),
    fences: [],
    tables: [],
    containers: [],
    atoms: [...comments(text), ...tokens(text)],
    soft: [],
  };
  visit(root, sink, []);
  const seams = [...sink.seams].map(([at, rank]) => ({ at, rank })).toSorted((one, other) => one.at - other.at);
  return { ...sink, seams, atoms: merged(sink.atoms), soft: merged(sink.soft) };
}

/** The last span of `sorted` that begins before `offset`. */
export function lastBefore<Kind extends Span>(sorted: readonly Kind[], offset: number): Kind | undefined {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle]?.start ?? 0) < offset) low = middle + 1;
    else high = middle;
  }
  return sorted[low - 1];
}

/** The span of `sorted` that begins before `offset` and ends after it. */
export function around<Kind extends Span>(sorted: readonly Kind[], offset: number): Kind | undefined {
  const found = lastBefore(sorted, offset);
  return found !== undefined && found.end > offset ? found : undefined;
}

/** Recursion is safe: `parseMarkdown` bounds the depth. */
function visit(node: Nodes, sink: Sink, ancestors: readonly string[]): void {
  const span = spanOf(node);
  if (span !== undefined) note(node, span, sink, ancestors);
  if (!('children' in node)) return;
  const inside = [...ancestors, node.type];
  for (const [index, child] of node.children.entries()) {
    if (isBlockParent(node.type)) addSeam(child, node.children[index - 1], sink, inside);
    visit(child, sink, inside);
  }
}

const isBlockParent = (type: string): boolean =>
  type === 'root' || type === 'list' || type === 'listItem' || type === 'blockquote' || type === 'footnoteDefinition';

function addSeam(child: Nodes, previous: Nodes | undefined, sink: Sink, inside: readonly string[]): void {
  const span = spanOf(child);
  if (span === undefined || previous === undefined) return;
  const at = sink.lines.startOf(span.start);
  if (at < (spanOf(previous)?.end ?? 0)) return;
  sink.seams.set(at, rankOf(child, previous, inside));
}

function rankOf(child: Nodes, previous: Nodes, inside: readonly string[]): number {
  if (previous.type === 'heading') return 3;
  if (inside.length === 1) return child.type === 'heading' ? 0 : 1;
  return inside.length === 2 && child.type === 'listItem' ? 2 : 3;
}

function note(node: Nodes, span: Span, sink: Sink, ancestors: readonly string[]): void {
  if (ATOMS.has(node.type)) sink.atoms.push(span);
  else if (SOFT.has(node.type)) sink.soft.push(span);
  else if (node.type === 'code') noteFence(node, span, sink);
  else if (node.type === 'table') noteTable(node, span, sink);
  else if (ancestors.length === 1 && node.type === 'list') sink.containers.push({ ...span, kind: 'list' });
  else if (ancestors.length === 1 && node.type === 'blockquote') sink.containers.push({ ...span, kind: 'quote' });
}

function noteFence(node: Code, { start, end }: Span, { text, lines, fences }: Sink): void {
  const marker = /^(?:`{3,}|~{3,})/.exec(text.slice(start, lines.after(start)))?.[0];
  if (marker === undefined || node.type !== 'code') return;
  const bodyStart = Math.min(lines.after(start), end);
  const lastLine = lines.startOf(end);
  const last = text.slice(lastLine, end).replace(/^[ \t>]*/, '');
  const closed =
    lastLine >= bodyStart && last.startsWith(marker) && last.replaceAll(marker.charAt(0), '').trim() === '';
  fences.push({
    start,
    end,
    bodyStart,
    bodyEnd: closed ? lastLine : end,
    closed,
    before: behind(text.slice(lines.startOf(start), start)),
    marker,
    info: text.slice(start + marker.length, bodyStart).trim(),
  });
}

function noteTable(node: Table, { start, end }: Span, { text, lines, tables }: Sink): void {
  const first = lines.startOf(start);
  const rows = node.children.slice(1).map((row) => lines.startOf(row.position?.start.offset ?? start));
  const bodyStart = lines.after(lines.after(start));
  const header = behind(text.slice(first, start)) + text.slice(start, bodyStart);
  tables.push({ start, end, header, rows: rows.filter((row) => row >= bodyStart) });
}

/** What a further line of the same block stands behind: list marks are written once, quote marks on every line. */
function behind(prefix: string): string {
  return prefix.replace(/[^>\s]/g, ' ');
}

function spanOf(node: Nodes): Span | undefined {
  const { start, end } = node.position ?? {};
  return start?.offset === undefined || end?.offset === undefined
    ? undefined
    : { start: start.offset, end: end.offset };
}

function tokens(text: string): Span[] {
  return [...text.matchAll(TOKEN)].map(({ index, 0: { length } }) => ({ start: index, end: index + length }));
}

function comments(text: string): Span[] {
  const found: Span[] = [];
  for (let start = text.indexOf('<!--'); start !== -1;) {
    const close = text.indexOf('-->', start + 4);
    if (close === -1) break;
    found.push({ start, end: close + 3 });
    start = text.indexOf('<!--', close + 3);
  }
  return found;
}

function merged(spans: readonly Span[]): Span[] {
  const result: { start: number; end: number }[] = [];
  for (const span of spans.toSorted((one, other) => one.start - other.start || other.end - one.end)) {
    const last = result.at(-1);
    if (last === undefined || span.start >= last.end) result.push({ ...span });
    else last.end = Math.max(last.end, span.end);
  }
  return result;
}

/** The index of the first seam after `offset`. */
export function seamIndex(seams: readonly Seam[], offset: number): number {
  let low = 0;
  let high = seams.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((seams[middle]?.at ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
