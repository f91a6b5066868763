import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Fault } from '../../../sandbox/kit/faults.ts';
import { openInvalidCalls } from '../../../adapters/discord/invalid-calls.ts';
import { openDiscord } from '../../../adapters/discord/index.ts';
import { Failure } from '../../../src/model/failure.ts';
import { asked, nonce, openTalk, soon } from './talk.ts';
import type { Talk } from './talk.ts';

const POST = 'POST /channels/:c/messages';
let talk: Talk;
before(async () => void (talk = await openTalk()));
after(() => talk[Symbol.asyncDispose]());

async function failing(work: () => Promise<unknown>): Promise<Failure> {
  try {
    await work();
  } catch (thrown) {
    assert.ok(thrown instanceof Failure);
    const told = `${thrown.message} ${String(thrown.stack)} ${JSON.stringify(thrown)}`;
    assert.equal(told.includes((talk.discord.environment['DISCORD_TOKEN'] ?? '').split('.')[2] ?? ''), false);
    return thrown;
  }
  throw new Error('it was performed');
}

async function postUnder(fault: Omit<Fault, 'call'>, signal = soon()): Promise<Failure> {
  const { place } = await asked(talk);
  talk.discord.ledger.clear();
  talk.discord.faults.plan({ call: POST, ...fault });
  return failing(() => talk.adapter.post(talk.access, { place, text: 'x', nonce: nonce('fault') }, signal));
}

for (const [name, fault, code, performed] of [
  ['a 502 after the work', { kind: 'perform-then-fail', status: 502 }, 'unknown-outcome', 1],
  ['a 500 before the work', { kind: 'refuse', status: 500 }, 'unknown-outcome', 0],
  ['a 503', { kind: 'refuse', status: 503 }, 'unknown-outcome', 0],
  ['a cut connection', { kind: 'reset' }, 'unknown-outcome', 0],
  ['a 401', { kind: 'refuse', status: 401 }, 'unauthorized', 0],
  ['a 404 without a number', { kind: 'refuse', status: 404 }, 'refused', 0],
  ['a 413', { kind: 'refuse', status: 413 }, 'too-large', 0],
  ['a 400 without a number', { kind: 'refuse', status: 400 }, 'refused', 0],
] as const) {
  test(`${name} is ${code}, and nothing is sent a second time`, async () => {
    const failure = await postUnder(fault);
    assert.equal(failure.code, code);
    assert.equal(talk.discord.ledger.performed(POST), performed);
    assert.equal(talk.discord.ledger.entries.filter((entry) => entry.call === POST).length, 1);
  });
}

for (const [status, number, words, code] of [
  [403, 50_001, 'Missing Access', 'refused'],
  [403, 50_013, 'Missing Permissions', 'refused'],
  [404, 10_003, 'Unknown Channel', 'refused'],
  [404, 10_008, 'Unknown Message', 'gone'],
  [429, 30_046, 'Maximum number of edits to messages older than 1 hour reached. Try again later', 'closed'],
  [403, 50_007, 'Cannot send messages to this user', 'refused'],
  [400, 50_083, 'Thread is archived', 'refused'],
  [401, 50_027, 'Invalid Webhook Token', 'refused'],
  [404, 10_015, 'Unknown Webhook', 'refused'],
  [400, 40_005, 'Request entity too large', 'too-large'],
  [403, 20_028, 'Something else is forbidden', 'refused'],
  [400, 50_035, 'Invalid Form Body', 'refused'],
] as const) {
  test(`Discord's ${number} (${words}) is ${code}`, async () => {
    const { place } = await asked(talk);
    talk.discord.refuseWith(POST, status, number, words);
    const failure = await failing(() =>
      talk.adapter.post(talk.access, { place, text: 'x', nonce: nonce('number') }, soon()),
    );
    assert.equal(failure.code, code);
    assert.match(failure.message, new RegExp(`${number} ${words}`));
  });
}

test('after a 401 the token is still used for the next call', async () => {
  const { place } = await asked(talk);
  talk.discord.faults.plan({ call: POST, kind: 'refuse', status: 401 });
  const draft = { place, text: 'x', nonce: nonce('again') };
  await assert.rejects(talk.adapter.post(talk.access, draft, soon()), { code: 'unauthorized' });
  await talk.adapter.post(talk.access, draft, soon());
});

test('a 429 waits as long as its body says, to the millisecond', async () => {
  const failure = await postUnder({ kind: 'refuse', status: 429, retryAfterMs: 1234 });
  assert.equal(failure.code, 'rate-limited');
  assert.ok((failure.retryInMs ?? 0) >= 1234 && (failure.retryInMs ?? 0) < 1400, String(failure.retryInMs));
});

test('a limit that the headers announce is kept without running into it', async () => {
  await using limited = await openTalk({ limits: { calls: 2, perMs: 400 } });
  const { place } = await asked(limited);
  const send = (number: number) =>
    limited.adapter.post(limited.access, { place, text: 'x', nonce: nonce(`limit${number}`) }, soon());
  for (let number = 1; number <= 2; number += 1) await send(number);
  limited.discord.ledger.clear();
  const failure = await failing(() => send(3));
  assert.equal(failure.code, 'rate-limited');
  assert.ok((failure.retryInMs ?? 0) > 50 && (failure.retryInMs ?? 0) < 600, String(failure.retryInMs));
  assert.deepEqual(limited.discord.ledger.entries, []);
  const other = await asked(limited);
  await limited.adapter.post(limited.access, { place: other.place, text: 'x', nonce: nonce('other') }, soon());
});

test('an answer that never comes ends with the signal', async () => {
  const failure = await postUnder({ kind: 'perform-then-hang' }, AbortSignal.timeout(60));
  assert.equal(failure.code, 'aborted');
  assert.equal(talk.discord.ledger.performed(POST), 1);
});

test('a signal that has gone off already sends nothing', async () => {
  const failure = await postUnder({ kind: 'slow', delayMs: 1 }, AbortSignal.abort());
  talk.discord.faults.clear();
  assert.equal(failure.code, 'aborted');
  assert.deepEqual(talk.discord.ledger.entries, []);
});

test('reading fails as unavailable, because nothing can have been performed', async () => {
  const { place } = await asked(talk);
  talk.discord.faults.plan({ call: 'GET /channels/:c/messages', kind: 'refuse', status: 502 });
  const draft = { place, text: 'x', nonce: nonce('read') };
  assert.equal(
    (await failing(() => talk.adapter.findPost(talk.access, draft, new Date(), soon()))).code,
    'unavailable',
  );
});

test('a port where nobody listens is unavailable', async () => {
  const { place } = await asked(talk);
  const nobody = { ...talk.discord.environment, DISCORD_API_URL: 'http://127.0.0.1:9/api/v10' };
  const adapter = await openDiscord(nobody, soon());
  const failure = await failing(() => adapter.post(talk.access, { place, text: 'x', nonce: nonce('port') }, soon()));
  assert.equal(failure.code, 'unavailable');
});

test('a place of another platform is refused without showing it', async () => {
  const place = { install: 'i', channel: 'c', thread: 't', address: 'C1|secret' };
  const failure = await failing(() => talk.adapter.post(talk.access, { place, text: 'x', nonce: nonce('p') }, soon()));
  assert.equal(failure.code, 'invalid');
  assert.doesNotMatch(failure.message, /secret/);
});

test('after a thousand refused calls in ten minutes none is sent, until the first of them is old', () => {
  let now = 1_000_000;
  const invalid = openInvalidCalls(() => now);
  for (let count = 0; count < 999; count += 1) invalid.count([401, 403, 429][count % 3] ?? 401, new Headers());
  invalid.count(429, new Headers({ 'x-ratelimit-scope': 'shared' }));
  invalid.count(404, new Headers());
  invalid.check('POST /x');
  now += 60_000;
  invalid.count(403, new Headers());
  assert.throws(
    () => invalid.check('POST /x'),
    (failure: Failure) => failure.code === 'rate-limited' && failure.retryInMs === 9 * 60_000,
  );
  now += 9 * 60_000;
  invalid.check('POST /x');
});
