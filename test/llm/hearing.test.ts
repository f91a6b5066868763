import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openLlmStandIn, type LlmStandIn } from '../../sandbox/llm/index.ts';
import { openProvider } from '../../src/llm/open.ts';
import type { Hear } from '../../src/llm/provider.ts';
import { routeOver } from '../kit/route.ts';
import { never, QUICK } from './harness.ts';

const RECORDING = { name: 'recording.mp3', mediaType: 'audio/mpeg', bytes: Buffer.from('ID3 and so on') };

async function hearing(standIn: LlmStandIn, apiKey = standIn.apiKey): Promise<Hear> {
  const baseUrl = standIn.baseUrl('openai-chat');
  const provider = await openProvider({
    protocol: 'openai-responses',
    baseUrl,
    apiKey,
    deadlines: QUICK,
    hearingModel: 'whisper',
  });
  const { hear } = routeOver([{ provider, model: 'm' }], 1_000);
  assert.ok(hear);
  return hear;
}

test('what is said in a recording is written down by the same server', async () => {
  await using standIn = await openLlmStandIn();
  standIn.speak(' Good morning. ');
  const hear = await hearing(standIn);
  assert.deepEqual(await hear(RECORDING, never()), { kind: 'text', text: 'Good morning.' });
  assert.deepEqual(standIn.recordings, [
    { model: 'whisper', name: 'recording.mp3', mediaType: 'audio/mpeg', size: RECORDING.bytes.length },
  ]);
});

test('a wrong key, a refused recording and a server in trouble are told apart, and the key is not told', async () => {
  await using standIn = await openLlmStandIn();
  const wrong = await (await hearing(standIn, 'sk-wrong-key'))(RECORDING, never());
  assert.equal(wrong.kind === 'failed' && wrong.fault, 'auth');
  assert.ok(!JSON.stringify(wrong).includes('sk-wrong-key'));
  const hear = await hearing(standIn);
  const refused = await hear({ ...RECORDING, name: 'recording.exe' }, never());
  assert.equal(refused.kind === 'failed' && refused.fault, 'bad-request');
  standIn.faults.plan({ kind: 'status', status: 503 });
  const away = await hear(RECORDING, never());
  assert.equal(away.kind === 'failed' && away.fault, 'server');
});

test('a server that is silent is not waited for longer than the first deadline, and an abort ends it at once', async () => {
  await using standIn = await openLlmStandIn();
  const hear = await hearing(standIn);
  standIn.faults.plan({ kind: 'late', delayMs: 800 });
  const late = await hear(RECORDING, never());
  assert.equal(late.kind === 'failed' && late.fault, 'stall');
  standIn.faults.plan({ kind: 'late', delayMs: 800 });
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 20);
  const ended = await hear(RECORDING, controller.signal);
  assert.equal(ended.kind === 'failed' && ended.fault, 'aborted');
});

test('OpenAI hears, another server only when a model for it is named, and Anthropic never', async () => {
  const openai = { protocol: 'openai-chat', apiKey: 'k', deadlines: QUICK } as const;
  assert.ok((await openProvider(openai)).hear);
  assert.equal((await openProvider({ ...openai, baseUrl: 'http://127.0.0.1:9/v1' })).hear, undefined);
  assert.equal((await openProvider({ ...openai, protocol: 'anthropic' })).hear, undefined);
});
