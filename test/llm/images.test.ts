import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Ask } from '../../sandbox/llm/ask.ts';
import { openLlmStandIn } from '../../sandbox/llm/index.ts';
import { UNSEEN } from '../../src/llm/images.ts';
import { openProvider } from '../../src/llm/open.ts';
import type { ModelRequest, PromptImage } from '../../src/llm/provider.ts';
import type { RouteRequest } from '../../src/llm/route-request.ts';
import { routeOver } from '../kit/route.ts';
import { PNG } from '../kit/files.ts';
import { collect, never, PROTOCOLS, QUICK, REQUEST, textOf } from './harness.ts';

const GIF = Buffer.from('GIF89a\x01\x00\x01\x00\x80\x00\x00', 'latin1');
const png: PromptImage = { mediaType: 'image/png', bytes: PNG, digest: 'a' };
const gif: PromptImage = { mediaType: 'image/gif', bytes: GIF, digest: 'b' };
const ASKED: ModelRequest = {
  ...REQUEST,
  messages: [
    { role: 'user', text: 'First this', images: [gif] },
    { role: 'assistant', text: 'A dot.' },
    { role: 'user', text: 'And these?', images: [png, gif] },
  ],
};

const imagesIn = (said: Ask['messages'][number]) => (said.role === 'user' ? (said.images ?? []) : []);

for (const protocol of PROTOCOLS) {
  const opened = async (sees?: boolean) => {
    const standIn = await openLlmStandIn();
    const { apiKey } = standIn;
    const at = { protocol, baseUrl: standIn.baseUrl(protocol), apiKey, deadlines: QUICK };
    return { standIn, provider: await openProvider({ ...at, sees }) };
  };
  const routed = async (sees?: boolean) => {
    const { standIn, provider } = await opened(sees);
    return { standIn, route: routeOver([{ provider, model: 'm' }], 3_000) };
  };
  const { model: _, ...request } = ASKED;
  const sent: RouteRequest = request;

  test(`${protocol}: images go in the protocol’s own form, whole, in order, with their message`, async () => {
    const { standIn, provider } = await opened(true);
    await using _ = standIn;
    const events = await collect(provider.stream(ASKED, never()));
    assert.equal(events.at(-1)?.kind, 'done');
    const [ask] = standIn.asks;
    const shown = ask?.messages.map((said) => [
      said.role,
      said.text,
      imagesIn(said).map(({ mediaType, bytes }) => [mediaType, bytes.toString('hex')]),
    ]);
    assert.deepEqual(shown, [
      ['user', 'First this', [['image/gif', GIF.toString('hex')]]],
      ['assistant', 'A dot.', []],
      [
        'user',
        'And these?',
        [
          ['image/png', PNG.toString('hex')],
          ['image/gif', GIF.toString('hex')],
        ],
      ],
    ]);
  });

  test(`${protocol}: bytes that are a part of a larger buffer go alone`, async () => {
    const { standIn, provider } = await opened(true);
    await using _ = standIn;
    const within = new Uint8Array(Buffer.concat([Buffer.from('before'), GIF, Buffer.from('after')])).subarray(
      6,
      6 + GIF.length,
    );
    const image: PromptImage = { ...gif, bytes: within };
    await collect(provider.stream({ ...ASKED, messages: [{ role: 'user', text: 'x', images: [image] }] }, never()));
    assert.deepEqual(standIn.asks[0]?.messages.flatMap(imagesIn)[0]?.bytes, GIF);
  });

  test(`${protocol}: a model that does not see is told in words`, async () => {
    const { standIn, route } = await routed(false);
    await using _ = standIn;
    assert.equal(route.sees, false);
    await collect(route.stream(sent, never()));
    assert.deepEqual(standIn.asks[0]?.messages, [
      { role: 'user', text: `First this\n\n${UNSEEN}` },
      { role: 'assistant', text: 'A dot.' },
      { role: 'user', text: `And these?\n\n${UNSEEN}\n\n${UNSEEN}` },
    ]);
  });

  test(`${protocol}: a server that refuses the images is asked once more without them`, async () => {
    const { standIn, route } = await routed(true);
    await using _ = standIn;
    standIn.faults.plan({ kind: 'status', status: 400 });
    standIn.script('An answer.');
    const events = await collect(route.stream(sent, never()));
    assert.equal(textOf(events), 'An answer.');
    assert.deepEqual(
      standIn.asks.map(({ messages }) => messages.some((said) => imagesIn(said).length > 0)),
      [true, false],
    );
  });

  test(`${protocol}: words that are refused are not asked again`, async () => {
    const { standIn, route } = await routed(true);
    await using _ = standIn;
    standIn.faults.plan({ kind: 'status', status: 400, times: 9 });
    const events = await collect(route.stream({ ...sent, messages: [{ role: 'user', text: 'x' }] }, never()));
    assert.equal(events.at(-1)?.kind, 'failed');
    assert.equal(standIn.asks.length, 1);
  });
}

test('the stand-in refuses an image that is not what it is said to be', async () => {
  await using standIn = await openLlmStandIn();
  const baseUrl = standIn.baseUrl('anthropic');
  const provider = await openProvider({
    protocol: 'anthropic',
    baseUrl,
    apiKey: standIn.apiKey,
    deadlines: QUICK,
    sees: true,
  });
  const wrong: PromptImage = { ...png, bytes: GIF };
  const [end] = await collect(
    provider.stream({ ...ASKED, messages: [{ role: 'user', text: 'x', images: [wrong] }] }, never()),
  );
  assert.equal(end?.kind === 'failed' && end.fault, 'bad-request');
});

test('the vendors’ own models see, the demo does not, and of another server that has to be said', async () => {
  const openai = { protocol: 'openai-chat', apiKey: 'k', deadlines: QUICK } as const;
  assert.equal((await openProvider(openai)).sees, true);
  assert.equal((await openProvider({ ...openai, sees: false })).sees, false);
  assert.equal((await openProvider({ ...openai, protocol: 'openai-responses' })).sees, true);
  assert.equal((await openProvider({ ...openai, protocol: 'anthropic' })).sees, true);
  assert.equal((await openProvider({ ...openai, baseUrl: 'http://127.0.0.1:9/v1' })).sees, false);
  assert.equal((await openProvider({ protocol: 'demo', deadlines: QUICK })).sees, false);
});
