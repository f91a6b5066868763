import assert from 'node:assert/strict';
import { test } from 'node:test';
import { costOf as costBy } from '../../src/llm/price.ts';
import type { Usage } from '../../src/llm/provider.ts';

const costOf = (provider: string, model: string, usage: Usage): number | undefined =>
  costBy({ kind: 'list', provider, model }, usage);

const NONE = { inputTokens: 0, cachedInputTokens: 0, cacheWriteTokens: 0, outputTokens: 0, reasoningTokens: 0 };
const near = (actual: number | undefined, expected: number): void =>
  assert.ok(actual !== undefined && Math.abs(actual - expected) < 1e-9, `${actual} is not ${expected}`);

test('list prices are applied per million tokens', () => {
  // gpt-4o: 2.50 in, 1.25 cached, 10.00 out, in dollars a million (openai.com/api/pricing).
  near(costOf('openai', 'gpt-4o', { ...NONE, inputTokens: 1_000_000 }), 2.5);
  near(costOf('openai', 'gpt-4o', { ...NONE, cachedInputTokens: 1_000_000 }), 1.25);
  near(costOf('openai', 'gpt-4o', { ...NONE, outputTokens: 1_000_000 }), 10);
});

test('cached, written and thinking tokens are priced once', () => {
  // claude-sonnet-4: 3.00 in, 0.30 read from the cache, 3.75 written to it, 15.00 out (anthropic.com/pricing).
  const usage = {
    inputTokens: 1000,
    cachedInputTokens: 10_000,
    cacheWriteTokens: 2000,
    outputTokens: 500,
    reasoningTokens: 400,
  };
  near(
    costOf('anthropic', 'claude-sonnet-4-20250514', usage),
    (1000 * 3 + 10_000 * 0.3 + 2000 * 3.75 + 500 * 15) / 1e6,
  );
});

test('a provider may be named by the host of its API', () => {
  near(costOf('api.openai.com', 'gpt-4o', { ...NONE, inputTokens: 1_000_000 }), 2.5);
});

test('an unknown model or provider has no price', () => {
  assert.equal(costOf('openai', 'no-such-model', NONE), undefined);
  assert.equal(costOf('nobody', 'gpt-4o', NONE), undefined);
  assert.equal(costOf('127.0.0.1', 'llama', NONE), undefined);
});
