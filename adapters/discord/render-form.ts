import type { Form } from '../../src/model/card.ts';
import { clean } from '../kit/text.ts';

/** Docs, "Interaction Callback Type". */
const MODAL = 9;
const LABEL = 18;
const TEXT_INPUT = 4;
const STYLE = { line: 1, paragraph: 2 } as const;

/**
 * The answer to a click that shows a form. Its `custom_id` is that of the button, and comes back with what was filled in.
 * Discord writes "Submit" on the button of every form; there is no place for words of ours.
 */
export function renderForm(form: Form, action: string): object {
  const components = form.inputs.map(({ id, label, kind, optional, value }) => ({
    type: LABEL,
    label: clean(label).trim() || '…',
    component: {
      type: TEXT_INPUT,
      custom_id: id,
      style: STYLE[kind],
      required: !optional,
      ...(value !== '' && { value: clean(value) }),
    },
  }));
  return { type: MODAL, data: { custom_id: action, title: clean(form.title).trim() || '…', components } };
}
