import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import type { LlmFault } from '../../sandbox/llm/faults.ts';
import type { ModelFault } from '../../src/llm/provider.ts';
import { openProvider } from '../../src/llm/open.ts';
import { PATIENT, PROTOCOLS, QUICK, REQUEST, askOnce, collect, never, textOf } from './harness.ts';

const TEXT = 'one two three four five six seven eight';
const BEGINNING = 'one two three ';

type Case = {
  readonly name: string;
  readonly fault: LlmFault;
  readonly ends: ModelFault | 'done';
  readonly retryInMs?: number;
  readonly text?: string;
  /** It is about a deadline. */
  readonly quick?: true;
};

const CASES: readonly Case[] = [
  { name: '429 without a time', fault: { kind: 'status', status: 429 }, ends: 'rate' },
  { name: '429 with a time', fault: { kind: 'status', status: 429, retryAfter: '7' }, ends: 'rate', retryInMs: 7000 },
  {
    name: '429 for an hour',
    fault: { kind: 'status', status: 429, retryAfter: '3600' },
    ends: 'rate',
    retryInMs: 3_600_000,
  },
  { name: '500', fault: { kind: 'status', status: 500 }, ends: 'server' },
  { name: '503', fault: { kind: 'status', status: 503, retryAfter: '0.5' }, ends: 'server', retryInMs: 500 },
  { name: '529', fault: { kind: 'status', status: 529 }, ends: 'server' },
  { name: '400', fault: { kind: 'status', status: 400 }, ends: 'bad-request' },
  { name: 'a redirect', fault: { kind: 'status', status: 307 }, ends: 'bad-request' },
  { name: 'a refused key', fault: { kind: 'auth' }, ends: 'auth' },
  { name: 'a prompt that is too long', fault: { kind: 'context' }, ends: 'context' },
  { name: 'a reset before the answer', fault: { kind: 'reset-at-once' }, ends: 'connection' },
  { name: 'HTML with status 200', fault: { kind: 'html' }, ends: 'garbage' },
  { name: 'a first byte that is late', fault: { kind: 'late', delayMs: 900 }, ends: 'stall', quick: true },
  { name: 'silence in mid-stream', fault: { kind: 'stall' }, ends: 'stall', text: BEGINNING },
  { name: 'an end without terminator', fault: { kind: 'cut' }, ends: 'connection', text: BEGINNING },
  { name: 'a reset in mid-stream', fault: { kind: 'reset' }, ends: 'connection', text: BEGINNING },
  { name: 'an event that is no JSON', fault: { kind: 'malformed' }, ends: 'garbage', text: BEGINNING },
  { name: 'an event of another shape', fault: { kind: 'odd' }, ends: 'garbage', text: BEGINNING },
  { name: 'an error in mid-stream', fault: { kind: 'error-event' }, ends: 'server', text: BEGINNING },
  { name: 'a content filter', fault: { kind: 'policy' }, ends: 'policy', text: TEXT },
  { name: 'an empty answer', fault: { kind: 'empty' }, ends: 'garbage' },
  { name: 'endless repetition', fault: { kind: 'endless' }, ends: 'garbage' },
  { name: 'a slow drip', fault: { kind: 'drip', delayMs: 30 }, ends: 'done', text: TEXT },
  { name: 'a drip that goes beyond the total', fault: { kind: 'drip', delayMs: 140 }, ends: 'stall', quick: true },
  { name: 'a connection that stays open after the end', fault: { kind: 'open-end' }, ends: 'done', text: TEXT },
];

for (const protocol of PROTOCOLS) {
  test(`${protocol}: every fault ends in one event that names it`, { concurrency: true }, async (t) => {
    await Promise.all(
      CASES.map(({ name, fault, ends, retryInMs, text, quick }) =>
        t.test(name, async () => {
          const long = name.includes('total') ? TEXT.repeat(4) : TEXT;
          const began = performance.now();
          const events = await askOnce(
            protocol,
            (standIn) => {
              standIn.script(long);
              standIn.faults.plan(fault);
            },
            REQUEST,
            quick ? QUICK : PATIENT,
          );
          const end = events.at(-1);
          assert.equal(end?.kind === 'failed' ? end.fault : end?.kind, ends, JSON.stringify(end));
          assert.equal(events.filter(({ kind }) => kind === 'failed' || kind === 'done').length, 1);
          if (text !== undefined) assert.equal(textOf(events), text);
          if (end?.kind === 'failed') {
            assert.equal(end.retryInMs, retryInMs);
            assert.ok(end.message.length > 0 && !end.message.includes('sk-standin'), end.message);
          }
          assert.ok(performance.now() - began < PATIENT.totalMs + 1000, 'it took longer than its deadlines');
        }),
      ),
    );
  });

  test(`${protocol}: a server that is not there is a connection fault, at once`, async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    await new Promise((resolve) => server.close(resolve));
    const path = protocol === 'anthropic' ? '' : '/v1';
    const baseUrl = `http://127.0.0.1:${port}${path}`;
    const provider = await openProvider({ protocol, baseUrl, apiKey: 'sk-standin-secret', deadlines: QUICK });
    const [end] = await collect(provider.stream(REQUEST, never()));
    assert.equal(end?.kind === 'failed' && end.fault, 'connection');
    assert.doesNotMatch(JSON.stringify(end), /secret/);
  });
}

test('usage that is known before a failure is reported before it', async () => {
  const events = await askOnce('anthropic', (standIn) => {
    standIn.script({ text: TEXT, tokens: { input: 900 } });
    standIn.faults.plan({ kind: 'reset' });
  });
  const usage = events.at(-2);
  assert.equal(usage?.kind === 'usage' && usage.usage.inputTokens, 900);
});
