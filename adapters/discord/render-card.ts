import type { Card, Control } from '../../src/model/card.ts';
import { cardText } from '../../src/model/card.ts';
import type { OutFile } from '../../src/model/reply.ts';
import type { Call } from '../kit/calls.ts';
import { clean } from '../kit/text.ts';
import { render, renderPlain } from './render.ts';

/** Docs, "Embed Object". */
export type Embed = {
  readonly title?: string;
  readonly description?: string;
  readonly fields?: readonly { readonly name: string; readonly value: string }[];
  readonly image?: { readonly url: string };
  readonly footer?: { readonly text: string };
};

/** Docs, "Component Reference": a row of buttons, or of one choice. */
export type Row = { readonly type: 1; readonly components: readonly (Button | Choice)[] };
export type Button = {
  readonly type: 2;
  readonly id: number;
  readonly style: 1 | 2 | 4;
  readonly label: string;
  readonly custom_id: string;
};
export type Choice = {
  readonly type: 3;
  readonly id: number;
  readonly custom_id: string;
  readonly placeholder: string;
  readonly options: readonly { readonly label: string; readonly value: string }[];
};

export type RenderedCard = {
  readonly embeds: readonly Embed[];
  readonly components: readonly Row[];
  readonly files: readonly OutFile[];
};

/** Docs, "Embed Limits", counted in code points; we count UTF-16 units, never fewer. */
const MOST = { title: 256, description: 4096, name: 256, value: 1024, footer: 2048, all: 6000 } as const;

/** Numbers of the controls within their message come back with a click: the ones above this ask for a form. */
const FORMS_FROM = 1_000;

/** Whether the control with this number asks for a form. */
export const asksForForm = (component: number | null | undefined): boolean => (component ?? 0) >= FORMS_FROM;

/** In place of the words of a card that are more than Discord takes. */
export const CARD_FILE = 'card.md';

/**
 * A card as an embed and rows of components of the first kind, which a message of words can be changed into and back; those
 * of the second kind stay for ever (docs: Message Flags, "IS_COMPONENTS_V2"). What is too much for fields goes into the
 * description, and what is too much for that into a file.
 */
export function renderCard(card: Card, calls: readonly Call[]): RenderedCard {
  const embed = [withFields(card, calls), withoutFields(card, calls)].find(fits);
  const components = rowsOf(card.controls);
  if (embed !== undefined) return { embeds: isEmpty(embed) ? [] : [embed], components, files: [] };
  const short = [described(card, [words(card, calls)]), around(card)].find(fits) ?? {};
  const bytes = new TextEncoder().encode(clean(cardText(card)));
  const files = [{ name: CARD_FILE, mediaType: 'text/markdown; charset=utf-8', bytes }];
  return { embeds: isEmpty(short) ? [] : [short], components, files };
}

function withFields(card: Card, calls: readonly Call[]): Embed {
  const fields = card.fields.map(({ label, value }) => ({
    name: renderPlain(oneLine(label)) || BLANK,
    value: render(value, calls) || BLANK,
  }));
  return { ...described(card, [words(card, calls)]), ...(fields.length > 0 && { fields }) };
}

/** A field without a name or a value is refused; a space of no width is a value. */
const BLANK = '\u200B';

function withoutFields(card: Card, calls: readonly Call[]): Embed {
  const fields = card.fields.map(({ label, value }) => `**${renderPlain(oneLine(label))}**\n${render(value, calls)}`);
  return described(card, [words(card, calls), ...fields]);
}

function described(card: Card, blocks: readonly string[]): Embed {
  const description = blocks.filter((block) => block !== '').join('\n\n');
  return { ...around(card), ...(description !== '' && { description }) };
}

/** The text, below a title that is too long for its own place. */
function words(card: Card, calls: readonly Call[]): string {
  const title = titleOf(card);
  const text = render(card.text, calls);
  return title.length <= MOST.title ? text : `**${title}**\n\n${text}`;
}

const titleOf = ({ title }: Card): string => renderPlain(oneLine(title));

/** The title, and the image with its words below it: Discord has no other place for them. */
function around(card: Card): Embed {
  const { image } = card;
  const title = titleOf(card);
  const alt = clean(image?.alt ?? '').trim();
  return {
    ...(title !== '' && title.length <= MOST.title && { title }),
    ...(image && { image: { url: image.url } }),
    ...(alt !== '' && { footer: { text: alt } }),
  };
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

const isEmpty = (embed: Embed): boolean => Object.keys(embed).length === 0;

function fits({ title = '', description = '', fields = [], footer }: Embed): boolean {
  const all = [title, description, footer?.text ?? '', ...fields.flatMap(({ name, value }) => [name, value])];
  return (
    title.length <= MOST.title &&
    description.length <= MOST.description &&
    (footer?.text ?? '').length <= MOST.footer &&
    fields.every(({ name, value }) => name.length <= MOST.name && value.length <= MOST.value) &&
    all.reduce((sum, text) => sum + text.length, 0) <= MOST.all
  );
}

/** Buttons in a row go together, at most five of them; a choice takes a row of its own. */
function rowsOf(controls: readonly Control[]): readonly Row[] {
  const rows: { type: 1; components: (Button | Choice)[] }[] = [];
  for (const [index, control] of controls.entries()) {
    if (control.kind === 'select' && control.options.length === 0) continue;
    const component = componentOf(control, index + 1);
    const row = rows.at(-1);
    if (component.type === 2 && row?.components[0]?.type === 2) row.components.push(component);
    else rows.push({ type: 1, components: [component] });
  }
  return rows;
}

const STYLE = { primary: 1, plain: 2, danger: 4 } as const;

function componentOf(control: Control, number: number): Button | Choice {
  const [custom_id, label] = [control.id, clean(control.label).trim() || '…'];
  if (control.kind === 'select') {
    const options = control.options.map(({ label, value }) => ({ label: clean(label).trim() || '…', value }));
    return { type: 3, id: number, custom_id, placeholder: label, options };
  }
  const id = control.form === undefined ? number : FORMS_FROM + number;
  return { type: 2, id, style: STYLE[control.style], label, custom_id };
}
