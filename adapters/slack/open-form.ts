import type { InboundResponse } from '../../src/model/adapter.ts';
import type { Form } from '../../src/model/card.ts';
import { accept } from '../kit/response.ts';
import type { Client } from './client.ts';
import { hasError } from './client.ts';
import type { Opened } from './form.ts';
import { viewOf } from './form.ts';

/** A click, and the right to show one form for it. */
export type Clicked = Opened & { readonly triggerId: string };

export type OpenForm = (clicked: Clicked, form: Form, signal: AbortSignal) => Promise<InboundResponse>;

/**
 * Shows a form by the click's trigger, which is good for three seconds and one form; the click itself is answered with
 * nothing.
 * @throws Failure `refused` when the trigger has expired.
 */
export function openForms(client: Client): OpenForm {
  return async ({ triggerId, ...opened }, form, signal) => {
    const args = { trigger_id: triggerId, view: viewOf(form, opened) };
    try {
      await client.write({ install: opened.place.install, secret: undefined }, 'views.open', args, signal);
    } catch (thrown) {
      // The form is there already: the click came twice.
      if (!hasError(thrown, 'exchanged_trigger_id')) throw thrown;
    }
    return accept(undefined).response;
  };
}
