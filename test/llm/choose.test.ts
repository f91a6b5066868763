import assert from 'node:assert/strict';
import { test } from 'node:test';
import { afterOutcome, claimed, CLOSED, type BreakerState } from '../../src/llm/breaker.ts';
import { choose, type Facts } from '../../src/llm/choose.ts';
import type { PromptImage } from '../../src/llm/provider.ts';
import type { RouteRequest } from '../../src/llm/route-request.ts';
import type { Target } from '../../src/llm/target.ts';
import { targetOf } from './targets.ts';

const REQUEST: RouteRequest = {
  system: '',
  messages: [{ role: 'user', text: 'Hi' }],
  maxOutputTokens: 1000,
  safetyId: undefined,
};
const NOW = 1_000_000;
const IMAGE: PromptImage = { mediaType: 'image/png', bytes: new Uint8Array(3), digest: 'd' };
const TOOLS = [{ name: 'f', description: '', parameters: { type: 'object' } }];

function facts(request: Partial<RouteRequest> = {}, rest: Partial<Facts> = {}): Facts {
  return {
    request: { ...REQUEST, ...request },
    inputTokens: 2000,
    spent: 0,
    gone: new Map(),
    largerThan: undefined,
    breakers: {},
    now: NOW,
    latencyOf: () => undefined,
    again: undefined,
    probedByOthers: new Set(),
    triedOpen: false,
    ...rest,
  };
}

const verdicts = (targets: readonly Target[], by: Facts): string[] =>
  choose(targets, by).considered.map(({ target, verdict }) => `${target} ${verdict}`);
const reasonOf = (targets: readonly Target[], by: Facts, name: string): string | undefined =>
  choose(targets, by).considered.find(({ target }) => target === name)?.reason;

const a = targetOf('a');
const opened = (at: number): BreakerState =>
  Array.from({ length: 5 }).reduce<BreakerState>((state) => afterOutcome(state, 'stall', at), CLOSED);

test('without any wish the order decides', () => {
  assert.deepEqual(verdicts([a, targetOf('b'), targetOf('c')], facts()), ['a chosen', 'b next', 'c next']);
});

const LIMITS: readonly (readonly [
  name: string,
  other: Partial<Target>,
  request: Partial<RouteRequest>,
  reason: RegExp,
])[] = [
  ['tools', { can: { tools: false, sees: true } }, { tools: TOOLS }, /cannot call tools/],
  ['its window', { windowTokens: 2999 }, {}, /window has 2999 tokens, and about 3000 are needed/],
  ['its region', { region: 'us' }, { needs: { region: ['eu', 'ch'] } }, /is in us, and eu or ch is wanted/],
  ['an unknown region', { region: undefined }, { needs: { region: ['eu', 'ch'] } }, /region is not known: set one/],
  ['keeping', { retention: 'kept' }, { needs: { retention: 'none' } }, /kept there/],
  ['training', { retention: 'trains' }, { needs: { retention: 'kept' } }, /trained on/],
  ['its name', {}, { needs: { only: ['a'] } }, /not among those that were named/],
  ['an unknown price', { price: undefined }, {}, /price is not known: set one/],
  [
    'a price that the catalogue lacks',
    { price: { kind: 'list', provider: 'openai', model: 'x' } },
    {},
    /price is not known/,
  ],
  [
    'the budget',
    { price: { kind: 'set', input: 10, cachedInput: 1, cacheWrite: 12.5, output: 50 } },
    { mostDollars: 0.07 },
    /may cost \$0\.075, and \$0\.07 is left/,
  ],
];
for (const [name, other, request, reason] of LIMITS) {
  test(`a target is excluded by ${name}, with a reason that says so`, () => {
    const targets = [targetOf('b', other), targetOf('a', { region: 'eu' })];
    assert.deepEqual(verdicts(targets, facts(request)), ['a chosen', 'b excluded']);
    assert.match(reasonOf(targets, facts(request), 'b') ?? '', reason);
  });
}

test('what is no longer than the limit fits', () => {
  const exact = targetOf('x', {
    windowTokens: 3000,
    price: { kind: 'set', input: 10, cachedInput: 1, cacheWrite: 12.5, output: 50 },
  });
  assert.deepEqual(verdicts([exact], facts({ mostDollars: 0.075 })), ['x chosen']);
  assert.deepEqual(verdicts([targetOf('x', { retention: 'kept' })], facts({ needs: { retention: 'kept' } })), [
    'x chosen',
  ]);
  const brief = targetOf('x', { windowTokens: 2100, maxOutputTokens: 100 });
  assert.deepEqual(verdicts([brief], facts()), ['x chosen'], 'no more is asked for than it can give');
});

test('what earlier attempts have cost is no longer there', () => {
  const price = { kind: 'set', input: 10, cachedInput: 1, cacheWrite: 10, output: 50 } as const;
  const target = targetOf('x', { price });
  assert.deepEqual(verdicts([target], facts({ mostDollars: 0.1 }, { spent: 0.02 })), ['x chosen']);
  assert.deepEqual(verdicts([target], facts({ mostDollars: 0.1 }, { spent: 0.04 })), ['x excluded']);
});

test('targets that see come first for images, and where none does they are told in words', () => {
  const messages = [{ role: 'user', text: 'Look', images: [IMAGE] }] as const;
  const blind = targetOf('blind', { can: { tools: true, sees: false } });
  assert.deepEqual(verdicts([blind, a], facts({ messages })), ['a chosen', 'blind next']);
  assert.deepEqual(verdicts([blind], facts({ messages })), ['blind chosen']);
  assert.match(reasonOf([blind], facts({ messages }), 'blind') ?? '', /images are told in words/);
  assert.deepEqual(verdicts([blind, a], facts()), ['blind chosen', 'a next']);
});

test('cost, latency and quality decide where they are preferred, and order where they are equal', () => {
  const priced = (name: string, output: number, rest: Partial<Target> = {}): Target =>
    targetOf(name, { price: { kind: 'set', input: 1, cachedInput: 1, cacheWrite: 1, output }, ...rest });
  const targets = [
    priced('dear', 30, { quality: 0.9, qualityFor: { code: 0.2 } }),
    priced('cheap', 1, { quality: 0.3 }),
    priced('fair', 3, { quality: 0.6 }),
    priced('fairer', 3, { quality: 0.6 }),
  ];
  const order = (request: Partial<RouteRequest>, latencies: Record<string, number> = {}) =>
    verdicts(targets, facts(request, { latencyOf: (key) => latencies[key] })).map((said) => said.split(' ')[0]);
  assert.deepEqual(order({ prefer: 'cost' }), ['cheap', 'fair', 'fairer', 'dear']);
  assert.deepEqual(order({ prefer: 'quality' }), ['dear', 'fair', 'fairer', 'cheap']);
  assert.deepEqual(order({ prefer: 'quality', task: 'code' }), ['fair', 'fairer', 'cheap', 'dear']);
  assert.deepEqual(order({ prefer: 'quality', task: 'poems' }), ['dear', 'fair', 'fairer', 'cheap']);
  const latencies = { dear: 300, cheap: 900, fair: 200, fairer: 200 };
  assert.deepEqual(order({ prefer: 'latency' }, latencies), ['fair', 'fairer', 'dear', 'cheap']);
  assert.deepEqual(
    order({ prefer: 'latency' }, { dear: 300 }),
    ['cheap', 'fair', 'fairer', 'dear'],
    'who is not measured',
  );
  assert.deepEqual(order({ mostMs: 250 }, latencies), ['fair', 'fairer', 'dear', 'cheap']);
  assert.match(reasonOf(targets, facts({ prefer: 'cost' }), 'cheap') ?? '', /about \$0\.0025/);
});

test('an open breaker excludes, a half-open one is tried in its place, and by others not meanwhile', () => {
  const targets = [a, targetOf('b')];
  const breakers = { a: opened(NOW) };
  assert.deepEqual(verdicts(targets, facts({}, { breakers })), ['b chosen', 'a excluded']);
  assert.match(
    reasonOf(targets, facts({}, { breakers }), 'a') ?? '',
    /failed of late \(stall\) and rests for another 30 s/,
  );
  const later = facts({}, { breakers, now: NOW + 30_000 });
  assert.equal(choose(targets, later).picked?.verdict, 'half-open');
  assert.deepEqual(verdicts(targets, later), ['a chosen', 'b next']);
  const probed = { a: claimed(opened(NOW), NOW + 30_000) ?? CLOSED };
  assert.deepEqual(verdicts(targets, { ...later, breakers: probed }), ['b chosen', 'a excluded']);
  assert.deepEqual(verdicts(targets, { ...later, probedByOthers: new Set(['a']) }), ['b chosen', 'a excluded']);
});

test('where all are open the one that opened first is tried, once, but a refused key last', () => {
  const targets = [a, targetOf('b'), targetOf('c')];
  const breakers = { a: opened(NOW - 1000), b: opened(NOW - 3000), c: afterOutcome(CLOSED, 'auth', NOW - 9000) };
  assert.deepEqual(verdicts(targets, facts({}, { breakers })), ['b chosen', 'a excluded', 'c excluded']);
  assert.match(reasonOf(targets, facts({}, { breakers }), 'b') ?? '', /so is every other: an honest try/);
  assert.equal(choose(targets, facts({}, { breakers, triedOpen: true })).picked, undefined);
  const gone = new Map([['a', 'it failed']]);
  assert.deepEqual(verdicts([a, targetOf('b')], facts({}, { breakers: { b: opened(NOW) }, gone })), [
    'b chosen',
    'a excluded',
  ]);
});

test('a breaker is found by the target’s key where it has one', () => {
  const breakers = { a: opened(NOW) };
  assert.deepEqual(verdicts([targetOf('a', { key: 'org/a' })], facts({}, { breakers })), ['a chosen']);
});

test('after a window that was too small only larger ones fit', () => {
  const targets = [a, targetOf('same'), targetOf('large', { windowTokens: 200_000 })];
  const by = facts({}, { gone: new Map([['a', 'it failed: context']]), largerThan: 100_000 });
  assert.deepEqual(verdicts(targets, by), ['large chosen', 'a excluded', 'same excluded']);
});

test('a conversation is too long where a shorter one would find a target, and not where none would', () => {
  const small = targetOf('small', { windowTokens: 10 });
  const unpriced = targetOf('unpriced', { price: undefined, windowTokens: 10 });
  assert.equal(choose([small, unpriced], facts()).tooLong, true);
  assert.equal(choose([unpriced], facts()).tooLong, false);
  assert.equal(choose([small, a], facts()).tooLong, false);
  assert.deepEqual(choose([], facts()), { picked: undefined, considered: [], tooLong: false });
});
