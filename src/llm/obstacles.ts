import { costOf, worstCostOf } from './price.ts';
import type { RouteRequest } from './route-request.ts';
import { RETENTIONS, keyOf, type Target } from './target.ts';

/** What is asked of targets for one attempt. */
export type Ask = {
  readonly request: RouteRequest;
  /** About. */
  readonly inputTokens: number;
  /** US dollars of `mostDollars` that earlier attempts have cost. */
  readonly spent: number;
  /** Targets that failed in this request, by key, and how. */
  readonly gone: ReadonlyMap<string, string>;
  /** A target with so large a window was too small. */
  readonly largerThan: number | undefined;
};

/** What keeps a target from being asked. The kind says who could mend it: the window by a shorter conversation. */
export type Obstacle = { readonly kind: 'window' | 'other'; readonly reason: string };

/** In this order: what a shorter conversation would mend comes last, so that it is told of targets that else would fit. */
const RULES: readonly ((target: Target, ask: Ask) => string | undefined)[] = [
  (target, { gone }) => gone.get(keyOf(target)),
  ({ name }, { request: { needs } }) =>
    needs?.only !== undefined && !needs.only.includes(name) ? 'it is not among those that were named' : undefined,
  ({ can }, { request: { tools = [] } }) => (tools.length > 0 && !can.tools ? 'it cannot call tools' : undefined),
  wrongRegion,
  keepsTooMuch,
  noPrice,
  tooDear,
];

/** The first thing that keeps a target from being asked; undefined: nothing does. Pure. */
export function obstacleOf(target: Target, ask: Ask): Obstacle | undefined {
  for (const rule of RULES) {
    const reason = rule(target, ask);
    if (reason !== undefined) return { kind: 'other', reason };
  }
  const reason = tooSmall(target, ask);
  return reason === undefined ? undefined : { kind: 'window', reason };
}

/** What the answer may have at most there. */
export function outputTokensOf(target: Target, { maxOutputTokens }: RouteRequest): number {
  return Math.min(maxOutputTokens, target.maxOutputTokens);
}

function wrongRegion({ region }: Target, { request: { needs } }: Ask): string | undefined {
  if (needs?.region === undefined || (region !== undefined && needs.region.includes(region))) return undefined;
  const where = region === undefined ? 'its region is not known: set one' : `it is in ${region}`;
  return `${where}, and ${needs.region.join(' or ')} is wanted`;
}

function keepsTooMuch({ retention }: Target, { request: { needs } }: Ask): string | undefined {
  if (needs?.retention === undefined || RETENTIONS.indexOf(retention) <= RETENTIONS.indexOf(needs.retention)) {
    return undefined;
  }
  return retention === 'trains' ? 'what it is sent is trained on' : 'what it is sent is kept there';
}

function noPrice({ price }: Target): string | undefined {
  const one = { inputTokens: 1, cachedInputTokens: 0, cacheWriteTokens: 0, outputTokens: 1, reasoningTokens: 0 };
  const known = price !== undefined && costOf(price, one) !== undefined;
  return known ? undefined : 'its price is not known: set one';
}

function tooDear(target: Target, { request, inputTokens, spent }: Ask): string | undefined {
  if (request.mostDollars === undefined || target.price === undefined) return undefined;
  const worst = worstCostOf(target.price, { inputTokens, outputTokens: outputTokensOf(target, request) });
  const left = request.mostDollars - spent;
  if (worst !== undefined && worst <= left) return undefined;
  return `it may cost ${dollars(worst ?? Infinity)}, and ${dollars(Math.max(0, left))} is left of the budget`;
}

function tooSmall(target: Target, { request, inputTokens, largerThan }: Ask): string | undefined {
  const { windowTokens } = target;
  const needed = inputTokens + outputTokensOf(target, request);
  if (needed > windowTokens) return `its window has ${windowTokens} tokens, and about ${needed} are needed`;
  const tried = largerThan !== undefined && Number.isFinite(windowTokens) && windowTokens <= largerThan;
  return tried ? `its window of ${windowTokens} tokens is no larger than the one that was too small` : undefined;
}

/** To the fourth digit that matters. */
export function dollars(amount: number): string {
  return `$${Number(amount.toPrecision(4))}`;
}
