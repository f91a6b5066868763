import { calcPrice } from '@pydantic/genai-prices';
import type { Usage } from './provider.ts';

/**
 * What a call cost, in US dollars, by the list prices of the bundled catalogue; undefined when it knows no price for this
 * model at this provider. `provider` is a vendor's name (`openai`, `anthropic`, `groq`) or the host its API is at.
 */
export function costOf(provider: string, model: string, usage: Usage): number | undefined {
  // The catalogue wants the whole input, of which it takes the cached and written tokens out at their own rates.
  // Thinking is a part of the output and has the same rate, so it is not given apart.
  const tokens = {
    input_tokens: usage.inputTokens + usage.cachedInputTokens + usage.cacheWriteTokens,
    cache_read_tokens: usage.cachedInputTokens,
    cache_write_tokens: usage.cacheWriteTokens,
    output_tokens: usage.outputTokens,
  };
  const where = provider.includes('.') ? { providerApiUrl: `https://${provider}` } : { providerId: provider };
  try {
    return calcPrice(tokens, model, where)?.total_price;
  } catch {
    // It throws for usage that a model has no rate for.
    return undefined;
  }
}
