import type { Budget } from '../model/adapter.ts';
import { earliest, recent } from '../model/window.ts';

/** One limit that a call counts against. */
export type Slot = { readonly key: string; readonly windows: Budget['windows'] };

/** A call that wants to be made. */
export type Toll = {
  /** Nothing is called while one of these is held: the platform asked for a pause. */
  readonly holds: readonly string[];
  readonly slots: readonly Slot[];
  /** How much of each window it may use. Only a call that may use all of it is given a moment to come. */
  readonly share: number;
  /** Longer is not waited: then nothing is granted. Milliseconds. */
  readonly patienceMs: number;
};

/** When the call may be made. `granted`: that moment is its own, and counted; otherwise it may ask again then. */
export type Grant = { readonly inMs: number; readonly granted: boolean };

/** What is held at this moment, in milliseconds since 1970. */
export type Held = { readonly now: number; readonly until: ReadonlyMap<string, number> };

/** The limits while they are being filled. */
export type Book = { readonly calls: Map<string, readonly number[]>; readonly touched: Set<string> };

export function openBook(limits: readonly { readonly key: string; readonly calls: readonly number[] }[]): Book {
  return { calls: new Map(limits.map((limit) => [limit.key, limit.calls])), touched: new Set() };
}

/** Grants one call its moment and counts it, or says when it may ask again. */
export function grantOne(toll: Toll, held: Held, book: Book): Grant {
  const { now } = held;
  const free = Math.max(now, ...toll.holds.map((key) => held.until.get(key) ?? now));
  const counted = toll.slots.map(({ key, windows }) => ({
    key,
    windows,
    calls: recent(book.calls.get(key) ?? [], windows, now),
  }));
  const moment = Math.max(free, ...counted.map(({ calls, windows }) => earliest(calls, windows, free, toll.share)));
  const inMs = Math.ceil(moment - now);
  // A pause that the platform asked for may be made longer meanwhile: nothing is promised for after it.
  const promised = free === now && (inMs === 0 || toll.share === 1) && inMs <= toll.patienceMs;
  if (!promised) return { inMs, granted: false };
  for (const { key, calls } of counted) {
    book.calls.set(key, [...calls, moment]);
    book.touched.add(key);
  }
  return { inMs, granted: true };
}
