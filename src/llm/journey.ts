import type { Outcome } from './attempt.ts';
import type { Failed } from './errors.ts';
import { isSighted } from './images.ts';
import { costOf } from './price.ts';
import type { ModelFault } from './provider.ts';
import type { RouteRequest } from './route-request.ts';
import { keyOf, type Target } from './target.ts';

/** How far one request has come. */
export type Journey = {
  attempt: number;
  /** Attempts in a row at the target that was asked last. */
  tried: number;
  spent: number;
  readonly gone: Map<string, string>;
  largerThan: number | undefined;
  again: { readonly key: string; readonly reason: string } | undefined;
  /** Keys of targets that refused the images. */
  readonly blind: Set<string>;
  readonly probedByOthers: Set<string>;
  triedOpen: boolean;
  /** What the last attempt said is still to be taken back. */
  void: boolean;
};

export const begin = (): Journey => ({
  attempt: 0,
  tried: 0,
  spent: 0,
  gone: new Map(),
  largerThan: undefined,
  again: undefined,
  blind: new Set(),
  probedByOthers: new Set(),
  triedOpen: false,
  void: false,
});

/** A longer wait is worse for the asking person than an honest error. */
export const LONGEST_WAIT_MS = 5000;
/** Before a second attempt that nobody named a time for; up to half of it is added, so that many do not come at once. */
const USUAL_WAIT_MS = 500;

/** What a fault allows: the same target once more, the next one, or nothing. */
const AFTER: Readonly<Record<ModelFault, 'again' | 'next' | 'stop'>> = {
  rate: 'again',
  server: 'again',
  connection: 'again',
  stall: 'next',
  garbage: 'next',
  context: 'next',
  auth: 'next',
  // A model that its server no longer has, or a field that it does not know: another may.
  'bad-request': 'next',
  policy: 'stop',
  aborted: 'stop',
  unroutable: 'stop',
};

/**
 * What a server says that takes no images, or not these: too many pixels, a broken file, a model that does not see. An answer
 * to the words alone is better than none.
 */
const REFUSED_IMAGES: ReadonlySet<ModelFault> = new Set(['bad-request', 'context']);

type Failure = {
  readonly target: Target;
  readonly request: RouteRequest;
  readonly end: Failed;
  readonly outcome: Outcome;
};

/** Notes a failed attempt, and says how long to wait before the next one; undefined: there must be none. */
export function goOn(
  journey: Journey,
  failure: Failure,
  { leftMs, random }: { leftMs: number; random: () => number },
): number | undefined {
  const { target, end, outcome } = failure;
  const key = keyOf(target);
  journey.void ||= outcome.spoke;
  journey.again = undefined;
  if (AFTER[end.fault] === 'stop' || leftMs <= 0) return undefined;
  if (refusedImages(journey, failure)) {
    journey.blind.add(key);
    journey.again = { key, reason: `asked once more without the images, after ${end.fault}` };
    return 0;
  }
  const waitMs = end.retryInMs ?? USUAL_WAIT_MS * (1 + random() / 2);
  if (mayAgain(journey, end) && waitMs <= Math.min(LONGEST_WAIT_MS, leftMs)) {
    journey.again = { key, reason: `asked once more, after ${end.fault}` };
    return waitMs;
  }
  journey.gone.set(key, `it failed: ${end.fault}, ${end.message}`);
  if (end.fault === 'context') journey.largerThan = Math.max(journey.largerThan ?? 0, target.windowTokens);
  return 0;
}

function refusedImages({ blind }: Journey, { target, request, end, outcome }: Failure): boolean {
  const shown = target.can.sees && !blind.has(keyOf(target)) && isSighted(request.messages);
  return shown && !outcome.spoke && REFUSED_IMAGES.has(end.fault);
}

/** Who rests is asked once, and only because nobody else is there. */
const mayAgain = ({ tried, triedOpen }: Journey, { fault }: Failed): boolean =>
  AFTER[fault] === 'again' && tried === 1 && !triedOpen;

/** What a server takes nothing for: it did not begin. */
const UNPAID: ReadonlySet<ModelFault> = new Set(['rate', 'auth', 'context', 'bad-request']);

/** What an attempt has cost, in US dollars; where nobody says, about what it read and said. */
export function dollarsOf(target: Target, { dollars, end, said }: Outcome, inputTokens: number): number {
  if (dollars !== undefined || target.price === undefined) return dollars ?? 0;
  if (end === undefined || UNPAID.has(end.fault)) return 0;
  const outputTokens = Math.ceil(said / 3);
  const usage = { inputTokens, outputTokens, cachedInputTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 };
  return costOf(target.price, usage) ?? 0;
}

/** What the breaker is told: a limit that soon lets through is no failure, nor is an end that we made ourselves. */
export function reportOf({ done, end }: Outcome, { late, tried }: { late: boolean; tried: number }): 'ok' | ModelFault {
  if (done) return 'ok';
  if (end === undefined || late) return 'aborted';
  const short = end.fault === 'rate' && tried === 1 && (end.retryInMs ?? 0) <= LONGEST_WAIT_MS;
  return short ? 'aborted' : end.fault;
}
