import type { Clock } from '../observe/clock.ts';

/** Pauses that platforms asked this process for, by key. */
export type Holds = {
  readonly hold: (key: string, ms: number) => void;
  /** Milliseconds until none of the keys is held; 0: none is. */
  readonly leftMs: (keys: readonly string[]) => number;
};

/** More keys than these are looked through, and what is over is forgotten. */
const MOST_KEYS = 1_000;

export function openHolds(clock: Clock): Holds {
  const until = new Map<string, number>();
  return {
    hold(key, ms) {
      const now = clock.now();
      until.set(key, Math.max(until.get(key) ?? 0, now + ms));
      if (until.size > MOST_KEYS) for (const [other, end] of until) if (end <= now) until.delete(other);
    },
    leftMs(keys) {
      if (until.size === 0) return 0;
      const now = clock.now();
      return Math.max(0, ...keys.map((key) => (until.get(key) ?? now) - now));
    },
  };
}
