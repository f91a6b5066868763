import type { Grant, Toll } from '../db/grant.ts';
import type { OutboundCall } from '../model/adapter.ts';
import { Failure, toFailure, type LimitReach } from '../model/failure.ts';
import type { Outbox, Target } from './outbox.ts';

/** What a call is for. Under one limit the ends of answers go before everything else, and growing texts last. */
export type Priority = 'final' | 'approval' | 'status' | 'delta';

/** How much of a limit each may use: what is left over is there for what matters more. */
const SHARES: Readonly<Record<Priority, number>> = { final: 1, approval: 0.9, status: 0.8, delta: 0.6 };

/** The patience of a turn that was not put off yet. Milliseconds. */
export const LONGEST_WAIT_MS = 30_000;
const MOST_PATIENCE_MS = 300_000;

/**
 * Who was put off waits longer the next time, and so has a moment of its own among those to come, which younger ones have no patience
 * for: under a limit that is used up turns are served nearly in order. Pure.
 * @param attempts times that the turn was begun.
 */
export const patienceOf = (attempts: number): number =>
  Math.min(MOST_PATIENCE_MS, LONGEST_WAIT_MS * Math.max(1, attempts));

/** Milliseconds for which a grant is good. One that came later is asked for again, but not for ever. */
const FRESH_MS = 1_000;
const MOST_ASKED = 5;

/** Where a platform does not say how far its "not so fast" reaches. */
const UNSAID_REACH: LimitReach = { per: 'channel', calls: 'same' };

/** What a call has to wait for: its platform's limits, and the pauses that were asked for. Pure. */
export function tollOf(target: Target, call: OutboundCall, priority: Priority): Toll {
  const { budgets } = target.adapter.limits;
  const slots = budgets
    .filter((budget) => budget.calls.includes(call))
    .map(({ calls, per, windows }) => ({ key: keyOf(target, `limit:${calls.join('+')}`, per), windows }));
  const holds = (['app', 'install', 'channel', 'thread'] as const).flatMap((per) => [
    keyOf(target, `hold:${call}`, per),
    keyOf(target, 'hold:all', per),
  ]);
  return { holds, slots, share: SHARES[priority], patienceMs: priority === 'final' ? target.patienceMs : 0 };
}

/** The same toll for a call whose moment was granted and has come: only the pauses are looked at again. */
export function paidToll(toll: Toll): Toll {
  return { ...toll, slots: [] };
}

/**
 * Waits until a call that changes a post may be made.
 * @returns 0, or, for what is not final, the milliseconds after which it may be asked again.
 * @throws Failure `rate-limited` when a final call would have to wait too long here.
 */
export async function ready(outbox: Outbox, target: Target, call: OutboundCall, priority: Priority): Promise<number> {
  let toll = tollOf(target, call, priority);
  for (let asked = 1; ; asked += 1) {
    const askedAt = outbox.clock.now();
    const { inMs, granted } = heldHere(outbox, toll) ?? (await outbox.store.grant(target.organization, toll));
    const isFresh = outbox.clock.now() - askedAt < FRESH_MS || asked >= MOST_ASKED;
    if (granted) toll = paidToll(toll);
    if (granted && inMs === 0 && isFresh && heldHere(outbox, toll) === undefined) return 0;
    if (!granted && priority !== 'final') return Math.max(1, inMs);
    refuseLongWait(inMs, target);
    if (inMs > 0) await outbox.clock.pause(inMs, target.signal);
  }
}

/** @throws Failure `rate-limited` when the wait is longer than a worker should stand still. */
export function refuseLongWait(inMs: number, { patienceMs }: Pick<Target, 'patienceMs'>): void {
  if (inMs > patienceMs)
    throw new Failure('rate-limited', 'the platform takes no more for a while', { retryInMs: inMs });
}

/** A pause that this process was asked for itself: it keeps to it also when it could not be written for all. */
export function heldHere(outbox: Outbox, { holds }: Toll): Grant | undefined {
  const leftMs = outbox.holds.leftMs(holds);
  return leftMs > 0 ? { inMs: leftMs, granted: false } : undefined;
}

/** Tells all processes that the platform asked for a pause. */
export async function holdBack(outbox: Outbox, target: Target, call: OutboundCall, failure: Failure): Promise<void> {
  if (failure.code !== 'rate-limited' || failure.retryInMs === undefined) return;
  const { per, calls } = failure.reach ?? UNSAID_REACH;
  const key = keyOf(target, calls === 'all' ? 'hold:all' : `hold:${call}`, per);
  outbox.holds.hold(key, failure.retryInMs);
  try {
    await outbox.store.hold(target.organization, { key, ms: failure.retryInMs });
  } catch (thrown) {
    target.log.warn({ key, reason: toFailure(thrown, 'unavailable').message }, 'a pause could not be told to others');
  }
}

function keyOf({ app, access, place }: Target, what: string, per: LimitReach['per']): string {
  const where = {
    app: [],
    install: [access.install],
    channel: [access.install, place.channel],
    thread: [access.install, place.thread],
  }[per];
  return [what, app, per, ...where].join('/');
}
