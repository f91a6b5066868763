import assert from 'node:assert/strict';
import { test } from 'node:test';
import { receive } from '../../../adapters/github/receive.ts';
import { BOT, SECRET, issueComment, signed } from './signed.ts';

const take = (request: Parameters<typeof receive>[0], secret = SECRET) => receive(request, secret, BOT);
const PAYLOAD = issueComment('created');

test('a genuine delivery is kept whole under the GUID that GitHub gave it', () => {
  const request = signed('issue_comment', PAYLOAD);
  const { response, delivery } = take(request);
  assert.equal(response.status, 200);
  assert.equal(delivery?.id, '72d3162e-cc78-11e3-81ab-4c9367dc0958');
  assert.deepEqual(delivery.raw, request.body);
  assert.equal(delivery.events.length, 1);
});

const sha1Only = { 'x-hub-signature-256': undefined, 'x-hub-signature': 'sha1=00' };
for (const [what, headers, status] of [
  ['no signature', { 'x-hub-signature-256': undefined }, 401],
  ['only the old SHA-1 signature', sha1Only, 401],
  ['an empty signature', { 'x-hub-signature-256': '' }, 401],
  ['a signature without its algorithm', { 'x-hub-signature-256': 'ab'.repeat(32) }, 401],
  ['a signature of the right length', { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` }, 401],
  ['a signature that is too long', { 'x-hub-signature-256': `sha256=${'0'.repeat(66)}` }, 401],
  ['a signature of letters beyond ASCII', { 'x-hub-signature-256': `sha256=${'é'.repeat(64)}` }, 401],
  ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
  ['no content type', { 'content-type': undefined }, 415],
  ['no event name', { 'x-github-event': undefined }, 400],
  ['an event name that is none', { 'x-github-event': '../etc' }, 400],
  ['no delivery id', { 'x-github-delivery': undefined }, 400],
  ['a delivery id of 201 characters', { 'x-github-delivery': 'a'.repeat(201) }, 400],
] as const) {
  test(`${what} is refused with ${status}, and nothing is kept`, () => {
    const { response, delivery } = take(signed('issue_comment', PAYLOAD, headers));
    assert.equal(response.status, status);
    assert.equal(delivery, undefined);
    assert.ok(!response.body.includes(SECRET));
  });
}

test('a content type with a charset is JSON too', () => {
  const headers = { 'content-type': 'Application/JSON; charset=utf-8' };
  assert.equal(take(signed('issue_comment', PAYLOAD, headers)).response.status, 200);
});

test('a body that was changed by one byte is refused', () => {
  const request = signed('issue_comment', PAYLOAD);
  const body = Uint8Array.from(request.body);
  body[body.length - 1] = 0x20;
  assert.equal(take({ ...request, body }).response.status, 401);
});

test('another secret is refused', () => {
  assert.equal(take(signed('issue_comment', PAYLOAD), 'another').response.status, 401);
});

for (const body of ['', '{', '[]', 'null', '"text"', '['.repeat(100_000)]) {
  test(`a signed body that is no object is refused with 400: ${body.slice(0, 10)}`, () => {
    assert.equal(take(signed('issue_comment', body)).response.status, 400);
  });
}

test('a signed body that is not UTF-8 is refused with 400', () => {
  assert.equal(take(signed('issue_comment', Buffer.from('{"a":"\xff"}', 'latin1'))).response.status, 400);
});

test('anything but POST is refused with 405', () => {
  assert.equal(take({ ...signed('ping', {}), method: 'GET' }).response.status, 405);
});

test('a ping and events that nobody reads are taken, with the reason why nothing is done', () => {
  for (const name of ['ping', 'star', 'constructor', '__proto__']) {
    const { response, delivery } = take(signed(name, { zen: 'Speak like a human.' }));
    assert.equal(response.status, 200);
    assert.deepEqual(delivery?.events, [{ kind: 'ignored', reason: `${name}: the bot does nothing on this event` }]);
  }
});
