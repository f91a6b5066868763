import type { Blockquote, Heading, InlineCode, ListItem } from 'mdast';
import type { Call } from '../kit/calls.ts';
import { splitCalls } from '../kit/calls.ts';
import { boxOf, signOf } from '../kit/list-item.ts';
import { mark } from '../kit/mark.ts';
import type { Renderers, Walk } from '../kit/markdown.ts';
import { plainText, renderMarkdown } from '../kit/markdown.ts';
import { tableInFixedWidth } from '../kit/table.ts';
import { clean } from '../kit/text.ts';

/**
 * CommonMark as Discord's markdown, in which nobody can be called but those in `calls`, by `@name`: other mentions stay
 * letters.
 */
export function render(markdown: string, calls: readonly Call[] = []): string {
  const renderers = calls.length === 0 ? RENDERERS : { ...RENDERERS, text: callingText(calls) };
  return renderMarkdown(clean(markdown), renderers).trim();
}

/** Text in which nothing is meant but its letters. */
export const renderPlain = (text: string): string => escape(clean(text));

/** Code never comes here, and a link's words cannot hold a mention. */
function callingText(calls: readonly Call[]): Renderers['text'] {
  return ({ value }, { ancestors }) => {
    if (ancestors.some((node) => node.type === 'link')) return escape(value);
    const pieces = splitCalls(value, calls);
    return pieces.map((piece) => (typeof piece === 'string' ? escape(piece) : mentionOf(piece.id))).join('');
  };
}

/** How a person is named in a text (docs: Reference, "Message Formatting"). */
export const mentionOf = (id: string): string => `<@${id}>`;

/** Signs that Discord reads anywhere. An underscore within a word is none. */
const SIGNS = /[\\*`]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])|~~|\|\||\](?=\()/gu;
/** What makes a line a heading, small print, a quotation or an item. */
const LINE_START = /^(\s*)(#{1,3}(?=\s)|-#(?=\s)|>{1,3}(?=\s)|[-+](?=\s)|\d+(?=\.\s))/gm;
/** Mentions, channels, commands, emoji, times: all begin with this bracket (docs: "Message Formatting"). */
const REFERENCE = /<(?=@|#|\/|a?:|t:|id:)/g;
/** A backslash does not help against these two; a space of no width does. */
const EVERYBODY = /@(?=everyone|here)/g;

function escape(text: string): string {
  return text
    .replaceAll(SIGNS, (sign) => (sign.length === 2 ? `\\${sign.charAt(0)}\\${sign.charAt(1)}` : `\\${sign}`))
    .replaceAll(LINE_START, (_, space: string, sign: string) =>
      /^\d/.test(sign) ? `${space}${sign}\\` : `${space}\\${sign}`,
    )
    .replaceAll(REFERENCE, '\\<')
    .replaceAll(EVERYBODY, '@\u200B');
}

function heading(node: Heading, walk: Walk): string {
  const text = walk.inside(node).replaceAll(/\s*\n\s*/g, ' ');
  const large = node.depth <= 3 && walk.ancestors.length === 1;
  return large ? `${'#'.repeat(node.depth)} ${text}` : mark('**', text, walk, ['strong']);
}

function codeBlock(code: string, language?: string | null): string {
  const named = /^[\w+#.-]{1,20}$/.exec(language ?? '')?.[0] ?? '';
  // Three backticks would end the block early: a space of no width keeps them apart.
  return `\`\`\`${named}\n${code.replaceAll('```', '`\u200B`\u200B`')}\n\`\`\``;
}

/** Discord knows one and two backticks around code; more inside are kept apart. */
function inlineCode({ value }: InlineCode): string {
  if (!value.includes('`')) return `\`${value}\``;
  const apart = value.replaceAll(/`(?=`)/g, '`\u200B');
  return `\`\` ${apart} \`\``;
}

/** The address in angle brackets: Discord then shows no preview of it, and it may hold any bracket but these. */
function link(url: string, label: string): string {
  if (!/^https?:\/\//i.test(url))
    return label === '' || label === escape(url) ? escape(url) : `${label} (${escape(url)})`;
  const address = `<${url.replaceAll(/[<>\s]/g, encodeURIComponent)}>`;
  return label === '' || label === escape(url) ? address : `[${label.replaceAll('\n', ' ')}](${address})`;
}

/** Quotations do not nest in Discord. A line without text needs the sign as well, or the quotation ends there. */
function blockquote(node: Blockquote, walk: Walk): string {
  const text = walk.inside(node, '\n');
  if (walk.ancestors.some((around) => around.type === 'blockquote')) return text;
  return text.replaceAll(/^/gm, '> ');
}

function listItem(node: ListItem, walk: Walk): string {
  const sign = signOf(node, walk, '-');
  const [first = '', ...rest] = walk.inside(node, '\n').split('\n');
  return [`${sign} ${boxOf(node)}${first}`, ...indented(rest, first, sign.length + 1)].join('\n');
}

/** Lines under an item are indented, but not those of code: there the spaces would show. */
function indented(lines: readonly string[], first: string, by: number): string[] {
  let inCode = isFence(first);
  return lines.map((line) => {
    const fence = isFence(line);
    const asIs = inCode || fence || line === '';
    if (fence) inCode = !inCode;
    return asIs ? line : ' '.repeat(by) + line;
  });
}

const isFence = (line: string): boolean => line.startsWith('```');

const RENDERERS: Renderers = {
  text: (node) => escape(node.value),
  paragraph: (node, walk) => walk.inside(node),
  heading,
  strong: (node, walk) => mark('**', walk.inside(node), walk, ['strong', 'heading']),
  emphasis: (node, walk) => mark('*', walk.inside(node), walk, ['emphasis']),
  delete: (node, walk) => mark('~~', walk.inside(node), walk, ['delete']),
  inlineCode,
  code: (node) => codeBlock(node.value, node.lang),
  link: (node, walk) => link(node.url, walk.inside(node)),
  image: (node) => link(node.url, escape(node.alt ?? '')),
  blockquote,
  list: (node, walk) => walk.inside(node, '\n'),
  listItem,
  table: (node) => codeBlock(tableInFixedWidth(node, plainText)),
  thematicBreak: () => '──────────',
  break: () => '\n',
  html: (node) => escape(node.value),
  footnoteReference: (node) => `[${escape(node.identifier)}]`,
  footnoteDefinition: (node, walk) => `[${escape(node.identifier)}] ${walk.inside(node, '\n')}`,
};
