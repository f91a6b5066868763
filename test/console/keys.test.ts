import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { inSignIn } from '../../src/db/sign-in.ts';
import { openTestPeople, type TestPeople } from '../kit/people.ts';
import { addPerson, fieldOf, type Browser } from '../kit/sign-in.ts';

let hub: TestPeople;
let owner: Browser;
before(async () => {
  hub = await openTestPeople();
  owner = await hub.owner();
});
after(async () => hub[Symbol.asyncDispose]());

async function make(body: object, by = owner): Promise<string> {
  const answer = await hub.call(by, 'POST', '/keys', { name: 'ci', role: 'admin', ...body });
  assert.equal(answer.status, 200, await answer.clone().text());
  return fieldOf(answer, 'key');
}

test('a key opens what its role and its scopes allow, and nothing else', async () => {
  const all = await make({});
  assert.match(all, /^sb_[\w-]{43}$/);
  assert.match(await (await hub.callBy(all, 'GET', '/me')).text(), /"kind":"key".*"role":"admin","scopes":null/);
  assert.equal((await hub.callBy(all, 'GET', '/audit')).status, 200);
  const some = await make({ scopes: ['usage:read', 'system:read'] });
  assert.match(await (await hub.callBy(some, 'GET', '/me')).text(), /"scopes":\["system:read","usage:read"\]/);
  const refused = await hub.callBy(some, 'GET', '/audit');
  assert.equal(refused.status, 403);
  assert.match(await refused.text(), /lacks the scope audit:read/);
  const weak = await make({ role: 'viewer' });
  assert.equal((await hub.callBy(weak, 'GET', '/audit')).status, 403);
});

test('a key is of one organization', async () => {
  const key = await make({});
  await hub.call(owner, 'POST', '/organizations', { name: 'Second' });
  assert.match(await (await hub.callBy(key, 'GET', '/me')).text(), /0000-4000-8000-000000000001/);
  assert.match(await (await hub.call(owner, 'GET', '/keys')).text(), /"items":\[\]/);
  await hub.call(owner, 'POST', '/organizations/00000000-0000-4000-8000-000000000001/switch');
});

test('a key that was ended, is over or was never made opens nothing', async () => {
  const key = await make({ name: 'ended' });
  const list = await (await hub.call(owner, 'GET', '/keys')).text();
  const id = /"id":"([^"]+)","name":"ended"/.exec(list)?.[1];
  assert.equal((await hub.call(owner, 'DELETE', `/keys/${id}`)).status, 204);
  assert.equal((await hub.callBy(key, 'GET', '/me')).status, 401);
  assert.equal((await hub.call(owner, 'DELETE', `/keys/${id}`)).status, 404);
  const short = await make({ days: 1 });
  assert.equal((await hub.callBy(short, 'GET', '/me')).status, 200);
  await inSignIn(hub.database.db, (tx) => tx`update auth.api_keys set expires_at = now() where expires_at is not null`);
  assert.equal((await hub.callBy(short, 'GET', '/me')).status, 401);
  for (const wrong of [`sb_${'A'.repeat(43)}`, `${key}x`, 'sb_', 'nonsense', ''])
    assert.equal((await hub.callBy(wrong, 'GET', '/me')).status, 401, wrong);
});

test('a key never does more than whoever made it may now', async () => {
  const admin = await addPerson(hub, 'admin@example.com', 'admin');
  const key = await make({}, admin);
  assert.equal((await hub.call(admin, 'POST', '/keys', { name: 'x', role: 'owner' })).status, 403);
  assert.equal((await hub.callBy(key, 'GET', '/audit')).status, 200);
  await hub.call(owner, 'PATCH', `/members/${await hub.idOf('admin@example.com')}`, { role: 'viewer' });
  assert.match(await (await hub.callBy(key, 'GET', '/me')).text(), /"role":"viewer"/);
  assert.equal((await hub.callBy(key, 'GET', '/audit')).status, 403);
});

test('a key makes no keys and asks nobody in: whoever stole it could stay', async () => {
  const key = await make({ role: 'owner' });
  assert.equal((await hub.callBy(key, 'POST', '/keys', { name: 'x', role: 'viewer' })).status, 403);
  const invitation = { email: 'x@example.com', role: 'viewer' };
  assert.equal((await hub.callBy(key, 'POST', '/invitations', invitation)).status, 403);
  assert.equal((await hub.callBy(key, 'GET', '/sessions')).status, 403);
});

test('the key is kept as a hash, shown once, and known again by its first characters', async () => {
  const key = await make({ name: 'known' });
  const rows = await inSignIn(hub.database.db, (tx) => tx`select to_jsonb(k) as row from auth.api_keys k`);
  const seen = JSON.stringify(rows) + (await (await hub.call(owner, 'GET', '/audit')).text());
  assert.ok(!seen.includes(key));
  const list = await (await hub.call(owner, 'GET', '/keys')).text();
  assert.ok(!list.includes(key) && list.includes(`"start":"${key.slice(0, 8)}"`));
});

test('a request that sends a wrong key is not taken for whoever has the cookie', async () => {
  const request = owner.request('/api/v1/me');
  request.headers.set('authorization', 'Bearer sb_wrong');
  assert.equal((await hub.console.api.request(request)).status, 401);
});
