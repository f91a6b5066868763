import type { StoredPost } from '../db/mailbox.ts';
import { toFailure } from '../model/failure.ts';
import type { Draft, Posted } from '../model/reply.ts';
import { lagOf } from './file-out.ts';
import { nonceOf } from './nonce.ts';
import type { Outbox, Target } from './outbox.ts';
import { holdBack, ready } from './pace.ts';

/**
 * A look-up begins so much before the attempt: clocks differ, and may be set while the hub runs. Ten minutes for the
 * database's, ten for ours, and some more.
 */
const CLOCK_SKEW_MS = 30 * 60_000;

/** Whether nobody saw the outcome of its last attempt. */
export function isInDoubt(post: StoredPost): boolean {
  return post.state === 'attempting' || post.state === 'unknown';
}

/** What is known of an attempt that may have been performed. */
export type Trace = {
  /** Its call had begun by then: `clock.now()`. */
  readonly calledAt: number;
  /** Milliseconds since it was written. By the database's clock, which may have been set: only for where to begin to look. */
  readonly writtenMsAgo: number;
  /** What it was to say. */
  readonly text: string;
};

/**
 * Of an attempt that another process wrote. It called while it had the lease, so before now; when exactly, only clocks could
 * tell, and clocks can be set.
 */
export function traceOf({ clock }: Outbox, { attemptedMsAgo, text = '' }: StoredPost): Trace {
  return { calledAt: clock.now(), writtenMsAgo: attemptedMsAgo, text };
}

/**
 * Looks for a post that may have been made: at once, and, when nothing is there, once more after the time that a post may
 * take to become visible.
 * @returns undefined: it was not made; `untold`: nobody can tell there.
 * @throws Failure when the platform cannot tell now.
 */
export async function lookUp(
  outbox: Outbox,
  target: Target,
  ordinal: number,
  { calledAt, writtenMsAgo, text }: Trace,
): Promise<Posted | 'untold' | undefined> {
  const { clock } = outbox;
  const draft = { place: target.place, text, nonce: nonceOf(target.turn, ordinal) };
  const since = new Date(clock.wall() - writtenMsAgo - CLOCK_SKEW_MS);
  const found = await findOnce(outbox, target, draft, since);
  if (found !== undefined) return found;
  const left = calledAt + lagOf(target.adapter.limits, ordinal) - clock.now();
  if (left > 0) await clock.pause(left, target.signal);
  return findOnce(outbox, target, draft, since);
}

async function findOnce(
  outbox: Outbox,
  target: Target,
  draft: Draft,
  since: Date,
): Promise<Posted | 'untold' | undefined> {
  const { adapter, access, signal } = target;
  if (adapter.findPost === undefined) return 'untold';
  await ready(outbox, target, 'find', 'final');
  try {
    return await adapter.findPost(access, draft, since, signal);
  } catch (thrown) {
    const failure = toFailure(thrown, 'unavailable');
    if (failure.code === 'unauthorized' && !adapter.limits.findable) return 'untold';
    await holdBack(outbox, target, 'find', failure);
    throw thrown;
  }
}
