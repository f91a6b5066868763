import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import type { TestContext } from 'node:test';
import { openGithub } from '../../../adapters/github/index.ts';
import { refusal } from '../../../adapters/github/errors.ts';
import { Failure } from '../../../src/model/failure.ts';
import type { Fault } from '../../../sandbox/kit/faults.ts';
import { asked, nonce, openHub, soon } from './hub.ts';
import type { Hub } from './hub.ts';

const POST = 'POST /repos/:o/:r/issues/:n/comments';

let hub: Hub;
before(async () => {
  hub = await openHub();
  // The installation's token is there before anything is counted.
  await hub.adapter.fetchAttachment(hub.access, `${hub.github.url}/none`, 1, soon()).catch(() => undefined);
});
after(() => hub[Symbol.asyncDispose]());

async function failsWith(fault: Omit<Fault, 'call'>, signal = soon()): Promise<Failure> {
  const { place } = await asked(hub, () => hub.github.comment({ text: 'hm' }));
  hub.github.faults.clear();
  hub.github.ledger.clear();
  hub.github.faults.plan({ call: POST, ...fault });
  try {
    await hub.adapter.post(hub.access, { place, text: 'x', nonce: nonce('fault') }, signal);
  } catch (thrown) {
    assert.ok(thrown instanceof Failure);
    return thrown;
  }
  throw new Error('it was performed');
}

for (const [name, fault, code, performed] of [
  ['a 502 after the work', { kind: 'perform-then-fail', status: 502 }, 'unknown-outcome', 1],
  ['a 500 before the work', { kind: 'refuse', status: 500 }, 'unknown-outcome', 0],
  ['a cut connection', { kind: 'reset' }, 'unknown-outcome', 0],
  ['a 403 for a missing permission', { kind: 'refuse', status: 403 }, 'unauthorized', 0],
  ['a 404', { kind: 'refuse', status: 404 }, 'refused', 0],
  ['a 410', { kind: 'refuse', status: 410 }, 'refused', 0],
  ['a 422', { kind: 'refuse', status: 422 }, 'refused', 0],
] as const) {
  test(`${name} is ${code}, and nothing is sent a second time`, async () => {
    const failure = await failsWith(fault);
    assert.equal(failure.code, code);
    assert.equal(hub.github.ledger.performed(POST), performed);
    assert.equal(hub.github.ledger.entries.filter((entry) => entry.call === POST).length, 1);
  });
}

for (const status of [403, 429]) {
  test(`a ${status} with Retry-After waits as long as it says`, async () => {
    const failure = await failsWith({ kind: 'refuse', status, retryAfterMs: 2500 });
    assert.equal(failure.code, 'rate-limited');
    assert.equal(failure.retryInMs, 2500);
  });
}

test('a 429 that names no time waits a minute', async () => {
  const failure = await failsWith({ kind: 'refuse', status: 429 });
  assert.deepEqual([failure.code, failure.retryInMs], ['rate-limited', 60_000]);
});

test('the primary limit waits until it is reset', async () => {
  await using limited = await openHub({ callsPerHour: 1 });
  const { place } = await asked(limited, () => limited.github.comment({ text: 'hm' }));
  const draft = { place, text: 'x', nonce: nonce('limit') };
  await limited.adapter.post(limited.access, draft, soon());
  await assert.rejects(limited.adapter.post(limited.access, draft, soon()), (failure: Failure) => {
    assert.equal(failure.code, 'rate-limited');
    assert.ok((failure.retryInMs ?? 0) > 3_500_000 && (failure.retryInMs ?? 0) <= 3_602_000);
    return true;
  });
});

test('the limit of content writes is told apart from a missing permission', async () => {
  await using limited = await openHub({ contentPerMinute: 1 });
  const { place } = await asked(limited, () => limited.github.comment({ text: 'hm' }));
  const draft = { place, text: 'x', nonce: nonce('limit') };
  await limited.adapter.post(limited.access, draft, soon());
  await assert.rejects(limited.adapter.post(limited.access, draft, soon()), (failure: Failure) => {
    assert.equal(failure.code, 'rate-limited');
    assert.ok((failure.retryInMs ?? 0) > 50_000);
    return true;
  });
});

test('an answer that never comes ends with the signal, and then it is ours', async () => {
  const failure = await failsWith({ kind: 'perform-then-hang' }, AbortSignal.timeout(60));
  assert.equal(failure.code, 'aborted');
  assert.equal(hub.github.ledger.performed(POST), 1);
});

test('a signal that has gone off already sends nothing', async () => {
  const failure = await failsWith({ kind: 'slow', delayMs: 1 }, AbortSignal.abort());
  assert.equal(failure.code, 'aborted');
  assert.deepEqual(hub.github.ledger.entries, []);
});

test('reading fails as unavailable, because nothing can have been performed', async () => {
  const { place } = await asked(hub, () => hub.github.comment({ text: 'hm' }));
  hub.github.faults.clear();
  hub.github.faults.plan({ call: '*', kind: 'refuse', status: 502 });
  const draft = { place, text: 'x', nonce: nonce('read') };
  await assert.rejects(hub.findPost(hub.access, draft, new Date(), soon()), { code: 'unavailable' });
});

/** Makes every token older than a moment, without waiting for it. */
function later(context: TestContext): void {
  context.mock.timers.enable({ apis: ['Date'], now: Date.now() + 6000 });
}

test('a token that is taken back is replaced, and the comment is written once', async (context) => {
  const { place } = await asked(hub, () => hub.github.comment({ text: 'hm' }));
  hub.github.faults.clear();
  hub.github.ledger.clear();
  later(context);
  hub.github.expireTokens();
  await hub.adapter.post(hub.access, { place, text: 'x', nonce: nonce('token') }, soon());
  assert.equal(hub.github.ledger.performed(POST), 1);
});

test('an installation whose tokens are refused again and again is unauthorized; one that was removed refuses', async (context) => {
  await using other = await openHub();
  const { place } = await asked(other, () => other.github.comment({ text: 'hm' }));
  const draft = { place, text: 'x', nonce: nonce('auth') };
  await other.adapter.post(other.access, draft, soon());
  other.github.ledger.clear();
  later(context);
  other.github.faults.plan({ call: POST, kind: 'refuse', status: 401, times: 9 });
  await assert.rejects(other.adapter.post(other.access, draft, soon()), { code: 'unauthorized' });
  assert.ok(other.github.ledger.entries.filter((entry) => entry.call === POST).length <= 2);
  const stranger = { install: '999', secret: undefined };
  await assert.rejects(other.adapter.post(stranger, draft, soon()), { code: 'refused' });
});

test('a token that is too new to be known everywhere is given a second', async () => {
  await using other = await openHub();
  const { place } = await asked(other, () => other.github.comment({ text: 'hm' }));
  other.github.faults.plan({ call: POST, kind: 'refuse', status: 401 });
  await other.adapter.post(other.access, { place, text: 'x', nonce: nonce('young') }, soon());
  assert.equal(other.github.ledger.performed(POST), 1);
  assert.equal(other.github.ledger.performed('POST /app/installations/:id/access_tokens'), 1);
});

test('a lost answer while making a token leaves nothing in doubt', async () => {
  await using other = await openHub();
  const { place } = await asked(other, () => other.github.comment({ text: 'hm' }));
  other.github.faults.plan({ call: 'POST /app/installations/:id/access_tokens', kind: 'perform-then-fail' });
  const draft = { place, text: 'x', nonce: nonce('doubt') };
  await assert.rejects(other.adapter.post(other.access, draft, soon()), { code: 'unavailable' });
});

test('a port where nobody listens is unavailable', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise<void>((resolve) => void server.close(() => resolve()));
  assert.ok(address !== null && typeof address !== 'string');
  const environment = { ...hub.github.environment, GITHUB_API_URL: `http://127.0.0.1:${address.port}` };
  const nobody = await openGithub(environment, soon());
  const { place } = await asked(hub, () => hub.github.comment({ text: 'hm' }));
  const posting = nobody.post(hub.access, { place, text: 'x', nonce: nonce('port') }, soon());
  await assert.rejects(posting, { code: 'unavailable' });
});

test('no failure names a token or key', async () => {
  const failure = await failsWith({ kind: 'refuse', status: 403 });
  const told = `${failure.message} ${String(failure.stack)} ${JSON.stringify(failure)}`;
  assert.doesNotMatch(told, /ghs_|BEGIN|bearer/i);
  assert.equal(failure.cause, 403);
});

for (const [status, message, code] of [
  [403, 'Unable to create comment because issue is locked.', 'refused'],
  [403, 'Repository was archived so is read-only.', 'refused'],
  [403, 'You have exceeded a secondary rate limit.', 'rate-limited'],
  [413, 'Payload too large', 'too-large'],
  [451, 'Repository access blocked', 'refused'],
  [400, 'Problems parsing JSON', 'refused'],
  [301, 'Moved Permanently', 'refused'],
] as const) {
  test(`${status} "${message}" is ${code}`, () => {
    const answer = { status, headers: new Headers(), text: JSON.stringify({ message }) };
    assert.equal(refusal('POST /x', answer).code, code);
  });
}
