import type { ChatPostMessageArguments, ChatUpdateArguments } from '@slack/web-api';
import type { Adapter } from '../../src/model/adapter.ts';
import type { Draft } from '../../src/model/reply.ts';
import type { Client } from './client.ts';
import { hasError, shaped } from './client.ts';
import { postedAnswer } from './payload.ts';
import { spotOf } from './place.ts';
import { PART_EVENT } from './read-message.ts';
import { render } from './render.ts';

/** Slack has no idempotency key: the mark that `findPost` looks for. Everybody in the channel can read it. */
const markOf = ({ nonce }: Draft) => ({ event_type: PART_EVENT, event_payload: { nonce } });

/** What both calls say; an empty text would be refused (`no_text`). */
const textOf = (draft: Draft): string => render(draft.text) || '…';

export function openSending(client: Client): Pick<Adapter, 'post' | 'edit'> & Required<Pick<Adapter, 'remove'>> {
  return {
    async post(access, draft, signal) {
      const { channel, threadTs } = spotOf(draft.place);
      const args: ChatPostMessageArguments = {
        channel,
        text: textOf(draft),
        ...(threadTs !== '' && { thread_ts: threadTs }),
        metadata: markOf(draft),
        unfurl_links: false,
        unfurl_media: false,
      };
      const answer = await client.write(access, 'chat.postMessage', args, signal);
      return { id: shaped(postedAnswer, 'chat.postMessage', answer).ts };
    },

    async edit(access, postId, draft, signal) {
      const { channel } = spotOf(draft.place);
      const args: ChatUpdateArguments = { channel, ts: postId, text: textOf(draft), metadata: markOf(draft) };
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
      try {
        await client.write(access, 'chat.delete', { channel: spotOf(place).channel, ts: postId }, signal);
      } catch (thrown) {
        if (!hasError(thrown, 'message_not_found')) throw thrown;
      }
    },
  };
}

/** Ends a stream; one that has ended already is left as it is. */
export async function stopStream(
  client: Client,
  post: { access: Parameters<Adapter['post']>[0]; channel: string; ts: string },
  signal: AbortSignal,
): Promise<void> {
  try {
    await client.write(post.access, 'chat.stopStream', { channel: post.channel, ts: post.ts }, signal);
  } catch (thrown) {
    if (!hasError(thrown, 'message_not_in_streaming_state')) throw thrown;
  }
}
