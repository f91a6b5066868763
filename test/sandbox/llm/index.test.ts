import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openLlmStandIn } from '../../../sandbox/llm/index.ts';
import type { LlmStandIn } from '../../../sandbox/llm/index.ts';

const MESSAGES = [{ role: 'user', content: 'How are you?' }];
const CALLS = {
  'openai-chat': {
    path: '/v1/chat/completions',
    body: { messages: MESSAGES, stream_options: { include_usage: true } },
  },
  'openai-responses': { path: '/v1/responses', body: { input: MESSAGES } },
  anthropic: { path: '/v1/messages', body: { messages: MESSAGES, max_tokens: 100 } },
} as const;
type Protocol = keyof typeof CALLS;

function call(standIn: LlmStandIn, protocol: Protocol, stream: boolean, key = standIn.apiKey): Promise<Response> {
  const { path, body } = CALLS[protocol];
  return fetch(`${standIn.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'anthropic-version': '2026-10-21', 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'm', stream, ...body }),
  });
}

/** The events of a stream: name and data. */
function eventsOf(text: string): { name: string | undefined; data: string }[] {
  return text
    .trimEnd()
    .split('\n\n')
    .map((frame) => ({ name: /^event: (.*)$/m.exec(frame)?.[1], data: /^data: (.*)$/m.exec(frame)?.[1] ?? '' }));
}

test('without the key nothing is answered, and the refusal has the protocol’s own shape', async () => {
  await using standIn = await openLlmStandIn();
  for (const protocol of ['openai-chat', 'openai-responses', 'anthropic'] as const) {
    const response = await call(standIn, protocol, true, 'wrong');
    assert.equal(response.status, 401);
    const { error } = (await response.json()) as { error: { type: string; code?: string } };
    assert.equal(
      protocol === 'anthropic' ? error.type : error.code,
      protocol === 'anthropic' ? 'authentication_error' : 'invalid_api_key',
    );
  }
  assert.equal(standIn.asks.length, 0);
  assert.ok(standIn.ledger.entries.every(({ performed, status }) => !performed && status === 401));
});

test('Chat Completions streams unnamed events that end with [DONE]', async () => {
  await using standIn = await openLlmStandIn({ script: 'one two' });
  const response = await call(standIn, 'openai-chat', true);
  assert.match(response.headers.get('content-type') ?? '', /^text\/event-stream/);
  const events = eventsOf(await response.text());
  assert.ok(events.every(({ name }) => name === undefined));
  assert.equal(events.at(-1)?.data, '[DONE]');
  const usage = JSON.parse(events.at(-2)?.data ?? '');
  assert.deepEqual(usage.choices, []);
  assert.equal(usage.usage.completion_tokens, 2);
});

test('Responses numbers its events and ends with the whole response', async () => {
  await using standIn = await openLlmStandIn({ script: 'one two' });
  const events = eventsOf(await (await call(standIn, 'openai-responses', true)).text());
  const read = events.map(({ data }) => JSON.parse(data));
  assert.deepEqual(
    read.map(({ sequence_number: number }) => number),
    read.map((_, index) => index),
  );
  assert.deepEqual(
    events.map(({ name }) => name),
    read.map(({ type }) => type),
  );
  assert.equal(read.at(-1).type, 'response.completed');
  assert.equal(read.at(-1).response.output[0].content[0].text, 'one two');
});

test('Messages names its events, with a ping among them, and ends with message_stop', async () => {
  await using standIn = await openLlmStandIn({ script: 'one two' });
  const names = eventsOf(await (await call(standIn, 'anthropic', true)).text()).map(({ name }) => name);
  assert.equal(names[0], 'message_start');
  assert.ok(names.includes('ping'));
  assert.equal(names.at(-1), 'message_stop');
});

test('a request without streaming gets the whole answer at once', async () => {
  await using standIn = await openLlmStandIn({ script: 'Fine.' });
  const json = async (protocol: Protocol) => JSON.stringify(await (await call(standIn, protocol, false)).json());
  assert.match(await json('openai-chat'), /"object":"chat.completion",.*"content":"Fine\."/);
  assert.match(await json('openai-responses'), /"type":"output_text","text":"Fine\."/);
  assert.match(await json('anthropic'), /"content":\[\{"type":"text","text":"Fine\."\}\]/);
});

test('a script sees what was asked, and the default answer speaks of it', async () => {
  await using standIn = await openLlmStandIn();
  assert.match(await (await call(standIn, 'anthropic', false)).text(), /How are you\?/);
  standIn.script(({ protocol, messages }) => `${protocol}: ${messages.length}`);
  assert.match(await (await call(standIn, 'openai-responses', false)).text(), /openai-responses: 1/);
  assert.equal(standIn.asks[0]?.messages[0]?.text, 'How are you?');
  assert.equal(standIn.ledger.performed('anthropic'), 1);
});

test('a body that the real server would refuse is refused with 400', async () => {
  await using standIn = await openLlmStandIn();
  for (const body of [
    '{',
    '[]',
    '{"model":"m"}',
    '{"model":"m","messages":[]}',
    '{"messages":[{"role":"user","content":"x"}]}',
  ]) {
    const headers = { authorization: `Bearer ${standIn.apiKey}` };
    const response = await fetch(`${standIn.url}/v1/chat/completions`, { method: 'POST', headers, body });
    assert.equal(response.status, 400, body);
  }
});

test('tokens come at the speed that was set', async () => {
  await using standIn = await openLlmStandIn({ script: 'word '.repeat(10), tokensPerSecond: 200 });
  const began = performance.now();
  await (await call(standIn, 'openai-chat', true)).text();
  assert.ok(performance.now() - began >= 45, `${performance.now() - began} ms`);
});

test('closing ends connections that are still open', async () => {
  const standIn = await openLlmStandIn();
  standIn.faults.plan({ kind: 'stall', afterTokens: 1 });
  const response = await call(standIn, 'anthropic', true);
  assert.equal(standIn.open(), 1);
  await standIn[Symbol.asyncDispose]();
  await assert.rejects(response.text());
});

test('a scripted call streams in pieces and without streaming comes whole, with the protocol’s own finish', async () => {
  const calls = [{ name: 'look_up', arguments: { word: 'a rather long word' }, id: 'call_1' }];
  await using standIn = await openLlmStandIn({ script: { calls } });
  const [chat, messages] = await Promise.all(
    (['openai-chat', 'anthropic'] as const).map(async (protocol) => (await call(standIn, protocol, true)).text()),
  );
  assert.ok((chat?.match(/"tool_calls":\[/g) ?? []).length > 2);
  assert.match(chat ?? '', /"finish_reason":"tool_calls"/);
  assert.ok((messages?.match(/"input_json_delta"/g) ?? []).length > 2);
  assert.match(messages ?? '', /"stop_reason":"tool_use"/);
  const whole = await (await call(standIn, 'openai-responses', false)).text();
  assert.match(whole, /"type":"function_call".*"call_id":"call_1".*a rather long word/);
});

test('Messages whose roles do not take turns are refused', async () => {
  await using standIn = await openLlmStandIn();
  const post = (messages: readonly object[]): Promise<Response> =>
    fetch(`${standIn.url}/v1/messages`, {
      method: 'POST',
      headers: { 'x-api-key': standIn.apiKey, 'anthropic-version': '2026-10-21' },
      body: JSON.stringify({ model: 'm', max_tokens: 5, messages }),
    });
  const [user, assistant] = [
    { role: 'user', content: 'x' },
    { role: 'assistant', content: 'y' },
  ];
  assert.match(await (await post([user, user])).text(), /roles must alternate/);
  assert.match(await (await post([assistant])).text(), /first message must use/);
  assert.equal((await post([user, assistant, user])).status, 200);
});
