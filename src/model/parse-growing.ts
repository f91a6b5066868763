import type { Nodes, Root, RootContent } from 'mdast';
import { parseMarkdown } from './markdown.ts';
import { tooHardToParse } from './plain.ts';

/**
 * Whether there may be a definition of a link or a footnote: it changes what was read before it, and is looked for in what
 * comes after it. More is taken for one than is.
 */
const DEFINES = /(?:^|[\r\n])[ \t>*+\-\d.)\uFEFF]*\[(?:[^[\]\\]|\\[^]){1,1000}\]:/;

/** The beginning of a text that nothing after it changes any more, and its blocks. */
type Settled = { readonly text: string; readonly blocks: readonly RootContent[] };

const NOTHING: Settled = { text: '', blocks: [] };

/**
 * As `parseMarkdown`, for a text that is parsed again and again while it grows: only what follows its last settled block is
 * parsed. The offsets of nodes are those in `text`, their lines and columns are not. The nodes are not to be changed.
 */
export function growingParser(): (text: string) => Root {
  let settled = NOTHING;
  return (text) => {
    if (tooHardToParse(text) || DEFINES.test(text)) return parseMarkdown(text);
    if (!text.startsWith(settled.text)) settled = NOTHING;
    const at = settled.text.length;
    const { children } = parseMarkdown(text.slice(at));
    for (const block of children) move(block, at);
    const root: Root = { type: 'root', children: [...settled.blocks, ...children] };
    const next = lastBegun(text, at, children);
    if (next !== undefined)
      settled = { text: text.slice(0, next.at), blocks: [...settled.blocks, ...children.slice(0, next.index)] };
    return root;
  };
}

/**
 * The last block that surely begins where it does: its first line is whole, and a blank line before it lets nothing go on
 * into it. Blocks are read line by line, so those before it are over. The parser still remembers the paragraph in a list or a
 * quote, and code by indentation, beyond a blank line, and takes less for the beginning of a list then: after these a text
 * is not begun.
 */
function lastBegun(
  text: string,
  from: number,
  blocks: readonly RootContent[],
): { readonly at: number; readonly index: number } | undefined {
  for (let index = blocks.length - 1; index > 0; index -= 1) {
    const start = blocks[index]?.position?.start.offset ?? from;
    const at = lineStart(text, start);
    const isWhole = /[\r\n]/.test(text.slice(start)) && text[at] !== '\uFEFF';
    if (at > from && isWhole && isBlankBefore(text.slice(from, at)) && isOver(text, blocks[index - 1]))
      return { at, index };
  }
  return undefined;
}

const SIMPLE: ReadonlySet<string> = new Set(['paragraph', 'heading', 'thematicBreak', 'table']);

function isOver(text: string, block: RootContent | undefined): boolean {
  if (block === undefined) return false;
  const start = block.position?.start.offset ?? 0;
  return SIMPLE.has(block.type) || (block.type === 'code' && /^[`~]/.test(text.slice(start, start + 1)));
}

function lineStart(text: string, offset: number): number {
  let at = offset;
  while (at > 0 && text[at - 1] !== '\n' && text[at - 1] !== '\r') at -= 1;
  return at;
}

const isBlankBefore = (before: string): boolean =>
  /[\r\n][ \t]*[\r\n]$/.test(before.slice(-200).replaceAll('\r\n', '\n'));

/** Recursion is safe: `parseMarkdown` bounds the depth. */
function move(node: Nodes, by: number): void {
  const { position } = node;
  if (position?.start.offset !== undefined) position.start.offset += by;
  if (position?.end.offset !== undefined) position.end.offset += by;
  if ('children' in node) for (const child of node.children) move(child, by);
}
