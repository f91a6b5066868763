import type { ViewsOpenArguments } from '@slack/web-api';
import type { Card, Control } from '../../src/model/card.ts';
import { split } from '../../src/model/split.ts';
import type { Call } from '../kit/calls.ts';
import { render } from './render.ts';

type AnyBlock = ViewsOpenArguments['view']['blocks'][number];
type BlockOf<Type extends string> = Extract<AnyBlock, { type: Type }>;

/** The blocks that a card is made of. */
export type CardBlock = BlockOf<'header' | 'section' | 'image' | 'actions'>;
type Section = BlockOf<'section'>;
type Element = BlockOf<'actions'>['elements'][number];

// docs: Block Kit reference, section block: 3,000 characters of text, ten fields of 2,000 each.
const MOST_SECTION = 3_000;
const MOST_FIELD = 2_000;

/**
 * A card as blocks: header, text, fields, image, controls. What is longer once it is rendered than a block takes goes on in
 * the next one, so no word is lost.
 * @param id of the block with the controls: comes back with a click.
 */
export function cardBlocks(card: Card, { calls, id }: { calls?: readonly Call[]; id?: string } = {}): CardBlock[] {
  const { title, text, image } = card;
  return [
    ...(title.trim() === '' ? [] : [{ type: 'header' as const, text: plain(title) }]),
    ...textBlocks(text, calls),
    ...fieldBlocks(card.fields),
    ...(image === undefined ? [] : [imageBlock(image)]),
    ...controlBlocks(card.controls, id),
  ];
}

/** CommonMark as sections. */
export function textBlocks(markdown: string, calls?: readonly Call[]): Section[] {
  const measure = (part: string): number => render(part, calls).length;
  return split(markdown, { part: MOST_SECTION, measure })
    .map(({ text }) => render(text, calls))
    .filter((text) => text !== '')
    .map(said);
}

/** Always shown whole, where Slack would fold a long one (docs: section block, `expand`). */
const said = (text: string): Section => ({ type: 'section', text: mrkdwn(text), expand: true });

/** A text object must hold something. */
export const plain = (text: string): { type: 'plain_text'; text: string; emoji: true } => ({
  type: 'plain_text',
  text: text.trim() === '' ? '…' : text,
  emoji: true,
});

const mrkdwn = (text: string): { type: 'mrkdwn'; text: string } => ({ type: 'mrkdwn', text });

/** Side by side; one that is too long for that stands below them by itself. */
function fieldBlocks(fields: Card['fields']): Section[] {
  const shown = fields.map(({ label, value }) => {
    const [bold, shownValue] = [label.trim() === '' ? '' : `*${escapeLabel(label)}*`, render(value)];
    return { short: [bold, shownValue].filter((part) => part !== '').join('\n') || '…', label: bold, value };
  });
  const beside = shown.filter(({ short }) => short.length <= MOST_FIELD);
  const below = shown.filter(({ short }) => short.length > MOST_FIELD);
  return [
    ...(beside.length === 0 ? [] : [{ type: 'section' as const, fields: beside.map(({ short }) => mrkdwn(short)) }]),
    ...below.flatMap(({ label, value }) => [...(label === '' ? [] : [said(label)]), ...textBlocks(value)]),
  ];
}

/** A label is plain text: its letters make no mark and call nobody. */
const escapeLabel = (label: string): string =>
  label
    .trim()
    .replaceAll(/\s+/g, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('*', '∗');

function imageBlock({ url, alt }: NonNullable<Card['image']>): BlockOf<'image'> {
  return { type: 'image', image_url: url, alt_text: alt.trim() === '' ? '…' : alt };
}

function controlBlocks(controls: readonly Control[], id: string | undefined): BlockOf<'actions'>[] {
  const elements = controls.flatMap(elementOf);
  return elements.length === 0 ? [] : [{ type: 'actions', ...(id !== undefined && { block_id: id }), elements }];
}

function elementOf(control: Control): Element[] {
  if (control.kind === 'button') {
    const style = control.style === 'plain' ? {} : { style: control.style };
    return [{ type: 'button', action_id: control.id, text: plain(control.label), ...style }];
  }
  // Slack refuses a menu without a choice, and the whole message with it.
  if (control.options.length === 0) return [];
  const options = control.options.map(({ label, value }) => ({ text: plain(label), value }));
  return [{ type: 'static_select', action_id: control.id, placeholder: plain(control.label), options }];
}
