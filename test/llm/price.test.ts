import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findProvider } from '@pydantic/genai-prices';
import { FREE, PriceShape, costOf, listPriceOf, worstCostOf, type Price } from '../../src/llm/price.ts';
import type { Usage } from '../../src/llm/provider.ts';

const NONE: Usage = { inputTokens: 0, cachedInputTokens: 0, cacheWriteTokens: 0, outputTokens: 0, reasoningTokens: 0 };
const near = (actual: number | undefined, expected: number, about = ''): void =>
  assert.ok(actual !== undefined && Math.abs(actual - expected) < 1e-9, `${about} ${actual} is not ${expected}`);
const list = (provider: string, model: string): Price => ({ kind: 'list', provider, model });

/** Dollars, worked out by hand from the vendors' pages of prices. */
const GOLDEN: readonly (readonly [name: string, price: Price, usage: Partial<Usage>, dollars: number])[] = [
  ['input', list('openai', 'gpt-4o'), { inputTokens: 1_000_000 }, 2.5],
  ['cached input', list('openai', 'gpt-4o'), { cachedInputTokens: 1_000_000 }, 1.25],
  ['one token', list('openai', 'gpt-4o'), { outputTokens: 1 }, 0.00001],
  [
    'thoughts, which are in the output',
    list('openai', 'gpt-5'),
    { inputTokens: 1000, outputTokens: 900, reasoningTokens: 800 },
    0.01025,
  ],
  [
    'everything at once',
    list('anthropic', 'claude-sonnet-4-20250514'),
    { inputTokens: 1000, cachedInputTokens: 10_000, cacheWriteTokens: 2000, outputTokens: 500, reasoningTokens: 400 },
    0.003 + 0.003 + 0.0075 + 0.0075,
  ],
  [
    'the longest short prompt',
    list('anthropic', 'claude-sonnet-4-5'),
    { inputTokens: 200_000, outputTokens: 1000 },
    0.615,
  ],
  [
    'the shortest long prompt',
    list('anthropic', 'claude-sonnet-4-5'),
    { inputTokens: 200_001, outputTokens: 1000 },
    1.222506,
  ],
  [
    'a prompt that is long by what was cached and written',
    list('anthropic', 'claude-sonnet-4-5'),
    { inputTokens: 1000, cachedInputTokens: 150_000, cacheWriteTokens: 50_000, outputTokens: 1000 },
    0.006 + 0.09 + 0.375 + 0.0225,
  ],
  ['a tier of another length', list('openai', 'gpt-5.4'), { inputTokens: 272_000, outputTokens: 100 }, 1.36 + 0.00225],
  [
    'thoughts with a rate of their own',
    list('perplexity', 'sonar-deep-research'),
    { inputTokens: 1000, outputTokens: 3000, reasoningTokens: 2000 },
    0.002 + 0.008 + 0.006,
  ],
  ['a host for a name', list('api.openai.com', 'gpt-4o'), { inputTokens: 1_000_000 }, 2.5],
];

for (const [name, price, usage, dollars] of GOLDEN) {
  test(`cost: ${name}`, () => near(costOf(price, { ...NONE, ...usage }), dollars));
}

const SET: Price = {
  kind: 'set',
  input: 0.1,
  cachedInput: 0.01,
  cacheWrite: 0.125,
  output: 0.3,
  tiers: [
    { aboveInputTokens: 1000, input: 1, cachedInput: 0.1, cacheWrite: 1.25, output: 3 },
    { aboveInputTokens: 100, input: 0.2, cachedInput: 0.02, cacheWrite: 0.25, output: 0.6 },
  ],
};

test('a price that was set has rates and tiers of its own, each token in one of them', () => {
  const of = (usage: Partial<Usage>) => costOf(SET, { ...NONE, ...usage });
  near(of({ inputTokens: 100, outputTokens: 7, reasoningTokens: 5 }), (100 * 0.1 + 7 * 0.3) / 1e6);
  near(of({ inputTokens: 50, cachedInputTokens: 50, cacheWriteTokens: 1 }), (50 * 0.2 + 50 * 0.02 + 0.25) / 1e6);
  near(of({ inputTokens: 1001, outputTokens: 1 }), (1001 + 3) / 1e6);
  assert.equal(of({ inputTokens: 3 }), 3e-7);
});

test('a price that was set costs what the catalogue says that the same rates cost', () => {
  const usage = {
    inputTokens: 123_457,
    cachedInputTokens: 7891,
    cacheWriteTokens: 0,
    outputTokens: 4567,
    reasoningTokens: 12,
  };
  const models = findProvider({ providerId: 'openai' })?.models ?? [];
  const flat = models.flatMap(({ id, prices }) => {
    if (Array.isArray(prices)) return [];
    const { input_mtok: input, cache_read_mtok: cached, output_mtok: output } = prices;
    const known = typeof input === 'number' && typeof cached === 'number' && typeof output === 'number';
    return known
      ? [{ id, price: { kind: 'set', input, cachedInput: cached, cacheWrite: input, output } as const }]
      : [];
  });
  assert.ok(flat.length > 10);
  for (const { id, price } of flat) near(costOf(list('openai', id), usage), costOf(price, usage) ?? NaN, id);
});

test('what the catalogue does not know, or names without its rates, has no price', () => {
  for (const [provider, model] of [
    ['openai', 'no-such-model'],
    ['nobody', 'gpt-4o'],
    ['127.0.0.1', 'llama'],
  ] as const) {
    assert.equal(listPriceOf(provider, model), undefined);
    assert.equal(costOf(list(provider, model), { ...NONE, inputTokens: 5 }), undefined);
  }
  const empty = ['openai', 'google', 'x-ai', 'openrouter'].flatMap((provider) =>
    (findProvider({ providerId: provider })?.models ?? [])
      .filter(({ prices }) => !Array.isArray(prices) && Object.keys(prices).length === 0)
      .map(({ id }) => ({ provider, id })),
  );
  assert.ok(empty.length > 0);
  for (const { provider, id } of empty) assert.equal(listPriceOf(provider, id), undefined, id);
  assert.deepEqual(listPriceOf('openai', 'gpt-4o'), list('openai', 'gpt-4o'));
});

test('the worst cost of a call takes the dearer of reading and writing, and the tier of its length', () => {
  near(worstCostOf(list('anthropic', 'claude-sonnet-4-5'), { inputTokens: 1000, outputTokens: 100 }), 0.00375 + 0.0015);
  near(worstCostOf(list('anthropic', 'claude-sonnet-4-5'), { inputTokens: 300_000, outputTokens: 0 }), 2.25);
  assert.equal(worstCostOf(FREE, { inputTokens: 1e6, outputTokens: 1e6 }), 0);
  assert.equal(worstCostOf(list('nobody', 'x'), { inputTokens: 1, outputTokens: 1 }), undefined);
});

test('a stored price is checked', () => {
  assert.deepEqual(PriceShape.parse(SET), SET);
  for (const wrong of [
    { ...SET, input: -1 },
    { ...SET, output: Infinity },
    { kind: 'set' },
    { kind: 'list', provider: '' },
  ]) {
    assert.equal(PriceShape.safeParse(wrong).success, false);
  }
});
