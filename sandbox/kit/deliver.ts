import { Agent, request } from 'node:http';
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** One request to the hub. */
export type Attempt = {
  readonly at: Date;
  /** The id of what was delivered. */
  readonly id: string;
  readonly type: string;
  /** 0 for the first. */
  readonly retry: number;
  /** Undefined: no answer in time, or no connection. */
  readonly status: number | undefined;
};

/** What the hub answered; without a status: nothing, because it was `late` or because there was no connection. */
export type Answered = {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly late: boolean;
};

export type Delivered = Answered & { readonly acknowledgedInMs: number | undefined };

type Letter = { readonly headers: OutgoingHttpHeaders; readonly body: string };

/** How a platform delivers. */
export type Manner<Delivery> = {
  /** The hub's path for it. */
  readonly path: string;
  readonly answerWithinMs: number;
  /** Milliseconds before each further try. */
  readonly retriesMs: readonly number[];
  /** Made for every try anew; `before` is what the last one came to. */
  readonly write: (delivery: Delivery, retry: number, before: Answered | undefined) => Letter;
  /** Whether no further try is made after this answer. */
  readonly isOver: (answered: Answered, delivery: Delivery) => boolean;
};

export type Deliveries<Delivery> = {
  readonly deliverTo: (hubUrl: string) => void;
  /** Resolves after the first try; the others go on by themselves. */
  readonly deliver: (delivery: Delivery) => Promise<Delivered>;
  readonly attempts: readonly Attempt[];
  /** Resolves when every delivery was taken or given up. */
  readonly settled: () => Promise<void>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

const MOST_ATTEMPTS = 200_000;
const NOTHING: Answered = { status: undefined, headers: {}, body: '', late: false };

export function openDeliveries<Delivery extends { readonly id: string; readonly type: string }>(
  manner: Manner<Delivery>,
): Deliveries<Delivery> {
  const attempts: Attempt[] = [];
  const running = new Set<Promise<void>>();
  const stopped = new AbortController();
  const agent = new Agent({ keepAlive: true });
  let hub: string | undefined;

  const attempt = async (delivery: Delivery, retry: number, before?: Answered): Promise<Answered> => {
    const letter = manner.write(delivery, retry, before);
    const answered = await post(`${hub}${manner.path}`, letter, agent, manner.answerWithinMs);
    if (attempts.length >= MOST_ATTEMPTS) attempts.shift();
    attempts.push({ at: new Date(), id: delivery.id, type: delivery.type, retry, status: answered.status });
    return answered;
  };
  const goOn = async (delivery: Delivery, first: Answered): Promise<void> => {
    let answered = first;
    for (const [index, delayMs] of manner.retriesMs.entries()) {
      if (manner.isOver(answered, delivery)) return;
      await sleep(delayMs, undefined, { ref: false, signal: stopped.signal });
      answered = await attempt(delivery, index + 1, answered);
    }
  };

  return {
    attempts,
    deliverTo: (hubUrl) => void (hub = hubUrl.replace(/\/+$/, '')),
    deliver(delivery) {
      if (hub === undefined || stopped.signal.aborted) {
        return Promise.resolve({ ...NOTHING, acknowledgedInMs: undefined });
      }
      const began = performance.now();
      const first = attempt(delivery, 0);
      const whole = first
        .then((answered) => goOn(delivery, answered))
        .catch(() => undefined)
        .finally(() => running.delete(whole));
      running.add(whole);
      return first.then((answered) => ({
        ...answered,
        acknowledgedInMs: answered.status === undefined ? undefined : performance.now() - began,
      }));
    },
    async settled() {
      while (running.size > 0) await Promise.all(running);
    },
    async [Symbol.asyncDispose]() {
      stopped.abort();
      agent.destroy();
      await Promise.all(running);
    },
  };
}

/** Plain node:http, because a load of thousands a second must not be the sandbox's own. */
function post(url: string, { headers, body }: Letter, agent: Agent, withinMs: number): Promise<Answered> {
  const length = { 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve) => {
    let late = false;
    const sent = request(url, { method: 'POST', headers: { ...headers, ...length }, agent }, (response) => {
      const { statusCode: status, headers } = response;
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => void chunks.push(chunk));
      response.once('end', () => resolve({ status, headers, body: Buffer.concat(chunks).toString(), late: false }));
    });
    sent.setTimeout(withinMs, () => {
      late = true;
      sent.destroy();
    });
    sent.once('close', () => resolve({ ...NOTHING, late }));
    sent.once('error', () => undefined);
    sent.end(body);
  });
}
