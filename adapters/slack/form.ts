import type { ViewsOpenArguments } from '@slack/web-api';
import { z } from 'zod';
import type { Form, Input } from '../../src/model/card.ts';
import type { Place } from '../../src/model/event.ts';
import { Failure } from '../../src/model/failure.ts';
import { parseJson } from '../../src/model/parse-json.ts';
import { words } from '../kit/shape.ts';
import { plain } from './blocks.ts';
import type { SubmittedView } from './payload.ts';
import { spotOf } from './place.ts';

/** Names the views that are ours, among all that the same app may show. */
const OURS = 'switchboard_form';

/** docs: Views, `private_metadata`. */
const MOST_METADATA = 3_000;

/** What was clicked, and where: all that a submission has to tell again. */
export type Opened = { readonly action: string; readonly place: Place };

/**
 * A form as a modal. Where it belongs travels in its private metadata, which only this app reads and Slack signs for.
 * @throws Failure `invalid`: the place is longer than the metadata may be.
 */
export function viewOf(form: Form, { action, place }: Opened): ViewsOpenArguments['view'] {
  const { install, channel, thread, address } = place;
  const private_metadata = JSON.stringify([action, install, channel, thread, address]);
  if (private_metadata.length > MOST_METADATA)
    throw new Failure('invalid', 'the place is too long for a form’s metadata');
  return {
    type: 'modal',
    callback_id: OURS,
    private_metadata,
    title: plain(form.title),
    submit: plain(form.submit),
    close: plain('Cancel'),
    blocks: form.inputs.map(inputBlock),
  };
}

const inputBlock = ({ id, label, kind, optional, value }: Input) => ({
  type: 'input' as const,
  block_id: id,
  label: plain(label),
  optional,
  element: {
    type: 'plain_text_input' as const,
    action_id: id,
    multiline: kind === 'paragraph',
    ...(value !== '' && { initial_value: value }),
  },
});

const opened = z.tuple([words, words, words, words, words]);

/** Where a submission belongs, and its values by input; undefined: it is none of our forms. */
export function readForm(view: SubmittedView): (Opened & { values: Readonly<Record<string, string>> }) | undefined {
  if (view.callback_id !== OURS) return undefined;
  if (view.private_metadata.length > MOST_METADATA) return undefined;
  const parsed = opened.safeParse(parseJson(view.private_metadata));
  if (!parsed.success) return undefined;
  const [action, install, channel, thread, address] = parsed.data;
  const place = { install, channel, thread, address };
  if (!isPlace(place)) return undefined;
  const values = Object.entries(view.state.values).map(([id, elements]) => {
    const [element] = Object.values(elements);
    return [id, element?.value ?? ''] as const;
  });
  return { action, place, values: Object.fromEntries(values) };
}

function isPlace(place: Place): boolean {
  try {
    return spotOf(place).channel === place.channel;
  } catch {
    return false;
  }
}
