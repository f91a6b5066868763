import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openProvider } from '../../src/llm/open.ts';
import { openDemo } from '../../src/llm/demo.ts';
import { parseMarkdown } from '../../src/model/markdown.ts';
import { QUICK, REQUEST, collect, never, textOf } from './harness.ts';

test('the demo model quotes the question, counts what it sees and says how to connect a real one', async () => {
  const provider = await openProvider({ protocol: 'demo', deadlines: QUICK, demoTokensPerSecond: 0 });
  const text = textOf(await collect(provider.stream(REQUEST, never())));
  assert.match(text, /“What is 6 × 7\?”/);
  assert.match(text, /\| Messages in the conversation \| 3 \|/);
  assert.match(text, /demo model/);
  assert.match(text, /OPENAI_API_KEY/);
  const kinds = parseMarkdown(text).children.map(({ type }) => type);
  for (const kind of ['heading', 'table', 'code'] as const) assert.ok(kinds.includes(kind), kind);
});

test('it names the place in the code that a prompt talks about', async () => {
  const messages = [{ role: 'user', text: 'Comment on src/app.ts, line 12: why?' }] as const;
  const text = textOf(await collect(openDemo({ tokensPerSecond: 0 }).stream({ ...REQUEST, messages }, never())));
  assert.match(text, /`src\/app\.ts:12`/);
});

test('the same question gets the same answer, whatever markup it is made of', async () => {
  const messages = [{ role: 'user', text: '```\n# | [x](y) | <!-- ' + '@everyone '.repeat(100) }] as const;
  const ask = () => collect(openDemo({ tokensPerSecond: 0 }).stream({ ...REQUEST, messages }, never()));
  const [one, other] = [textOf(await ask()), textOf(await ask())];
  assert.equal(one, other);
  assert.equal(parseMarkdown(one).children[0]?.type, 'heading');
  assert.equal(parseMarkdown(one).children.filter(({ type }) => type === 'code').length, 1);
});

test('it streams at its speed, keeps to the limit and ends when it is told to', async () => {
  const demo = openDemo({ tokensPerSecond: 1000 });
  const events = await collect(demo.stream({ ...REQUEST, maxOutputTokens: 40 }, never()));
  assert.ok(events.filter(({ kind }) => kind === 'text').length > 2);
  assert.deepEqual(events.at(-1), { kind: 'done', reason: 'length' });
  const controller = new AbortController();
  const slow = openDemo({ tokensPerSecond: 20 });
  setTimeout(() => controller.abort(), 30);
  const end = (await collect(slow.stream(REQUEST, controller.signal))).at(-1);
  assert.equal(end?.kind === 'failed' && end.fault, 'aborted');
});

const SEARCH = {
  name: 'search_thread',
  description: 'Searches',
  parameters: {
    type: 'object',
    properties: { words: { type: 'string' }, most: { type: 'integer' } },
    required: ['words'],
  },
};

test('it calls a tool that the question names, once, and says what came of it', async () => {
  const demo = openDemo({ tokensPerSecond: 0 });
  const request = {
    ...REQUEST,
    tools: [SEARCH],
    messages: [{ role: 'user', text: 'search thread for cats' }] as const,
  };
  const events = await collect(demo.stream(request, never()));
  assert.deepEqual(events.at(-1), { kind: 'done', reason: 'tools' });
  const call = events.find((event) => event.kind === 'call')?.call;
  assert.ok(call !== undefined);
  assert.deepEqual([call.name, JSON.parse(call.arguments)], ['search_thread', { words: 'for cats' }]);
  const messages = [
    ...request.messages,
    { role: 'assistant', text: '', calls: [call] },
    { role: 'tool', call: call.id, text: 'three cats', failed: false },
  ] as const;
  const after = await collect(demo.stream({ ...request, messages }, never()));
  assert.match(textOf(after), /`search_thread`: “three cats”/);
  assert.deepEqual(after.at(-1), { kind: 'done', reason: 'stop' });
});

test('it takes arguments that are written out, and leaves tools alone that nobody names', async () => {
  const demo = openDemo({ tokensPerSecond: 0 });
  const ask = async (text: string) =>
    (await collect(demo.stream({ ...REQUEST, tools: [SEARCH], messages: [{ role: 'user', text }] }, never()))).flatMap(
      (event) => (event.kind === 'call' ? [event.call.arguments] : []),
    );
  assert.deepEqual(await ask('Use search_thread {"words": "a", "most": 3} please'), ['{"words":"a","most":3}']);
  assert.deepEqual(await ask('research_threads are fun'), []);
});
