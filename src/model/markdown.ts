import type { Root } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import { readPlainly, tooHardToParse } from './plain.ts';

const EXTENSIONS = {
  // One tilde is no strikethrough: models write "~5 to ~10" and mean "about".
  extensions: [gfm({ singleTilde: false })],
  mdastExtensions: [gfmFromMarkdown()],
};

/**
 * CommonMark with GFM as a tree whose nodes carry their offsets in `text`. Total over any input, and never slow:
 * what would take the parser more than a moment (see plain.ts) is read line by line, as fences, headings and text.
 */
export function parseMarkdown(text: string): Root {
  if (tooHardToParse(text)) return readPlainly(text);
  // The parser leaves a byte order mark out of its offsets; a blank in its place keeps them those of `text`.
  return fromMarkdown(text.startsWith('\uFEFF') ? ` ${text.slice(1)}` : text, EXTENSIONS);
}
