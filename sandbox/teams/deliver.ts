import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** One request to the hub. */
export type Attempt = {
  readonly at: Date;
  /** The activity's id. */
  readonly id: string;
  readonly type: string;
  /** 0 for the first. */
  readonly retry: number;
  /** Undefined: no answer in time, or no connection. */
  readonly status: number | undefined;
};

export type Delivered = {
  readonly status: number | undefined;
  readonly acknowledgedInMs: number | undefined;
  /** What the hub answered; an invoke's answer is shown to who clicked. */
  readonly body: string;
};

export type Delivery = {
  readonly id: string;
  readonly type: string;
  /** Made for every try anew: tries have timestamps of their own. */
  readonly body: () => string;
  readonly token: () => string;
};

export type Deliveries = {
  readonly deliverTo: (hubUrl: string) => void;
  /** Resolves after the first try; the others go on by themselves. */
  readonly deliver: (delivery: Delivery) => Promise<Delivered>;
  readonly attempts: readonly Attempt[];
  /** Resolves when every delivery was taken or given up. */
  readonly settled: () => Promise<void>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

/** How long an answer is waited for (about 15 s, MicrosoftDocs/msteams-docs#6084), and how often it is tried again. */
export type Patience = { readonly answerWithinMs: number; readonly retriesMs: readonly number[] };

/** The schedule is not published; up to four copies were seen (microsoft/BotFramework-Services#59). */
export const PATIENCE: Patience = { answerWithinMs: 15_000, retriesMs: [1_000, 5_000, 15_000] };
const MOST_ATTEMPTS = 200_000;

export function openDeliveries(patience: Patience): Deliveries {
  const attempts: Attempt[] = [];
  const running = new Set<Promise<void>>();
  const stopped = new AbortController();
  const agent = new Agent({ keepAlive: true });
  let hub: string | undefined;

  const attempt = async (delivery: Delivery, retry: number): Promise<Result> => {
    const result = await post(`${hub}/api/messages`, delivery, agent, patience.answerWithinMs);
    if (attempts.length >= MOST_ATTEMPTS) attempts.shift();
    attempts.push({ at: new Date(), id: delivery.id, type: delivery.type, retry, status: result.status });
    return result;
  };
  const goOn = async (delivery: Delivery, first: Result): Promise<void> => {
    let result = first;
    for (const [index, delayMs] of patience.retriesMs.entries()) {
      // Who clicks is shown an error at once: an invoke is never tried again.
      if (isSettled(result) || delivery.type === 'invoke') return;
      await sleep(delayMs, undefined, { ref: false, signal: stopped.signal });
      result = await attempt(delivery, index + 1);
    }
  };

  return {
    attempts,
    deliverTo: (hubUrl) => void (hub = hubUrl.replace(/\/+$/, '')),
    deliver(delivery) {
      if (hub === undefined || stopped.signal.aborted) {
        return Promise.resolve({ status: undefined, acknowledgedInMs: undefined, body: '' });
      }
      const began = performance.now();
      const first = attempt(delivery, 0);
      const whole = first
        .then((result) => goOn(delivery, result))
        .catch(() => undefined)
        .finally(() => running.delete(whole));
      running.add(whole);
      return first.then(({ status, body }) => ({
        status,
        body,
        acknowledgedInMs: status === undefined ? undefined : performance.now() - began,
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

type Result = { readonly status: number | undefined; readonly body: string };

/** Taken, or refused for good. */
function isSettled({ status }: Result): boolean {
  return status !== undefined && status < 500 && status !== 408 && status !== 429;
}

/** Plain node:http, because a load of thousands a second must not be the sandbox's own. */
function post(url: string, delivery: Delivery, agent: Agent, withinMs: number): Promise<Result> {
  const body = delivery.body();
  const headers = {
    authorization: `Bearer ${delivery.token()}`,
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'user-agent': 'Microsoft-SkypeBotApi (Microsoft-BotFramework/3.0)',
  };
  return new Promise((resolve) => {
    const sent = request(url, { method: 'POST', headers, agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => void chunks.push(chunk));
      response.once('end', () => resolve({ status: response.statusCode, body: Buffer.concat(chunks).toString() }));
    });
    sent.setTimeout(withinMs, () => void sent.destroy());
    sent.once('close', () => resolve({ status: undefined, body: '' }));
    sent.once('error', () => undefined);
    sent.end(body);
  });
}
