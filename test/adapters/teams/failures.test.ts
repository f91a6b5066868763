import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import type { FailureCode } from '../../../src/model/failure.ts';
import { Failure } from '../../../src/model/failure.ts';
import { never, openTalk } from './talk.ts';

const talk = await openTalk();
after(() => talk[Symbol.asyncDispose]());
const { teams, adapter, access, draft, newPlace } = talk;
beforeEach(() => {
  teams.faults.clear();
  teams.ledger.clear();
});

const errors: readonly [status: number, name: string, code: FailureCode, wait?: number][] = [
  [400, 'BadSyntax', 'refused'],
  [401, 'Unauthorized', 'unauthorized'],
  [403, 'BotDisabledByAdmin', 'unauthorized'],
  [403, 'BotNotInConversationRoster', 'refused'],
  [403, 'ConversationBlockedByUser', 'refused'],
  [404, 'ConversationNotFound', 'refused'],
  [404, 'ActivityNotFoundInConversation', 'gone'],
  [404, 'NotFound', 'refused'],
  [412, 'PreconditionFailed', 'rate-limited', 2000],
  [413, 'MessageSizeTooBig', 'too-large'],
  [429, 'TooManyRequests', 'rate-limited', 2000],
  [500, 'ServiceError', 'unknown-outcome'],
  [502, 'ServiceError', 'unknown-outcome'],
  [503, 'ServiceUnavailable', 'unknown-outcome'],
  [504, 'GatewayTimeout', 'unknown-outcome'],
];
for (const [status, name, code, wait] of errors) {
  test(`Teams’ ${status} ${name} is ${code}`, async () => {
    const place = await newPlace();
    // A 401 is answered by one more try with a new token.
    for (let times = 0; times < 2; times += 1) teams.refuseWith('sendActivity', status, name);
    if (status !== 401) await adapter.post(access, draft(place, 'x'), never).catch(() => undefined);
    await assert.rejects(adapter.post(access, draft(place, 'x'), never), (thrown) => {
      assert.ok(thrown instanceof Failure);
      assert.deepEqual([thrown.code, thrown.retryInMs], [code, wait]);
      assert.equal(thrown.message, `POST activity: ${status} ${name}`);
      return true;
    });
  });
}

const faults: readonly [
  what: string,
  fault: Parameters<typeof teams.faults.plan>[0],
  code: FailureCode,
  wait?: number,
][] = [
  [
    'a 429 with a time',
    { call: 'sendActivity', kind: 'refuse', status: 429, retryAfterMs: 7000 },
    'rate-limited',
    7000,
  ],
  ['a 500 after the work', { call: 'sendActivity', kind: 'perform-then-fail' }, 'unknown-outcome'],
  ['a cut connection', { call: 'sendActivity', kind: 'reset' }, 'unknown-outcome'],
];
for (const [what, fault, code, wait] of faults) {
  test(`${what} is ${code}, and nothing is tried twice`, async () => {
    const place = await newPlace();
    teams.faults.plan(fault);
    await assert.rejects(adapter.post(access, draft(place, 'x'), never), (thrown) => {
      return thrown instanceof Failure && thrown.code === code && thrown.retryInMs === wait;
    });
    assert.equal(teams.ledger.entries.filter(({ call }) => call === 'sendActivity').length, 1);
  });
}

const tokenFaults: readonly [what: string, fault: Parameters<typeof teams.faults.plan>[0], code: FailureCode][] = [
  ['is away', { call: 'token', kind: 'refuse', status: 503 }, 'unavailable'],
  ['cuts the connection', { call: 'token', kind: 'reset' }, 'unavailable'],
  ['fails after its work', { call: 'token', kind: 'perform-then-fail' }, 'unavailable'],
  ['has a limit', { call: 'token', kind: 'refuse', status: 429 }, 'rate-limited'],
];
for (const [what, fault, code] of tokenFaults) {
  test(`when the token endpoint ${what}, nothing was sent: ${code}`, async () => {
    await using talk = await openTalk();
    const place = await talk.newPlace();
    talk.teams.faults.plan(fault);
    await assert.rejects(talk.adapter.post(talk.access, talk.draft(place, 'x'), never), { code });
    assert.equal(talk.teams.ledger.performed('sendActivity'), 0);
    await talk.adapter.post(talk.access, talk.draft(place, 'x'), never);
  });
}

test('a wrong password is unauthorized, and is not in the message', async () => {
  await using talk = await openTalk({}, () => ({ MicrosoftAppPassword: 'a-wrong-password' }));
  const place = await talk.newPlace();
  await assert.rejects(talk.adapter.post(talk.access, talk.draft(place, 'x'), never), (thrown) => {
    assert.ok(thrown instanceof Failure && thrown.code === 'unauthorized');
    assert.match(thrown.message, /invalid_client: check MicrosoftAppId/);
    return !thrown.message.includes('a-wrong-password');
  });
});

test('a bot that was put out of a conversation is refused there', async () => {
  await using talk = await openTalk();
  const place = await talk.newPlace();
  await talk.teams.uninstall();
  await assert.rejects(talk.adapter.post(talk.access, talk.draft(place, 'x'), never), { code: 'refused' });
});

test('Teams’ own limits are kept to by waiting as long as it says', async () => {
  await using talk = await openTalk({ limits: [{ most: 2, withinMs: 60 }] });
  const place = await talk.newPlace();
  const post = () => talk.adapter.post(talk.access, talk.draft(place, 'x'), never);
  await post();
  await post();
  const failure = await post().catch((thrown: unknown) => thrown);
  assert.ok(failure instanceof Failure && failure.code === 'rate-limited');
  await new Promise((resolve) => setTimeout(resolve, failure.retryInMs));
  await post();
});

test('a call that is hanging ends when its signal does', async () => {
  const place = await newPlace();
  teams.faults.plan({ call: 'sendActivity', kind: 'perform-then-hang' });
  await assert.rejects(adapter.post(access, draft(place, 'x'), AbortSignal.timeout(50)), { code: 'aborted' });
});

test('nobody listening is surely nothing done', async () => {
  // Port 1 is tcpmux, which nobody runs.
  await using talk = await openTalk({}, ({ TEAMS_ALLOWED_HOSTS }) => ({
    TEAMS_ALLOWED_HOSTS: `${TEAMS_ALLOWED_HOSTS}, 127.0.0.1:1`,
  }));
  const place = await talk.newPlace();
  const address = JSON.stringify({ ...JSON.parse(place.address), serviceUrl: 'http://127.0.0.1:1/' });
  await assert.rejects(talk.adapter.post(talk.access, talk.draft({ ...place, address }, 'x'), never), {
    code: 'unavailable',
  });
});
