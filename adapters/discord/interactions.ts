import type { Posted } from '../../src/model/reply.ts';
import type { Bot } from './bot.ts';
import type { Client } from './client.ts';
import { shaped } from './client.ts';
import { CALL_NOBODY, LOADING, SUPPRESS_EMBEDS } from './content.ts';
import { posted } from './payload.ts';

type Live = { readonly id: string; readonly token: string };

/** What the person who gave a command sees of our answers. */
export type Original = { readonly id: string; readonly content: string; readonly empty: boolean };

export type Interactions = {
  /** Fills the deferred answer when it is still empty, else adds a message after it. */
  readonly post: (interaction: Live, content: string, signal: AbortSignal) => Promise<Posted>;
  /** The first answer, as it is now. */
  readonly original: (interaction: Live, signal: AbortSignal) => Promise<Original>;
};

/**
 * Answers through an interaction's token. Nothing is kept between calls, so that any process may go on: whether the
 * first answer was given is asked of Discord. To fill it twice with the same text shows it once; a further message has no
 * such key, and is looked up before it is sent again.
 */
export function openInteractions(client: Client, bot: Bot): Interactions {
  const base = ({ token }: Live) => `/webhooks/${bot.application}/${token}` as const;
  const original: Interactions['original'] = async (interaction, signal) => {
    const route = `${base(interaction)}/messages/@original` as const;
    const answer = await client.request({ method: 'GET', route, anonymous: true }, signal);
    const { id, content, flags } = shaped(posted, answer, 'unavailable');
    return { id, content, empty: ((flags ?? 0) & LOADING) !== 0 };
  };
  return {
    original,
    async post(interaction, content, signal) {
      const body = { content, allowed_mentions: CALL_NOBODY };
      const { empty } = await original(interaction, signal);
      const answer = await (empty
        ? client.request(
            { method: 'PATCH', route: `${base(interaction)}/messages/@original`, body, anonymous: true },
            signal,
          )
        : client.request(
            { method: 'POST', route: base(interaction), body: { ...body, flags: SUPPRESS_EMBEDS }, anonymous: true },
            signal,
          ));
      return { id: shaped(posted, answer, 'unknown-outcome').id };
    },
  };
}
