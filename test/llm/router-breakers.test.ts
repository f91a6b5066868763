import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Provider } from '../../src/llm/provider.ts';
import { never, textOf } from './harness.ts';
import { REQUEST, chosenIn, endOf, opened } from './routing.ts';
import { failing, played, saying, targetOf } from './targets.ts';

test('a target that keeps failing is left alone for a while, then tried by one request alone', async () => {
  const { ask, pass, breakers } = opened();
  const sick = played(failing('stall'));
  const targets = [targetOf('sick', { provider: sick }), targetOf('well')];
  for (let index = 0; index < 8; index += 1) assert.equal(textOf(await ask(targets)), 'I am well.');
  assert.equal(sick.asked.length, 5);
  pass(30_000);
  const many = await Promise.all(Array.from({ length: 10 }, () => ask(targets)));
  assert.ok(many.every((events) => textOf(events) === 'I am well.'));
  assert.equal(sick.asked.length, 6);
  pass(59_000);
  await ask(targets);
  assert.equal(sick.asked.length, 6, 'the second rest is twice as long');
  pass(1000);
  const cured = [targetOf('sick', { provider: played(saying('Cured.')) }), targetOf('well')];
  assert.equal(textOf(await ask(cured)), 'Cured.');
  assert.equal((await breakers.read(['sick']))['sick']?.open, undefined);
});

test('where every target rests one is tried, and said so, and only once', async () => {
  const { ask } = opened();
  const [one, other] = [played(failing('server')), played(failing('server'))];
  const targets = [targetOf('one', { provider: one }), targetOf('other', { provider: other })];
  for (let index = 0; index < 3; index += 1) await ask(targets);
  const before = one.asked.length + other.asked.length;
  const events = await ask(targets);
  assert.equal(one.asked.length + other.asked.length - before, 1);
  assert.match(JSON.stringify(chosenIn(events)[0]?.considered), /an honest try/);
  assert.equal(endOf(events), 'server');
});

test('a refused key opens the breaker at once; short limits, refusals and our own ends do not', async () => {
  const openAfter = async (provider: Provider, times = 6): Promise<string | undefined> => {
    const { ask, breakers } = opened();
    for (let index = 0; index < times; index += 1) await ask([targetOf('a', { provider }), targetOf('b')]);
    return (await breakers.read(['a']))['a']?.open?.after;
  };
  assert.equal(await openAfter(played(failing('auth')), 1), 'auth');
  assert.equal(await openAfter(played(failing('rate', 60_000))), 'rate');
  assert.equal(await openAfter(played(failing('garbage'))), 'garbage');
  const limited = Array.from({ length: 12 }, (_, index) => (index % 2 === 0 ? failing('rate', 10) : saying('Yes.')));
  assert.equal(await openAfter(played(...limited)), undefined);
  for (const fault of ['policy', 'bad-request', 'context', 'aborted'] as const) {
    assert.equal(await openAfter(played(failing(fault)), 12), undefined, fault);
  }
});

test('who stops listening leaves no try behind that others wait for', async () => {
  const { ask, pass, breakers, router } = opened();
  const targets = [targetOf('a', { provider: played(failing('stall')) }), targetOf('b')];
  for (let index = 0; index < 5; index += 1) await ask(targets);
  pass(30_000);
  const a = targetOf('a');
  for await (const event of router.stream([a], REQUEST, never())) if (event.kind === 'text') break;
  assert.equal(await breakers.probe('a'), true);
});

test('breakers that cannot be read or told do not keep a request from its answer', async () => {
  const away = async (): Promise<never> => {
    throw new Error('no database');
  };
  const { ask } = opened({ now: () => 0, read: away, report: away, probe: away });
  assert.equal(textOf(await ask([targetOf('a')])), 'I am a.');
});
