import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import type { FailureCode } from '../../../src/model/failure.ts';
import { Failure } from '../../../src/model/failure.ts';
import { never } from './signed.ts';
import { openTalk, partsOf } from './talk.ts';

const talk = await openTalk();
const { slack, adapter, access, draft, newPlace } = talk;
const { history } = partsOf(adapter);
after(() => talk[Symbol.asyncDispose]());
beforeEach(() => {
  slack.faults.clear();
  slack.ledger.clear();
});

const errors: readonly [error: string, code: FailureCode][] = [
  ['channel_not_found', 'refused'],
  ['is_archived', 'refused'],
  ['not_in_channel', 'refused'],
  ['thread_not_found', 'refused'],
  ['message_not_found', 'gone'],
  ['invalid_auth', 'unauthorized'],
  ['token_revoked', 'unauthorized'],
  ['account_inactive', 'unauthorized'],
  ['missing_scope', 'unauthorized'],
  ['ratelimited', 'rate-limited'],
  ['edit_window_closed', 'closed'],
  ['msg_too_long', 'too-large'],
  ['internal_error', 'unknown-outcome'],
  ['fatal_error', 'unknown-outcome'],
  ['restricted_action', 'refused'],
];
for (const [error, code] of errors) {
  test(`Slack’s ${error} is ${code}`, async () => {
    const place = await newPlace();
    slack.refuseWith('chat.postMessage', error);
    await assert.rejects(adapter.post(access, draft(place, 'x'), never), {
      code,
      message: `chat.postMessage: ${error}`,
    });
  });
}

const faults: readonly [
  what: string,
  fault: Parameters<typeof slack.faults.plan>[0],
  code: FailureCode,
  wait?: number,
][] = [
  ['a 429', { call: '*', kind: 'refuse', status: 429, retryAfterMs: 2000 }, 'rate-limited', 2000],
  ['a 500', { call: '*', kind: 'refuse', status: 500 }, 'unknown-outcome'],
  ['a 503', { call: '*', kind: 'refuse', status: 503 }, 'unknown-outcome'],
  ['a 500 after the work', { call: '*', kind: 'perform-then-fail' }, 'unknown-outcome'],
  ['a cut connection', { call: '*', kind: 'reset' }, 'unknown-outcome'],
];
for (const [what, fault, code, wait] of faults) {
  test(`${what} is ${code}, and nothing is tried twice`, async () => {
    const place = await newPlace();
    slack.faults.plan(fault);
    await assert.rejects(adapter.post(access, draft(place, 'x'), never), (thrown) => {
      return thrown instanceof Failure && thrown.code === code && thrown.retryInMs === wait;
    });
    assert.equal(slack.ledger.entries.filter(({ call }) => call === 'chat.postMessage').length, 1);
  });
}

test('reading that fails may always be done again', async () => {
  const place = await newPlace();
  slack.faults.plan({ call: 'conversations.replies', kind: 'refuse', status: 500 });
  await assert.rejects(history(access, place, { after: undefined, most: 5 }, never), { code: 'unavailable' });
});

test('a call that is hanging ends when its signal does', async () => {
  const place = await newPlace();
  slack.faults.plan({ call: '*', kind: 'perform-then-hang' });
  await assert.rejects(adapter.post(access, draft(place, 'x'), AbortSignal.timeout(50)), { code: 'aborted' });
});

test('nobody listening is surely nothing done', async () => {
  const closed = await openTalk();
  const place = await closed.newPlace();
  await closed[Symbol.asyncDispose]();
  await assert.rejects(closed.adapter.post(closed.access, draft(place, 'x'), never), { code: 'unavailable' });
});
