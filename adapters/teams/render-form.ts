import type { InboundResponse } from '../../src/model/adapter.ts';
import type { Form, Input } from '../../src/model/card.ts';
import { clean } from '../kit/text.ts';
import { CARD_TYPE, CARD_VERSION } from './render-card.ts';

/** The answer to `task/fetch` that opens a dialog with these questions. `action` names the button, and comes back. */
export function renderForm(form: Form, action: string): InboundResponse {
  const card = {
    type: 'AdaptiveCard',
    version: CARD_VERSION,
    body: form.inputs.map(inputOf),
    actions: [{ type: 'Action.Submit', title: clean(form.submit), data: { switchboard: { action } } }],
  };
  const value = {
    title: clean(form.title),
    height: 'medium',
    width: 'medium',
    card: { contentType: CARD_TYPE, content: card },
  };
  return answer({ task: { type: 'continue', value } });
}

/** The answer to `task/fetch` that opens nothing but says why; an empty one would be shown as an error. */
export const noForm = (): InboundResponse =>
  answer({ task: { type: 'message', value: 'There is nothing to fill in here any more.' } });

function inputOf({ id, label, kind, optional, value }: Input): object {
  return {
    type: 'Input.Text',
    id,
    label: clean(label),
    isMultiline: kind === 'paragraph',
    isRequired: !optional,
    // Teams shows it under what was left empty.
    ...(!optional && { errorMessage: `${clean(label)}: …` }),
    value,
  };
}

const answer = (body: object): InboundResponse => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
