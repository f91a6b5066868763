import type { ChatAppendStreamArguments, ChatStartStreamArguments } from '@slack/web-api';
import type { Streaming } from '../../src/model/adapter.ts';
import { Failure } from '../../src/model/failure.ts';
import { clean } from '../kit/text.ts';
import type { Client } from './client.ts';
import { hasError, shaped } from './client.ts';
import { postedAnswer } from './payload.ts';
import { isDirect, spotOf } from './place.ts';
import { stopStream } from './send.ts';

/** `markdown_text` takes 12,000 characters (docs: chat.startStream, chat.appendStream). */
const MOST_AT_ONCE = 11_000;

/**
 * chat.startStream, appendStream, stopStream: in threads only, and outside of direct conversations only for a named
 * reader. A start carries no metadata; `findPost` knows a lost one by its open state.
 */
export function openStreaming(client: Client): Streaming {
  return {
    async start(access, draft, signal) {
      const { channel, threadTs, user, team, respondAt } = spotOf(draft.place);
      const nobody = !isDirect(channel) && (user === '' || team === '');
      if (threadTs === '' || nobody || respondAt !== '')
        throw new Failure('refused', 'chat.startStream needs a thread and a reader');
      const text = callNobody(draft.text);
      if (text.length > MOST_AT_ONCE) throw new Failure('refused', 'too much for the start of a stream');
      const args: ChatStartStreamArguments = {
        channel,
        thread_ts: threadTs,
        ...(text !== '' && { markdown_text: text }),
        ...(user !== '' && { recipient_user_id: user }),
        ...(team !== '' && { recipient_team_id: team }),
      };
      const answer = await client.write(access, 'chat.startStream', args, signal);
      return { id: shaped(postedAnswer, 'chat.startStream', answer).ts };
    },

    async append(access, { place, id }, { more }, signal) {
      const { channel } = spotOf(place);
      for (const piece of pieces(callNobody(more))) {
        const args: ChatAppendStreamArguments = { channel, ts: id, markdown_text: piece };
        await client.write(access, 'chat.appendStream', args, signal).catch(explainExpiry);
      }
    },

    async stop(access, { place, id }, _text, signal) {
      await stopStream(client, { access, channel: spotOf(place).channel, ts: id }, signal);
    },
  };
}

/** Slack ends streams by itself after about five minutes: nothing was appended, and an edit will do it. */
function explainExpiry(thrown: unknown): never {
  if (!hasError(thrown, 'message_not_in_streaming_state')) throw thrown;
  throw new Failure('unavailable', 'chat.appendStream: the stream has ended', { cause: thrown, retryInMs: 0 });
}

/**
 * Streamed text is read as Markdown, in which Slack's own `<!channel>` and `<@U…>` would call people. A space of no width
 * after the bracket makes them letters, also when the rest only comes with the next append.
 */
function callNobody(markdown: string): string {
  return clean(markdown).replaceAll(/<(?=[!@#]|$)/g, '<\u200B');
}

/** Split between characters and not inside one. */
function pieces(text: string): string[] {
  const found: string[] = [];
  for (let at = 0; at < text.length;) {
    const end = at + MOST_AT_ONCE;
    const splitsPair = /[\uD800-\uDBFF]/.test(text.charAt(end - 1)) && end < text.length;
    found.push(text.slice(at, splitsPair ? end - 1 : end));
    at = splitsPair ? end - 1 : end;
  }
  return found;
}
