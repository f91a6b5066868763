import { codeSpan, escapeInline, fence, marked } from '../kit/commonmark.ts';
import { clean } from '../kit/text.ts';

/** Names of this bot: its mentions are taken out. */
export type Names = ReadonlySet<string>;

/** An element that is open: what its content is so far, as CommonMark. */
type Frame = { readonly tag: string; readonly attributes: string; readonly parts: string[]; items: number };
type Reading = { readonly stack: Frame[]; readonly names: Names };
type Finish = (content: string, frame: Frame, reading: Reading) => string;

/** Stands between two blocks. It cannot come from outside: NUL is taken out first. */
const BREAK = '\u0000';
/** Teams' editor nests a few lists and quotes; each level costs one more copy of what is inside. */
const DEEPEST = 20;

/**
 * What a person wrote in Teams' editor, as CommonMark: unlike the activity's `text` it tells marks from letters.
 * Pure, and total over any input, in one pass.
 */
export function readHtml(html: string, names: Names): string {
  const source = clean(html);
  const reading: Reading = { stack: [frameOf('', '')], names };
  let at = 0;
  while (at < source.length) {
    const open = source.indexOf('<', at);
    const end = open === -1 ? -1 : source.indexOf('>', open);
    addText(reading, source.slice(at, end === -1 ? source.length : open));
    if (end === -1) break;
    readTag(reading, source.slice(open + 1, end));
    at = end + 1;
  }
  while (reading.stack.length > 1) finishTop(reading);
  return clean(settle(reading.stack[0]?.parts.join('') ?? ''));
}

const frameOf = (tag: string, attributes: string): Frame => ({ tag, attributes, parts: [], items: 0 });

/** Only `pre`, `code` and Teams' own `codeblock` keep their text as it is. */
const VERBATIM = new Set(['pre', 'codeblock', 'code']);
const isVerbatim = ({ stack }: Reading): boolean => stack.some(({ tag }) => VERBATIM.has(tag));

/** Between the rows and items of these there are blanks only. */
const STRUCTURE = new Set(['ul', 'ol', 'table', 'tr', 'tbody', 'thead']);

function addText(reading: Reading, raw: string): void {
  const top = reading.stack.at(-1);
  if (raw === '' || top === undefined) return;
  if (isVerbatim(reading)) return void top.parts.push(decode(raw));
  const text = decode(raw.replaceAll(/\s+/g, ' ')).replaceAll('\u00A0', ' ');
  if (STRUCTURE.has(top.tag) && text.trim() === '') return;
  const fresh = top.parts.at(-1)?.endsWith('\n') === true ? text.trimStart() : text;
  top.parts.push(escapeInline(fresh));
}

/** Elements that never have content. */
const EMPTY: ReadonlyMap<string, (attributes: string) => string> = new Map<string, (attributes: string) => string>([
  ['br', () => '\n'],
  ['hr', () => `${BREAK}---${BREAK}`],
  // Emoji are pictures with their letters as `alt`; other pictures come as attachments.
  ['img', (attributes) => (/itemtype="[^"]*emoji/i.test(attributes) ? attribute(attributes, 'alt') : '')],
]);

function readTag(reading: Reading, inside: string): void {
  const [, slash, name, attributes = ''] = /^(\/?)([a-z][a-z0-9]*)([^]*)$/i.exec(inside) ?? [];
  if (name === undefined) return;
  const tag = name.toLowerCase();
  const empty = EMPTY.get(tag);
  if (slash === '/') close(reading, tag);
  else if (empty !== undefined) reading.stack.at(-1)?.parts.push(empty(attributes));
  else if (reading.stack.length < DEEPEST) {
    reading.stack.push(frameOf(tag, attributes));
    if (attributes.endsWith('/')) finishTop(reading);
  }
}

function close({ stack, ...reading }: Reading, tag: string): void {
  const at = stack.findLastIndex((frame) => frame.tag === tag);
  if (at <= 0) return;
  for (let left = stack.length - at; left > 0; left -= 1) finishTop({ stack, ...reading });
}

function finishTop(reading: Reading): void {
  const frame = reading.stack.pop();
  const parent = reading.stack.at(-1);
  if (frame === undefined || parent === undefined) return;
  const content = frame.parts.join('');
  const finish = isVerbatim(reading) ? undefined : FINISH.get(frame.tag);
  parent.parts.push(finish === undefined ? content : finish(content, frame, reading));
}

/** Blocks, each without blanks at its ends, `between` apart. */
function settle(content: string, between = '\n\n'): string {
  return content
    .split(BREAK)
    .map((block) => block.trim())
    .filter((block) => block !== '')
    .join(between);
}

const block: Finish = (content) => `${BREAK}${content}${BREAK}`;
const nothing: Finish = () => '';

/** The same mark inside itself would end it. */
const mark =
  (sign: '**' | '*' | '~~', ...tags: readonly string[]): Finish =>
  (content, _, { stack }) =>
    stack.some(({ tag }) => tags.includes(tag)) ? content : marked(sign, content);

const heading =
  (level: number): Finish =>
  (content) =>
    `${BREAK}${'#'.repeat(level)} ${settle(content, ' ')}${BREAK}`;

const link: Finish = (content, { attributes }) => {
  const url = attribute(attributes, 'href').trim();
  const label = settle(content, ' ');
  if (!/^(https?:\/\/|mailto:)[^\s<>]+$/i.test(url)) return content;
  if (label === '' || label === url || `mailto:${label}` === url) return `<${url}>`;
  return `[${label}](${/[()]/.test(url) ? `<${url}>` : url})`;
};

const item: Finish = (content, _, { stack }) => {
  const list = stack.at(-1);
  if (list !== undefined) list.items += 1;
  const sign = list?.tag === 'ol' ? `${list.items}. ` : '- ';
  return `${sign}${settle(content, '\n').replaceAll('\n', `\n${' '.repeat(sign.length)}`)}\n`;
};

const cell: Finish = (content, _, { stack }) => {
  const row = stack.at(-1);
  if (row !== undefined) row.items += 1;
  return ` ${settle(content, ' ')
    .replaceAll('\n', ' ')
    .replaceAll('|', String.raw`\|`)} |`;
};

/** The first row is the head: GFM has no table without one. */
const row: Finish = (content, { items }, { stack }) => {
  const table = stack.findLast(({ tag }) => tag === 'table');
  const first = table !== undefined && table.items === 0;
  if (table !== undefined) table.items += 1;
  return `|${content}\n${first ? `|${' --- |'.repeat(items)}\n` : ''}`;
};

const quote: Finish = (content) => `${BREAK}${settle(content).replaceAll(/^/gm, '> ')}${BREAK}`;
const code: Finish = (content, { attributes }) =>
  `${BREAK}${fence(content, attribute(attributes, 'class').replace(/^language-/i, ''))}${BREAK}`;

const person: Finish = (content, _, { names, stack }) => {
  const name = settle(content, ' ');
  if (!names.has(nameOf(name))) return `@${name}`;
  // The space before our own mention goes with it.
  const before = stack.at(-1)?.parts;
  const last = before?.pop();
  if (last !== undefined) before?.push(last.replace(/ $/, ''));
  return '';
};

const span: Finish = (content, frame, reading) =>
  /itemtype="[^"]*\/mention"/i.test(frame.attributes) ? person(content, frame, reading) : content;

const FINISH: ReadonlyMap<string, Finish> = new Map<string, Finish>([
  ...['p', 'div', 'ul', 'ol', 'table'].map((tag) => [tag, block] as const),
  ...[1, 2, 3, 4, 5, 6].map((level) => [`h${level}`, heading(level)] as const),
  ...['b', 'strong'].map((tag) => [tag, mark('**', 'b', 'strong')] as const),
  ...['i', 'em'].map((tag) => [tag, mark('*', 'i', 'em')] as const),
  ...['s', 'strike', 'del'].map((tag) => [tag, mark('~~', 's', 'strike', 'del')] as const),
  ...['pre', 'codeblock'].map((tag) => [tag, code] as const),
  ...['td', 'th'].map((tag) => [tag, cell] as const),
  ...['attachment', 'script', 'style', 'systemeventmessage'].map((tag) => [tag, nothing] as const),
  ['code', (content) => (content === '' ? '' : codeSpan(content))],
  ['emoji', (_, { attributes }) => attribute(attributes, 'alt')],
  ['a', link],
  ['li', item],
  ['tr', row],
  ['blockquote', quote],
  ['at', person],
  ['span', span],
]);

/** A name as it is compared: clients write spaces as they like. */
export const nameOf = (text: string): string => text.replaceAll(/[\s\u00A0]+/g, ' ').trim();

function attribute(attributes: string, name: string): string {
  const found = new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`, 'i').exec(attributes);
  return decode(found?.[1] ?? found?.[2] ?? '');
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
  ['nbsp', '\u00A0'],
]);

function decode(text: string): string {
  return text.replaceAll(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,6}));/gi, (whole, ...groups: unknown[]) => {
    const [decimal, hex, name] = groups.map((group) => (typeof group === 'string' ? group : ''));
    if (name !== '' && name !== undefined) return ENTITIES.get(name.toLowerCase()) ?? whole;
    const point = Number.parseInt(decimal === '' ? (hex ?? '') : (decimal ?? ''), decimal === '' ? 16 : 10);
    return point > 0 && point <= 0x10_ff_ff ? String.fromCodePoint(point) : '\uFFFD';
  });
}
