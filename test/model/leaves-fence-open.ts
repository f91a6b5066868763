import type { Nodes } from 'mdast';
import { parseMarkdown } from '../../src/model/markdown.ts';

/** Judged by the parser alone: the last block is a fence that ends the text without a closing line. */
export function leavesFenceOpen(text: string): boolean {
  let node: Nodes | undefined = parseMarkdown(text);
  while (node !== undefined && 'children' in node) node = node.children.at(-1);
  if (node?.type !== 'code' || node.position === undefined) return false;
  const source = text.slice(node.position.start.offset, node.position.end.offset);
  const marker = /^(`{3,}|~{3,})/.exec(source)?.[0];
  if (marker === undefined || text.slice(node.position.end.offset).trim() !== '') return false;
  const lines = source.split(/\r\n|\n|\r/);
  const last = (lines.at(-1) ?? '').replace(/^[\s>]*/, '').trim();
  return lines.length < 2 || !last.startsWith(marker) || last.replaceAll(marker.charAt(0), '') !== '';
}
