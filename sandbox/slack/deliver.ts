import { createHmac } from 'node:crypto';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** One request to the hub. */
export type Attempt = {
  readonly at: Date;
  /** The event's id, or what a form was about. */
  readonly id: string;
  readonly type: string;
  /** 0 for the first, as `x-slack-retry-num` counts. */
  readonly retry: number;
  /** Undefined: no answer within 3 s, or no connection. */
  readonly status: number | undefined;
};

export type Delivered = { readonly status: number | undefined; readonly acknowledgedInMs: number | undefined };

export type Delivery = { readonly id: string; readonly type: string; readonly body: string; readonly form?: boolean };

export type Deliveries = {
  readonly deliverTo: (hubUrl: string) => void;
  /** Resolves after the first try; the others go on by themselves. */
  readonly deliver: (delivery: Delivery) => Promise<Delivered>;
  readonly attempts: readonly Attempt[];
  /** Resolves when every delivery was taken or given up. */
  readonly settled: () => Promise<void>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

/** docs: Events API, "Retries": at once, after a minute, after five; an answer has to come within three seconds. */
export const RETRIES_MS: readonly number[] = [0, 60_000, 300_000];
const ACKNOWLEDGE_WITHIN_MS = 3000;
const MOST_ATTEMPTS = 200_000;

export function openDeliveries(signingSecret: string, retriesMs: readonly number[]): Deliveries {
  const attempts: Attempt[] = [];
  const running = new Set<Promise<void>>();
  const stopped = new AbortController();
  const agent = new Agent({ keepAlive: true });
  let hub: string | undefined;

  const attempt = async (delivery: Delivery, retry: number, reason: string): Promise<Result> => {
    const result = await post(`${hub}/slack/events`, delivery, { agent, signingSecret, retry, reason });
    if (attempts.length >= MOST_ATTEMPTS) attempts.shift();
    attempts.push({ at: new Date(), id: delivery.id, type: delivery.type, retry, status: result.status });
    return result;
  };
  const goOn = async (delivery: Delivery, first: Result): Promise<void> => {
    let result = first;
    for (const [index, delayMs] of retriesMs.entries()) {
      if (isTaken(result) || result.noRetry) return;
      await sleep(delayMs, undefined, { ref: false, signal: stopped.signal });
      result = await attempt(delivery, index + 1, result.reason);
    }
  };

  return {
    attempts,
    deliverTo: (hubUrl) => void (hub = hubUrl.replace(/\/+$/, '')),
    deliver(delivery) {
      if (hub === undefined || stopped.signal.aborted) {
        return Promise.resolve({ status: undefined, acknowledgedInMs: undefined });
      }
      const began = performance.now();
      const first = attempt(delivery, 0, '');
      const whole = first
        .then((result) => goOn(delivery, result))
        .catch(() => undefined)
        .finally(() => running.delete(whole));
      running.add(whole);
      return first.then(({ status }) => ({
        status,
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

type Result = { readonly status: number | undefined; readonly reason: string; readonly noRetry: boolean };

const isTaken = ({ status }: Result): boolean => status !== undefined && status >= 200 && status < 300;

type Sending = {
  readonly agent: Agent;
  readonly signingSecret: string;
  readonly retry: number;
  readonly reason: string;
};

/** Plain node:http, because a load of thousands a second must not be the sandbox's own. */
function post(url: string, { body, form }: Delivery, sending: Sending): Promise<Result> {
  const { agent, signingSecret, retry, reason } = sending;
  const headers = {
    'content-type': form === true ? 'application/x-www-form-urlencoded' : 'application/json',
    'content-length': Buffer.byteLength(body),
    ...sign(body, signingSecret),
    ...(retry > 0 && { 'x-slack-retry-num': String(retry), 'x-slack-retry-reason': reason }),
  };
  return new Promise((resolve) => {
    let late = false;
    const sent = request(url, { method: 'POST', headers, agent }, (response) => {
      response.resume();
      const noRetry = response.headers['x-slack-no-retry'] === '1';
      response.once('end', () => resolve({ status: response.statusCode, reason: 'http_error', noRetry }));
    });
    sent.setTimeout(ACKNOWLEDGE_WITHIN_MS, () => {
      late = true;
      sent.destroy();
    });
    sent.once('close', () => {
      resolve({ status: undefined, reason: late ? 'http_timeout' : 'connection_failed', noRetry: false });
    });
    sent.once('error', () => undefined);
    sent.end(body);
  });
}

/** docs: Verifying requests from Slack. */
export function sign(body: string, signingSecret: string, at = Date.now()): Record<string, string> {
  const timestamp = String(Math.floor(at / 1000));
  const mac = createHmac('sha256', signingSecret).update(`v0:${timestamp}:${body}`).digest('hex');
  return { 'x-slack-request-timestamp': timestamp, 'x-slack-signature': `v0=${mac}` };
}
