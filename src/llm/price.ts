import { calcPrice } from '@pydantic/genai-prices';
import { z } from 'zod';
import type { Usage } from './provider.ts';

/** US dollars per million tokens, with up to six decimals. */
const Rate = z.number().nonnegative().finite();
const Rates = z.object({ input: Rate, cachedInput: Rate, cacheWrite: Rate, output: Rate });

/** A price as it is stored. */
export const PriceShape = z.union([
  /** As the bundled catalogue has it at the time of the call, its tiers and dates included. */
  z.object({ kind: z.literal('list'), provider: z.string().min(1), model: z.string().min(1) }),
  /** As an organization set it. */
  Rates.extend({
    kind: z.literal('set'),
    /** Rates of the whole call where its input, cached and written tokens included, is longer; by length. */
    tiers: z.array(Rates.extend({ aboveInputTokens: z.number().int().positive() })).optional(),
  }),
]);
export type Price = Readonly<z.infer<typeof PriceShape>>;

/** What costs nothing: the demo model, and servers of one's own of which an admin said so. */
export const FREE: Price = { kind: 'set', input: 0, cachedInput: 0, cacheWrite: 0, output: 0 };

const OWN_MACHINE = /^https?:\/\/(localhost|127(\.\d{1,3}){3}|\[::1\])(:|\/|$)/;

/** What runs on this machine is paid for already, and the demo costs nothing; undefined: that is not known. Pure. */
export const priceOfOwn = (protocol: string, baseUrl: string | null): Price | undefined =>
  protocol === 'demo' || (baseUrl !== null && OWN_MACHINE.test(baseUrl)) ? FREE : undefined;

/**
 * The catalogue's price of a model; undefined when it does not know what both its input and its output cost.
 * @param provider a vendor's name (`openai`, `anthropic`, `groq`) or the host its API is at.
 */
export function listPriceOf(provider: string, model: string): Price | undefined {
  return listed({ provider, model }, { input_tokens: 1, output_tokens: 1 }) && { kind: 'list', provider, model };
}

/** The catalogue's price of a model that tells what texts mean: it has an input alone. */
export function embeddingPriceOf(provider: string, model: string): Price | undefined {
  const input = Rate.safeParse(found({ provider, model }, { input_tokens: 1 })?.model_price.input_mtok).data;
  return input === undefined ? undefined : { kind: 'set', input, cachedInput: input, cacheWrite: input, output: 0 };
}

/** What a call cost, in US dollars; undefined: that is not known. Pure but for the catalogue's dates. */
export function costOf(price: Price, usage: Usage): number | undefined {
  return price.kind === 'list' ? listCostOf(price, usage) : setCostOf(price, usage);
}

/** The most that a call can cost, in US dollars: all its input is read anew, or written to the cache, whatever is dearer. */
export function worstCostOf(
  price: Price,
  { inputTokens, outputTokens }: { readonly inputTokens: number; readonly outputTokens: number },
): number | undefined {
  const base = { inputTokens: 0, cachedInputTokens: 0, cacheWriteTokens: 0, outputTokens, reasoningTokens: 0 };
  const read = costOf(price, { ...base, inputTokens });
  const written = costOf(price, { ...base, cacheWriteTokens: inputTokens });
  return read === undefined || written === undefined ? undefined : Math.max(read, written);
}

/** In whole picodollars, so that nothing is rounded but the sum, once. */
function setCostOf({ tiers = [], ...base }: Extract<Price, { kind: 'set' }>, usage: Usage): number {
  const input = usage.inputTokens + usage.cachedInputTokens + usage.cacheWriteTokens;
  const above = tiers
    .filter(({ aboveInputTokens }) => input > aboveInputTokens)
    .toSorted((one, other) => other.aboveInputTokens - one.aboveInputTokens);
  const rates = above[0] ?? base;
  const picodollars =
    usage.inputTokens * picodollarsOf(rates.input) +
    usage.cachedInputTokens * picodollarsOf(rates.cachedInput) +
    usage.cacheWriteTokens * picodollarsOf(rates.cacheWrite) +
    usage.outputTokens * picodollarsOf(rates.output);
  return picodollars / 1e12;
}

/** Of one token, from dollars per million. */
const picodollarsOf = (rate: number): number => Math.round(rate * 1e6);

/** The catalogue wants the whole input, of which it takes the cached and written tokens out at their own rates. */
function listCostOf(price: Extract<Price, { kind: 'list' }>, usage: Usage): number | undefined {
  const tokens = {
    input_tokens: usage.inputTokens + usage.cachedInputTokens + usage.cacheWriteTokens,
    cache_read_tokens: usage.cachedInputTokens,
    cache_write_tokens: usage.cacheWriteTokens,
    output_tokens: usage.outputTokens,
  };
  const found = listed(price, tokens);
  // Thinking is a part of the output and costs the same, but for the few models that have a rate of their own for it.
  if (found?.model_price['output_reasoning_mtok'] === undefined) return found?.total_price;
  return listed(price, { ...tokens, output_reasoning_tokens: usage.reasoningTokens })?.total_price;
}

type Listed = NonNullable<ReturnType<typeof calcPrice>>;

type Named = { readonly provider: string; readonly model: string };

function listed(named: Named, tokens: Readonly<Record<string, number>>): Listed | undefined {
  const known = found(named, tokens);
  const { input_mtok: input, output_mtok: output } = known?.model_price ?? {};
  // Where the catalogue names a model without its rates, nothing would be a price.
  return input === undefined || output === undefined ? undefined : known;
}

function found({ provider, model }: Named, tokens: Readonly<Record<string, number>>): Listed | undefined {
  const where = provider.includes('.') ? { providerApiUrl: `https://${provider}` } : { providerId: provider };
  try {
    return calcPrice(tokens, model, where) ?? undefined;
  } catch {
    // It throws for usage that a model has no rate for.
    return undefined;
  }
}
