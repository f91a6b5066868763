import type { StoredPost } from '../db/mailbox.ts';
import { toFailure } from '../model/failure.ts';
import type { Draft, Posted } from '../model/reply.ts';
import type { Outbox, Target } from './outbox.ts';
import { holdBack, ready } from './pace.ts';

/**
 * Milliseconds from writing an attempt to its call, at most: whoever looks for the post later counts from the writing.
 * A process that was stopped in between, or has a slow database, writes the attempt anew.
 */
export const CALL_WITHIN_MS = 5_000;

/** Clocks differ, and may be set while the hub runs: a look-up begins so much before the attempt. */
const CLOCK_SKEW_MS = 15 * 60_000;

/** Whether nobody saw the outcome of its last attempt. */
export function isInDoubt(post: StoredPost): boolean {
  return post.state === 'attempting' || post.state === 'unknown';
}

/** When the call of an attempt had begun at the latest; `clock.now()`. */
export function calledBefore({ clock }: Outbox, attemptedMsAgo: number): number {
  return clock.now() - attemptedMsAgo + CALL_WITHIN_MS;
}

/**
 * Looks for a post that may have been made: at once, and, when nothing is there, once more after the time that a post may
 * take to become visible.
 * @param calledAt when its call had begun at the latest.
 * @throws Failure when the platform cannot tell now. Undefined also where it never can.
 */
export async function lookUp(
  outbox: Outbox,
  target: Target,
  draft: Draft,
  calledAt: number,
): Promise<Posted | undefined> {
  const { clock } = outbox;
  if (target.adapter.findPost === undefined) return undefined;
  const since = new Date(clock.wall() - (clock.now() - calledAt) - CLOCK_SKEW_MS);
  const found = await findOnce(outbox, target, draft, since);
  if (found !== undefined) return found;
  const left = calledAt + target.adapter.limits.readLagMs - clock.now();
  if (left > 0) await clock.pause(left, target.signal);
  return findOnce(outbox, target, draft, since);
}

async function findOnce(outbox: Outbox, target: Target, draft: Draft, since: Date): Promise<Posted | undefined> {
  const { adapter, access, signal } = target;
  await ready(outbox, target, 'find', 'final');
  try {
    return await adapter.findPost?.(access, draft, since, signal);
  } catch (thrown) {
    await holdBack(outbox, target, 'find', toFailure(thrown, 'unavailable'));
    throw thrown;
  }
}
