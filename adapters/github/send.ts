import type { Adapter } from '../../src/model/adapter.ts';
import { cardText } from '../../src/model/card.ts';
import type { Control } from '../../src/model/card.ts';
import { Failure } from '../../src/model/failure.ts';
import type { Draft } from '../../src/model/reply.ts';
import { addressOf, subjectOf } from './address.ts';
import type { Checks } from './checks.ts';
import type { Comments } from './comments.ts';
import type { Marker } from './marker.ts';
import type { Bot } from './message.ts';
import { contentOf, takesReactions } from './react.ts';
import type { React } from './react.ts';
import { renderBody } from './render.ts';

type Sending = Required<Pick<Adapter, 'post' | 'edit' | 'remove' | 'show' | 'react'>>;

/** What writes: comments, reactions and check runs. */
export type Hands = { readonly comments: Comments; readonly react: React; readonly checks: Checks };

export function openSending({ comments, react, checks }: Hands, marker: Marker, bot: Bot): Sending {
  const bodyOf = ({ text, card, calls, nonce }: Draft): string =>
    renderBody(card === undefined ? text : cardText(card, replyTo(bot)), marker.of(nonce), calls);
  return {
    post: async (access, draft, signal) => comments.add(access, addressOf(draft.place), bodyOf(draft), signal),
    async edit(access, postId, draft, signal) {
      const text = { subject: subjectOf(postId), body: bodyOf(draft) };
      await comments.change(access, addressOf(draft.place), text, signal);
    },
    async remove(access, postId, place, signal) {
      try {
        await comments.remove(access, addressOf(place), subjectOf(postId), signal);
      } catch (thrown) {
        if (!(thrown instanceof Failure && thrown.code === 'gone')) throw thrown;
      }
    },
    async react(access, { place, messageId }, { emoji, added }, signal) {
      const reacting = { subject: subjectOf(messageId), content: contentOf(emoji), added };
      await react(access, addressOf(place), reacting, signal);
    },
    async show(access, place, status, signal) {
      const address = addressOf(place);
      const { subject } = address;
      const content = SIGNS[status];
      const reacts = content !== undefined && takesReactions(subject);
      // Neither waits for the other: one that is refused must not leave the other undone.
      await Promise.all([
        checks.show(access, address, status, signal),
        reacts ? react(access, address, { subject, content, added: true }, signal) : undefined,
      ]);
    },
  };
}

/** GitHub answers 200 when the same reaction is there already, so showing twice shows once. */
const SIGNS = { seen: 'eyes', working: undefined, done: undefined, failed: 'confused' } as const;

/** How a control is answered in words, where there is nothing to click. */
const replyTo =
  ({ slug }: Bot) =>
  (control: Control): string => {
    if (control.kind === 'button') return `comment \`@${slug} pick ${control.id}\``;
    const choices = control.options.map(
      ({ label, value }) => `  - ${label}: \`@${slug} /pick ${control.id} ${value}\``,
    );
    return `comment one of these\n${choices.join('\n')}`;
  };
