import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { tokensOf } from './answer.ts';
import type { Answer } from './answer.ts';
import type { LlmFault } from './faults.ts';
import type { Wire } from './wire-form.ts';

export type Pace = {
  /** 0: at once. */
  readonly tokensPerSecond: number;
  /** Bytes of each write; characters of several bytes are cut in two by it. Absent: one event a write. */
  readonly chunkBytes: number | undefined;
};

const PADDING = 'and so on ';
const AFTER_TOKENS = 3;

/** Streams an answer, with what is to go wrong. Ends when it is sent, or when the other side has gone. */
export async function streamAnswer(
  response: ServerResponse,
  { wire, answer }: { wire: Wire; answer: Answer },
  fault: LlmFault | undefined,
  pace: Pace,
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const pause = pauseOf(fault, pace);
  const send = (text: string): Promise<void> =>
    write(response, text, { chunkBytes: pace.chunkBytes, gone: gone.signal });
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
  response.flushHeaders();
  for (const frame of wire.opening()) await send(frame);
  let sent = 0;
  for (const frame of frames({ wire, answer }, fault)) {
    if (sent === (fault?.afterTokens ?? AFTER_TOKENS) && (await breaksHere(response, wire, fault))) return;
    if (pause > 0) await sleep(pause, undefined, { signal: gone.signal }).catch(() => undefined);
    if (gone.signal.aborted) return;
    await send(frame);
    sent += 1;
  }
  for (const frame of wire.closing()) await send(frame);
  if (fault?.kind !== 'open-end') response.end();
}

/** Text token by token, then the calls in pieces. */
function* frames({ wire, answer }: { wire: Wire; answer: Answer }, fault: LlmFault | undefined): Generator<string> {
  for (const token of tokensOf(answer.text)) yield wire.token(token);
  if (fault?.kind === 'endless') for (;;) yield wire.token(PADDING);
  yield* wire.calls();
}

function pauseOf(fault: LlmFault | undefined, { tokensPerSecond }: Pace): number {
  if (fault?.kind === 'drip') return fault.delayMs ?? 50;
  return tokensPerSecond > 0 ? 1000 / tokensPerSecond : 0;
}

/** What a broken stream does instead of going on. */
const BREAKS: Partial<Record<LlmFault['kind'], (response: ServerResponse, wire: Wire) => unknown>> = {
  stall: () => undefined,
  cut: (response) => response.end(),
  reset: (response) => response.socket?.resetAndDestroy(),
  malformed: (response) => response.end('event: message_delta\ndata: {"type": "message_delta", "choices": [{\n\n'),
  odd: (response, wire) => response.end(wire.oddEvent()),
  'error-event': (response, wire) => response.end(wire.errorEvent()),
};

/** Whether the stream breaks at this point, which it then has. */
async function breaksHere(response: ServerResponse, wire: Wire, fault: LlmFault | undefined): Promise<boolean> {
  const breaks = fault && BREAKS[fault.kind];
  if (breaks === undefined) return false;
  // What was written has to leave first, or the other side sees a connection that never spoke.
  await sleep(20);
  breaks(response, wire);
  return true;
}

async function write(
  response: ServerResponse,
  text: string,
  { chunkBytes, gone }: { chunkBytes: number | undefined; gone: AbortSignal },
): Promise<void> {
  const bytes = Buffer.from(text);
  const size = chunkBytes ?? bytes.length;
  for (let from = 0; from < bytes.length && !gone.aborted; from += size) {
    const flushed = response.write(bytes.subarray(from, from + size));
    // A full buffer waits until it has drained, or nobody reads it; another turn of the loop makes a packet of its own.
    if (!flushed) await once(response, 'drain', { signal: gone }).catch(() => undefined);
    else if (chunkBytes !== undefined) await turn();
  }
}
