import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openLlmStandIn } from '../../sandbox/llm/index.ts';
import { Failure } from '../../src/model/failure.ts';
import { openProvider } from '../../src/llm/open.ts';
import { PROTOCOLS, QUICK, REQUEST, askOnce, collect, connect, never, soon, textOf } from './harness.ts';

const TOKENS = { input: 100, cached: 40, written: 7, output: 20, reasoning: 5 };

for (const protocol of PROTOCOLS) {
  test(`${protocol}: the answer comes in order, then usage once, then done`, async () => {
    const text = Array.from({ length: 200 }, (_, index) => `word${index} `).join('');
    const events = await askOnce(protocol, (standIn) => standIn.script(text));
    assert.equal(textOf(events), text);
    assert.deepEqual(
      events.slice(-2).map(({ kind }) => kind),
      ['usage', 'done'],
    );
    assert.equal(events.filter(({ kind }) => kind === 'usage').length, 1);
    assert.deepEqual(events.at(-1), { kind: 'done', reason: 'stop' });
  });

  test(`${protocol}: cached, written and thinking tokens are each counted once`, async () => {
    const events = await askOnce(protocol, (standIn) => standIn.script({ text: 'Yes.', tokens: TOKENS }));
    assert.deepEqual(events.at(-2), {
      kind: 'usage',
      usage: { inputTokens: 100, cachedInputTokens: 40, cacheWriteTokens: 7, outputTokens: 20, reasoningTokens: 5 },
    });
  });

  test(`${protocol}: an answer that reaches the limit is done by length`, async () => {
    const script = 'one two three four five';
    const events = await askOnce(protocol, (standIn) => standIn.script(script), { ...REQUEST, maxOutputTokens: 3 });
    assert.equal(textOf(events), 'one two three ');
    assert.deepEqual(events.at(-1), { kind: 'done', reason: 'length' });
  });

  test(`${protocol}: characters cut in two by the network arrive whole`, async () => {
    const text = 'Grüße, 世界! 👩‍👩‍👧‍👦 ⟦x⟧ '.repeat(5);
    await using standIn = await openLlmStandIn({ script: text, chunkBytes: 7 });
    const provider = await connect(standIn, protocol, { ...QUICK, firstTokenMs: 3000, totalMs: 5000 });
    assert.equal(textOf(await collect(provider.stream(REQUEST, never()))), text);
  });

  test(`${protocol}: the server sees the system text, the whole conversation, the limit and the pseudonym`, async () => {
    await using standIn = await openLlmStandIn();
    const provider = await connect(standIn, protocol);
    await collect(provider.stream(REQUEST, never()));
    const [ask] = standIn.asks;
    assert.equal(ask?.system, 'Be short.');
    assert.deepEqual(ask?.messages, REQUEST.messages);
    assert.equal(ask?.maxOutputTokens, 500);
    assert.equal(ask?.stream, true);
    if (protocol === 'openai-responses') assert.equal(ask?.body['store'], false);
    const pseudonym = JSON.stringify(ask?.body).includes('pseudonym');
    // Servers that merely speak the chat protocol may refuse fields that they do not know.
    assert.equal(pseudonym, protocol !== 'openai-chat');
  });

  test(`${protocol}: an abort ends the stream and closes the connection`, async () => {
    await using standIn = await openLlmStandIn({ script: 'word '.repeat(1000), tokensPerSecond: 100 });
    const provider = await connect(standIn, protocol);
    const controller = new AbortController();
    const events = [];
    for await (const event of provider.stream(REQUEST, controller.signal)) {
      events.push(event);
      if (events.length === 3) controller.abort();
    }
    assert.deepEqual(events.at(-1)?.kind === 'failed' && events.at(-1), {
      kind: 'failed',
      fault: 'aborted',
      message: 'ended while the model was answering',
      retryInMs: undefined,
    });
    assert.ok(await soon(() => standIn.open() === 0), 'the connection is still open');
  });

  test(`${protocol}: who stops listening closes the connection`, async () => {
    await using standIn = await openLlmStandIn({ script: 'word '.repeat(1000), tokensPerSecond: 100 });
    const provider = await connect(standIn, protocol);
    for await (const event of provider.stream(REQUEST, never())) if (event.kind === 'text') break;
    assert.ok(await soon(() => standIn.open() === 0));
  });

  test(`${protocol}: a signal that has fired makes no request`, async () => {
    await using standIn = await openLlmStandIn();
    const provider = await connect(standIn, protocol);
    const [only, ...rest] = await collect(provider.stream(REQUEST, AbortSignal.abort()));
    assert.equal(only?.kind === 'failed' && only.fault, 'aborted');
    assert.deepEqual(rest, []);
    assert.equal(standIn.ledger.entries.length, 0);
  });
}

test('a base address that is neither encrypted nor local is refused, and so is one that holds a password', async () => {
  for (const baseUrl of [
    'http://models.example/v1',
    'nonsense',
    'https://user:pass@models.example/v1',
    'file:///etc',
  ]) {
    const opened = openProvider({ protocol: 'openai-chat', baseUrl, apiKey: 'k', deadlines: QUICK });
    await assert.rejects(opened, (thrown) => thrown instanceof Failure && thrown.code === 'invalid');
  }
});

test('a missing key is refused by the name of its variable', async () => {
  await assert.rejects(openProvider({ protocol: 'anthropic', deadlines: QUICK }), /ANTHROPIC_API_KEY/);
  await assert.rejects(openProvider({ protocol: 'openai-chat', apiKey: ' ', deadlines: QUICK }), /OPENAI_API_KEY/);
});

test('a server of one’s own needs no key, and has its host for a name unless it is given one', async () => {
  const local = { protocol: 'openai-chat', baseUrl: 'http://127.0.0.1:9/v1', deadlines: QUICK } as const;
  assert.equal((await openProvider(local)).name, '127.0.0.1');
  assert.equal((await openProvider({ ...local, name: 'ollama' })).name, 'ollama');
});
