import type { Budget } from './adapter.ts';

/** A window is taken for a little longer than it is, because calls overtake each other on their way. */
const MARGIN = 0.05;
const MOST_MARGIN_MS = 1_000;

/**
 * The earliest moment from `now` on at which one more call keeps every window, if it comes after all that were granted.
 * Pure.
 * @param calls moments of the calls before, ascending; some may be in the future.
 * @param share how much of each window this call may use, above 0 and up to 1: what matters less leaves room.
 */
export function earliest(calls: readonly number[], windows: Budget['windows'], now: number, share: number): number {
  let moment = Math.max(now, calls.at(-1) ?? now);
  for (const { most, everyMs } of windows) {
    const room = Math.max(1, Math.floor(most * share));
    const before = calls[calls.length - room];
    if (before !== undefined) moment = Math.max(moment, before + everyMs + Math.min(everyMs * MARGIN, MOST_MARGIN_MS));
  }
  return moment;
}

/** No call is granted further ahead than this: what lies beyond was written before the clock was set back. */
const MOST_AHEAD_MS = 60_000;

/** The calls that can still matter for a window. Pure. */
export function recent(calls: readonly number[], windows: Budget['windows'], now: number): readonly number[] {
  const longest = Math.max(0, ...windows.map((window) => window.everyMs)) + MOST_MARGIN_MS;
  return calls.filter((call) => call > now - longest && call <= now + MOST_AHEAD_MS);
}
