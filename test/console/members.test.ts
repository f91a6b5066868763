import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ROLES } from '../../src/auth/roles.ts';
import { DEFAULT_ORGANIZATION } from '../../src/db/apps.ts';
import { inSignIn } from '../../src/db/sign-in.ts';
import { addUser } from '../../src/db/users.ts';
import { openTestPeople, type TestPeople } from '../kit/people.ts';
import { addPerson, type Browser } from '../kit/sign-in.ts';

let hub: TestPeople;
let owner: Browser;
before(async () => {
  hub = await openTestPeople();
  owner = await hub.owner();
});
after(async () => hub[Symbol.asyncDispose]());

let people = 0;
async function add(role: string): Promise<{ who: Browser; id: string }> {
  const email = `${role}${(people += 1)}@example.com`;
  const who = await addPerson(hub, email, role);
  return { who, id: await hub.idOf(email) };
}

/** Somebody who never signs in: without a password, which takes a while to make. */
async function addRow(role: string): Promise<string> {
  return inSignIn(hub.database.db, async (tx) => {
    const id = await addUser(tx, { name: role, email: `row${(people += 1)}@example.com`, verified: false });
    await tx`insert into auth.members (organization_id, user_id, role) values (${DEFAULT_ORGANIZATION}, ${id ?? ''}, ${role})`;
    return id ?? '';
  });
}

test('nobody lifts anybody above their own role, acts on somebody above it, or may without being an admin', async () => {
  for (const actor of ROLES) {
    const { who } = await add(actor);
    for (const target of ROLES)
      for (const wanted of ROLES) {
        const id = await addRow(target);
        const { status } = await hub.call(who, 'PATCH', `/members/${id}`, { role: wanted });
        const rank = ROLES.indexOf(actor);
        const may = rank >= ROLES.indexOf('admin') && rank >= ROLES.indexOf(target) && rank >= ROLES.indexOf(wanted);
        assert.equal(status, may ? 204 : 403, `${actor} makes ${target} ${wanted}`);
      }
  }
});

test('a changed role counts for the next request of a session that is open already', async () => {
  const { who, id } = await add('admin');
  assert.equal((await hub.call(who, 'GET', '/audit')).status, 200);
  await hub.call(owner, 'PATCH', `/members/${id}`, { role: 'viewer' });
  assert.equal((await hub.call(who, 'GET', '/audit')).status, 403);
});

test('who is taken out is out at once, with their keys', async () => {
  const { who, id } = await add('admin');
  const made = await hub.call(who, 'POST', '/keys', { name: 'ci', role: 'admin' });
  const { key } = Object(await made.json());
  assert.equal((await hub.callBy(key, 'GET', '/me')).status, 200);
  assert.equal((await hub.call(owner, 'DELETE', `/members/${id}`)).status, 204);
  assert.equal((await hub.call(who, 'GET', '/me')).status, 401);
  assert.equal((await hub.callBy(key, 'GET', '/me')).status, 401);
  assert.equal((await hub.call(owner, 'DELETE', `/members/${id}`)).status, 404);
});

test('the last owner can neither go nor be lowered, also where two of them go at once', async () => {
  await using small = await openTestPeople();
  const first = await small.owner();
  const firstId = await small.idOf('ada@example.com');
  assert.equal((await small.call(first, 'DELETE', `/members/${firstId}`)).status, 409);
  assert.equal((await small.call(first, 'POST', '/members/leave')).status, 409);
  const lowered = await small.call(first, 'PATCH', `/members/${firstId}`, { role: 'admin' });
  assert.equal(lowered.status, 409);
  assert.match(await lowered.text(), /has to have an owner/);
  const second = await addPerson(small, 'second@example.com', 'owner');
  const left = await Promise.all([
    small.call(first, 'POST', '/members/leave'),
    small.call(second, 'POST', '/members/leave'),
  ]);
  assert.deepEqual(
    left.map(({ status }) => status).toSorted((one, other) => one - other),
    [204, 409],
  );
});

test('each change is in the audit, with who did it', async () => {
  const { id } = await add('viewer');
  await hub.call(owner, 'PATCH', `/members/${id}`, { role: 'analyst' });
  await hub.call(owner, 'DELETE', `/members/${id}`);
  const text = await (await hub.call(owner, 'GET', '/audit?what=member.&limit=2')).text();
  assert.match(text, /"actorName":"Ada","what":"member.removed".*"actorName":"Ada","what":"member.changed"/);
  assert.match(text, /"now":"analyst","before":"viewer"|"before":"viewer","now":"analyst"/);
});

test('members of another organization are not there', async () => {
  const made = await hub.call(owner, 'POST', '/organizations', { name: 'Second' });
  const { id } = Object(await made.json());
  const list = await (await hub.call(owner, 'GET', '/members')).text();
  assert.equal(list.match(/"email"/g)?.length, 1);
  const viewer = await hub.idOf('viewer1@example.com');
  assert.equal((await hub.call(owner, 'DELETE', `/members/${viewer}`)).status, 404);
  const places = await (await hub.call(owner, 'GET', '/organizations')).text();
  assert.match(places, /"name":"Second","role":"owner","current":true/);
  assert.equal((await hub.call(owner, 'PATCH', '/organizations/current', { name: 'Renamed' })).status, 204);
  const back = '00000000-0000-4000-8000-000000000001';
  assert.equal((await hub.call(owner, 'POST', `/organizations/${back}/switch`)).status, 204);
  assert.match(await (await hub.call(owner, 'GET', '/me')).text(), new RegExp(back));
  const { who } = await add('admin');
  assert.equal((await hub.call(who, 'POST', `/organizations/${id}/switch`)).status, 404);
});

test('a change without a page of ours behind it is refused', async () => {
  const { id } = await add('viewer');
  const request = owner.request(`/api/v1/members/${id}`, 'DELETE');
  request.headers.set('sec-fetch-site', 'cross-site');
  assert.equal((await hub.console.api.request(request)).status, 403);
});

test('everybody sees their own sessions, ends them, and nobody else’s', async () => {
  const { who } = await add('viewer');
  const { who: other } = await add('viewer');
  const list = await (await hub.call(who, 'GET', '/sessions')).text();
  assert.equal(list.match(/"id"/g)?.length, 1);
  assert.match(list, /"agent":"Test\/1.0".*"current":true/);
  const id = /"id":"([^"]+)"/.exec(list)?.[1];
  assert.equal((await hub.call(other, 'DELETE', `/sessions/${id}`)).status, 404);
  assert.equal((await hub.call(who, 'GET', '/me')).status, 200);
  assert.equal((await hub.call(who, 'DELETE', `/sessions/${id}`)).status, 204);
  assert.equal((await hub.call(who, 'GET', '/me')).status, 401);
});
