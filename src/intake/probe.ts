import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../db/database.ts';
import { leadOne } from '../db/leadership.ts';
import type { InboundRequest } from '../model/adapter.ts';
import type { Log } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import { mayHave, tend, type AppsView } from './apps-view.ts';
import { ownPath } from './find-apps.ts';
import type { Gaps } from './gaps.ts';
import type { ConnectedApp } from './hooks.ts';

export type ProbingOptions = {
  readonly db: Database;
  readonly apps: AppsView;
  /** Where platforms deliver to, as far as it is known; else where this process listens. */
  readonly url: string;
  readonly mayHaveMissed: Gaps['mayHaveMissed'];
  readonly log: Log;
  readonly metrics: Metrics;
};

/** Milliseconds. */
export type ProbeTimes = {
  readonly everyMs: number;
  /** Before a probe that failed is made once more: a deploy is no outage. */
  readonly againMs: number;
  readonly withinMs: number;
};

export const PROBE_TIMES: ProbeTimes = { everyMs: 180_000, againMs: 10_000, withinMs: 10_000 };

/**
 * Sends itself, by the way that platforms take, a genuine delivery of each app that can make one, and says when that does
 * not arrive any more: no platform does. What was sent in such a time is searched for afterwards. One process does it.
 */
export function openProbing(options: ProbingOptions, times: ProbeTimes = PROBE_TIMES): AsyncDisposable {
  const closing = new AbortController();
  const lead = (signal: AbortSignal) =>
    tend(options.apps, signal, canProbe, (app, until) => probeOn({ options, app, times }, until));
  const running = mayHave(options.apps, canProbe) ? leadOne(options.db, 'probe', closing.signal, lead) : undefined;
  return {
    async [Symbol.asyncDispose]() {
      closing.abort();
      await running;
    },
  };
}

const canProbe = ({ adapter }: ConnectedApp): boolean => adapter.probe !== undefined && adapter.receive !== undefined;

type Probing = { readonly options: ProbingOptions; readonly app: ConnectedApp; readonly times: ProbeTimes };

async function probeOn({ options, app, times }: Probing, signal: AbortSignal): Promise<void> {
  const { log, metrics, mayHaveMissed } = options;
  const { platform } = app.adapter;
  let failingSince: number | undefined;
  while (!signal.aborted) {
    const startedAt = performance.now();
    const reason = await whyUnreached(options.url, app, times, signal);
    if (signal.aborted) break;
    metrics.reachable.set({ platform }, reason === undefined ? 1 : 0);
    if (reason !== undefined && failingSince === undefined) {
      failingSince = startedAt;
      log.error(
        { platform, address: options.url, reason },
        'the address does not reach this hub: mend the proxy or tunnel before it, or set SWITCHBOARD_URL to where the platform delivers',
      );
    }
    if (reason === undefined && failingSince !== undefined) {
      log.info({ platform, address: options.url }, 'the address reaches this hub again');
      mayHaveMissed(app, performance.now() - failingSince + times.everyMs);
      failingSince = undefined;
    }
    await sleep(times.everyMs, undefined, { signal }).catch(() => {});
  }
  // Another process tells from now on.
  metrics.reachable.remove({ platform });
}

/** Undefined when it arrives. */
async function whyUnreached(
  url: string,
  app: ConnectedApp,
  times: ProbeTimes,
  signal: AbortSignal,
): Promise<string | undefined> {
  const first = await probe(url, app, times.withinMs, signal);
  if (first === undefined || signal.aborted) return undefined;
  await sleep(times.againMs, undefined, { signal }).catch(() => {});
  return signal.aborted ? undefined : probe(url, app, times.withinMs, signal);
}

/** Sends one probe through `url`; undefined when it arrives, else why it does not. */
export async function probe(
  url: string,
  connected: ConnectedApp,
  withinMs: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { adapter } = connected;
  const request = adapter.probe?.();
  const expected = request && (await adapter.receive?.(request));
  if (request === undefined || expected === undefined) return undefined;
  if (expected.delivery !== undefined) return 'the probe would leave a delivery behind';
  try {
    const path = connected.stored === true ? ownPath(connected) : request.url;
    const answer = await send(`${url.replace(/\/+$/, '')}${path}`, request, withinMs, signal);
    if (answer.status < 200 || answer.status > 299) return `it answers ${answer.status}`;
    return answer.body === expected.response.body ? undefined : 'something else answers there';
  } catch (thrown) {
    return `nobody answers (${reasonOf(thrown)})`;
  }
}

async function send(
  url: string,
  { method, headers, body }: InboundRequest,
  withinMs: number,
  signal: AbortSignal,
): Promise<{ status: number; body: string }> {
  const given = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  const response = await fetch(url, {
    method,
    headers: [...given].map(([name, value]) => [name, value]),
    body: Buffer.from(body),
    redirect: 'manual',
    signal: AbortSignal.any([signal, AbortSignal.timeout(withinMs)]),
  });
  return { status: response.status, body: await response.text() };
}

/** Never the address: it may hold a name and a password. */
function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return 'unknown error';
  const { cause } = thrown;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : thrown.name;
}
