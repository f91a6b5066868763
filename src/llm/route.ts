import type { Hear } from './provider.ts';
import type { RouteRequest, RouterEvent } from './route-request.ts';
import type { Router } from './router.ts';
import type { Target } from './target.ts';

/** The models of one organization, as whoever asks them sees them. */
export type Route = {
  /** One of its targets is shown images. */
  readonly sees?: boolean;
  /** By the first of its targets that can. */
  readonly hear?: Hear;
  readonly stream: (request: RouteRequest, signal: AbortSignal) => AsyncIterable<RouterEvent>;
};

/** @param targets in the organization's order. */
export function openRoute(router: Router, targets: readonly Target[]): Route {
  const hear = targets.find(({ provider }) => provider.hear !== undefined)?.provider.hear;
  return {
    sees: targets.some(({ can }) => can.sees),
    ...(hear && { hear }),
    stream: (request, signal) => router.stream(targets, request, signal),
  };
}
