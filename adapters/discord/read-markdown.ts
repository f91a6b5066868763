import { clean } from '../kit/text.ts';
import type { DiscordUser } from './payload.ts';

/** What is needed to name what a text only numbers. */
export type Names = {
  readonly mentions: readonly { readonly id: string; readonly name: string }[];
  /** The bot's user id and, where it is known, its own role: their mentions are taken out. */
  readonly own: readonly string[];
  /** What a channel or a role is called, where it is known. */
  readonly nameOf?: (id: string) => string | undefined;
};

export const nameOf = (user: DiscordUser, nick?: string | null): string =>
  clean([nick, user.global_name].find((name) => name) ?? user.username);

/** Code is left as it is; a fence may begin and end within a line, which CommonMark does not know. */
const CODE = /```([\s\S]*?)```|(?<!`)(`{1,2})(?!`)([\s\S]*?[^`])\2(?!`)/g;

/** Discord's markdown as CommonMark. Pure, and total over any input. */
export function readMarkdown(content: string, names: Names): string {
  const text = clean(content).replaceAll('\r\n', '\n');
  const parts: string[] = [];
  let at = 0;
  for (const found of text.matchAll(CODE)) {
    parts.push(readProse(text.slice(at, found.index), names));
    const end = found.index + found[0].length;
    const [whole, block] = found;
    parts.push(
      block === undefined ? whole : fence(block, { before: text.slice(0, found.index), after: text.slice(end) }),
    );
    at = end;
  }
  parts.push(readProse(text.slice(at), names));
  return readQuotes(parts.join('')).trim();
}

function fence(block: string, around: { before: string; after: string }): string {
  // The first line names the language only when code follows on the next one.
  const [, language = '', code = block] = /^([\w+#.-]*)\n([\s\S]*)$/.exec(block) ?? [];
  const before = around.before === '' || around.before.endsWith('\n') ? '' : '\n';
  const after = around.after === '' || around.after.startsWith('\n') ? '' : '\n';
  return `${before}\`\`\`${language}\n${code.replace(/\n$/, '')}\n\`\`\`${after}`;
}

/** What stands between `<` and `>` (docs: Reference, "Message Formatting"). */
const REFERENCE = / ?(?<!\\)<(@[!&]?|#|\/|a?:|t:)([^<>\s]+|[^<>\n]{1,100}:\d+)>/g;

function readProse(text: string, names: Names): string {
  return text
    .replaceAll(REFERENCE, (whole: string, sign: string, inner: string) => {
      const gap = whole.startsWith(' ') ? ' ' : '';
      const shown = sign.startsWith('@') ? readMention(sign, inner, names) : readOther(sign, inner, names);
      if (shown === undefined) return whole;
      return shown === '' ? '' : `${gap}${shown}`;
    })
    .replaceAll(/^-# /gm, '');
}

function readMention(sign: string, id: string, { own, mentions, nameOf }: Names): string | undefined {
  if (!/^\d+$/.test(id)) return undefined;
  if (own.includes(id)) return '';
  const name = sign === '@&' ? nameOf?.(id) : mentions.find((mention) => mention.id === id)?.name;
  return `@${name || id}`;
}

function readOther(sign: string, inner: string, { nameOf }: Names): string | undefined {
  if (sign === '#') return /^\d+$/.test(inner) ? `#${nameOf?.(inner) || inner}` : undefined;
  if (sign === 't:') return readTime(inner);
  const [, name] = /^(.+):\d+$/.exec(inner) ?? [];
  if (name === undefined) return undefined;
  return sign === '/' ? `/${name}` : `:${name}:`;
}

/** `<t:1767574193:R>`: seconds, and a style that only says how to show them. */
function readTime(inner: string): string | undefined {
  const [, seconds] = /^(-?\d{1,12})(?::[a-zA-Z])?$/.exec(inner) ?? [];
  const date = new Date(Number(seconds) * 1000);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

/** `>>> ` quotes everything that follows. */
function readQuotes(text: string): string {
  const from = /^>>> /m.exec(text)?.index;
  if (from === undefined) return text;
  return text.slice(0, from) + text.slice(from + 4).replaceAll(/^/gm, '> ');
}
