import { isObject } from './cards.ts';
import type { Json } from './cards.ts';
import type { LimitSetting } from './limits.ts';
import { openLimits } from './limits.ts';
import type { Outcome } from './route.ts';
import { failed } from './route.ts';
import type { Conversation, Held, Streamed, World } from './world.ts';
import { addMessage } from './world.ts';

/** What a request says of the stream that it belongs to. */
export type StreamInfo = { readonly id: string; readonly kind: string; readonly sequence: number | undefined };

export type Streams = {
  /** One request about a stream. `text` is not looked at, but for its beginning. */
  readonly take: (world: World, conversation: Conversation, request: StreamRequest) => Outcome;
  /** Why the message cannot be changed now; undefined: it can. */
  readonly holds: (held: Held) => Outcome | undefined;
};

export type StreamRequest = { readonly info: StreamInfo; readonly text: string; readonly last: boolean };

export type StreamSettings = { readonly limits?: LimitSetting; readonly streamForMs?: number };

/** docs: Stream bot messages: "the strict time limit of two minutes". */
const TWO_MINUTES_MS = 120_000;

/** docs: Stream bot messages: "The throttling limit is 1 request per second". */
const THROTTLE = [{ most: 1, withinMs: 1_000 }];

const refused = (message: string): Outcome => failed(403, 'ContentStreamNotAllowed', message);
const CANCELED = 'Content stream was canceled by user.';
const OVER_TIME = 'Content stream finished due to exceeded streaming time.';
const COMPLETED = 'Content stream is not allowed on an already completed streamed message';
const OTHER_TEXT = 'Request streamed content should contain the previously streamed content';

export function openStreams({ limits = 'real', streamForMs = TWO_MINUTES_MS }: StreamSettings): Streams {
  const throttle = openLimits(limits === 'real' ? THROTTLE : limits);
  const isOver = ({ startedAt }: Streamed): boolean => performance.now() - startedAt > streamForMs;
  const isOpen = ({ stream }: Held): boolean => stream?.state === 'open' && !isOver(stream);
  return {
    take(world, conversation, request) {
      if (conversation.kind !== 'personal') return refused('Content stream is not allowed');
      const waitMs = throttle.take(conversation.id);
      if (waitMs !== undefined) return overQuota(waitMs);
      if (request.info.id === '') {
        const another = conversation.messages.values().some(isOpen);
        return another ? refused('Content stream is not allowed') : start(world, conversation, request);
      }
      const held = conversation.messages.get(request.info.id);
      if (held?.stream === undefined) return failed(400, 'BadRequest', 'There is no such stream');
      return isOver(held.stream) && held.stream.state === 'open'
        ? refused(OVER_TIME)
        : goOn(held, held.stream, request);
    },
    holds(held) {
      if (held.stream?.state === 'canceled') return refused(CANCELED);
      // Not documented: whoever relies on it would rely on what nobody promises.
      return isOpen(held) ? refused('Content stream is not allowed') : undefined;
    },
  };
}

const overQuota = (waitMs: number): Outcome => ({
  ...failed(429, 'TooManyRequests', 'API calls quota exceeded'),
  headers: { 'retry-after': String(waitMs / 1000) },
});

function start(world: World, conversation: Conversation, { info, text, last }: StreamRequest): Outcome {
  if (last || info.sequence !== 1) return failed(400, 'BadRequest', 'The first sequence number must be 1');
  if (text === '') return failed(400, 'BadRequest', 'Start streaming activities should include text');
  const shown = info.kind === 'informative' ? '' : text;
  const stream: Streamed = { startedAt: performance.now(), state: 'open', sequence: 1, shown };
  const held = addMessage(world, { conversation, from: world.bot.id, text: shown, stream });
  return { status: 201, json: { id: held.id }, about: held.id };
}

function goOn(held: Held, stream: Streamed, request: StreamRequest): Outcome {
  const { info, text, last } = request;
  if (stream.state !== 'open') return refused(stream.state === 'canceled' ? CANCELED : COMPLETED);
  const problem = problemOf(request);
  if (problem !== undefined) return failed(400, 'BadRequest', problem);
  const done: Outcome = { status: 202, json: {}, about: held.id };
  // What comes late is dropped, and answered as if it were not.
  if (!last && (info.sequence ?? 0) <= stream.sequence) return done;
  if (info.kind !== 'informative' && !text.startsWith(stream.shown)) return refused(OTHER_TEXT);
  stream.sequence = info.sequence ?? stream.sequence;
  if (last) stream.state = 'finished';
  if (info.kind !== 'informative') show(held, stream, text);
  return done;
}

function show(held: Held, stream: Streamed, text: string): void {
  held.text = text;
  stream.shown = text;
}

function problemOf({ info, text, last }: StreamRequest): string | undefined {
  if ((info.kind === 'final') !== last) return 'The last message, and it alone, is final';
  if (last !== (info.sequence === undefined)) return 'All requests but the last have a sequence number';
  return text === '' ? 'Streaming activities should include text' : undefined;
}

/** The reader presses the button that stands below a message while it is streamed. @throws Error: there is none. */
export function cancelStream({ stream }: Held): void {
  if (stream?.state !== 'open') throw new Error('this message is not streamed');
  stream.state = 'canceled';
}

/** What an activity says of a stream; undefined: it belongs to none. */
export function streamedIn({ entities, text, type }: Json): StreamRequest | undefined {
  const all = Array.isArray(entities) ? entities.filter(isObject) : [];
  const info = all.find((one) => one['type'] === 'streaminfo');
  if (info === undefined) return undefined;
  const { streamId, streamType, streamSequence } = info;
  const of: StreamInfo = {
    id: typeof streamId === 'string' ? streamId : '',
    kind: typeof streamType === 'string' ? streamType : 'streaming',
    sequence: Number.isInteger(streamSequence) ? Number(streamSequence) : undefined,
  };
  return { info: of, text: typeof text === 'string' ? text : '', last: type === 'message' };
}
