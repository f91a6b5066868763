import { setTimeout as sleep } from 'node:timers/promises';
import type { Adapter } from '../../src/model/adapter.ts';
import type { Delivery } from '../../src/model/event.ts';
import { Failure } from '../../src/model/failure.ts';
import { patiently } from '../kit/patiently.ts';
import type { Client } from './client.ts';
import { attempts as attemptsShape } from './payload.ts';
import type { Attempt } from './payload.ts';

/** The most that GitHub lists at once; it knows no order but newest first and no filter. */
const PER_PAGE = 100;
/** 20,000 attempts: a limit of ours. */
const MOST_PAGES = 200;
/** GitHub keeps deliveries for three days (docs: Redelivering webhooks); an hour of that is for being asked in time. */
const KEPT_MS = 71 * 3_600_000;
/** Looked back in any case: one look that failed is made good by the next. */
const LEAST_MS = 3_600_000;
/** Asked for in one go. Once in five minutes that leaves the app's 5,000 calls an hour alone. */
const MOST_ASKED = 300;
/** GitHub takes "900 points per minute", five for each call that changes something (docs: Rate limits for the REST API). */
const PAUSE_AFTER = 50;
const PAUSE_MS = 20_000;
/** What we refused as wrong will be refused again; three times, in case a secret was wrong and is mended. */
const MOST_REFUSED = 3;
/** Nobody was there, or the database was away: each delivery is asked for again soon, then after 5, 10, and every 15 minutes. */
const AGAIN_MS = [0, 10_000, 5 * 60_000, 10 * 60_000, 15 * 60_000] as const;

/** What happened to one delivery: its attempts, the newest first. */
type Story = { readonly newest: Attempt; readonly attempts: number; readonly succeeded: boolean };

/**
 * GitHub never delivers again by itself: everything that failed since then and was not taken later is asked for once more,
 * the oldest first, and comes under its old GUID. Yields nothing. What is left over when there is too much for one go is
 * remembered and asked for in the next.
 */
export function openMissed(client: Client, now: () => number = Date.now): NonNullable<Adapter['missed']> {
  let owedSince = Infinity;
  const ask = async (since: Date, signal: AbortSignal): Promise<void> => {
    const from = Math.max(Math.min(since.getTime(), now() - LEAST_MS, owedSince), now() - KEPT_MS);
    const stories = await readStories(client, from, signal);
    const due = stories.filter((story) => isDue(story, now())).toReversed();
    const asked = due.slice(0, MOST_ASKED);
    for (const [index, { newest }] of asked.entries()) {
      if (index > 0 && index % PAUSE_AFTER === 0) await pause(signal);
      await redeliver(client, newest, signal);
    }
    owedSince = due[asked.length]?.newest.delivered_at.getTime() ?? Infinity;
  };
  return async function* (_installs, since, signal) {
    await ask(since, signal);
    yield* NOTHING;
  };
}

const NOTHING: readonly Delivery[] = [];

/** What happened to the deliveries that were attempted after `from`, the newest first. */
async function readStories(client: Client, from: number, signal: AbortSignal): Promise<readonly Story[]> {
  const stories = new Map<string, Story>();
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const list = await readPage(client, cursor, signal);
    for (const attempt of list.attempts) {
      const known = stories.get(attempt.guid);
      stories.set(attempt.guid, {
        newest: known?.newest ?? attempt,
        attempts: (known?.attempts ?? 0) + 1,
        succeeded: known?.succeeded === true || (attempt.status_code >= 200 && attempt.status_code < 300),
      });
    }
    cursor = list.next;
    if (cursor === undefined || list.attempts.some((attempt) => attempt.delivered_at.getTime() < from)) break;
  }
  return [...stories.values()];
}

async function readPage(client: Client, cursor: string | undefined, signal: AbortSignal) {
  const parameters = { per_page: PER_PAGE, cursor };
  const page = await patiently(signal, () => client.pageAsApp('GET /app/hook/deliveries', parameters, signal));
  const parsed = attemptsShape.safeParse(page.data);
  if (parsed.success) return { attempts: parsed.data, next: page.next };
  const path = parsed.error.issues[0]?.path.join('.') ?? '';
  throw new Failure('unavailable', `GitHub's list of deliveries is not in the documented shape at ${path}`);
}

function isDue({ newest, attempts, succeeded }: Story, now: number): boolean {
  if (succeeded) return false;
  if (isRefusal(newest.status_code) && attempts >= MOST_REFUSED) return false;
  const pauseMs = AGAIN_MS[Math.min(attempts, AGAIN_MS.length) - 1] ?? 0;
  return now - newest.delivered_at.getTime() >= pauseMs;
}

/** We said no. A 404 is what proxies and tunnels answer for a hub that is not there. */
const isRefusal = (status: number): boolean => status >= 400 && status < 500 && ![404, 408, 429].includes(status);

async function redeliver(client: Client, { id }: Attempt, signal: AbortSignal): Promise<void> {
  try {
    await patiently(signal, () => client.asApp(`POST /app/hook/deliveries/${id}/attempts`, signal));
  } catch (thrown) {
    const code = thrown instanceof Failure ? thrown.code : 'invalid';
    // Too old meanwhile; or asked for perhaps, which the list will tell the next time.
    if (code !== 'gone' && code !== 'refused' && code !== 'unknown-outcome') throw thrown;
  }
}

async function pause(signal: AbortSignal): Promise<void> {
  await sleep(PAUSE_MS, undefined, { signal }).catch(() => {});
  if (signal.aborted) throw new Failure('aborted', 'ended while waiting');
}
