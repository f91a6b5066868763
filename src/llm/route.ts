import { embedderOf, type Embedder } from './embedder.ts';
import type { Hear } from './provider.ts';
import type { RouteRequest, RouterEvent } from './route-request.ts';
import type { Router } from './router.ts';
import type { Target } from './target.ts';
import { worstCostFor } from './worst-cost.ts';

/** The models of one organization, as whoever asks them sees them. */
export type Route = {
  /** One of its targets is shown images. */
  readonly sees?: boolean;
  /** By the first of its targets that can. */
  readonly hear?: Hear;
  /** By the first of its targets that can, at a price that is known. */
  readonly embed?: Embedder;
  /** Tokens of the first target's window: what the past is measured against. */
  readonly windowTokens?: number;
  /** Names its targets and their models: what one of them said, another one might say otherwise. */
  readonly identity?: string;
  /** What a request may cost at the most, in US dollars; absent: nothing costs anything. */
  readonly worstCost?: (request: RouteRequest) => number;
  readonly stream: (request: RouteRequest, signal: AbortSignal) => AsyncIterable<RouterEvent>;
};

/** @param targets in the organization's order. */
export function openRoute(router: Router, targets: readonly Target[]): Route {
  const hear = targets.find(({ provider }) => provider.hear !== undefined)?.provider.hear;
  const embed = embedderOf(targets);
  return {
    sees: targets.some(({ can }) => can.sees),
    ...(hear && { hear }),
    ...(embed && { embed }),
    ...(targets[0] && { windowTokens: targets[0].windowTokens }),
    identity: JSON.stringify(targets.map(({ name, model, provider }) => [name, provider.name, model])),
    worstCost: (request) => worstCostFor(targets, request),
    stream: (request, signal) => router.stream(targets, request, signal),
  };
}
