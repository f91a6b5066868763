import type { Protocol } from './protocols.ts';

/** US dollars per million tokens. */
export type Rates = {
  readonly input: number;
  readonly cachedInput: number;
  readonly cacheWrite: number;
  readonly output: number;
};
type SetPrice = Rates & { readonly kind: 'set'; readonly tiers?: (Rates & { aboveInputTokens: number })[] | undefined };
/** As the API tells it. */
type Price = SetPrice | { readonly kind: 'list'; readonly provider: string; readonly model: string };

/** What the form needs of a model that is kept. */
export type KeptModel = {
  readonly name: string;
  readonly protocol: string;
  readonly model: string;
  readonly baseUrl: string | null;
  readonly hasKey: boolean;
  readonly embeddingModel: string | null;
  readonly tools: boolean;
  readonly sees: boolean;
  readonly windowTokens: number;
  readonly maxOutputTokens: number;
  readonly region: string | null;
  readonly retention: 'none' | 'kept' | 'trains';
  readonly price: Price | null;
  readonly quality: number;
};

/** What somebody says of a model, as a form has it. */
export type Given = {
  readonly name: string;
  readonly protocol: Protocol;
  readonly model: string;
  readonly baseUrl: string;
  readonly key: { readonly is: 'kept' | 'new' | 'none'; readonly text: string };
  readonly price: PriceGiven;
  readonly embeddingModel: string;
  readonly tools: boolean;
  readonly sees: boolean;
  readonly windowTokens: number;
  readonly maxOutputTokens: number;
  readonly region: string;
  readonly retention: KeptModel['retention'];
  readonly quality: number;
};

export type PriceGiven = {
  readonly is: 'catalogue' | 'free' | 'rates';
  readonly rates: Rates;
  /** As it was kept: what no field shows (rates of long inputs, another name in the catalogue) stays with it. */
  readonly before: Price | null;
};

const NOTHING: Rates = { input: 0, cachedInput: 0, cacheWrite: 0, output: 0 };

/** What the server takes where nothing is said. */
export const NEW: Given = {
  name: '',
  protocol: 'anthropic',
  model: '',
  baseUrl: '',
  key: { is: 'new', text: '' },
  price: { is: 'catalogue', rates: NOTHING, before: null },
  embeddingModel: '',
  tools: true,
  sees: false,
  windowTokens: 128_000,
  maxOutputTokens: 16_384,
  region: '',
  retention: 'kept',
  quality: 0.5,
};

export const isFree = (price: Price | null): boolean =>
  price?.kind === 'set' &&
  price.tiers === undefined &&
  [price.input, price.cachedInput, price.cacheWrite, price.output].every((rate) => rate === 0);

/** What is kept, as a form has it. Pure. @param protocols those that there are */
export function givenOf(of: KeptModel, protocols: readonly Protocol[]): Given {
  const { name, model, tools, sees, windowTokens, maxOutputTokens, retention, quality, price } = of;
  return {
    name,
    model,
    tools,
    sees,
    windowTokens,
    maxOutputTokens,
    retention,
    quality,
    protocol: protocols.find((one) => one === of.protocol) ?? 'openai-chat',
    baseUrl: of.baseUrl ?? '',
    key: { is: of.hasKey ? 'kept' : 'none', text: '' },
    price: priceGiven(price),
    embeddingModel: of.embeddingModel ?? '',
    region: of.region ?? '',
  };
}

function priceGiven(before: Price | null): PriceGiven {
  if (before === null || before.kind === 'list') return { is: 'catalogue', rates: NOTHING, before };
  const { input, cachedInput, cacheWrite, output } = before;
  return { is: isFree(before) ? 'free' : 'rates', rates: { input, cachedInput, cacheWrite, output }, before };
}

/** What is sent: all of it, so that nothing goes back to a default. Pure. */
export function bodyOf({ name: _name, key, price, ...given }: Given) {
  return {
    ...given,
    baseUrl: given.baseUrl === '' ? null : given.baseUrl,
    embeddingModel: given.embeddingModel === '' ? null : given.embeddingModel,
    region: given.region === '' ? null : given.region,
    price: priceOf(price),
    ...(key.is === 'new' && { key: key.text }),
    ...(key.is === 'none' && { key: null }),
  };
}

function priceOf({ is, rates, before }: PriceGiven): Price | null {
  if (is === 'free') return { kind: 'set', ...NOTHING };
  if (is === 'catalogue') return before?.kind === 'list' ? before : null;
  const tiers = before?.kind === 'set' ? before.tiers : undefined;
  return { kind: 'set', ...rates, ...(tiers !== undefined && { tiers }) };
}

/** As `$3 in · $15 out`. Pure. */
export function priceInWords(price: Price | null): string {
  if (price === null) return 'as the catalogue has it';
  if (price.kind === 'list') return `as the catalogue has ${price.model}`;
  if (isFree(price)) return 'free';
  const longer = price.tiers === undefined ? '' : ', more for long inputs';
  return `$${price.input} in · $${price.output} out${longer}`;
}
