import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Price } from '../../src/llm/price.ts';
import { estimateTokens } from '../../src/llm/tokens.ts';
import { worstCostFor } from '../../src/llm/worst-cost.ts';
import { targetOf } from './targets.ts';

const priced = (input: number, output: number): Price => ({
  kind: 'set',
  input,
  cachedInput: 0,
  cacheWrite: input * 1.25,
  output,
});
const request = {
  system: 'Be brief.',
  messages: [{ role: 'user', text: 'How high is the tower?' }] as const,
  maxOutputTokens: 10_000,
  safetyId: undefined,
};
const inputTokens = estimateTokens(request);

test('a request may cost what the dearest model that it may go to takes for all of it, and half as much for attempts that fail', () => {
  const targets = [
    targetOf('cheap', { price: priced(1, 2) }),
    // It says 4,000 tokens at the most.
    targetOf('dear', { price: priced(10, 100) }),
    targetOf('unpriced', { price: undefined }),
  ];
  const worst = (inputTokens * 12.5 + 4_000 * 100) / 1e6;
  assert.ok(Math.abs(worstCostFor(targets, request) - worst * 1.5) < 1e-9);
  const only = worstCostFor(targets, { ...request, needs: { only: ['cheap'] } });
  assert.ok(Math.abs(only - ((inputTokens * 1.25 + 4_000 * 2) / 1e6) * 1.5) < 1e-9);
});

test('a request that goes to nobody, or to a model that costs nothing, costs nothing', () => {
  assert.equal(worstCostFor([], request), 0);
  assert.equal(worstCostFor([targetOf('free')], request), 0);
  assert.equal(worstCostFor([targetOf('unpriced', { price: undefined })], request), 0);
});
