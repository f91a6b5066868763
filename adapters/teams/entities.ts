import type { Call } from '../kit/calls.ts';
import { clean } from '../kit/text.ts';
import { tagOf } from './render.ts';

/** Who a tag in a text stands for. */
export type MentionEntity = {
  readonly type: 'mention';
  readonly text: string;
  readonly mentioned: { readonly id: string; readonly name: string };
};

/** Which message of one person the answer is to. */
export type TargetedEntity = { readonly type: 'targetedMessageInfo'; readonly messageId: string };

/** The entities of those whose tag is in a rendered text: Teams takes no entity without its tag. */
export function entitiesOf(rendered: string, calls: readonly Call[]): readonly MentionEntity[] {
  return calls
    .map((call) => ({ text: tagOf(call), mentioned: { id: call.id, name: clean(call.name) } }))
    .filter(({ text }, index, all) => rendered.includes(text) && all.findIndex((one) => one.text === text) === index)
    .map(({ text, mentioned }) => ({ type: 'mention', text, mentioned }));
}
