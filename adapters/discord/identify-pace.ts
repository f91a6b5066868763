import { setTimeout as sleep } from 'node:timers/promises';

export type IdentifyPace = {
  /** Resolves when that shard may identify, and counts it. Rejects when the signal goes off before. */
  readonly waitForIdentify: (shard: number, signal: AbortSignal) => Promise<void>;
};

/**
 * Discord takes one IDENTIFY in 5 seconds, and 1,000 a day: with the one after, the bot's token is reset (docs: Gateway,
 * "Session Start Limit"). So each one of a shard doubles the pause before its next within the hour, up to 5 minutes: about
 * 300 a day, whatever goes wrong.
 */
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 5 * 60_000;
const HOUR_MS = 60 * 60_000;

/** One for the adapter's life: a gateway that ends and is opened again must not begin to count anew. */
export function openIdentifyPace(firstPauseMs = FIRST_PAUSE_MS): IdentifyPace {
  let made: { readonly at: number; readonly shard: number }[] = [];
  let turn = Promise.resolve();

  const mayAt = (shard: number): number => {
    const own = made.filter((one) => one.shard === shard);
    const pauseMs = Math.min(LONGEST_PAUSE_MS, firstPauseMs * 2 ** Math.max(0, own.length - 1));
    return Math.max((made.at(-1)?.at ?? -Infinity) + firstPauseMs, (own.at(-1)?.at ?? -Infinity) + pauseMs);
  };
  const afterAll = async (others: Promise<void>, shard: number, signal: AbortSignal): Promise<void> => {
    await others;
    const now = Date.now();
    made = made.filter((one) => one.at > now - HOUR_MS);
    await sleep(Math.max(0, mayAt(shard) - now), undefined, { signal });
    made.push({ at: Date.now(), shard });
  };
  return {
    waitForIdentify(shard, signal) {
      const mine = afterAll(turn, shard, signal);
      turn = mine.catch(() => undefined);
      return mine;
    },
  };
}
