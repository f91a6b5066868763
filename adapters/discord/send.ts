import type { Adapter } from '../../src/model/adapter.ts';
import { Failure } from '../../src/model/failure.ts';
import type { Draft, Posted } from '../../src/model/reply.ts';
import type { Address } from './address.ts';
import { addressOf, liveInteraction, messageIdOf } from './address.ts';
import type { Bot } from './bot.ts';
import type { Client } from './client.ts';
import { shaped } from './client.ts';
import { CALL_NOBODY, contentOf, SUPPRESS_EMBEDS } from './content.ts';
import type { Interactions } from './interactions.ts';
import { posted } from './payload.ts';

type Sending = Required<Pick<Adapter, 'post' | 'edit' | 'remove' | 'show'>>;

export function openSending(client: Client, interactions: Interactions, bot: Bot): Sending {
  /** Where our message with this id is changed. Through an interaction it works where the bot is no member, too. */
  const routeOf = (address: Address, postId: string): { route: `/${string}`; anonymous: boolean } => {
    const message = messageIdOf(postId);
    const interaction = liveInteraction(address);
    return interaction === undefined
      ? { route: `/channels/${address.channel}/messages/${message}`, anonymous: false }
      : { route: `/webhooks/${bot.application}/${interaction.token}/messages/${message}`, anonymous: true };
  };

  return {
    async post(_access, draft, signal) {
      const address = addressOf(draft.place);
      const interaction = liveInteraction(address);
      return interaction === undefined
        ? postMessage(client, address, draft, signal)
        : interactions.post(interaction, contentOf(draft), signal);
    },
    async edit(_access, postId, draft, signal) {
      const body = { content: contentOf(draft), allowed_mentions: CALL_NOBODY };
      await client.request({ method: 'PATCH', ...routeOf(addressOf(draft.place), postId), body }, signal);
    },
    async remove(_access, postId, place, signal) {
      try {
        await client.request({ method: 'DELETE', ...routeOf(addressOf(place), postId) }, signal);
      } catch (thrown) {
        if (!(thrown instanceof Failure && thrown.code === 'gone')) throw thrown;
      }
    },
    async show(_access, place, status, signal) {
      const address = addressOf(place);
      // An interaction shows "is thinking" until its first answer.
      if (status !== 'working' || liveInteraction(address) !== undefined) return;
      await client.request({ method: 'POST', route: `/channels/${address.channel}/typing`, optional: true }, signal);
    },
  };
}

/**
 * Sent again within "the past few minutes" (docs: Create Message) the same nonce gives the message that is there. It may
 * say what an earlier try said, so it is made to say what is wanted now.
 */
async function postMessage(client: Client, address: Address, draft: Draft, signal: AbortSignal): Promise<Posted> {
  const content = contentOf(draft);
  const { channel, message } = address;
  const body = {
    content,
    nonce: draft.nonce,
    enforce_nonce: true,
    ...(message !== undefined && { message_reference: { message_id: message, fail_if_not_exists: false } }),
    allowed_mentions: { ...CALL_NOBODY, replied_user: true },
    flags: SUPPRESS_EMBEDS,
  };
  const answer = await client.request({ method: 'POST', route: `/channels/${channel}/messages`, body }, signal);
  const made = shaped(posted, answer, 'unknown-outcome');
  if (made.content.trim() !== content.trim()) {
    const route = `/channels/${channel}/messages/${messageIdOf(made.id)}` as const;
    await client.request({ method: 'PATCH', route, body: { content, allowed_mentions: CALL_NOBODY } }, signal);
  }
  return { id: made.id };
}
