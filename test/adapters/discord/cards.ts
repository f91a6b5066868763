import type { Card, Control, Form } from '../../../src/model/card.ts';

/** A card of a title, a text and these controls. */
export function cardWith(...controls: Control[]): Card {
  return { title: 'Deploy?', text: 'Version **7** of `api`', fields: [], image: undefined, controls };
}

export const button = (id: string, changes: Partial<Control & { kind: 'button' }> = {}): Control => ({
  kind: 'button',
  id,
  label: `Press ${id}`,
  style: 'plain',
  form: undefined,
  ...changes,
});

export const select = (id: string, ...values: string[]): Control => ({
  kind: 'select',
  id,
  label: 'Choose one',
  options: values.map((value) => ({ label: value.toUpperCase(), value })),
});

export const form: Form = {
  title: 'Why not?',
  submit: 'Tell us',
  inputs: [
    { id: 'reason', label: 'Your reason', kind: 'paragraph', optional: false, value: 'because' },
    { id: 'name', label: 'Your name', kind: 'line', optional: true, value: '' },
  ],
};
