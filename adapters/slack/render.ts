import type { ListItem } from 'mdast';
import type { Call } from '../kit/calls.ts';
import { splitCalls } from '../kit/calls.ts';
import { boxOf, signOf } from '../kit/list-item.ts';
import { mark } from '../kit/mark.ts';
import type { Renderers, Walk } from '../kit/markdown.ts';
import { plainText, renderMarkdown } from '../kit/markdown.ts';
import { tableInFixedWidth } from '../kit/table.ts';
import { clean } from '../kit/text.ts';

/**
 * CommonMark as Slack's mrkdwn, in which nobody can be called but `calls` by their names: `<!channel>`, `<@U…>` and links
 * stay letters.
 */
export function render(markdown: string, calls: readonly Call[] = []): string {
  return renderMarkdown(clean(markdown), calls.length === 0 ? RENDERERS : calling(calls));
}

/** Slack's ids of people, and nothing that could be a mark of its own. */
const PERSON = /^[UW][A-Z0-9]{1,40}$/;

function calling(calls: readonly Call[]): Renderers {
  const people = calls.filter(({ id }) => PERSON.test(id));
  return {
    ...RENDERERS,
    text(node, walk) {
      // A link's label calls nobody at Slack: the letters of the name would be lost there.
      if (walk.ancestors.some(({ type }) => type === 'link')) return escape(node.value);
      const pieces = splitCalls(node.value, people);
      return pieces.map((piece) => (typeof piece === 'string' ? escape(piece) : `<@${piece.id}>`)).join('');
    },
  };
}

/** The only three characters that Slack reads (docs: Formatting message text, "Escaping text"). */
function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function codeBlock(code: string): string {
  // Three backticks would end the block early: a space of no width keeps them apart.
  return `\`\`\`\n${escape(code.replaceAll('```', '`\u200B`\u200B`'))}\n\`\`\``;
}

function link(url: string, label: string): string {
  if (!/^(https?:\/\/|mailto:)/i.test(url)) return label === '' ? escape(url) : label;
  const address = escape(url).replaceAll('|', '%7C').replaceAll(/\s/g, '%20');
  return label === '' || label === escape(url) ? `<${address}>` : `<${address}|${label.replaceAll('\n', ' ')}>`;
}

function listItem(node: ListItem, walk: Walk): string {
  const text = walk.inside(node, '\n').replaceAll(/\n(?=[^\n])/g, '\n    ');
  return `${signOf(node, walk, '•')} ${boxOf(node)}${text}`;
}

const RENDERERS: Renderers = {
  text: (node) => escape(node.value),
  paragraph: (node, walk) => walk.inside(node),
  heading: (node, walk) => mark('*', walk.inside(node), walk, ['heading']),
  strong: (node, walk) => mark('*', walk.inside(node), walk, ['strong', 'heading']),
  emphasis: (node, walk) => mark('_', walk.inside(node), walk, ['emphasis']),
  delete: (node, walk) => mark('~', walk.inside(node), walk, ['delete']),
  // A backtick inside would end the code: then it stands without its frame.
  inlineCode: (node) => (node.value.includes('`') ? escape(node.value) : `\`${escape(node.value)}\``),
  code: (node) => codeBlock(node.value),
  link: (node, walk) => link(node.url, walk.inside(node)),
  image: (node) => link(node.url, escape(node.alt ?? '')),
  blockquote: (node, walk) => walk.inside(node, '\n').replaceAll(/^(?:> )?/gm, '> '),
  list: (node, walk) => walk.inside(node, '\n'),
  listItem,
  table: (node) => codeBlock(tableInFixedWidth(node, plainText)),
  thematicBreak: () => '──────────',
  break: () => '\n',
  html: (node) => escape(node.value),
  footnoteReference: (node) => `[${escape(node.identifier)}]`,
  footnoteDefinition: (node, walk) => `[${escape(node.identifier)}] ${walk.inside(node, '\n')}`,
};
