import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure } from '../../../src/model/failure.ts';
import { listing } from '../../../adapters/slack/listing.ts';
import { envelope, never, openAdapter, receive, SECRET, signed } from './signed.ts';

const adapter = await openAdapter();
const mention = JSON.stringify(
  envelope({ type: 'app_mention', user: 'U1', ts: '1700000000.000100', text: '<@UBOT> hi', channel: 'C1' }),
);

const signatures: readonly [what: string, request: ReturnType<typeof signed>, status: number][] = [
  ['a good signature is taken', signed(mention), 200],
  ['a signature of 299 seconds ago is taken', signed(mention, { awayS: -299 }), 200],
  ['a signature of 301 seconds ago is refused', signed(mention, { awayS: -301 }), 401],
  ['a signature 299 seconds ahead is taken', signed(mention, { awayS: 299 }), 200],
  ['a signature 301 seconds ahead is refused', signed(mention, { awayS: 301 }), 401],
  ['a signature with another secret is refused', signed(mention, { secret: 'another' }), 401],
  ['a signature with an empty secret is refused', signed(mention, { secret: '' }), 401],
  ['a missing signature is refused', signed(mention, { headers: { 'x-slack-signature': undefined } }), 401],
  ['an empty signature is refused', signed(mention, { headers: { 'x-slack-signature': 'v0=' } }), 401],
  ['a missing timestamp is refused', signed(mention, { headers: { 'x-slack-request-timestamp': undefined } }), 401],
  [
    'a timestamp that is no number is refused',
    signed(mention, { headers: { 'x-slack-request-timestamp': 'NaN' } }),
    401,
  ],
  ['a body changed after signing is refused', { ...signed(mention), body: Buffer.from(`${mention} `) }, 401],
  [
    'another version of signatures is refused',
    signed(mention, { headers: { 'x-slack-signature': `v1=${'0'.repeat(64)}` } }),
    401,
  ],
  ['an unsigned ssl_check is refused', { ...signed('ssl_check=1', { form: true, secret: 'another' }) }, 401],
  ['a signed ssl_check is taken', signed('ssl_check=1&token=v', { form: true }), 200],
  ['a GET is refused', { ...signed(mention), method: 'GET' }, 405],
  ['a signed body that is no JSON is refused with the reason', signed('{'), 400],
  ['a signed body that is no envelope is refused', signed('[]'), 400],
  ['a form with a broken payload is refused', signed('payload=%7B', { form: true }), 400],
  ['a form with nothing known is refused', signed('a=b', { form: true }), 400],
];
for (const [what, request, status] of signatures) {
  test(what, async () => {
    const { response, delivery } = await receive(adapter, request);
    assert.equal(response.status, status);
    if (status >= 400) assert.equal(delivery, undefined);
    if (status >= 400) assert.match(response.body, /"error":"[^"]{10,}"/);
    assert.ok(!response.body.includes(SECRET));
  });
}

test('the signature is over the bytes, also when they are no well-formed UTF-8', async () => {
  const bytes = Buffer.concat([
    Buffer.from(mention.slice(0, -1)),
    Buffer.from([0x2c, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
  ]);
  const { response, delivery } = await receive(adapter, signed(bytes));
  assert.equal(response.status, 200);
  assert.deepEqual(delivery?.raw, bytes);
});

test('url_verification gives the challenge back and leaves nothing', async () => {
  const { response, delivery } = await receive(adapter, signed('{"type":"url_verification","challenge":"abc"}'));
  assert.deepEqual([response.status, response.body, delivery], [200, 'abc', undefined]);
  const forged = await receive(adapter, signed('{"type":"url_verification","challenge":"abc"}', { secret: 'no' }));
  assert.equal(forged.response.status, 401);
});

test('a delivery is known by the event’s id, and without one by a digest of its body', async () => {
  assert.equal((await receive(adapter, signed(mention))).delivery?.id, 'Ev1');
  const without = mention.replace('"event_id":"Ev1",', '');
  const id = (await receive(adapter, signed(without))).delivery?.id;
  assert.match(id ?? '', /^sha256:[0-9a-f]{64}$/);
  assert.equal((await receive(adapter, signed(without, { awayS: 60 }))).delivery?.id, id);
  assert.notEqual((await receive(adapter, signed(without.replace('hi', 'ho')))).delivery?.id, id);
});

test('a retry is taken like any other delivery', async () => {
  const again = signed(mention, { headers: { 'x-slack-retry-num': '2', 'x-slack-retry-reason': 'http_timeout' } });
  assert.equal((await receive(adapter, again)).delivery?.events[0]?.kind, 'message');
});

for (const missing of ['SLACK_SIGNING_SECRET', 'SLACK_BOT_TOKEN']) {
  test(`an empty ${missing} is refused by its name`, async () => {
    const credentials = { SLACK_SIGNING_SECRET: SECRET, SLACK_BOT_TOKEN: 'xoxb-1', [missing]: ' ' };
    await assert.rejects(listing.open(credentials, never), (thrown) => {
      return thrown instanceof Failure && thrown.code === 'invalid' && thrown.message.includes(missing);
    });
  });
}

test('an API address that would send the token in the clear is refused', async () => {
  await assert.rejects(openAdapter({ SLACK_API_URL: 'http://slack.example/api/' }), { code: 'invalid' });
});
