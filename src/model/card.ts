import { Failure } from './failure.ts';

/** Something to look at and to answer by a click, in one form for every platform. */
export type Card = {
  /** Plain text; may be empty. */
  readonly title: string;
  /** CommonMark; may be empty. */
  readonly text: string;
  /** Labels are plain text, values CommonMark. */
  readonly fields: readonly { readonly label: string; readonly value: string }[];
  readonly image: { readonly url: string; readonly alt: string } | undefined;
  readonly controls: readonly Control[];
};

/** What can be clicked. `id` comes back with the click and tells nothing to whoever reads it. */
export type Control =
  | {
      readonly kind: 'button';
      readonly id: string;
      readonly label: string;
      readonly style: 'plain' | 'primary' | 'danger';
      /** A click asks for this to be filled in first. */
      readonly form: Form | undefined;
    }
  | { readonly kind: 'select'; readonly id: string; readonly label: string; readonly options: readonly Option[] };

export type Option = { readonly label: string; readonly value: string };

/** Questions that a person answers together, in a window of the platform's own. */
export type Form = { readonly title: string; readonly submit: string; readonly inputs: readonly Input[] };

export type Input = {
  readonly id: string;
  readonly label: string;
  readonly kind: 'line' | 'paragraph';
  readonly optional: boolean;
  /** What stands there at first. */
  readonly value: string;
};

/** The least of what the platforms take, so that a card is the same everywhere; docs/decisions/014 has their numbers and sources. */
const MOST = {
  title: 150,
  text: 2_000,
  alt: 500,
  fields: 10,
  fieldLabel: 100,
  fieldValue: 1_000,
  controls: 5,
  id: 60,
  label: 75,
  options: 25,
  formTitle: 24,
  inputs: 5,
  inputLabel: 45,
  inputValue: 3_000,
} as const;

/** @throws Failure `invalid` that says what is too much for at least one platform. Returns the card itself. */
export function checked(card: Card): Card {
  const { title, text, fields, image, controls } = card;
  within('a card’s title', title.length, MOST.title);
  within('a card’s text', text.length, MOST.text);
  within('fields of a card', fields.length, MOST.fields);
  for (const { label, value } of fields) {
    within('a field’s label', label.length, MOST.fieldLabel);
    within('a field’s value', value.length, MOST.fieldValue);
  }
  if (image !== undefined && !image.url.startsWith('https://'))
    throw new Failure('invalid', 'a card’s image must be at an https:// address');
  within('the words below a card’s image', image?.alt.length ?? 0, MOST.alt);
  within('controls of a card', controls.length, MOST.controls);
  for (const control of controls) checkControl(control);
  return card;
}

function checkControl(control: Control): void {
  within('a control’s id', control.id.length, MOST.id);
  within('a control’s label', control.label.length, MOST.label);
  if (control.label === '') throw new Failure('invalid', 'a control needs a label');
  if (control.kind === 'select') {
    within('options of a choice', control.options.length, MOST.options);
    if (new Set(control.options.map(({ value }) => value)).size < control.options.length)
      throw new Failure('invalid', 'the options of a choice need values of their own');
    for (const { label, value } of control.options)
      within('an option', Math.max(label.length, value.length), MOST.label);
  } else if (control.form !== undefined) checkForm(control.form);
}

function checkForm({ title, submit, inputs }: Form): void {
  within('a form’s title', title.length, MOST.formTitle);
  within('a form’s button', submit.length, MOST.formTitle);
  within('inputs of a form', inputs.length, MOST.inputs);
  for (const { id, label, value } of inputs) {
    within('an input’s id', id.length, MOST.id);
    within('an input’s label', label.length, MOST.inputLabel);
    within('an input’s value', value.length, MOST.inputValue);
  }
}

function within(what: string, size: number, most: number): void {
  if (size > most) throw new Failure('invalid', `${what}: ${size}, at most ${most}`);
}

/**
 * The card as CommonMark: what notifications say, and what is shown where there are no cards.
 * @param reply how a control is answered in words there, or undefined where it can be clicked.
 */
export function cardText(card: Card, reply?: (control: Control) => string): string {
  const { title, text, fields, image, controls } = card;
  const blocks = [
    title === '' ? '' : `**${title}**`,
    text,
    fields.map(({ label, value }) => `- **${label}**: ${value}`).join('\n'),
    image === undefined ? '' : `![${image.alt}](${image.url})`,
    reply === undefined ? '' : controls.map((control) => `- **${control.label}**: ${reply(control)}`).join('\n'),
  ];
  return blocks.filter((block) => block !== '').join('\n\n');
}
