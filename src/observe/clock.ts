import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../model/failure.ts';

/** Time and chance, as an argument: what runs on it can be run again exactly as it was. */
export type Clock = {
  /** Milliseconds on a scale that only grows, also while the process is stopped. Only differences mean something. */
  readonly now: () => number;
  /** Milliseconds since 1970. It may jump when the machine's clock is set. */
  readonly wall: () => number;
  /** Waits, never shorter than asked. Rejects with a Failure `aborted` when the signal ends the wait. */
  readonly pause: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Acts after so many milliseconds, unless it is told not to before. Cheaper than a pause that is mostly ended. */
  readonly after: (ms: number, act: () => void) => () => void;
  /** From 0 up to, and without, 1. */
  readonly random: () => number;
};

export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  random: () => Math.random(),
  after(ms, act) {
    const timer = setTimeout(act, Math.ceil(ms));
    return () => clearTimeout(timer);
  },
  async pause(ms, signal) {
    try {
      await sleep(Math.ceil(ms), undefined, signal && { signal });
    } catch {
      throw new Failure('aborted', 'ended while waiting');
    }
  },
};

/** Runs `act` again and again with a pause in between, until the signal aborts. What it throws is its own business. */
export async function every(
  clock: Clock,
  ms: number,
  signal: AbortSignal,
  act: () => Promise<void> | void,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await clock.pause(ms, signal);
    } catch {
      return;
    }
    await act();
  }
}
