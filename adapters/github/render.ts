import type { Nodes } from 'mdast';
import type { Call } from '../kit/calls.ts';
import { parseMarkdown } from '../kit/markdown.ts';
import { MARKER_ROOM, withoutFakes, withoutMarker } from './marker.ts';

/**
 * A comment holds 65,536 characters (422 "body is too long" above it). GitHub counts code points, we count UTF-16
 * units, which are never fewer; a small rest is left so that both sides may change their line ends.
 */
export const MOST_CHARACTERS = 65_536 - MARKER_ROOM - 408;

/**
 * CommonMark as GitHub takes it, which is as it is: GitHub's own language is CommonMark with GFM. But nobody is called by
 * it who is not in `calls`: a name that the model wrote, or was made to write, would send mail to whoever has it.
 */
export function render(markdown: string, calls: readonly Call[] = []): string {
  return callOnly(withoutFakes(markdown), calls);
}

/** What the bot wrote, as it was before `renderBody`. */
export function readOwn(body: string): string {
  return withoutMarker(body).replaceAll(`@${APART}`, '@');
}

/** A space of no width between sign and name. */
const APART = '\u200B';
/** The sign, also as an entity, where GitHub would read a mention: not within a word, as in a mail address. */
const CALL = /(?<!\w)(?:@|&(?:#0*64|#x0*40|commat);)(?=[a-z0-9&\\])/gi;
/** In these GitHub calls nobody, and a further letter would be wrong. */
const LETTERS = new Set<Nodes['type']>(['code', 'inlineCode', 'link', 'image', 'definition']);

function callOnly(markdown: string, calls: readonly Call[]): string {
  const signs = [...markdown.matchAll(CALL)];
  if (signs.length === 0) return markdown;
  const kept = rangesOf(parseMarkdown(markdown));
  let text = '';
  let [at, range] = [0, 0];
  for (const { index, 0: sign } of signs) {
    if (isCalled(markdown.slice(index + 1, index + 1 + LONGEST_LOGIN), calls)) continue;
    while ((kept[range]?.end ?? Infinity) <= index) range += 1;
    if ((kept[range]?.start ?? Infinity) <= index) continue;
    text += `${markdown.slice(at, index)}${sign}${APART}`;
    at = index + sign.length;
  }
  return text + markdown.slice(at);
}

/** More than any name on GitHub, a bot's among them, and the letter behind it. */
const LONGEST_LOGIN = 60;

/** Names are the same in any case; a longer one, and a team of that name, is somebody else. */
function isCalled(rest: string, calls: readonly Call[]): boolean {
  const login = /^[a-z0-9-]+(?!\/[a-z0-9])/i.exec(rest)?.[0].replace(/-+$/, '').toLowerCase();
  return login !== undefined && calls.some(({ name }) => name.toLowerCase() === login);
}

type Range = { readonly start: number; readonly end: number };

/** Where letters have to stay what they are, in the order of the text. Iterative, because input decides the depth. */
function rangesOf(root: Nodes): readonly Range[] {
  const ranges: Range[] = [];
  const waiting: Nodes[] = [root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    const [start, end] = [node.position?.start.offset, node.position?.end.offset];
    if (LETTERS.has(node.type) && start !== undefined && end !== undefined) ranges.push({ start, end });
    else if ('children' in node) waiting.push(...node.children.toReversed());
  }
  return ranges.toSorted((one, other) => one.start - other.start);
}

/** The whole body of a comment: the text, and below it the line that nobody sees. */
export function renderBody(markdown: string, marker: string, calls: readonly Call[] = []): string {
  return `${render(markdown, calls)}\n\n${marker}`;
}
