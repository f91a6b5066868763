import type { ListItem, Text } from 'mdast';
import { splitCalls } from '../kit/calls.ts';
import type { Call } from '../kit/calls.ts';
import { codeSpan, fence } from '../kit/commonmark.ts';
import { boxOf, signOf } from '../kit/list-item.ts';
import { mark } from '../kit/mark.ts';
import type { Renderers, Walk } from '../kit/markdown.ts';
import { plainText, renderMarkdown } from '../kit/markdown.ts';
import { tableInFixedWidth } from '../kit/table.ts';
import { clean } from '../kit/text.ts';

/**
 * CommonMark as the subset of Markdown that Teams shows in messages (docs: Format your bot messages): no headings, no
 * rules, no tables. What a model wrote stays letters: no tag of Teams' own, and no picture that a client would load.
 */
export function render(markdown: string, calls: readonly Call[] = []): string {
  return renderMarkdown(clean(markdown), calls.length === 0 ? RENDERERS : withCalls(RENDERERS, calls));
}

/** The renderers, with `@name` of these people as the tag that calls them. A link's label calls nobody. */
export function withCalls(renderers: Renderers, calls: readonly Call[]): Renderers {
  return {
    ...renderers,
    text: (node, walk) => {
      if (walk.ancestors.some(({ type }) => type === 'link')) return renderers.text(node, walk);
      const pieces = splitCalls(node.value, calls);
      if (pieces.length === 1 && typeof pieces[0] === 'string') return renderers.text(node, walk);
      return pieces
        .map((piece) => (typeof piece === 'string' ? renderers.text({ ...node, value: piece }, walk) : tagOf(piece)))
        .join('');
    },
  };
}

/** The tag that stands for a person in a text; an entity says who it is. */
export const tagOf = ({ name }: Call): string =>
  `<at>${clean(name).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')}</at>`;

/** Letters where Markdown would read a mark. */
const INLINE = /\\(?=[!-/:-@[-`{-~])|[*`](?=\S)|(?<=\S)[*`]|(?<!\w)_(?=\S)|(?<=\S)_(?!\w)|~~|\](?=[([])/g;
/** What would begin a list, a quote or a heading. */
const SIGN = /^([ \t]*)([-+>]|#{1,6})(?=\s|$)/gm;
const NUMBER = /^([ \t]*\d{1,9})([.)])(?=\s|$)/gm;

function text(node: Text, { ancestors }: Walk): string {
  const parent = ancestors.at(-1);
  const first = parent?.type === 'paragraph' && parent.children[0] === node;
  const kept = (whole: string, before: string, sign: string, at: number): string =>
    at === 0 && !first ? whole : `${before}\\${sign}`;
  return node.value
    .replaceAll(INLINE, String.raw`\$&`)
    .replaceAll(/&(?=#?\w{1,31};)/g, '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(SIGN, kept)
    .replaceAll(NUMBER, kept);
}

const UNSAFE = /[\s()<>\\]/g;

function link(url: string, label: string): string {
  if (!/^(https?:\/\/|mailto:)/i.test(url)) return label === '' ? asLetters(url) : label;
  const address = url.replaceAll(UNSAFE, (one) => `%${one.charCodeAt(0).toString(16).padStart(2, '0')}`);
  // Teams makes a link of a bare address by itself, as long as nothing in it is a mark.
  if ((label === '' || label === url) && /^https?:[\w:/.?=&%#+,;@-]+$/.test(url) && !/_(?!\w)/.test(url)) return url;
  return `[${label === '' ? asLetters(url) : label.replaceAll('\n', ' ')}](${address})`;
}

export const asLetters = (value: string): string =>
  value.replaceAll(/[\\*_`~[\]]/g, String.raw`\$&`).replaceAll('<', '&lt;');

function listItem(node: ListItem, walk: Walk): string {
  const sign = signOf(node, walk, '-');
  const inner = walk.inside(node, node.spread === true ? '\n\n' : '\n');
  return `${sign} ${boxOf(node)}${inner.replaceAll(/\n(?=[^\n])/g, `\n${' '.repeat(sign.length + 1)}`)}`;
}

export const RENDERERS: Renderers = {
  text,
  paragraph: (node, walk) => walk.inside(node),
  heading: (node, walk) => mark('**', walk.inside(node), walk, ['heading']),
  strong: (node, walk) => mark('**', walk.inside(node), walk, ['strong', 'heading']),
  emphasis: (node, walk) => mark('*', walk.inside(node), walk, ['emphasis']),
  delete: (node, walk) => mark('~~', walk.inside(node), walk, ['delete']),
  inlineCode: (node) => codeSpan(node.value),
  code: (node) => fence(node.value, node.lang ?? ''),
  link: (node, walk) => link(node.url, walk.inside(node)),
  // A picture's address is called by every client that shows it: whoever writes it would hear who reads.
  image: (node) => link(node.url, asLetters(node.alt ?? '')),
  blockquote: (node, walk) => walk.inside(node, '\n\n').replaceAll(/^/gm, '> '),
  list: (node, walk) => walk.inside(node, node.spread === true ? '\n\n' : '\n'),
  listItem,
  table: (node) => fence(tableInFixedWidth(node, plainText)),
  thematicBreak: () => '──────────',
  break: () => '  \n',
  html: (node) => asLetters(node.value),
  footnoteReference: (node) => `\\[${asLetters(node.identifier)}\\]`,
  footnoteDefinition: (node, walk) => `\\[${asLetters(node.identifier)}\\] ${walk.inside(node, '\n')}`,
};
