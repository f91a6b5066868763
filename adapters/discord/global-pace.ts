import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../src/model/failure.ts';

/** A bot's calls of all kinds, in the order in which they were asked for. */
export type GlobalPace = {
  /**
   * Resolves when this call may be sent.
   * @throws Failure `rate-limited` when its turn would come too late, `aborted` when the signal ends the wait.
   */
  readonly ready: (what: string, signal: AbortSignal, longestWaitMs?: number) => Promise<void>;
};

/** Docs, Rate Limits, "Global Rate Limit": 50 requests a second for a bot, answers to interactions apart. */
const CALLS = 50;
const PER_MS = 1_000;

/** Whoever would wait longer is told how long, and does something else meanwhile. */
const LONGEST_WAIT_MS = 10_000;

/** The library only refuses what is over this limit; many conversations at once would all come back at the same time. */
export function openGlobalPace(now: () => number = Date.now): GlobalPace {
  /** The times of the last calls, also those to come; as many as there may be in one second. */
  const slots: number[] = [];
  return {
    async ready(what, signal, longestWaitMs = LONGEST_WAIT_MS) {
      const at = now();
      const slot = slots.length < CALLS ? at : Math.max(at, (slots[0] ?? at) + PER_MS);
      const waitMs = slot - at;
      if (waitMs > longestWaitMs) {
        throw new Failure('rate-limited', `${what}: not sent, too many calls wait`, {
          retryInMs: waitMs,
          reach: { per: 'app', calls: 'all' },
        });
      }
      slots.push(slot);
      if (slots.length > CALLS) slots.shift();
      if (waitMs === 0) return;
      try {
        await sleep(waitMs, undefined, { signal });
      } catch {
        throw new Failure('aborted', `${what}: ended while waiting for the limit of all calls`);
      }
    },
  };
}
