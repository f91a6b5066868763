import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { afterOutcome, claimed, CLOSED, verdictOf, type BreakerState } from '../../src/llm/breaker.ts';
import { openLocalBreakers } from '../../src/llm/local-breakers.ts';
import type { ModelFault } from '../../src/llm/provider.ts';

const S = 1000;
type Outcome = 'ok' | ModelFault;

/** The state after outcomes, one a second unless told otherwise. */
const after = (outcomes: readonly Outcome[], everyMs = S, from: BreakerState = CLOSED): BreakerState =>
  outcomes.reduce((state, outcome, index) => afterOutcome(state, outcome, index * everyMs), from);
const times = (count: number, outcome: Outcome): Outcome[] => Array.from({ length: count }, () => outcome);

/** Opened at second 4, by five failures. */
const OPEN = after(times(5, 'stall'));

test('five failures in a row within a minute open it, four do not, nor five in more than a minute', () => {
  for (const fault of ['server', 'connection', 'stall', 'garbage', 'rate'] as const) {
    assert.equal(verdictOf(after(times(5, fault)), 5 * S), 'open', fault);
    assert.equal(verdictOf(after(times(4, fault)), 5 * S), 'closed', fault);
  }
  assert.equal(verdictOf(after(times(5, 'server'), 16 * S), 5 * 16 * S), 'closed');
});

test('half of ten open it, also when none come in a row', () => {
  const mixed: Outcome[] = ['ok', 'server', 'ok', 'server', 'ok', 'server', 'ok', 'server', 'ok', 'server'];
  assert.equal(verdictOf(after(mixed), 10 * S), 'open');
  assert.equal(verdictOf(after(mixed.slice(0, 9)), 10 * S), 'closed');
  assert.equal(verdictOf(after(mixed, 7 * S), 70 * S), 'closed', 'those of more than a minute ago do not count');
});

test('a busy target with a failure here and there stays closed', () => {
  const outcomes = Array.from({ length: 2000 }, (_, index): Outcome => (index % 20 === 0 ? 'server' : 'ok'));
  const state = after(outcomes, 20);
  assert.equal(verdictOf(state, 2000 * 20), 'closed');
  assert.ok(JSON.stringify(state).length < 1000, 'it does not grow');
});

test('what is the request’s own fault, or was ended by us, does not count', () => {
  for (const fault of ['policy', 'bad-request', 'context', 'aborted', 'unroutable'] as const) {
    assert.deepEqual(after(times(20, fault)), CLOSED, fault);
  }
});

test('a refused key opens it at once, for five minutes', () => {
  const state = after(['ok', 'auth']);
  assert.equal(verdictOf(state, 300 * S), 'open');
  assert.equal(verdictOf(state, 301 * S), 'half-open');
});

test('after half a minute one may try; a success closes it, a failure doubles the rest, to five minutes at most', () => {
  assert.equal(verdictOf(OPEN, 33 * S), 'open');
  assert.equal(verdictOf(OPEN, 34 * S), 'half-open');
  const trying = claimed(OPEN, 34 * S);
  assert.ok(trying !== undefined);
  assert.equal(verdictOf(trying, 35 * S), 'probed');
  assert.equal(claimed(trying, 35 * S), undefined);
  assert.deepEqual(afterOutcome(trying, 'ok', 36 * S), CLOSED);
  assert.deepEqual(afterOutcome(trying, 'policy', 36 * S), CLOSED, 'who declines is there');
  const rests: number[] = [];
  let state = OPEN;
  for (let now = state.open?.until ?? 0; rests.length < 6; now = state.open?.until ?? 0) {
    state = afterOutcome(claimed(state, now) ?? CLOSED, 'server', now);
    rests.push((state.open?.until ?? 0) - now);
  }
  assert.deepEqual(
    rests,
    [60, 120, 240, 300, 300, 300].map((seconds) => seconds * S),
  );
  assert.equal(state.open?.since, OPEN.open?.since);
});

test('who tries and is ended, or dies, leaves the try to another', () => {
  const trying = claimed(OPEN, 34 * S);
  assert.ok(trying !== undefined);
  assert.equal(verdictOf(afterOutcome(trying, 'aborted', 35 * S), 36 * S), 'half-open');
  assert.equal(verdictOf(trying, 34 * S + 119 * S), 'probed');
  assert.equal(verdictOf(trying, 34 * S + 120 * S), 'half-open');
});

test('what ends while it is open and began before changes nothing, but a success lets somebody try at once', () => {
  assert.deepEqual(afterOutcome(OPEN, 'server', 10 * S), OPEN);
  assert.equal(verdictOf(afterOutcome(OPEN, 'ok', 10 * S), 10 * S), 'half-open');
});

test('whatever happens, an open one can be tried again within five minutes and never by two at once', () => {
  const outcome = fc.constantFrom<Outcome>('ok', 'rate', 'server', 'stall', 'auth', 'policy', 'aborted', 'context');
  const step = fc.record({ outcome, waitMs: fc.nat(40 * S), tries: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let [state, now] = [CLOSED, 0];
      for (const { outcome, waitMs, tries } of steps) {
        now += waitMs;
        if (tries) state = claimed(state, now) ?? state;
        if (verdictOf(state, now) === 'probed') assert.equal(claimed(state, now), undefined);
        state = afterOutcome(state, outcome, now);
        assert.notEqual(verdictOf(state, now + 300 * S), 'open');
        assert.deepEqual(JSON.parse(JSON.stringify(state)), state);
      }
    }),
    { numRuns: 300 },
  );
});

test('of many who ask at once to try exactly one may', async () => {
  let now = 0;
  const breakers = openLocalBreakers({ now: () => now });
  for (const _ of times(5, 'stall')) await breakers.report('a', 'stall');
  now = 31 * S;
  const may = await Promise.all(Array.from({ length: 50 }, () => breakers.probe('a')));
  assert.equal(may.filter(Boolean).length, 1);
  const { a = CLOSED, b = CLOSED } = await breakers.read(['a', 'b']);
  assert.deepEqual([verdictOf(a, now), verdictOf(b, now)], ['probed', 'closed']);
  breakers.forget('a');
  assert.deepEqual(await breakers.read(['a']), { a: CLOSED });
});
