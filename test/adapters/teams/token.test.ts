import assert from 'node:assert/strict';
import { createHmac, createSign, generateKeyPairSync } from 'node:crypto';
import { after, beforeEach, test } from 'node:test';
import { claimsOf } from '../../../sandbox/teams/signing.ts';
import { openTalk, receive } from './talk.ts';

const talk = await openTalk();
after(() => talk[Symbol.asyncDispose]());
const { teams, adapter } = talk;
const appId = teams.environment['MicrosoftAppId'] ?? '';
const now = Math.floor(Date.now() / 1000);
const good = claimsOf(appId, teams.serviceUrl);
const { sign, kid } = teams.signing;

const activity = {
  type: 'message',
  id: '1700000000000',
  text: 'hi',
  channelId: 'msteams',
  serviceUrl: teams.serviceUrl,
  from: { id: '29:1', name: 'Ada' },
  recipient: { id: teams.bot, name: 'Switchboard' },
  conversation: { id: 'a:1', conversationType: 'personal', tenantId: teams.tenant },
};

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 });

function signedBy(key: typeof stranger.privateKey, header: object): string {
  const input = `${encode(header)}.${encode(good)}`;
  return `${input}.${createSign('sha256').update(input).sign(key).toString('base64url')}`;
}

/** The public key as an HMAC secret: the oldest forgery there is. */
function symmetric(): string {
  const input = `${encode({ alg: 'HS256', kid, typ: 'JWT' })}.${encode(good)}`;
  return `${input}.${createHmac('sha256', JSON.stringify(teams.signing.keySet())).update(input).digest('base64url')}`;
}

const withToken = (token: string | undefined, body: unknown = activity, opened = adapter) =>
  receive(opened, {
    method: 'POST',
    url: '/api/messages',
    headers: { authorization: token },
    body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
    receivedAt: new Date(),
  });

beforeEach(() => teams.ledger.clear());

test('a token that fits is taken', async () => {
  const { response, delivery } = await withToken(`Bearer ${sign(good)}`);
  assert.equal(response.status, 200);
  assert.deepEqual([delivery?.events[0]?.kind, delivery?.id], ['message', 'a:1|1700000000000|message']);
});

const wrong: readonly [what: string, token: string | undefined, reason: RegExp][] = [
  ['no token', undefined, /Bearer/],
  ['an empty token', 'Bearer ', /Bearer/],
  ['another scheme', `Basic ${sign(good)}`, /Bearer/],
  ['no JWT', 'Bearer a.b', /Bearer/],
  ['a header that is no JSON', 'Bearer YQ.YQ.YQ', /RS256/],
  ['another key under the same id', `Bearer ${signedBy(stranger.privateKey, { alg: 'RS256', kid })}`, /signature/],
  ['another key under another id', `Bearer ${signedBy(stranger.privateKey, { alg: 'RS256', kid: 'x' })}`, /publish/],
  ['no key id', `Bearer ${signedBy(stranger.privateKey, { alg: 'RS256' })}`, /key id/],
  ['HS256 with the public key', `Bearer ${symmetric()}`, /RS256/],
  ['RS512', `Bearer ${sign(good, { alg: 'RS512' })}`, /RS256/],
  ['no algorithm', `Bearer ${encode({ alg: 'none', kid })}.${encode(good)}.`, /Bearer/],
  ['no algorithm, with something signed', `Bearer ${encode({ alg: 'none', kid })}.${encode(good)}.YQ`, /RS256/],
  ['a changed claim', `Bearer ${sign(good).replace(/\.[^.]+\./, `.${encode({ ...good, x: 1 })}.`)}`, /signature/],
  ['another issuer', `Bearer ${sign({ ...good, iss: 'https://sts.windows.net/x/' })}`, /issuer/],
  ['no issuer', `Bearer ${sign({ ...good, iss: undefined })}`, /issuer/],
  ['another audience', `Bearer ${sign({ ...good, aud: crypto.randomUUID() })}`, /MicrosoftAppId/],
  ['no audience', `Bearer ${sign({ ...good, aud: undefined })}`, /MicrosoftAppId/],
  ['an expired one', `Bearer ${sign({ ...good, exp: now - 301 })}`, /expired/],
  ['no expiry', `Bearer ${sign({ ...good, exp: undefined })}`, /claim/],
  ['one that is not valid yet', `Bearer ${sign({ ...good, nbf: now + 330 })}`, /not valid yet/],
  ['another service URL', `Bearer ${sign({ ...good, serviceurl: 'https://evil.example/' })}`, /serviceurl/],
  [
    'a service URL that only begins alike',
    `Bearer ${sign({ ...good, serviceurl: `${teams.serviceUrl}x` })}`,
    /serviceurl/,
  ],
  ['no service URL', `Bearer ${sign({ ...good, serviceurl: undefined })}`, /serviceurl/],
];
for (const [what, token, reason] of wrong) {
  test(`${what} is refused with 401, and nothing is kept`, async () => {
    const { response, delivery } = await withToken(token);
    assert.deepEqual([response.status, delivery], [401, undefined]);
    assert.match(response.body, reason);
  });
}

test('five minutes of clock skew are forgiven', async () => {
  for (const claims of [
    { ...good, exp: now - 240 },
    { ...good, nbf: now + 240 },
  ]) {
    assert.equal((await withToken(`Bearer ${sign(claims)}`)).response.status, 200);
  }
});

test('a key that is not endorsed for the activity’s channel signs nothing for it', async () => {
  const other = await withToken(`Bearer ${sign(good)}`, { ...activity, channelId: 'facebook' });
  assert.deepEqual([other.response.status, other.delivery], [401, undefined]);
  await using bare = await openTalk({ endorsements: [] });
  const { status } = await bare.teams.say({ text: 'x' });
  assert.equal(status, 401);
  assert.match(bare.received[0]?.response.body ?? '', /endorsed/);
});

test('a single-tenant app takes its own tenant’s activities only', async () => {
  await using single = await openTalk({ appType: 'SingleTenant' });
  assert.equal((await single.teams.say({ text: 'x' })).status, 200);
  for (const conversation of [{ id: 'a:1', tenantId: crypto.randomUUID() }, { id: 'a:1' }]) {
    const body = { ...activity, serviceUrl: single.teams.serviceUrl, conversation };
    const { status } = await single.teams.activity(body);
    assert.equal(status, 401);
    assert.match(single.received.at(-1)?.response.body ?? '', /tenant/);
  }
});

test('without the signing keys nothing is judged: 503, so that Teams comes again', async () => {
  for (const call of ['metadata', 'keys']) {
    for (const kind of ['refuse', 'reset'] as const) {
      await using talk = await openTalk();
      talk.teams.faults.plan({ call, kind });
      assert.equal((await talk.teams.say({ text: 'x' })).status, 503);
      assert.equal(talk.received[0]?.delivery, undefined);
      assert.equal((await talk.teams.say({ text: 'x' })).status, 200);
    }
  }
});

test('the keys are read once for many requests', async () => {
  await using talk = await openTalk();
  await Promise.all(Array.from({ length: 20 }, () => talk.teams.say({ text: 'x' })));
  assert.deepEqual(
    talk.teams.ledger.entries.map(({ call }) => call),
    ['metadata', 'keys'],
  );
  assert.ok(talk.received.every(({ response }) => response.status === 200));
});

test('what is signed and no activity is refused with 400 and the way to mend it', async () => {
  const bodies: readonly [body: unknown, reason: RegExp][] = [
    ['{', /no JSON/],
    ['[]', /JSON object/],
    ['null', /JSON object/],
    [{}, /type/],
    [{ ...activity, conversation: 7 }, /conversation/],
    [{ ...activity, serviceUrl: null }, /serviceUrl/],
  ];
  for (const [body, reason] of bodies) {
    const { response, delivery } = await withToken(`Bearer ${sign(good)}`, body);
    assert.deepEqual([response.status, delivery], [400, undefined]);
    assert.match(response.body, reason);
  }
});

test('the token is checked before the body is read', async () => {
  assert.equal((await withToken('Bearer a.b.c', '{')).response.status, 401);
});

test('only POST is taken', async () => {
  const request = { method: 'GET', url: '/', headers: {}, body: Buffer.alloc(0), receivedAt: new Date() };
  assert.equal((await receive(adapter, request)).response.status, 405);
});
