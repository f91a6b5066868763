import type { Breakers } from './breaker.ts';
import { FREE } from './price.ts';
import type { Hear, ModelEvent, ModelFault, Provider } from './provider.ts';
import type { RouteRequest } from './route-request.ts';
import { openRouter } from './router.ts';
import type { Target } from './target.ts';

export type { RouteRequest } from './route-request.ts';

/**
 * What a consumer of a route sees. After `reset` everything said so far is void and the answer begins anew; `usage` comes
 * once per attempt, and all of them have to be paid.
 */
export type RouteEvent = ModelEvent | { readonly kind: 'reset'; readonly after: ModelFault };

export type Route = {
  /** One of its targets is shown images. */
  readonly sees?: boolean;
  /** By the first of its targets that can. */
  readonly hear?: Hear;
  readonly stream: (request: RouteRequest, signal: AbortSignal) => AsyncIterable<RouteEvent>;
};

type Server = { readonly provider: Provider; readonly model: string };

export type RouteOptions = {
  /** Tried in this order. */
  readonly targets: readonly [Server, ...Server[]];
  /** Milliseconds for all attempts together, the waits between them included. */
  readonly totalMs: number;
};

/** A router over fixed targets of which nothing is known but their order. */
export function openRoute({ targets, totalMs }: RouteOptions): Route {
  const router = openRouter({ breakers: NO_BREAKERS, totalMs });
  const known = targets.map(targetOf);
  const providers = targets.map((target) => target.provider);
  const hear = providers.find((provider) => provider.hear !== undefined)?.hear;
  return {
    sees: providers.some((provider) => provider.sees),
    ...(hear && { hear }),
    async *stream(request, signal) {
      for await (const event of router.stream(known, request, signal)) {
        if (event.kind === 'usage') yield { kind: 'usage', usage: event.usage };
        else if (event.kind !== 'chosen') yield event;
      }
    },
  };
}

function targetOf({ provider, model }: Server, index: number): Target {
  return {
    name: `${index + 1}. ${provider.name}/${model}`,
    provider,
    model,
    can: { tools: true, sees: provider.sees },
    windowTokens: Infinity,
    maxOutputTokens: Infinity,
    region: undefined,
    retention: 'none',
    // What it costs is not the route's business here.
    price: FREE,
    quality: 0,
  };
}

const NO_BREAKERS: Breakers = {
  now: () => 0,
  read: async () => ({}),
  report: async () => undefined,
  probe: async () => true,
};
