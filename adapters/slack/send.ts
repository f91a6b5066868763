import type { ChatPostMessageArguments, ChatUpdateArguments } from '@slack/web-api';
import type { Access, Adapter } from '../../src/model/adapter.ts';
import { Failure } from '../../src/model/failure.ts';
import type { Draft } from '../../src/model/reply.ts';
import type { CardBlock } from './blocks.ts';
import { cardBlocks } from './blocks.ts';
import type { Client } from './client.ts';
import { hasError, shaped } from './client.ts';
import { postedAnswer } from './payload.ts';
import { spotOf } from './place.ts';
import { isPrivatePost, nonceOfPrivate, privatePost } from './private-post.ts';
import { PART_EVENT } from './read-message.ts';
import { render } from './render.ts';
import { respond } from './respond.ts';

/** Slack has no idempotency key: the mark that `findPost` looks for. Everybody in the channel can read it. */
const markOf = ({ nonce }: Draft) => ({ event_type: PART_EVENT, event_payload: { nonce } });

/** docs: chat.update, `msg_too_long`. */
const MOST_LETTERS = 4_000;

/** What all calls say; an empty text would be refused (`no_text`). */
function textOf({ text, calls }: Draft): string {
  const calling = render(text, calls);
  // An id can be longer than the name it stands for: then the names stay letters, and nothing is cut.
  return (calling.length > MOST_LETTERS ? render(text) : calling) || '…';
}

function blocksOf({ card, calls = [] }: Draft, id?: string): CardBlock[] {
  return card === undefined ? [] : cardBlocks(card, { calls, ...(id !== undefined && { id }) });
}

export function openSending(client: Client): Pick<Adapter, 'post' | 'edit'> & Required<Pick<Adapter, 'remove'>> {
  return {
    async post(access, draft, signal) {
      const { channel, threadTs, respondAt } = spotOf(draft.place);
      if (respondAt !== '') {
        await respond(client, respondAt, privately(draft, false), signal);
        return { id: privatePost(draft.nonce) };
      }
      const blocks = blocksOf(draft);
      const args: ChatPostMessageArguments = {
        channel,
        text: textOf(draft),
        ...(blocks.length > 0 && { blocks }),
        ...(threadTs !== '' && { thread_ts: threadTs }),
        metadata: markOf(draft),
        unfurl_links: false,
        unfurl_media: false,
      };
      const answer = await client.write(access, 'chat.postMessage', args, signal);
      return { id: shaped(postedAnswer, 'chat.postMessage', answer).ts };
    },

    async edit(access, postId, draft, signal) {
      if (isPrivatePost(postId)) return editPrivately(client, postId, draft, signal);
      const { channel } = spotOf(draft.place);
      const text = textOf(draft);
      // Blocks that are not named stay as they were (docs: chat.update): an empty list takes them away.
      const args: ChatUpdateArguments = { channel, ts: postId, text, blocks: blocksOf(draft), metadata: markOf(draft) };
      try {
        await client.write(access, 'chat.update', args, signal);
      } catch (thrown) {
        // A stream that a crash left open: it is ended first. Both calls may be done again and again.
        if (!hasError(thrown, 'streaming_state_conflict')) throw thrown;
        await stopStream(client, { access, channel, ts: postId }, signal);
        await client.write(access, 'chat.update', args, signal);
      }
    },

    async remove(access, postId, place, signal) {
      const { channel, respondAt } = spotOf(place);
      if (isPrivatePost(postId)) {
        if (!isOfClick(respondAt)) throw new Failure('refused', 'a private answer to a command cannot be taken away');
        return respond(client, respondAt, { delete_original: true }, signal);
      }
      try {
        await client.write(access, 'chat.delete', { channel, ts: postId }, signal);
      } catch (thrown) {
        if (!hasError(thrown, 'message_not_found')) throw thrown;
      }
    },
  };
}

/** A card's controls carry the nonce, because a private message is told of by nothing else that we know. */
function privately(draft: Draft, replace: boolean): object {
  return { text: textOf(draft), blocks: blocksOf(draft, draft.nonce), replace_original: replace };
}

/** Only a click's address leads to the message that was clicked; a command's begins a new one (slackapi/bolt-js#2287). */
const isOfClick = (respondAt: string): boolean => URL.parse(respondAt)?.pathname.startsWith('/actions/') === true;

async function editPrivately(client: Client, postId: string, draft: Draft, signal: AbortSignal): Promise<void> {
  const { respondAt } = spotOf(draft.place);
  if (!isOfClick(respondAt)) throw new Failure('refused', 'a private answer to a command cannot be changed');
  // The controls keep the name of the post that they belong to.
  await respond(client, respondAt, privately({ ...draft, nonce: nonceOfPrivate(postId) }, true), signal);
}

/** Ends a stream; one that has ended already is left as it is. */
export async function stopStream(
  client: Client,
  post: { access: Access; channel: string; ts: string },
  signal: AbortSignal,
): Promise<void> {
  try {
    await client.write(post.access, 'chat.stopStream', { channel: post.channel, ts: post.ts }, signal);
  } catch (thrown) {
    if (!hasError(thrown, 'message_not_in_streaming_state')) throw thrown;
  }
}
