import { systemClock, type Clock } from '../observe/clock.ts';
import { afterOutcome, claimed, CLOSED } from './breaker.ts';
import type { Breakers, BreakerState } from './breaker.ts';

/** Breakers of one process alone, which forget everything when it ends. */
export type LocalBreakers = Breakers & {
  /** Closes a target's breaker: it was set up anew. */
  readonly forget: (name: string) => void;
};

export function openLocalBreakers(clock: Pick<Clock, 'now'> = systemClock): LocalBreakers {
  const states = new Map<string, BreakerState>();
  const of = (name: string): BreakerState => states.get(name) ?? CLOSED;
  return {
    now: clock.now,
    read: async (names) => Object.fromEntries(names.map((name) => [name, of(name)])),
    async report(name, outcome) {
      states.set(name, afterOutcome(of(name), outcome, clock.now()));
    },
    async probe(name) {
      const next = claimed(of(name), clock.now());
      if (next !== undefined) states.set(name, next);
      return next !== undefined;
    },
    forget: (name) => void states.delete(name),
  };
}
