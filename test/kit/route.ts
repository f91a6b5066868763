import { openLocalBreakers } from '../../src/llm/local-breakers.ts';
import { FREE } from '../../src/llm/price.ts';
import type { Provider } from '../../src/llm/provider.ts';
import { openRoute, type Route } from '../../src/llm/route.ts';
import { openRouter } from '../../src/llm/router.ts';
import type { Target } from '../../src/llm/target.ts';

/** A model that can do everything and costs nothing. */
export function freeTarget(provider: Provider, model = 'standin', name = 'only'): Target {
  return {
    name,
    provider,
    model,
    can: { tools: true, sees: provider.sees },
    windowTokens: Infinity,
    maxOutputTokens: Infinity,
    region: undefined,
    retention: 'none',
    price: FREE,
    quality: 0,
  };
}

/** A route over these, in this order. */
export function routeOver(
  servers: readonly { readonly provider: Provider; readonly model: string }[],
  totalMs = 60_000,
): Route {
  const targets = servers.map(({ provider, model }, index) => freeTarget(provider, model, `${index + 1}`));
  return openRoute(openRouter({ breakers: openLocalBreakers(), totalMs }), targets);
}

export const routeTo = (provider: Provider, totalMs?: number): Route =>
  routeOver([{ provider, model: 'standin' }], totalMs);
