import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openLlmStandIn } from '../../sandbox/llm/index.ts';
import { openDemo } from '../../src/llm/demo.ts';
import { routeOver } from '../kit/route.ts';
import { REQUEST, collect, connect, never, textOf } from './harness.ts';

const TEXT = 'one two three four five six';

test('an attempt that fails in mid-stream is started over, after a reset', async () => {
  await using standIn = await openLlmStandIn({ script: TEXT });
  standIn.faults.plan({ kind: 'cut' });
  const provider = await connect(standIn, 'openai-chat');
  const route = routeOver([{ provider, model: 'm' }], 5000);
  const events = await collect(route.stream(REQUEST, never()));
  const reset = events.findIndex(({ kind }) => kind === 'reset');
  assert.deepEqual(events[reset], { kind: 'reset', after: 'connection' });
  assert.equal(textOf(events.slice(0, reset)), 'one two three ');
  assert.equal(textOf(events.slice(reset)), TEXT);
  assert.deepEqual(events.at(-1), { kind: 'done', reason: 'stop' });
});

test('an attempt that said nothing is made again without a reset', async () => {
  await using standIn = await openLlmStandIn({ script: TEXT });
  standIn.faults.plan({ kind: 'status', status: 429, retryAfter: '0.01' });
  const provider = await connect(standIn, 'anthropic');
  const events = await collect(routeOver([{ provider, model: 'm' }], 5000).stream(REQUEST, never()));
  assert.ok(events.every(({ kind }) => kind !== 'reset'));
  assert.equal(textOf(events), TEXT);
  assert.equal(standIn.asks.length, 2);
});

test('one target is asked twice at most, and never when it asks for a long wait', async () => {
  await using standIn = await openLlmStandIn({ script: TEXT });
  const provider = await connect(standIn, 'openai-chat');
  const route = routeOver([{ provider, model: 'm' }], 5000);
  standIn.faults.plan({ kind: 'status', status: 500, retryAfter: '0.01', times: 9 });
  const twice = await collect(route.stream(REQUEST, never()));
  assert.equal(standIn.asks.length, 2);
  assert.equal(twice.at(-1)?.kind, 'failed');
  standIn.faults.clear();
  standIn.faults.plan({ kind: 'status', status: 429, retryAfter: '6' });
  const once = await collect(route.stream(REQUEST, never()));
  assert.equal(standIn.asks.length, 3);
  const end = once.at(-1);
  assert.equal(end?.kind === 'failed' && end.retryInMs, 6000);
});

test('a wait that goes beyond the total is not waited', async () => {
  await using standIn = await openLlmStandIn();
  standIn.faults.plan({ kind: 'status', status: 503, retryAfter: '2' });
  const provider = await connect(standIn, 'openai-chat');
  const events = await collect(routeOver([{ provider, model: 'm' }], 1000).stream(REQUEST, never()));
  assert.equal(events.at(-1)?.kind, 'failed');
  assert.equal(standIn.asks.length, 1);
});

test('garbage goes to the next target at once; what a provider refuses goes nowhere', async () => {
  await using standIn = await openLlmStandIn({ script: TEXT });
  const provider = await connect(standIn, 'openai-responses');
  const demo = { provider: openDemo({ tokensPerSecond: 0 }), model: 'demo' };
  const route = routeOver([{ provider, model: 'm' }, demo], 5000);
  standIn.faults.plan({ kind: 'html' });
  assert.match(textOf(await collect(route.stream(REQUEST, never()))), /demo model/);
  standIn.faults.plan({ kind: 'policy' });
  const refused = (await collect(route.stream(REQUEST, never()))).at(-1);
  assert.equal(refused?.kind === 'failed' && refused.fault, 'policy');
});

test('an abort while waiting for the second attempt ends at once', async () => {
  await using standIn = await openLlmStandIn();
  standIn.faults.plan({ kind: 'status', status: 500, retryAfter: '4' });
  const provider = await connect(standIn, 'openai-chat');
  const route = routeOver([{ provider, model: 'm' }], 9000);
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 80);
  const began = performance.now();
  const end = (await collect(route.stream(REQUEST, controller.signal))).at(-1);
  assert.equal(end?.kind === 'failed' && end.fault, 'aborted');
  assert.ok(performance.now() - began < 1000);
});
