import { z } from 'zod';
import { codeSpan, escapeWords, marked } from '../kit/commonmark.ts';
import { codeBlock, link, tidy } from './read-mrkdwn.ts';

const style = z
  .object({
    bold: z.boolean().nullish(),
    italic: z.boolean().nullish(),
    strike: z.boolean().nullish(),
    code: z.boolean().nullish(),
  })
  .nullish();
type Style = z.infer<typeof style>;

const inline = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string(), style }),
  z.object({ type: z.literal('link'), url: z.string(), text: z.string().nullish(), style }),
  z.object({ type: z.literal('user'), user_id: z.string() }),
  z.object({ type: z.literal('usergroup'), usergroup_id: z.string() }),
  z.object({ type: z.literal('channel'), channel_id: z.string() }),
  z.object({ type: z.literal('broadcast'), range: z.string() }),
  z.object({ type: z.literal('emoji'), name: z.string(), unicode: z.string().nullish() }),
  z.object({ type: z.literal('date'), fallback: z.string() }),
]);
type Inline = z.infer<typeof inline>;

const section = z.object({ type: z.literal('rich_text_section'), elements: z.array(inline) });
const block = z.discriminatedUnion('type', [
  section,
  z.object({
    type: z.literal('rich_text_list'),
    elements: z.array(section),
    style: z.enum(['bullet', 'ordered']),
    indent: z.int().min(0).max(20).nullish(),
    offset: z.int().min(0).nullish(),
  }),
  z.object({ type: z.literal('rich_text_quote'), elements: z.array(inline) }),
  z.object({ type: z.literal('rich_text_preformatted'), elements: z.array(inline) }),
]);
type Block = z.infer<typeof block>;

const richText = z.tuple([z.object({ type: z.literal('rich_text'), elements: z.array(block) })]);

/** What people, channels and groups are called, by their ids. */
type Names = ReadonlyMap<string, string>;
type Reader = { readonly botUser: string; readonly names: Names };

/**
 * What a person wrote in Slack's editor, as CommonMark: unlike mrkdwn it tells marks from letters. Undefined when the
 * blocks are anything else, or hold an element that is not known here: then the message's text has to do.
 */
export function readRichText(blocks: unknown, botUser: string, names: Names = new Map()): string | undefined {
  const parsed = richText.safeParse(blocks);
  if (!parsed.success) return undefined;
  const reader = { botUser, names };
  return tidy(parsed.data[0].elements.map((one) => readBlock(one, reader)).join(''));
}

function readBlock(block: Block, reader: Reader): string {
  if (block.type === 'rich_text_section') return readInlines(block.elements, reader);
  if (block.type === 'rich_text_preformatted')
    return codeBlock(block.elements.map((one) => plain(one, reader)).join(''));
  if (block.type === 'rich_text_quote') {
    return `\n${readInlines(block.elements, reader).trim().replaceAll(/^/gm, '> ')}\n\n`;
  }
  const indent = '    '.repeat(block.indent ?? 0);
  const from = (block.offset ?? 0) + 1;
  const lines = block.elements.map(({ elements }, index) => {
    const mark = block.style === 'ordered' ? `${from + index}.` : '-';
    return `${indent}${mark} ${readInlines(elements, reader).trim()}`;
  });
  return `\n${lines.join('\n')}\n`;
}

function readInlines(elements: readonly Inline[], reader: Reader): string {
  const shown: string[] = [];
  for (const element of elements) {
    // The space before our own mention goes with it.
    if (element.type === 'user' && element.user_id === reader.botUser) shown.push(shown.pop()?.replace(/ $/, '') ?? '');
    else shown.push(readInline(element, reader));
  }
  return shown.join('');
}

function readInline(element: Inline, reader: Reader): string {
  if (element.type === 'link') return styled(link(element.url, element.text ?? ''), element.style);
  if (element.type !== 'text') return plain(element, reader);
  return element.style?.code === true ? codeSpan(element.text) : styled(escapeWords(element.text), element.style);
}

function plain(element: Inline, { names }: Reader): string {
  if (element.type === 'text') return element.text;
  if (element.type === 'link') return element.text ?? element.url;
  const named = (id: string): string => names.get(id) ?? id;
  if (element.type === 'user') return `@${named(element.user_id)}`;
  if (element.type === 'usergroup') return `@${named(element.usergroup_id)}`;
  if (element.type === 'channel') return `#${named(element.channel_id)}`;
  if (element.type === 'broadcast') return `@${element.range}`;
  if (element.type === 'date') return element.fallback;
  return emoji(element.name, element.unicode ?? '');
}

/** A family of four with skin tones has eleven. */
const MOST_POINTS = 20;

/** `unicode` is the code points in hexadecimal, with dashes between. */
function emoji(name: string, unicode: string): string {
  const points = unicode.split('-', MOST_POINTS + 1).map((one) => Number.parseInt(one, 16));
  const known = points.length <= MOST_POINTS && points.every((point) => point > 0 && point <= 0x10_ff_ff);
  return known ? String.fromCodePoint(...points) : `:${name}:`;
}

function styled(text: string, style: Style): string {
  const italic = style?.italic === true ? marked('*', text) : text;
  const bold = style?.bold === true ? marked('**', italic) : italic;
  return style?.strike === true ? marked('~~', bold) : bold;
}
