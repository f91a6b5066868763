import type { Breakers } from '../../src/llm/breaker.ts';
import { openLocalBreakers } from '../../src/llm/local-breakers.ts';
import type { RouteRequest, RouterEvent } from '../../src/llm/route-request.ts';
import { openRouter } from '../../src/llm/router.ts';
import type { Target } from '../../src/llm/target.ts';
import { systemClock } from '../../src/observe/clock.ts';
import { collect, never } from './harness.ts';

export const REQUEST: RouteRequest = {
  system: '',
  messages: [{ role: 'user', text: 'Hi' }],
  maxOutputTokens: 1000,
  safetyId: 'p',
};

/** Waits take no time, and are noted. */
function quick() {
  const waits: number[] = [];
  let now = 0;
  const clock = { ...systemClock, now: () => now, random: () => 0, pause: async (ms: number) => void waits.push(ms) };
  return { clock, waits, pass: (ms: number) => void (now += ms) };
}

export function opened(breakers?: Breakers) {
  const { clock, waits, pass } = quick();
  const known = breakers ?? openLocalBreakers(clock);
  const router = openRouter({ breakers: known, totalMs: 10_000, clock });
  const ask = (targets: readonly Target[], request: Partial<RouteRequest> = {}): Promise<RouterEvent[]> =>
    collect(router.stream(targets, { ...REQUEST, ...request }, never()));
  return { ask, waits, pass, breakers: known, router };
}

export const chosenIn = (events: readonly RouterEvent[]) =>
  events.flatMap((event) => (event.kind === 'chosen' ? [event] : []));
export const namesIn = (events: readonly RouterEvent[]): string[] => chosenIn(events).map(({ target }) => target);
export const endOf = (events: readonly RouterEvent[]): string => {
  const end = events.at(-1);
  return end?.kind === 'failed' ? end.fault : end?.kind === 'done' ? end.reason : 'none';
};
