import type { Adapter } from '../../src/model/adapter.ts';
import { Failure } from '../../src/model/failure.ts';
import type { Draft, Posted } from '../../src/model/reply.ts';
import type { Address } from './address.ts';
import { addressOf, liveInteraction, messageIdOf } from './address.ts';
import type { Bot } from './bot.ts';
import type { Client } from './client.ts';
import { shaped } from './client.ts';
import type { Written } from './content.ts';
import { attachmentsOf, bodyOf, textOf, write } from './content.ts';
import type { Interactions } from './interactions.ts';
import { isUnanswerable } from './interactions.ts';
import { posted } from './payload.ts';
import { CARD_FILE } from './render-card.ts';
import { isSame } from './same.ts';

type Sending = Required<Pick<Adapter, 'post' | 'edit' | 'remove' | 'show' | 'share'>>;

export function openSending(client: Client, interactions: Interactions, bot: Bot): Sending {
  const say = async (draft: Draft, written: Written, signal: AbortSignal): Promise<Posted> => {
    const address = addressOf(draft.place);
    const interaction = liveInteraction(address);
    if (interaction === undefined) return postMessage(client, address, { draft, ...written }, signal);
    try {
      return await interactions.post(interaction, written, signal);
    } catch (thrown) {
      // It was not acknowledged in time: what is for everybody can be said in the channel.
      if (interaction.private === true || !isUnanswerable(thrown)) throw thrown;
      return postMessage(client, address, { draft, ...written }, signal);
    }
  };
  return {
    post: (_access, draft, signal) => say(draft, write(draft), signal),
    async edit(_access, postId, draft, signal) {
      const written = write(draft);
      await onPost(addressOf(draft.place), postId, bot, (target) => change(client, target, written, signal));
    },
    async remove(_access, postId, place, signal) {
      try {
        await onPost(addressOf(place), postId, bot, (target) =>
          client.request({ method: 'DELETE', ...target }, signal),
        );
      } catch (thrown) {
        if (!isGone(thrown)) throw thrown;
      }
    },
    async show(_access, place, status, signal) {
      const address = addressOf(place);
      if (status !== 'working') return;
      // A command shows "is thinking" until its first answer; a click does not.
      if (address.message === undefined && liveInteraction(address) !== undefined) return;
      await client.request({ method: 'POST', route: `/channels/${address.channel}/typing`, optional: true }, signal);
    },
    share: (_access, draft, file, signal) =>
      say(draft, { body: bodyOf(textOf(draft), draft), files: [file], mark: draft.nonce }, signal),
  };
}

type Target = { readonly route: `/${string}`; readonly anonymous: boolean };

/**
 * Does something to our message with this id. Through an interaction it works where the bot is no member, too; but only
 * for what answers that interaction: what was said in the channel is found there.
 */
async function onPost(
  address: Address,
  postId: string,
  bot: Bot,
  use: (target: Target) => Promise<unknown>,
): Promise<void> {
  const message = messageIdOf(postId);
  const interaction = liveInteraction(address);
  const inChannel: Target = { route: `/channels/${address.channel}/messages/${message}`, anonymous: false };
  if (interaction === undefined) return void (await use(inChannel));
  // What was clicked on answers the click as well, whoever made it.
  const named = message === address.message ? '@original' : message;
  const route = `/webhooks/${bot.application}/${interaction.token}/messages/${named}` as const;
  try {
    await use({ route, anonymous: true });
  } catch (thrown) {
    const elsewhere = isGone(thrown) || isUnanswerable(thrown);
    if (interaction.private === true || !elsewhere) throw thrown;
    await use(inChannel);
  }
}

const isGone = (thrown: unknown): boolean => thrown instanceof Failure && thrown.code === 'gone';

async function change(
  client: Client,
  target: Target,
  { body, files, mark }: Written,
  signal: AbortSignal,
): Promise<void> {
  const named = files.length > 0 && { attachments: attachmentsOf(files, mark) };
  const answer = await client.request({ method: 'PATCH', ...target, body: { ...body, ...named }, files }, signal);
  const kept = posted.safeParse(answer).data?.attachments ?? [];
  // The words of a card that is there no more; files that were shared stay.
  if (files.length > 0 || !kept.some(({ filename }) => filename === CARD_FILE)) return;
  const attachments = kept.filter(({ filename }) => filename !== CARD_FILE).map(({ id }) => ({ id }));
  await client.request({ method: 'PATCH', ...target, body: { attachments } }, signal);
}

type Posting = Written & { readonly draft: Draft };

/**
 * Sent again within "the past few minutes" (docs: Create Message) the same nonce gives the message that is there. It may
 * say what an earlier try said, so it is made to say what is wanted now.
 */
async function postMessage(
  client: Client,
  address: Address,
  { draft, body, files, mark }: Posting,
  signal: AbortSignal,
): Promise<Posted> {
  const { channel, message } = address;
  const whole = {
    ...body,
    nonce: draft.nonce,
    enforce_nonce: true,
    ...(files.length > 0 && { attachments: attachmentsOf(files, mark) }),
    ...(message !== undefined && { message_reference: { message_id: message, fail_if_not_exists: false } }),
    allowed_mentions: { ...body.allowed_mentions, replied_user: true },
  };
  const route = `/channels/${channel}/messages` as const;
  const answer = await client.request({ method: 'POST', route, body: whole, files }, signal);
  const made = shaped(posted, answer, 'unknown-outcome');
  if (!isSame(made, body)) {
    const target = { route: `${route}/${messageIdOf(made.id)}`, anonymous: false } as const;
    await change(client, target, { body, files, ...(mark !== undefined && { mark }) }, signal);
  }
  return { id: made.id };
}
