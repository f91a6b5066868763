import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { openKeys } from '../../../adapters/teams/keys.ts';
import { openListener } from '../../kit/listen.ts';

const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const jwk = (kid: string) => ({ ...publicKey.export({ format: 'jwk' }), kid, endorsements: ['msteams'] });

/** A key set whose keys can be changed and whose host can go away. */
async function openIssuer() {
  const state = { kids: ['one'], up: true, asked: 0, extra: [] as unknown[] };
  const listener = await openListener((request, response) => {
    if (request.url === '/keys') state.asked += 1;
    const body =
      request.url === '/keys'
        ? { keys: [...state.extra, ...state.kids.map(jwk)] }
        : { jwks_uri: `${listener.url}/keys` };
    response.writeHead(state.up ? 200 : 500).end(JSON.stringify(body));
  });
  return {
    state,
    url: `${listener.url}/metadata`,
    [Symbol.asyncDispose]: () => listener[Symbol.asyncDispose](),
  };
}

test('an unknown key is looked for again, once a minute at most', async () => {
  await using issuer = await openIssuer();
  let now = 0;
  const keys = openKeys(issuer.url, () => now);
  assert.deepEqual((await keys.find('one'))?.endorsements, ['msteams']);
  issuer.state.kids.push('two');
  for (let times = 0; times < 5; times += 1) assert.equal(await keys.find('two'), undefined);
  assert.equal(issuer.state.asked, 1);
  now = 60_000;
  assert.ok(await keys.find('two'));
  for (let times = 0; times < 5; times += 1) assert.equal(await keys.find('three'), undefined);
  assert.equal(issuer.state.asked, 2);
});

test('after a day the keys are read again, and a withdrawn one is good no more', async () => {
  await using issuer = await openIssuer();
  let now = 0;
  const keys = openKeys(issuer.url, () => now);
  await keys.find('one');
  issuer.state.kids = ['two'];
  assert.ok(await keys.find('one'));
  now = 24 * 3_600_000;
  assert.equal(await keys.find('one'), undefined);
  assert.ok(await keys.find('two'));
});

test('while the host is away yesterday’s keys do, and unknown ones cannot be judged', async () => {
  await using issuer = await openIssuer();
  let now = 0;
  const keys = openKeys(issuer.url, () => now);
  await keys.find('one');
  issuer.state.up = false;
  now = 25 * 3_600_000;
  assert.ok(await keys.find('one'));
  await assert.rejects(keys.find('two'), { code: 'unavailable' });
});

test('keys that cannot be used are like keys that are not there', async () => {
  await using issuer = await openIssuer();
  issuer.state.extra.push({ kty: 'EC', kid: 'ec' }, 7, { kty: 'RSA', kid: 'broken', n: '', e: '' });
  const keys = openKeys(issuer.url);
  assert.equal(await keys.find('ec'), undefined);
  assert.equal(await keys.find('broken'), undefined);
  assert.ok(await keys.find('one'));
});
