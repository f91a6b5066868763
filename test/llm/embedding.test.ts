import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openLlmStandIn, type LlmStandIn } from '../../sandbox/llm/index.ts';
import { embedderOf } from '../../src/llm/embedder.ts';
import { openProvider, type ProviderSettings } from '../../src/llm/open.ts';
import { costOf } from '../../src/llm/price.ts';
import type { Embed, Provider } from '../../src/llm/provider.ts';
import { signsOf } from '../../src/llm/signs.ts';
import { freeTarget, routeOver } from '../kit/route.ts';
import { never, QUICK } from './harness.ts';

function opened(standIn: LlmStandIn, more: Partial<ProviderSettings> = {}): Promise<Provider> {
  const at = { baseUrl: standIn.baseUrl('openai-chat'), apiKey: standIn.apiKey, deadlines: QUICK };
  return openProvider({ protocol: 'openai-chat', embeddingModel: 'text-embedding-3-small', ...at, ...more });
}

async function embedding(standIn: LlmStandIn, more: Partial<ProviderSettings> = {}): Promise<Embed> {
  const { embed } = routeOver([{ provider: await opened(standIn, more), model: 'm' }], 1_000);
  assert.ok(embed);
  return embed;
}

async function bitsOf(embed: Embed, ...texts: readonly string[]): Promise<readonly string[]> {
  const told = await embed.bitsOf(texts, never());
  assert.ok(told.kind === 'bits', JSON.stringify(told));
  return told.bits;
}

const apart = (one = '', other = ''): number => Array.from(one).filter((sign, index) => sign !== other[index]).length;

test('texts that share words have more signs alike than others, and the same text has the same', async () => {
  await using standIn = await openLlmStandIn();
  const embed = await embedding(standIn);
  const [one, near, far, again] = await bitsOf(embed, 'a red car', 'a red bike', 'lunch at noon', 'a red car');
  assert.equal(one?.length, 1_024);
  assert.equal(apart(one, again), 0);
  assert.ok(apart(one, near) < 400, `${apart(one, near)}`);
  assert.ok(apart(one, far) > 450, `${apart(one, far)}`);
  assert.equal(standIn.ledger.performed('embeddings'), 1);
  assert.equal(standIn.embeddingAsks[0]?.dimensions, 1_024);
});

test('the usage is told, and other models are not asked for another length', async () => {
  await using standIn = await openLlmStandIn();
  const embed = await embedding(standIn, { embeddingModel: 'nomic-embed-text', protocol: 'openai-responses' });
  const told = await embed.bitsOf(['twelve chars'], never());
  assert.equal(told.kind === 'bits' && told.usage?.inputTokens, 3);
  assert.equal(standIn.embeddingAsks[0]?.dimensions, 1_536);
});

test('a wrong key, a refused text, a server in trouble and one that is silent are told apart, and no key is told', async () => {
  await using standIn = await openLlmStandIn();
  const wrong = await (await embedding(standIn, { apiKey: 'sk-wrong-key' })).bitsOf(['a'], never());
  assert.equal(wrong.kind === 'failed' && wrong.fault, 'auth');
  assert.ok(!JSON.stringify(wrong).includes('sk-wrong-key'));
  const embed = await embedding(standIn);
  const refused = await embed.bitsOf([''], never());
  assert.equal(refused.kind === 'failed' && refused.fault, 'bad-request');
  standIn.faults.plan({ kind: 'status', status: 503 });
  const away = await embed.bitsOf(['a'], never());
  assert.equal(away.kind === 'failed' && away.fault, 'server');
  standIn.faults.plan({ kind: 'late', delayMs: 800 });
  const late = await embed.bitsOf(['a'], never());
  assert.equal(late.kind === 'failed' && late.fault, 'stall');
  const ended = await embed.bitsOf(['a'], AbortSignal.abort());
  assert.equal(ended.kind === 'failed' && ended.fault, 'aborted');
});

test('OpenAI tells what texts mean, another server only when a model for it is named, and Anthropic never', async () => {
  const settings = { apiKey: 'k', deadlines: QUICK };
  const models = await Promise.all([
    openProvider({ ...settings, protocol: 'openai-responses' }),
    openProvider({ ...settings, protocol: 'openai-chat', baseUrl: 'http://127.0.0.1:9/v1' }),
    openProvider({ ...settings, protocol: 'openai-chat', baseUrl: 'http://127.0.0.1:9/v1', embeddingModel: 'bge-m3' }),
    openProvider({ ...settings, protocol: 'anthropic' }),
  ]);
  assert.deepEqual(
    models.map(({ embed }) => embed?.model),
    ['text-embedding-3-small', undefined, 'bge-m3', undefined],
  );
});

test('a route takes the first that can at a known price: the catalogue’s, or what was set for the target', async () => {
  const settings = { apiKey: 'k', deadlines: QUICK };
  const genuine = await openProvider({ ...settings, protocol: 'openai-chat' });
  const own = await openProvider({
    ...settings,
    protocol: 'openai-chat',
    baseUrl: 'http://127.0.0.1:9/v1',
    embeddingModel: 'x',
  });
  const { price: _price, ...unpriced } = freeTarget(own, 'm', 'unpriced');
  const found = embedderOf([{ ...unpriced, price: undefined }, freeTarget(genuine, 'm', 'genuine')]);
  assert.equal(found?.name, 'genuine');
  const million = { inputTokens: 1e6, cachedInputTokens: 0, cacheWriteTokens: 0, outputTokens: 0, reasoningTokens: 0 };
  assert.ok((costOf(found.price, million) ?? 0) > 0);
  const free = embedderOf([freeTarget(own)]);
  assert.equal(free && costOf(free.price, million), 0);
});

test('a vector is its signs: a longer one is cut, a shorter one begins anew at its end', () => {
  assert.equal(signsOf([1, -1, 0]).slice(0, 7), '1001001');
  const long = Array.from({ length: 1_536 }, (_, index) => (index < 1_024 ? -1 : 1));
  assert.equal(signsOf(long), '0'.repeat(1_024));
});
