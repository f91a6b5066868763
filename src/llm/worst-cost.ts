import { obstacleOf, outputTokensOf } from './obstacles.ts';
import { worstCostOf } from './price.ts';
import type { RouteRequest } from './route-request.ts';
import type { Target } from './target.ts';
import { estimateTokens } from './tokens.ts';

/** Beside the dearest attempt that answers, what attempts before it may cost that fail on their way: the share of one. */
const FOR_FAILED = 0.5;

/**
 * What a request may cost at the most, in US dollars: at the dearest of the targets that it may go to, with some room for attempts
 * that fail. As `mostDollars` of the request it is kept by the router. 0 where there is nobody to ask.
 */
export function worstCostFor(targets: readonly Target[], request: RouteRequest): number {
  const inputTokens = estimateTokens(request);
  const ask = { request, inputTokens, spent: 0, gone: new Map<string, string>(), largerThan: undefined };
  const costs = targets
    .filter((target) => obstacleOf(target, ask) === undefined)
    .map((target) =>
      target.price === undefined
        ? 0
        : (worstCostOf(target.price, { inputTokens, outputTokens: outputTokensOf(target, request) }) ?? 0),
    );
  return Math.max(0, ...costs) * (1 + FOR_FAILED);
}
