import type { OutFile, Posted } from '../../src/model/reply.ts';
import { Failure } from '../../src/model/failure.ts';
import type { Interaction } from './address.ts';
import type { Bot } from './bot.ts';
import type { Client } from './client.ts';
import { shaped } from './client.ts';
import type { Content } from './content.ts';
import { attachmentsOf, EPHEMERAL, LOADING } from './content.ts';
import { isNumber } from './errors.ts';
import type { Posted as DiscordPost } from './payload.ts';
import { posted } from './payload.ts';

/** The first answer to an interaction, or the message that was clicked on. */
export type Original = DiscordPost & { readonly empty: boolean; readonly ephemeral: boolean };

/** A message to be said through an interaction. */
export type Saying = { readonly body: Content; readonly files: readonly OutFile[]; readonly mark?: string };

export type Interactions = {
  /** Fills the deferred answer when it is still empty, else adds a message after it. */
  readonly post: (interaction: Interaction, saying: Saying, signal: AbortSignal) => Promise<Posted>;
  /** Adds a message that is seen by one person only. An announced answer that others would see is taken back. */
  readonly whisper: (interaction: Interaction, body: Content, signal: AbortSignal) => Promise<void>;
  /** The first answer, as it is now; undefined: somebody took it away. */
  readonly original: (interaction: Interaction, signal: AbortSignal) => Promise<Original | undefined>;
};

/** Unknown webhook, unknown interaction, invalid webhook token: it was not acknowledged in time, or its time is over. */
export const isUnanswerable = (thrown: unknown): boolean => isNumber(thrown, 10_015, 10_062, 50_027);

/**
 * Answers through an interaction's token. Nothing is kept between calls, so that any process may go on: whether the
 * first answer was given is asked of Discord. To fill it twice with the same text shows it once; a further message has no
 * such key, and is looked up before it is sent again.
 */
export function openInteractions(client: Client, bot: Bot): Interactions {
  const base = ({ token }: Interaction) => `/webhooks/${bot.application}/${token}` as const;
  const first = (interaction: Interaction) => `${base(interaction)}/messages/@original` as const;
  const original: Interactions['original'] = async (interaction, signal) => {
    const asked = client.request({ method: 'GET', route: first(interaction), anonymous: true }, signal);
    const answer = await asked.catch(unlessGone);
    if (answer === undefined) return undefined;
    const found = shaped(posted, answer, 'unavailable');
    const has = (flag: number): boolean => ((found.flags ?? 0) & flag) !== 0;
    return { ...found, empty: has(LOADING), ephemeral: has(EPHEMERAL) };
  };
  const add = (interaction: Interaction, body: object, files: readonly OutFile[], signal: AbortSignal) =>
    client.request({ method: 'POST', route: base(interaction), body, files, anonymous: true }, signal);
  return {
    original,
    async post(interaction, { body, files, mark }, signal) {
      const before = await original(interaction, signal);
      const whole = { ...body, ...(files.length > 0 && { attachments: attachmentsOf(files, mark) }) };
      const hidden = before?.ephemeral === true || interaction.private === true ? EPHEMERAL : 0;
      const answer = await (before?.empty === true
        ? client.request({ method: 'PATCH', route: first(interaction), body: whole, files, anonymous: true }, signal)
        : add(interaction, { ...whole, flags: body.flags | hidden }, files, signal));
      return { id: shaped(posted, answer, 'unknown-outcome').id };
    },
    async whisper(interaction, body, signal) {
      const before = await original(interaction, signal);
      // The first message after "is thinking" takes its place and is seen by whoever sees that (docs: Create Followup Message).
      if (before?.empty === true && !before.ephemeral) {
        await client
          .request({ method: 'DELETE', route: first(interaction), anonymous: true }, signal)
          .catch(unlessGone);
      }
      await add(interaction, { ...body, flags: body.flags | EPHEMERAL }, [], signal);
    },
  };
}

function unlessGone(thrown: unknown): undefined {
  if (!(thrown instanceof Failure && thrown.code === 'gone')) throw thrown;
}
