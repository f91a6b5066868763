import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { openProvider } from '../../src/llm/open.ts';
import type { ModelEvent } from '../../src/llm/provider.ts';
import { QUICK, REQUEST, collect, never, textOf } from './harness.ts';

const delta = (delta: object, finish: string | null = null, rest: object = {}): object => ({
  choices: [{ index: 0, delta, finish_reason: finish }],
  ...rest,
});

/** What is read of a server that sends these chunks. */
async function readOf(chunks: readonly object[]): Promise<ModelEvent[]> {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(`${chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('')}data: [DONE]\n\n`);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const baseUrl = `http://127.0.0.1:${port}/v1`;
  try {
    const provider = await openProvider({ protocol: 'openai-chat', baseUrl, deadlines: QUICK });
    return await collect(provider.stream(REQUEST, never()));
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const callsIn = (events: readonly ModelEvent[]) =>
  events.flatMap((event) => (event.kind === 'call' ? [[event.call.name, event.call.arguments]] : []));

test('Groq’s usage is found where Groq puts it', async () => {
  const usage = { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 };
  const events = await readOf([delta({ content: 'Hi' }), delta({}, 'stop', { x_groq: { id: 'req_1', usage } })]);
  const told = events.find((event) => event.kind === 'usage')?.usage;
  assert.deepEqual([told?.inputTokens, told?.outputTokens], [10, 2]);
});

test('usage of an unknown shape does not make an answer fail', async () => {
  const events = await readOf([delta({ content: 'Hi' }), delta({}, 'stop'), { choices: [], usage: 'a lot' }]);
  assert.deepEqual(events, [
    { kind: 'text', text: 'Hi' },
    { kind: 'done', reason: 'stop' },
  ]);
});

test('Azure’s first chunk, about its filter and without choices, is passed over', async () => {
  const events = await readOf([
    { choices: [], prompt_filter_results: [{ prompt_index: 0 }] },
    delta({ content: 'Hi' }),
    { choices: null },
    delta({}, 'stop'),
  ]);
  assert.equal(textOf(events), 'Hi');
});

test('calls without index, with arguments as an object, or that end by “stop” are calls', async () => {
  const whole = (id: string) => ({ id, type: 'function', function: { name: 'f', arguments: { x: id } } });
  const events = await readOf([
    delta({ tool_calls: [whole('a')] }),
    delta({ tool_calls: [whole('b')] }),
    delta({}, 'stop'),
  ]);
  assert.deepEqual(callsIn(events), [
    ['f', '{"x":"a"}'],
    ['f', '{"x":"b"}'],
  ]);
  assert.deepEqual(events.at(-1), { kind: 'done', reason: 'tools' });
});

test('an end by “tool_calls” without any call is garbage, and with a text it is an answer', async () => {
  const [end] = await readOf([delta({}, 'tool_calls')]);
  assert.equal(end?.kind === 'failed' && end.fault, 'garbage');
  const events = await readOf([delta({ content: 'Hi' }), delta({}, 'tool_calls')]);
  assert.deepEqual(events.at(-1), { kind: 'done', reason: 'stop' });
});

test('arguments without end are stopped', async () => {
  const piece = delta({ tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: 'x'.repeat(20_000) } }] });
  const events = await readOf([piece, piece, piece, delta({}, 'tool_calls')]);
  const end = events.at(-1);
  assert.equal(end?.kind === 'failed' && end.fault, 'garbage');
});
