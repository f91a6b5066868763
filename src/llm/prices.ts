import { costOf as costBy } from './price.ts';
import type { Usage } from './provider.ts';

/**
 * What a call cost, in US dollars, by the list prices of the bundled catalogue; undefined when it knows no price for this
 * model at this provider. `provider` is a vendor's name (`openai`, `anthropic`, `groq`) or the host its API is at.
 */
export function costOf(provider: string, model: string, usage: Usage): number | undefined {
  return costBy({ kind: 'list', provider, model }, usage);
}
