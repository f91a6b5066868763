import type { Streaming } from '../../src/model/adapter.ts';
import type { Place } from '../../src/model/event.ts';
import { Failure } from '../../src/model/failure.ts';
import { clean } from '../kit/text.ts';
import type { Client } from './client.ts';
import { isAboutStream, waitForEnd } from './errors.ts';
import { messageOf } from './message.ts';
import { resource } from './payload.ts';
import { isAlone, spotOf } from './place.ts';
import type { Spot } from './place.ts';
import { render } from './render.ts';
import { activityCall } from './send.ts';

/** Shown as what the bot is doing, until the first words come. */
const BEGINNING = 'Working on it…';

type StreamInfo = {
  readonly type: 'streaminfo';
  readonly streamType: 'informative' | 'streaming' | 'final';
  readonly streamId?: string;
  readonly streamSequence?: number;
};

/**
 * Streamed messages, in chats with one person (docs: Stream bot messages, "Stream message through REST API"). Each request
 * has the whole text so far, which has to begin with what was shown before; the last one makes it a message.
 */
export function openStreaming(client: Client): Streaming {
  const send = (spot: Spot, info: StreamInfo, text: string, signal: AbortSignal): Promise<unknown> => {
    const last = info.streamType === 'final';
    const { from } = messageOf({ text: '' }, spot);
    const body = {
      type: last ? 'message' : 'typing',
      ...(from && { from }),
      text,
      textFormat: 'markdown',
      entities: [info],
    };
    return client.call({ ...activityCall('POST', spot), what: 'stream', body }, signal);
  };
  return {
    fits: (place: Place) => isAlone(place),

    async start(_, draft, signal) {
      const spot = spotOf(draft.place);
      const text = growing(draft.text);
      const streamType = text === '' ? 'informative' : 'streaming';
      const info = { type: 'streaminfo', streamType, streamSequence: 1 } as const;
      const parsed = resource.safeParse(await send(spot, info, text === '' ? BEGINNING : text, signal));
      if (parsed.success) return { id: parsed.data.id };
      throw new Failure('unknown-outcome', 'POST stream: Teams took it and named no id');
    },

    async append(_, { place, id }, grown, signal) {
      const text = growing(grown.text);
      if (text === '') return;
      // It has to grow, as the text does; the same text again has the same number, and is dropped.
      const streamSequence = 1 + text.length;
      const info = { type: 'streaminfo', streamType: 'streaming', streamId: id, streamSequence } as const;
      await send(spotOf(place), info, text, signal).catch(explainEnd);
    },

    async stop(_, { place, id }, text, signal) {
      const spot = spotOf(place);
      const [whole, shown] = [render(text) || '…', growing(text) || '…'];
      const isWhole = whole.startsWith(shown);
      const info = { type: 'streaminfo', streamType: 'final', streamId: id } as const;
      const ended = await send(spot, info, isWhole ? whole : shown, signal).then(
        () => true,
        (thrown: unknown) => {
          if (isAboutStream(thrown)) return false;
          throw thrown;
        },
      );
      // What was shown while it grew is in other letters, or it had ended before.
      if (!ended || !isWhole) await setText(client, spot, { id, text }, signal);
    },
  };
}

/** One that has ended by itself can be changed as any other message (docs of the Agents SDK: StreamingResponse, time-outs). */
async function setText(
  client: Client,
  spot: Spot,
  { id, text }: { readonly id: string; readonly text: string },
  signal: AbortSignal,
): Promise<void> {
  const body = { attachments: [], ...messageOf({ text }, spot) };
  await client.call({ ...activityCall('PUT', spot, id), body }, signal).catch(waitForEnd);
}

/** Nothing was appended, and an edit will do it. */
function explainEnd(thrown: unknown): never {
  if (!isAboutStream(thrown)) throw thrown;
  throw new Failure('unavailable', 'POST stream: the stream has ended', { cause: thrown, retryInMs: 0 });
}

/**
 * A text that may go on with any letters: what was shown must stay as it is, so marks are left as they are until the end. A
 * sign of no width behind a bracket makes letters of tags, and of pictures, which clients would load.
 */
function growing(markdown: string): string {
  const whole = /[\uD800-\uDBFF]$/.test(markdown) ? markdown.slice(0, -1) : markdown;
  return clean(whole)
    .replaceAll('<', '<\u200B')
    .replaceAll(/!(?=\[)/g, '!\u200B');
}
