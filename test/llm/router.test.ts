import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openLlmStandIn } from '../../sandbox/llm/index.ts';
import { openLocalBreakers } from '../../src/llm/local-breakers.ts';
import type { Provider } from '../../src/llm/provider.ts';
import { openRouter } from '../../src/llm/router.ts';
import type { Target } from '../../src/llm/target.ts';
import { collect, connect, never, textOf } from './harness.ts';
import { REQUEST, chosenIn, endOf, namesIn, opened } from './routing.ts';
import { failing, played, saying, targetOf } from './targets.ts';

test('every attempt begins with what was chosen, and why nothing else was', async () => {
  const { ask } = opened();
  const bad = targetOf('bad', { provider: played(failing('garbage')) });
  const poor = targetOf('poor', { price: undefined });
  const events = await ask([bad, poor, targetOf('good')]);
  const [first, second] = chosenIn(events);
  assert.deepEqual(events[0], first);
  assert.deepEqual(first, {
    kind: 'chosen',
    target: 'bad',
    provider: 'played',
    model: 'bad-model',
    attempt: 1,
    considered: [
      { target: 'bad', verdict: 'chosen', reason: 'by order' },
      { target: 'good', verdict: 'next', reason: 'by order' },
      { target: 'poor', verdict: 'excluded', reason: 'its price is not known: set one' },
    ],
  });
  assert.equal(second?.attempt, 2);
  assert.match(
    second?.considered.find(({ target }) => target === 'bad')?.reason ?? '',
    /failed: garbage, said the server/,
  );
  assert.equal(textOf(events), 'I am good.');
});

test('the target’s own model and limit are asked for, and nothing of the wishes is sent', async () => {
  const { ask } = opened();
  const provider = played(saying('Yes.'));
  await ask([targetOf('a', { provider, maxOutputTokens: 70 })], {
    prefer: 'cost',
    mostDollars: 1,
    needs: { only: ['a'] },
  });
  const { system, messages, safetyId } = REQUEST;
  assert.deepEqual(provider.asked, [{ model: 'a-model', system, messages, maxOutputTokens: 70, safetyId }]);
});

test('usage names its target and what it cost, also of an attempt that failed', async () => {
  const { ask } = opened();
  const usage = { inputTokens: 1000, cachedInputTokens: 0, cacheWriteTokens: 0, outputTokens: 10, reasoningTokens: 0 };
  const price = { kind: 'set', input: 1, cachedInput: 0, cacheWrite: 0, output: 5 } as const;
  const cut = targetOf('cut', { price, provider: played([{ kind: 'usage', usage }, ...failing('stall')]) });
  const good = targetOf('good', { provider: played([{ kind: 'usage', usage }, ...saying('Yes.')]) });
  const told = (await ask([cut, good])).flatMap((event) =>
    event.kind === 'usage' ? [[event.target, event.cost]] : [],
  );
  assert.deepEqual(told, [
    ['cut', 0.00105],
    ['good', 0],
  ]);
});

test('text and calls of a failed attempt are taken back before the next one begins', async () => {
  const { ask } = opened();
  const call = { kind: 'call', call: { id: '1', name: 'f', arguments: '{}' } } as const;
  const early = targetOf('early', { provider: played([call, ...failing('stall')]) });
  const half = targetOf('half', { provider: played([{ kind: 'text', text: 'Half' }, ...failing('stall')]) });
  const kinds = (await ask([early, half, targetOf('good')])).map(({ kind }) => kind);
  assert.deepEqual(kinds, ['chosen', 'call', 'reset', 'chosen', 'text', 'reset', 'chosen', 'text', 'usage', 'done']);
});

test('rate, server and connection are tried once more, stall and garbage and auth are not', async () => {
  for (const [fault, names] of [
    ['rate', ['a', 'a', 'b']],
    ['server', ['a', 'a', 'b']],
    ['connection', ['a', 'a', 'b']],
    ['stall', ['a', 'b']],
    ['garbage', ['a', 'b']],
    ['auth', ['a', 'b']],
    ['bad-request', ['a', 'b']],
  ] as const) {
    const { ask } = opened();
    const events = await ask([targetOf('a', { provider: played(failing(fault)) }), targetOf('b')]);
    assert.deepEqual([namesIn(events), textOf(events)], [names, 'I am b.'], fault);
  }
});

test('a wait that was asked for is kept when it is short, and else the next target is asked at once', async () => {
  const { ask, waits } = opened();
  const soon = targetOf('soon', { provider: played(failing('rate', 3000), saying('Now.')) });
  assert.equal(textOf(await ask([soon, targetOf('b')])), 'Now.');
  assert.deepEqual(waits, [3000]);
  const long = targetOf('long', { provider: played(failing('rate', 5001)) });
  assert.deepEqual(namesIn(await ask([long, targetOf('b')])), ['long', 'b']);
  assert.deepEqual(waits, [3000]);
});

test('what was declined stops, whoever is left', async () => {
  const { ask } = opened();
  const events = await ask([targetOf('a', { provider: played(failing('policy')) }), targetOf('b')]);
  assert.deepEqual([namesIn(events), endOf(events)], [['a'], 'policy']);
});

test('a conversation that is too long goes to a larger window only, and ends as too long without one', async () => {
  const { ask } = opened();
  const tight = targetOf('tight', { provider: played(failing('context')) });
  const wide = targetOf('wide', { windowTokens: 200_000 });
  assert.deepEqual(namesIn(await ask([tight, targetOf('same'), wide])), ['tight', 'wide']);
  const events = await ask([tight, targetOf('same')]);
  assert.deepEqual([namesIn(events), endOf(events)], [['tight'], 'context']);
});

test('where nothing fits the only event says why, and what to change', async () => {
  const { ask } = opened();
  const [end, ...rest] = await ask([targetOf('a', { price: undefined }), targetOf('b', { region: 'us' })], {
    needs: { region: ['eu'] },
  });
  assert.deepEqual(rest, []);
  assert.equal(end?.kind === 'failed' && end.fault, 'unroutable');
  assert.match(JSON.stringify(end), /a: its region is not known: set one.*b: it is in us, and eu is wanted/);
  assert.match(JSON.stringify(await ask([])), /no model is set up: add one/);
  const [long] = await ask([targetOf('a', { windowTokens: 500 })]);
  assert.equal(long?.kind === 'failed' && long.fault, 'context');
});

test('a budget holds for all attempts together', async () => {
  const { ask } = opened();
  const price = { kind: 'set', input: 1, cachedInput: 1, cacheWrite: 1, output: 10 } as const;
  const usage = { inputTokens: 10, cachedInputTokens: 0, cacheWriteTokens: 0, outputTokens: 900, reasoningTokens: 0 };
  const told = targetOf('told', { price, provider: played([{ kind: 'usage', usage }, ...failing('stall')]) });
  const silent = targetOf('silent', {
    price,
    provider: played([{ kind: 'text', text: 'x'.repeat(2700) }, ...failing('stall')]),
  });
  for (const first of [told, silent]) {
    const events = await ask([first, targetOf('b', { price })], { mostDollars: 0.015 });
    assert.deepEqual([namesIn(events), endOf(events)], [[first.name], 'stall']);
    const enough = await ask([first, targetOf('b', { price })], { mostDollars: 0.025 });
    assert.deepEqual(namesIn(enough), [first.name, 'b']);
  }
});

test('the faster target comes first once both were measured, and a silent one counts as slow', async () => {
  const { ask, pass } = opened();
  const after = (ms: number, name: string): Target => {
    const provider = played(saying(name));
    const late: Provider = {
      ...provider,
      async *stream(request, signal) {
        pass(ms);
        yield* provider.stream(request, signal);
      },
    };
    return targetOf(name, { provider: late });
  };
  const targets = [after(900, 'slow'), after(200, 'fast')];
  const names: string[] = [];
  for (let index = 0; index < 4; index += 1) names.push(textOf(await ask(targets, { prefer: 'latency' })));
  assert.deepEqual(names, ['slow', 'fast', 'fast', 'fast']);
  assert.equal(textOf(await ask(targets, { mostMs: 500 })), 'fast');
  pass(300_000);
  assert.equal(textOf(await ask(targets, { prefer: 'latency' })), 'slow', 'what is old is forgotten');
});

test('a deadline of the request ends it, and is not the target’s failure', async () => {
  await using standIn = await openLlmStandIn({ script: 'word '.repeat(500), tokensPerSecond: 100 });
  const provider = await connect(standIn, 'openai-chat');
  const breakers = openLocalBreakers();
  const router = openRouter({ breakers, totalMs: 5000 });
  for (let index = 0; index < 5; index += 1) {
    const events = await collect(router.stream([targetOf('a', { provider })], { ...REQUEST, mostMs: 60 }, never()));
    assert.match(JSON.stringify(events.at(-1)), /"fault":"stall","message":"no whole answer within 60 ms"/);
  }
  assert.equal((await breakers.read(['a']))['a']?.open, undefined);
});

test('a provider that throws or just stops is a failure like any other', async () => {
  const { ask } = opened();
  const throwing: Provider = {
    name: 'throwing',
    sees: false,
    stream: () => ({
      [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('oops')) }),
    }),
  };
  for (const provider of [throwing, played([])]) {
    const events = await ask([targetOf('a', { provider }), targetOf('b')]);
    assert.equal(textOf(events), 'I am b.');
  }
});

test('an abort while waiting ends at once and as one', async () => {
  const router = openRouter({ breakers: openLocalBreakers(), totalMs: 9000 });
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 20);
  const targets = [targetOf('a', { provider: played(failing('server', 4000)) })];
  const began = performance.now();
  const events = await collect(router.stream(targets, REQUEST, controller.signal));
  assert.equal(endOf(events), 'aborted');
  assert.ok(performance.now() - began < 1000);
});
