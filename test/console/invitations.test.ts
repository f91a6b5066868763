import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { inSignIn } from '../../src/db/sign-in.ts';
import { openTestPeople, type TestPeople } from '../kit/people.ts';
import { addPerson, fieldOf, PASSWORD, type Browser } from '../kit/sign-in.ts';

let hub: TestPeople;
let owner: Browser;
before(async () => {
  hub = await openTestPeople();
  owner = await hub.owner();
});
after(async () => hub[Symbol.asyncDispose]());

const newcomer = { name: 'Newcomer', password: PASSWORD };

async function invite(email: string, role = 'operator', by = owner): Promise<string> {
  const answer = await hub.call(by, 'POST', '/invitations', { email, role });
  assert.equal(answer.status, 200, await answer.clone().text());
  return (await fieldOf(answer, 'link')).split('#')[1] ?? '';
}

test('who has the link comes in, as what they were asked to be, once', async () => {
  const token = await invite('New@example.com');
  const browser = hub.browser();
  assert.match(
    await (await browser.post('/invitation/look', { token })).text(),
    /"email":"new@example.com","role":"operator","isKnown":false/,
  );
  assert.equal((await browser.post('/invitation/accept', { token, ...newcomer })).status, 200);
  assert.equal((await hub.auth.identify(browser.request('/')))?.role, 'operator');
  const again = await hub.browser().post('/invitation/accept', { token, ...newcomer });
  assert.equal(again.status, 404);
  assert.match(await again.text(), /does not count any more/);
});

test('of two that accept at once one comes in', async () => {
  const token = await invite('twice@example.com');
  const answers = await Promise.all([1, 2].map(() => hub.browser().post('/invitation/accept', { token, ...newcomer })));
  assert.deepEqual(
    answers.map(({ status }) => status).toSorted((one, other) => one - other),
    [200, 404],
  );
});

test('somebody with another address cannot take it, and it still counts for whom it was', async () => {
  const token = await invite('meant@example.com');
  const other = await addPerson(hub, 'other@example.com', 'viewer');
  const taken = await other.post('/invitation/accept', { token });
  assert.equal(taken.status, 403);
  assert.match(await taken.text(), /for another address/);
  assert.equal((await hub.browser().post('/invitation/accept', { token, ...newcomer })).status, 200);
});

test('who has an account signs in first, and is then in both organizations', async () => {
  const person = await addPerson(hub, 'both@example.com', 'viewer');
  await hub.call(owner, 'POST', '/organizations', { name: 'Second' });
  const token = await invite('both@example.com', 'admin');
  await hub.call(owner, 'POST', '/organizations/00000000-0000-4000-8000-000000000001/switch');
  const stranger = await hub.browser().post('/invitation/accept', { token, ...newcomer });
  assert.equal(stranger.status, 403);
  assert.match(await stranger.text(), /sign in, and open the link again/);
  assert.equal((await person.post('/invitation/accept', { token })).status, 200);
  assert.equal((await hub.auth.identify(person.request('/')))?.role, 'admin');
  const places = await (await hub.call(person, 'GET', '/organizations')).text();
  assert.equal(places.match(/"id"/g)?.length, 2);
});

test('one that was taken back, is over, or was followed by another does not count', async () => {
  const first = await invite('late@example.com');
  const second = await invite('late@example.com');
  assert.equal((await hub.browser().post('/invitation/accept', { token: first, ...newcomer })).status, 404);
  const list = await (await hub.call(owner, 'GET', '/invitations')).text();
  const id = /"id":"([^"]+)","email":"late@example.com"/.exec(list)?.[1];
  assert.equal((await hub.call(owner, 'DELETE', `/invitations/${id}`)).status, 204);
  assert.equal((await hub.call(owner, 'DELETE', `/invitations/${id}`)).status, 404);
  assert.equal((await hub.browser().post('/invitation/accept', { token: second, ...newcomer })).status, 404);
  const third = await invite('late@example.com');
  await inSignIn(
    hub.database.db,
    (tx) => tx`update auth.invitations set expires_at = now() where email = 'late@example.com'`,
  );
  assert.equal((await hub.browser().post('/invitation/accept', { token: third, ...newcomer })).status, 404);
});

test('an admin asks nobody in above themselves, and an operator asks nobody', async () => {
  const admin = await addPerson(hub, 'admin@example.com', 'admin');
  const operator = await addPerson(hub, 'operator@example.com', 'operator');
  const ask = (who: Browser, role: string) => hub.call(who, 'POST', '/invitations', { email: 'x@example.com', role });
  assert.equal((await ask(admin, 'owner')).status, 403);
  assert.equal((await ask(admin, 'admin')).status, 200);
  assert.equal((await ask(operator, 'viewer')).status, 403);
});

test('the token is nowhere but in the link', async () => {
  const token = await invite('secret@example.com');
  const rows = await inSignIn(hub.database.db, (tx) => tx`select to_jsonb(i) as row from auth.invitations i`);
  const audit = await (await hub.call(owner, 'GET', '/audit')).text();
  assert.ok(!JSON.stringify(rows).includes(token) && !audit.includes(token));
});
