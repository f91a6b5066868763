import { createHmac, randomUUID } from 'node:crypto';

/** One attempt to deliver, as `GET /app/hook/deliveries` lists it. */
export type Attempt = {
  readonly id: number;
  readonly guid: string;
  readonly event: string;
  readonly action: string | undefined;
  readonly redelivery: boolean;
  readonly deliveredAt: Date;
  readonly durationS: number;
  /** HTTP status of the receiver; 0 when nobody answered. */
  readonly statusCode: number;
  readonly body: string;
};

export type Delivered = { readonly guid: string; readonly status: number | undefined; readonly inMs: number };

export type Webhooks = {
  readonly attempts: readonly Attempt[];
  readonly deliverTo: (hubUrl: string) => void;
  /** Where deliveries go; undefined: nowhere. */
  readonly url: () => string | undefined;
  /** Signs and sends; never rejects and, like GitHub, never tries again by itself. */
  readonly deliver: (event: string, payload: object) => Promise<Delivered>;
  /** Sends an attempt's body once more under its old GUID; undefined when there is no such attempt. */
  readonly redeliver: (id: number) => Promise<Delivered> | undefined;
  /** Ends what is under way. */
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

/** GitHub gives a receiver ten seconds. */
const WITHIN_MS = 10_000;
const KEPT = 10_000;

/** @param path where a hub is told of what happens. */
export function openWebhooks(secret: string, appId: number, path = '/api/github/webhooks'): Webhooks {
  const attempts: Attempt[] = [];
  const underWay = new Set<Promise<unknown>>();
  const closing = new AbortController();
  let hubUrl: string | undefined;
  let nextId = 1;

  const send = async (sent: Pick<Attempt, 'guid' | 'event' | 'action' | 'redelivery' | 'body'>): Promise<Delivered> => {
    const deliveredAt = new Date();
    const started = performance.now();
    const status =
      hubUrl === undefined
        ? undefined
        : await post(`${hubUrl}${path}`, sent, { secret, appId, closing: closing.signal });
    const inMs = performance.now() - started;
    if (attempts.length === KEPT) attempts.shift();
    attempts.push({ ...sent, id: nextId, deliveredAt, durationS: inMs / 1000, statusCode: status ?? 0 });
    nextId += 1;
    return { guid: sent.guid, status, inMs };
  };
  const track = (work: Promise<Delivered>): Promise<Delivered> => {
    underWay.add(work);
    return work.finally(() => underWay.delete(work));
  };

  return {
    attempts,
    url: () => hubUrl && `${hubUrl}${path}`,
    deliverTo: (url) => void (hubUrl = url.replace(/\/+$/, '')),
    deliver(event, payload) {
      const action = 'action' in payload && typeof payload.action === 'string' ? payload.action : undefined;
      return track(send({ guid: randomUUID(), event, action, redelivery: false, body: JSON.stringify(payload) }));
    },
    redeliver(id) {
      const first = attempts.find((attempt) => attempt.id === id);
      return first === undefined ? undefined : track(send({ ...first, redelivery: true }));
    },
    async [Symbol.asyncDispose]() {
      closing.abort();
      await Promise.allSettled(underWay);
    },
  };
}

async function post(
  url: string,
  { guid, event, body }: Pick<Attempt, 'guid' | 'event' | 'body'>,
  { secret, appId, closing }: { readonly secret: string; readonly appId: number; readonly closing: AbortSignal },
): Promise<number | undefined> {
  const signature = (algorithm: string): string => createHmac(algorithm, secret).update(body).digest('hex');
  try {
    const response = await fetch(url, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json',
        'user-agent': 'GitHub-Hookshot/stand-in',
        'x-github-delivery': guid,
        'x-github-event': event,
        'x-github-hook-id': '1',
        'x-github-hook-installation-target-id': String(appId),
        'x-github-hook-installation-target-type': 'integration',
        'x-hub-signature': `sha1=${signature('sha1')}`,
        'x-hub-signature-256': `sha256=${signature('sha256')}`,
      },
      redirect: 'manual',
      signal: AbortSignal.any([closing, AbortSignal.timeout(WITHIN_MS)]),
    });
    await response.body?.cancel();
    return response.status;
  } catch {
    return undefined;
  }
}
