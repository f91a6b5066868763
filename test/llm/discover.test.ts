import assert from 'node:assert/strict';
import type { RequestListener } from 'node:http';
import { after, before, test } from 'node:test';
import { openLlmStandIn, type LlmStandIn } from '../../sandbox/llm/index.ts';
import { discoverModels } from '../../src/llm/discover.ts';
import { Failure, type FailureCode } from '../../src/model/failure.ts';
import { openListener } from '../kit/listen.ts';

let server: LlmStandIn;
before(async () => {
  server = await openLlmStandIn();
});
after(() => server[Symbol.asyncDispose]());

const isFailure = (thrown: unknown, code?: FailureCode): thrown is Failure =>
  thrown instanceof Failure && (code === undefined || thrown.code === code);

const soon = () => AbortSignal.timeout(2_000);

for (const protocol of ['openai-chat', 'openai-responses', 'anthropic'] as const)
  test(`a server says by ${protocol} which models can be talked with, the newest first`, async () => {
    const asked = { protocol, baseUrl: server.baseUrl(protocol), apiKey: server.apiKey };
    assert.deepEqual(await discoverModels(asked, soon()), {
      models: ['stand-in-2', 'stand-in-1'],
      suggested: 'stand-in-2',
    });
  });

test('a key that is not taken is said so, and is not in what is said', async () => {
  const asked = { protocol: 'openai-chat', baseUrl: server.baseUrl('openai-chat'), apiKey: 'sk-wrong' } as const;
  await assert.rejects(discoverModels(asked, soon()), (thrown) => {
    assert.ok(isFailure(thrown, 'unauthorized'));
    return !thrown.message.includes('sk-wrong');
  });
});

test('of what a vendor has, what is quick and good enough is suggested, and what cannot talk is left out', async () => {
  const ids = ['gpt-6-pro-audio', 'gpt-6', 'gpt-6-mini', 'text-embedding-4', 'whisper-2'];
  await using listener = await openListener((_request, response) =>
    response.end(JSON.stringify({ data: ids.map((id) => ({ id })) })),
  );
  const found = await discoverModels({ protocol: 'openai-chat', baseUrl: listener.url }, soon());
  assert.deepEqual(found, { models: ['gpt-6', 'gpt-6-mini'], suggested: 'gpt-6-mini' });
});

test('an Ollama that knows only its own list is understood', async () => {
  await using listener = await openListener(({ url }, response) => {
    response.statusCode = url === '/api/tags' ? 200 : 404;
    response.end(JSON.stringify(url === '/api/tags' ? { models: [{ name: 'llama4:8b' }] } : {}));
  });
  const found = await discoverModels({ protocol: 'openai-chat', baseUrl: `${listener.url}/v1` }, soon());
  assert.deepEqual(found, { models: ['llama4:8b'], suggested: 'llama4:8b' });
});

test('a redirect is not followed, a page is no list, a flood is cut, and silence says what to look at', async () => {
  const answers: Record<string, RequestListener> = {
    redirect: (_request, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
    page: (_request, response) => response.end('<html>Please sign in</html>'),
    flood: (_request, response) => response.end(JSON.stringify({ data: [], more: 'x'.repeat(2_100_000) })),
  };
  const messages = await Promise.all(
    Object.entries(answers).map(async ([name, answer]) => {
      await using listener = await openListener(answer);
      const asked = discoverModels({ protocol: 'openai-chat', baseUrl: listener.url }, soon());
      return await asked.then(
        () => `${name}: taken`,
        (thrown: unknown) => `${name}: ${isFailure(thrown) ? thrown.code : String(thrown)}`,
      );
    }),
  );
  assert.deepEqual(messages, ['redirect: refused', 'page: refused', 'flood: too-large']);
  await using closed = await openListener((_request, response) => void response.socket?.destroy());
  await assert.rejects(
    discoverModels({ protocol: 'openai-chat', baseUrl: closed.url }, soon()),
    (thrown) => isFailure(thrown, 'refused') && /cannot be reached/.test(thrown.message),
  );
  await assert.rejects(
    discoverModels({ protocol: 'openai-chat', baseUrl: 'http://models.example.com' }, soon()),
    (thrown) => isFailure(thrown, 'invalid'),
  );
});
