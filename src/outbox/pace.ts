import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../model/failure.ts';

/** When a platform may be called again, per key (an install, a channel of it). Within this process. */
export type Pace = {
  /** Nothing under this key before so many milliseconds have passed: the platform said so. */
  readonly hold: (key: string, ms: number) => void;
  /** Waits until the key is free. Rejects with a Failure `aborted` when the signal ends the wait. */
  readonly ready: (key: string, signal: AbortSignal) => Promise<void>;
};

/** Keys that are free again are forgotten when there are more than so many. */
const MOST_KEYS = 10_000;

export function openPace(): Pace {
  const heldUntil = new Map<string, number>();
  return {
    hold(key, ms) {
      heldUntil.set(key, Math.max(heldUntil.get(key) ?? 0, performance.now() + ms));
      if (heldUntil.size <= MOST_KEYS) return;
      for (const [other, until] of heldUntil) if (until < performance.now()) heldUntil.delete(other);
    },
    async ready(key, signal) {
      for (;;) {
        const left = (heldUntil.get(key) ?? 0) - performance.now();
        if (left <= 0) return;
        await pause(left, signal);
      }
    },
  };
}

/**
 * Waits, never shorter than asked.
 * @throws Failure `aborted` when the signal ends the wait.
 */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(Math.ceil(ms), undefined, { signal });
  } catch {
    throw new Failure('aborted', 'ended while waiting');
  }
}
