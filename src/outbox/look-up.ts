import type { StoredPost } from '../db/mailbox.ts';
import { toFailure } from '../model/failure.ts';
import type { Draft, Posted } from '../model/reply.ts';
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
 * @throws Failure when the platform cannot tell now. Undefined also where it never can.
 */
export async function lookUp(
  outbox: Outbox,
  target: Target,
  nonce: string,
  { calledAt, writtenMsAgo, text }: Trace,
): Promise<Posted | undefined> {
  const { clock } = outbox;
  if (target.adapter.findPost === undefined) return undefined;
  const draft = { place: target.place, text, nonce };
  const since = new Date(clock.wall() - writtenMsAgo - CLOCK_SKEW_MS);
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
