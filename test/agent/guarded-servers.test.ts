import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openLlmStandIn, type LlmStandIn } from '../../sandbox/llm/index.ts';
import { askBy, openGuardedServers } from '../../src/agent/guarded-servers.ts';
import { openTarget } from '../../src/agent/models.ts';
import { openCheckedFetch } from '../../src/agent/tools/mcp/checked-fetch.ts';
import { DEFAULT_ORGANIZATION } from '../../src/db/apps.ts';
import type { ReadTarget } from '../../src/db/targets.ts';
import { openProvider } from '../../src/llm/open.ts';
import type { ModelEvent, Provider } from '../../src/llm/provider.ts';
import { FREE } from '../../src/llm/price.ts';
import { testKeys } from '../kit/connections.ts';
import { OTHER_ORGANIZATION } from '../kit/console.ts';

const DEADLINES = { firstTokenMs: 2_000, idleMs: 2_000, totalMs: 5_000 };
const MESSAGES = [{ role: 'user', text: 'hi' }] as const;

let model: LlmStandIn;
before(async () => void (model = await openLlmStandIn({ script: 'hello' })));
after(async () => model[Symbol.asyncDispose]());

const row = (given: Partial<ReadTarget>): ReadTarget => ({
  name: 'mine',
  origin: 'console',
  protocol: 'openai-chat',
  model: 'm',
  baseUrl: 'https://models.example/v1',
  sealedKey: null,
  hearingModel: null,
  embeddingModel: null,
  tools: true,
  sees: false,
  windowTokens: 128_000,
  maxOutputTokens: 1_000,
  region: null,
  retention: 'kept',
  price: FREE,
  quality: 0.5,
  qualityFor: {},
  changedMs: 0,
  ...given,
});

async function last(provider: Provider): Promise<ModelEvent | undefined> {
  const events: ModelEvent[] = [];
  const request = { model: 'm', system: '', messages: MESSAGES, maxOutputTokens: 100, safetyId: undefined };
  for await (const event of provider.stream(request, AbortSignal.timeout(5_000))) events.push(event);
  return events.at(-1);
}

test('a server’s name is looked at for every connection: once it leads inside, nothing is asked of it', async () => {
  const leads = { to: ['203.0.113.7', '10.0.0.7'] };
  const asked: string[] = [];
  const resolve = (host: string) => {
    asked.push(host);
    return Promise.resolve(leads.to);
  };
  using guard = openGuardedServers({ allowPrivate: false, resolve });
  const options = { configured: new Map(), deadlines: DEADLINES, keys: testKeys, fetchOf: guard.fetchOf };
  for (const protocol of ['openai-chat', 'openai-responses'] as const) {
    const { provider } = await openTarget(options, OTHER_ORGANIZATION, row({ protocol }));
    for (leads.to of [['203.0.113.7', '10.0.0.7'], ['169.254.169.254'], ['::ffff:127.0.0.1']]) {
      const event = await last(provider);
      assert.equal(event?.kind, 'failed');
      assert.match(JSON.stringify(event), /models\.example is not in the public internet/);
    }
  }
  assert.equal(asked.length, 6);
  // An address that is none to look up is refused as well.
  for (const baseUrl of ['https://10.0.0.7/v1', 'https://[::1]/v1', model.baseUrl('openai-chat')]) {
    const { provider } = await openTarget(options, OTHER_ORGANIZATION, row({ baseUrl }));
    assert.equal((await last(provider))?.kind, 'failed', baseUrl);
  }
  assert.deepEqual(model.asks, []);
});

test('the operator’s own organization, and what the configuration names, may stand beside the hub; all may where the operator says so', async () => {
  const baseUrl = model.baseUrl('openai-chat');
  const configured = new Map([['mine', { apiKey: model.apiKey, demoAnswer: undefined }]]);
  const options = { configured, deadlines: DEADLINES, keys: testKeys };
  for (const [allowPrivate, organization, origin] of [
    [false, DEFAULT_ORGANIZATION, 'file'],
    [false, OTHER_ORGANIZATION, 'file'],
    [true, OTHER_ORGANIZATION, 'file'],
  ] as const) {
    using guard = openGuardedServers({ allowPrivate });
    const { provider } = await openTarget(
      { ...options, fetchOf: guard.fetchOf },
      organization,
      row({ baseUrl, origin }),
    );
    assert.equal((await last(provider))?.kind, 'done');
  }
  using closed = openGuardedServers({ allowPrivate: false });
  using open = openGuardedServers({ allowPrivate: true });
  assert.equal(closed.fetchOf(DEFAULT_ORGANIZATION), undefined);
  assert.equal(open.fetchOf(OTHER_ORGANIZATION), undefined);
  assert.notEqual(closed.fetchOf(OTHER_ORGANIZATION), undefined);
});

test('through the guard answers flow and recordings are sent as they are elsewhere', async () => {
  using checked = openCheckedFetch({ allowPrivate: true });
  const provider = await openProvider({
    protocol: 'openai-chat',
    baseUrl: model.baseUrl('openai-chat'),
    apiKey: model.apiKey,
    hearingModel: 'hears',
    deadlines: DEADLINES,
    ask: askBy(checked),
  });
  assert.equal((await last(provider))?.kind, 'done');
  const bytes = new TextEncoder().encode('Good morning.');
  const heard = await provider.hear?.({ name: 'a.wav', mediaType: 'audio/wav', bytes }, AbortSignal.timeout(5_000));
  assert.equal(heard?.kind, 'text', JSON.stringify(heard));
});
