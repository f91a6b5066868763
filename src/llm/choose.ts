import { CLOSED, verdictOf, type BreakerState, type Verdict } from './breaker.ts';
import { isSighted } from './images.ts';
import { dollars, obstacleOf, outputTokensOf, type Ask, type Obstacle } from './obstacles.ts';
import { costOf } from './price.ts';
import type { Considered } from './route-request.ts';
import { keyOf, type Target } from './target.ts';

/** What is known when one attempt's target is chosen. */
export type Facts = Ask & {
  readonly breakers: Readonly<Record<string, BreakerState>>;
  /** By the breakers' clock. */
  readonly now: number;
  /** Milliseconds to the first word, by key. */
  readonly latencyOf: (key: string) => number | undefined;
  /** The key of the target that is to be asked once more, and why. */
  readonly again: { readonly key: string; readonly reason: string } | undefined;
  /** Keys of targets that somebody else tries out. */
  readonly probedByOthers: ReadonlySet<string>;
  /** A target with an open breaker was tried in this request, having no other: once is enough. */
  readonly triedOpen: boolean;
};

export type Choice = {
  readonly picked: Picked | undefined;
  /** The chosen one, those that fit in their order, those that do not. */
  readonly considered: readonly Considered[];
  /** A shorter conversation would fit. */
  readonly tooLong: boolean;
};

/** `verdict`: of its breaker; `half-open`: the caller has to be the one who tries. */
export type Picked = { readonly target: Target; readonly verdict: Verdict };

type Candidate = {
  readonly target: Target;
  /** US dollars of an answer as most are, where that is what decides. */
  readonly usual: number;
  readonly verdict: Verdict;
  readonly state: BreakerState;
  readonly obstacle: Obstacle | undefined;
};

/** Chooses a target: first what fits at all, then what was preferred, then by order. Pure. */
export function choose(targets: readonly Target[], facts: Facts): Choice {
  const candidates = targets.map((target): Candidate => {
    const state = facts.breakers[keyOf(target)] ?? CLOSED;
    const claimed = facts.probedByOthers.has(keyOf(target));
    const verdict = claimed ? 'probed' : verdictOf(state, facts.now);
    const usual = facts.request.prefer === 'cost' ? usualCost(target, facts) : 0;
    return { target, usual, state, verdict, obstacle: obstacleOf(target, facts) };
  });
  const fitting = candidates.filter(({ obstacle }) => obstacle === undefined);
  const closed = ranked(fitting.filter(isUsable), facts);
  const resting = fitting.filter((candidate) => !isUsable(candidate)).toSorted(byOpening);
  const honest = closed.length === 0 && !facts.triedOpen ? resting[0] : undefined;
  const picked = closed[0] ?? honest;
  const considered = [
    ...closed.map((candidate) => told(candidate, picked, reasonOf(candidate, facts))),
    ...resting.map((candidate) => told(candidate, picked, restingReason(candidate, facts.now))),
    ...candidates.flatMap(({ target, obstacle }) =>
      obstacle === undefined ? [] : [{ target: target.name, verdict: 'excluded', reason: obstacle.reason } as const],
    ),
  ];
  const tooLong = fitting.length === 0 && candidates.some(({ obstacle }) => obstacle?.kind === 'window');
  return { picked, considered, tooLong };
}

const isUsable = ({ verdict }: Candidate): boolean => verdict === 'closed' || verdict === 'half-open';

function told(candidate: Candidate, picked: Candidate | undefined, reason: string): Considered {
  const { name: target } = candidate.target;
  if (candidate === picked) {
    const honest = !isUsable(candidate);
    return { target, verdict: 'chosen', reason: honest ? `${reason}, and so is every other: an honest try` : reason };
  }
  return { target, verdict: isUsable(candidate) ? 'next' : 'excluded', reason };
}

/** The one that opened first; but a refused key stays refused. */
function byOpening(one: Candidate, other: Candidate): number {
  const refused = ({ state }: Candidate): number => (state.open?.after === 'auth' ? 1 : 0);
  return refused(one) - refused(other) || (one.state.open?.since ?? 0) - (other.state.open?.since ?? 0);
}

function restingReason({ state, verdict }: Candidate, now: number): string {
  const { after = 'server', until = now } = state.open ?? {};
  if (verdict === 'probed') return `it failed of late (${after}), and somebody else is trying it`;
  return `it failed of late (${after}) and rests for another ${Math.ceil(Math.max(0, until - now) / 1000)} s`;
}

/** Smaller comes first. Sorting is stable: what is equal stays in its order. */
type Measure = (candidate: Candidate, facts: Facts) => number;

const MEASURES: Readonly<Record<'order' | 'cost' | 'latency' | 'quality', Measure>> = {
  order: () => 0,
  cost: ({ usual }) => usual,
  // Who was not measured comes first, and then is.
  latency: ({ target }, { latencyOf }) => latencyOf(keyOf(target)) ?? 0,
  quality: ({ target }, { request }) => -qualityOf(target, request.task),
};

function ranked(candidates: readonly Candidate[], facts: Facts): readonly Candidate[] {
  const { request, again } = facts;
  const measures: readonly Measure[] = [
    ({ target }) => (keyOf(target) === again?.key ? 0 : 1),
    ({ target }) => (isBlindFor(target, facts) ? 1 : 0),
    ({ target }) => (isSlowFor(target, facts) ? 1 : 0),
    MEASURES[request.prefer ?? 'order'],
  ];
  const measured = candidates.map((candidate) => ({
    candidate,
    by: measures.map((measure) => measure(candidate, facts)),
  }));
  return measured
    .toSorted((one, other) => {
      const at = one.by.findIndex((value, index) => value !== other.by[index]);
      return at === -1 ? 0 : (one.by[at] ?? 0) - (other.by[at] ?? 0);
    })
    .map(({ candidate }) => candidate);
}

const isBlindFor = ({ can }: Target, { request }: Facts): boolean => !can.sees && isSighted(request.messages);

function isSlowFor(target: Target, { request, latencyOf }: Facts): boolean {
  const { mostMs } = request;
  return mostMs !== undefined && (latencyOf(keyOf(target)) ?? 0) > mostMs;
}

const qualityOf = ({ quality, qualityFor = {} }: Target, task: string | undefined): number =>
  (task === undefined ? undefined : qualityFor[task]) ?? quality;

/** Tokens of an answer as most are. */
const USUAL_OUTPUT = 500;

function usualCost(target: Target, { request, inputTokens }: Facts): number {
  const outputTokens = Math.min(USUAL_OUTPUT, outputTokensOf(target, request));
  const usage = { inputTokens, outputTokens, cachedInputTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 };
  return (target.price && costOf(target.price, usage)) ?? Infinity;
}

function reasonOf(candidate: Candidate, facts: Facts): string {
  const { target, verdict } = candidate;
  const { request, again } = facts;
  const notes = [
    keyOf(target) === again?.key ? again.reason : rankReason(candidate, facts),
    ...(isBlindFor(target, facts) ? ['it cannot see: the images are told in words'] : []),
    ...(isSlowFor(target, facts) ? [`it is slower than ${request.mostMs} ms`] : []),
    ...(verdict === 'half-open' ? ['it failed of late, and this is the try whether it is well again'] : []),
  ];
  return notes.join('; ');
}

function rankReason({ target, usual }: Candidate, facts: Facts): string {
  const { prefer = 'order', task } = facts.request;
  if (prefer === 'cost') return `by cost: about ${dollars(usual)}`;
  if (prefer === 'quality') return `by quality: ${qualityOf(target, task)}${task === undefined ? '' : ` for ${task}`}`;
  if (prefer === 'order') return 'by order';
  const ms = facts.latencyOf(keyOf(target));
  return ms === undefined ? 'by latency: not measured yet' : `by latency: ${Math.round(ms)} ms`;
}
