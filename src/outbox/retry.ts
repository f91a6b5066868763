import type { Failure } from '../model/failure.ts';
import type { Outbox, Target } from './outbox.ts';
import { LONGEST_WAIT_MS } from './pace.ts';

/** Tries in this process, before the turn is put off. */
const TRIES = 5;
const FIRST_PAUSE_MS = 500;

/** Waits before a call is tried again as its failure asks, or passes the failure on when waiting here makes no sense. */
export async function beforeNextTry(outbox: Outbox, target: Target, failure: Failure, tries: number): Promise<void> {
  const passing =
    failure.code === 'rate-limited' || failure.code === 'unavailable' || failure.code === 'unknown-outcome';
  const waitMs = failure.retryInMs ?? FIRST_PAUSE_MS * 2 ** (tries - 1);
  if (!passing || tries >= TRIES || waitMs > LONGEST_WAIT_MS || target.signal.aborted) throw failure;
  await outbox.clock.pause(waitMs, target.signal);
}
