import { codeSpan, fence } from '../kit/commonmark.ts';
import { clean } from '../kit/text.ts';

const ENTITIES = new Map([
  ['&amp;', '&'],
  ['&lt;', '<'],
  ['&gt;', '>'],
]);

/** Slack escapes exactly these three (docs: Formatting message text, "Escaping text"). */
const unescape = (text: string): string => text.replaceAll(/&(?:amp|lt|gt);/g, (one) => ENTITIES.get(one) ?? one);

const NAMED = /<(?:[@#]|!subteam\^)(\w{1,40})\|[@#]?([^<>|\n]{1,200})>/g;

/** What a text calls people, channels and groups, by their ids: blocks tell only the ids. */
export function namesIn(mrkdwn: string): ReadonlyMap<string, string> {
  const found = [...mrkdwn.matchAll(NAMED)].map(([, id = '', name = '']) => [id, unescape(name)] as const);
  return new Map(found);
}

const CODE = /```([\s\S]*?)```|`([^`\n]+)`/g;

/** A mark counts at the edge of a word only: `snake_case` and `2*3*4` stay as they are. */
const OPENER = /(?<![\w*~])[*_~](?=\S)/g;
const CLOSER = /(?<=\S)[*_~](?![\w*~])/g;
const SIGNS: ReadonlyMap<string, string> = new Map([
  ['*', '**'],
  ['_', '*'],
  ['~', '~~'],
]);

/** Slack's mrkdwn as CommonMark. `botUser`'s own mention is taken out. Pure, and total over any input. */
export function readMrkdwn(mrkdwn: string, botUser: string): string {
  const parts: string[] = [];
  let at = 0;
  for (const found of mrkdwn.matchAll(CODE)) {
    parts.push(readProse(mrkdwn.slice(at, found.index), botUser));
    parts.push(found[2] === undefined ? codeBlock(unescape(found[1] ?? '')) : codeSpan(unescape(found[2])));
    at = found.index + found[0].length;
  }
  parts.push(readProse(mrkdwn.slice(at), botUser));
  return tidy(parts.join(''));
}

/** What is left when a mention was taken out: no space at the ends, no doubled space where it stood. */
export const tidy = (text: string): string => clean(text).trim();

/** A block on lines of its own: in Slack it may stand within one. */
export const codeBlock = (code: string): string => `\n${fence(code)}\n`;

function readProse(mrkdwn: string, botUser: string): string {
  const links: string[] = [];
  // Links are set aside, so that no mark is looked for inside an address. The sign cannot come from outside: it is
  // taken out first.
  const withoutLinks = mrkdwn.replaceAll('\uFFFC', '').replaceAll(/ ?<([^<>\n]+)>/g, (whole: string, inner: string) => {
    const gap = whole.startsWith(' ') ? ' ' : '';
    const shown = readReference(inner, botUser);
    if (shown === '') return '';
    links.push(shown);
    return `${gap}\uFFFC`;
  });
  const marked = readMarks(withoutLinks)
    .replaceAll(/^&gt; ?/gm, '> ')
    .replaceAll(/^([^\S\n]*)[•◦▪] */gm, '$1- ');
  let next = 0;
  return unescape(marked).replaceAll('\uFFFC', () => links[next++] ?? '');
}

/**
 * A mark and the next of its kind that can close it, on one line. All closers are found first: looking for one from each
 * opener anew takes seconds where thousands are open and none is closed.
 */
function readMarks(text: string, depth = 0): string {
  // Marks nest at most three deep, because there are three of them.
  if (depth === 3) return text;
  return text
    .split('\n')
    .map((line) => readLine(line, depth))
    .join('\n');
}

function readLine(line: string, depth: number): string {
  const closers = new Map([...SIGNS.keys()].map((mark) => [mark, { ends: positionsOf(line, mark), next: 0 }]));
  let read = '';
  let at = 0;
  for (const { 0: mark, index } of line.matchAll(OPENER)) {
    const closer = closers.get(mark);
    if (index < at || closer === undefined) continue;
    // At least one letter stands between the two.
    while ((closer.ends[closer.next] ?? Infinity) < index + 2) closer.next += 1;
    const end = closer.ends[closer.next];
    if (end === undefined) continue;
    const sign = SIGNS.get(mark) ?? mark;
    read += `${line.slice(at, index)}${sign}${readMarks(line.slice(index + 1, end), depth + 1)}${sign}`;
    at = end + 1;
  }
  return read + line.slice(at);
}

const positionsOf = (line: string, mark: string): readonly number[] =>
  [...line.matchAll(CLOSER)].flatMap(({ 0: found, index }) => (found === mark ? [index] : []));

/** What stands between `<` and `>`: a person, a channel, a group, a date or a link. */
function readReference(inner: string, botUser: string): string {
  const bar = inner.indexOf('|');
  const target = bar === -1 ? inner : inner.slice(0, bar);
  const label = bar === -1 ? '' : unescape(inner.slice(bar + 1));
  if (target === `@${botUser}`) return '';
  if (target.startsWith('@')) return label === '' ? target : `@${label.replace(/^@/, '')}`;
  if (target.startsWith('#')) return label === '' ? target : `#${label.replace(/^#/, '')}`;
  if (target.startsWith('!subteam^')) return `@${(label === '' ? target.slice(9) : label).replace(/^@/, '')}`;
  if (target.startsWith('!')) return label === '' ? `@${target.slice(1)}` : label;
  return link(unescape(target), label);
}

/** A CommonMark link; an address without a label of its own stands bare. */
export function link(url: string, label: string): string {
  if (label === '' || label === url || `mailto:${label}` === url) return `<${url}>`;
  const safe = label.replaceAll(/[[\]\\]/g, String.raw`\$&`);
  return `[${safe}](${/[\s()<>]/.test(url) ? `<${url.replaceAll(/[<>\n]/g, encodeURIComponent)}>` : url})`;
}
