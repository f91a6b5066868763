import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Reply } from '../../sandbox/llm/answer.ts';
import { openLlmStandIn } from '../../sandbox/llm/index.ts';
import { anthropicBody } from '../../src/llm/anthropic-body.ts';
import { piecesOf } from '../../src/llm/carried.ts';
import type { ModelEvent, ModelRequest, PromptMessage, ToolSpec } from '../../src/llm/provider.ts';
import { PROTOCOLS, REQUEST, askOnce, collect, connect, never, textOf } from './harness.ts';

const WEATHER: ToolSpec = {
  name: 'get_weather',
  description: 'The weather in a town',
  parameters: { type: 'object', properties: { town: { type: 'string' } }, required: ['town'] },
};
const ASKED: ModelRequest = { ...REQUEST, tools: [WEATHER] };
const TWO: Reply = {
  text: 'Let me look.',
  calls: [
    { name: 'get_weather', arguments: { town: 'Zürich ⟦x⟧ 世界' } },
    { name: 'get_weather', arguments: { town: 'Bern' } },
  ],
};

const callsIn = (events: readonly ModelEvent[]) =>
  events.flatMap((event) => (event.kind === 'call' ? [event.call] : []));
const endOf = (events: readonly ModelEvent[]): string => {
  const end = events.at(-1);
  return end?.kind === 'failed' ? end.fault : end?.kind === 'done' ? end.reason : 'none';
};

for (const protocol of PROTOCOLS) {
  test(`${protocol}: calls come whole and in order, after the text, before usage and done`, async () => {
    const events = await askOnce(protocol, (standIn) => standIn.script(TWO), ASKED);
    assert.equal(textOf(events), 'Let me look.');
    const kinds = events.map(({ kind }) => kind).filter((kind) => kind !== 'text');
    assert.deepEqual(kinds, ['call', 'call', 'usage', 'done']);
    assert.deepEqual(
      callsIn(events).map(({ name, arguments: json }) => [name, JSON.parse(json)]),
      [
        ['get_weather', { town: 'Zürich ⟦x⟧ 世界' }],
        ['get_weather', { town: 'Bern' }],
      ],
    );
    assert.equal(new Set(callsIn(events).map(({ id }) => id)).size, 2);
    assert.equal(endOf(events), 'tools');
  });

  test(`${protocol}: an answer of calls alone is whole`, async () => {
    const script: Reply = { calls: [{ name: 'get_weather', arguments: { town: 'Bern' } }] };
    const events = await askOnce(protocol, (standIn) => standIn.script(script), ASKED);
    assert.equal(endOf(events), 'tools');
    assert.equal(callsIn(events).length, 1);
  });

  test(`${protocol}: a call without id gets one, a call without arguments gets an empty object`, async () => {
    const script: Reply = {
      calls: [
        { name: 'get_weather', arguments: '', id: '' },
        { name: 'get_weather', arguments: '', id: '' },
      ],
    };
    const [one, other] = callsIn(await askOnce(protocol, (standIn) => standIn.script(script), ASKED));
    assert.ok(one !== undefined && other !== undefined);
    assert.match(one.id, /^call_\w+$/);
    assert.notEqual(one.id, other.id);
    assert.deepEqual([one.arguments, other.arguments], ['{}', '{}']);
  });

  for (const kind of ['cut', 'reset', 'stall', 'malformed', 'error-event'] as const) {
    test(`${protocol}: no call is told of an answer that ends by ${kind} within one`, async () => {
      const events = await askOnce(
        protocol,
        (standIn) => {
          standIn.script(TWO);
          standIn.faults.plan({ kind, afterTokens: 9 });
        },
        ASKED,
      );
      assert.deepEqual(callsIn(events), []);
      assert.equal(events.at(-1)?.kind, 'failed');
    });
  }

  test(`${protocol}: a limit that cuts a call in two tells none of them`, async () => {
    const cut: Reply = { ...TWO, finish: 'length' };
    const events = await askOnce(protocol, (standIn) => standIn.script(cut), ASKED);
    assert.deepEqual([callsIn(events), endOf(events)], [[], 'length']);
    const { calls = [] } = TWO;
    const silent = await askOnce(protocol, (standIn) => standIn.script({ calls, finish: 'length' }), ASKED);
    assert.deepEqual([callsIn(silent), endOf(silent)], [[], 'garbage']);
  });

  test(`${protocol}: the server sees the tools, and with the next request each call with its answer`, async () => {
    await using standIn = await openLlmStandIn({ script: TWO });
    const provider = await connect(standIn, protocol);
    const calls = callsIn(await collect(provider.stream(ASKED, never())));
    const [one, other] = calls;
    assert.ok(one !== undefined && other !== undefined);
    standIn.script('It rains.');
    const messages: readonly PromptMessage[] = [
      ...ASKED.messages,
      { role: 'assistant', text: 'Let me look.', calls },
      { role: 'tool', call: one.id, text: 'rain', failed: false },
      { role: 'tool', call: other.id, text: 'no such town', failed: true },
      { role: 'user', text: 'And now?' },
    ];
    const events = await collect(provider.stream({ ...ASKED, messages }, never()));
    assert.equal(textOf(events), 'It rains.', JSON.stringify(events.at(-1)));
    const failed = protocol === 'anthropic' ? { text: 'no such town', failed: true } : { text: 'Error: no such town' };
    assert.deepEqual(standIn.asks[1]?.messages.slice(3), [
      { role: 'assistant', text: 'Let me look.', calls },
      { role: 'tool', call: one.id, text: 'rain' },
      { role: 'tool', call: other.id, ...failed },
      { role: 'user', text: 'And now?' },
    ]);
    assert.deepEqual(standIn.asks[1]?.tools, [WEATHER]);
  });

  test(`${protocol}: a call that another server made, or that is no JSON, can be given back`, async () => {
    await using standIn = await openLlmStandIn({ script: 'Well.' });
    const provider = await connect(standIn, protocol);
    const id = protocol === 'openai-chat' ? 'functions.get_weather:0' : `functions.get_weather:0 ${'x'.repeat(80)}`;
    const messages: readonly PromptMessage[] = [
      { role: 'user', text: 'Weather?' },
      { role: 'assistant', text: '', calls: [{ id, name: 'get_weather', arguments: '{"town": ' }] },
      { role: 'tool', call: id, text: 'these arguments are no JSON', failed: true },
    ];
    const events = await collect(provider.stream({ ...ASKED, messages }, never()));
    assert.equal(textOf(events), 'Well.', JSON.stringify(events.at(-1)));
    const said = standIn.asks[0]?.messages[1];
    const json = said?.role === 'assistant' ? said.calls?.[0]?.arguments : undefined;
    assert.deepEqual(JSON.parse(json ?? ''), { INVALID_JSON: '{"town": ' });
  });

  test(`${protocol}: a call without an answer is refused by the stand-in, in the vendor’s words`, async () => {
    await using standIn = await openLlmStandIn();
    const provider = await connect(standIn, protocol);
    const calls = [{ id: 'call_1', name: 'get_weather', arguments: '{}' }];
    for (const messages of [
      [
        { role: 'user', text: 'x' },
        { role: 'assistant', text: '', calls },
        { role: 'user', text: 'y' },
      ],
      [
        { role: 'user', text: 'x' },
        { role: 'assistant', text: 'z' },
        { role: 'tool', call: 'call_1', text: 'y', failed: false },
      ],
    ] as const) {
      const [end] = await collect(provider.stream({ ...ASKED, messages }, never()));
      assert.equal(end?.kind === 'failed' && end.fault, 'bad-request');
      assert.match(JSON.stringify(end), /tool|call/);
    }
  });
}

for (const protocol of ['openai-responses', 'anthropic'] as const) {
  test(`${protocol}: thoughts go back to the model that had them, before what they led to, and to no other`, async () => {
    await using standIn = await openLlmStandIn({ script: { ...TWO, thoughts: 'They want the weather.' } });
    const provider = await connect(standIn, protocol);
    const events = await collect(provider.stream(ASKED, never()));
    const carried = events.find((event) => event.kind === 'carried')?.carried;
    assert.ok(carried !== undefined);
    const calls = callsIn(events);
    standIn.script('It rains.');
    const messages: readonly PromptMessage[] = [
      { role: 'user', text: 'Weather?' },
      { role: 'assistant', text: 'Let me look.', calls, carried },
      ...calls.map(({ id }) => ({ role: 'tool', call: id, text: 'rain', failed: false }) as const),
    ];
    const next = await collect(provider.stream({ ...ASKED, messages }, never()));
    assert.equal(textOf(next), 'It rains.', JSON.stringify(next.at(-1)));
    const other = await collect(provider.stream({ ...ASKED, model: 'another-model', messages }, never()));
    assert.equal(textOf(other), 'It rains.', JSON.stringify(other.at(-1)));
    const thoughts = standIn.asks.slice(1).map(({ messages: [, said] }) => said?.role === 'assistant' && said.thoughts);
    assert.deepEqual(thoughts, [['They want the weather.'], undefined]);
    const body = JSON.stringify(standIn.asks[1]?.body);
    assert.ok(body.indexOf(protocol === 'anthropic' ? '"thinking"' : '"reasoning"') < body.indexOf('Let me look.'));
  });
}

test('thoughts that led to nothing that was kept are not given back', () => {
  const to = { provider: 'p', model: 'm' };
  const carried = { ...to, items: [{ sealed: 1 }, { place: 'text' }, { sealed: 2 }, { place: 'call', id: 'gone' }] };
  const said = { role: 'assistant', text: 'Yes.', carried } as const;
  assert.deepEqual(piecesOf(said, to), [
    { kind: 'sealed', item: 1 },
    { kind: 'text', text: 'Yes.' },
  ]);
  assert.deepEqual(piecesOf(said, { ...to, model: 'other' }), [{ kind: 'text', text: 'Yes.' }]);
  assert.deepEqual(piecesOf({ ...said, text: '' }, to), []);
});

test('openai-responses: thoughts are asked for sealed, and not again of a model that has none', async () => {
  await using standIn = await openLlmStandIn({ script: 'Yes.' });
  const provider = await connect(standIn, 'openai-responses');
  for (let round = 0; round < 2; round += 1) {
    assert.equal(textOf(await collect(provider.stream({ ...REQUEST, model: 'gpt-4o' }, never()))), 'Yes.');
  }
  assert.equal(textOf(await collect(provider.stream(REQUEST, never()))), 'Yes.');
  const included = standIn.asks.map(({ body }) => body['include']);
  assert.deepEqual(included, [undefined, undefined, ['reasoning.encrypted_content']]);
  assert.equal(standIn.ledger.entries.filter(({ status }) => status === 400).length, 1);
});

test('anthropic: the prompt is kept for the next round once tools were used, and not before', () => {
  const user: PromptMessage = { role: 'user', text: 'How is it?' };
  const call = { id: 'c1', name: 'get_weather', arguments: '{}' };
  const round: PromptMessage[] = [
    { role: 'assistant', text: '', calls: [call] },
    { role: 'tool', call: 'c1', text: 'fine', failed: false },
  ];
  assert.equal(anthropicBody({ ...ASKED, messages: [user] }, 'anthropic').cache_control, undefined);
  assert.deepEqual(anthropicBody({ ...ASKED, messages: [user, ...round] }, 'anthropic').cache_control, {
    type: 'ephemeral',
  });
});
