import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inSignIn } from '../../src/db/sign-in.ts';
import { openTestAuth, PASSWORD } from '../kit/sign-in.ts';

const ada = { name: 'Ada', email: 'Ada@Example.com', password: PASSWORD };
const tokenOf = (link: string | undefined): string => link?.split('#')[1] ?? '';

test('the first link makes the owner of the hub and signs them in', async () => {
  await using hub = await openTestAuth();
  const link = await hub.auth.firstRun();
  assert.match(link ?? '', /^http:\/\/localhost:3000\/first-run#[\w-]{43}$/);
  const browser = hub.browser();
  const answer = await browser.post('/first-run', { token: tokenOf(link), ...ada });
  assert.equal(answer.status, 200, await answer.clone().text());
  const who = await hub.auth.identify(browser.request(`${hub.url}/api/v1/me`));
  assert.deepEqual(
    [who?.kind, who?.role, who?.name, who?.organization],
    ['person', 'owner', 'Ada', '00000000-0000-4000-8000-000000000001'],
  );
  assert.match(await (await browser.get('/get-session')).text(), /"email":"ada@example.com"/);
  assert.equal(await hub.auth.firstRun(), undefined);
});

test('the link counts once', async () => {
  await using hub = await openTestAuth();
  const token = tokenOf(await hub.auth.firstRun());
  assert.equal((await hub.browser().post('/first-run', { token, ...ada })).status, 200);
  const again = await hub.browser().post('/first-run', { token, ...ada, email: 'eve@example.com' });
  assert.equal(again.status, 403);
  assert.match(await again.text(), /does not count any more/);
});

test('of several at once, through two processes, one becomes the owner', async () => {
  await using hub = await openTestAuth();
  await using other = await hub.another();
  const token = tokenOf(await hub.auth.firstRun());
  const answers = await Promise.all(
    [1, 2, 3, 4].map((at) =>
      (at % 2 === 0 ? hub : other).browser().post('/first-run', { token, ...ada, email: `p${at}@example.com` }),
    ),
  );
  assert.deepEqual(
    answers.map(({ status }) => status).toSorted((one, other) => one - other),
    [200, 403, 403, 403],
  );
  const rows = await inSignIn(hub.database.db, (tx) => tx`select role from auth.members`);
  assert.deepEqual(
    rows.map(({ role }) => role),
    ['owner'],
  );
});

test('a later start, an hour, and a guess end it', async () => {
  await using hub = await openTestAuth();
  const first = tokenOf(await hub.auth.firstRun());
  const second = tokenOf(await hub.auth.firstRun());
  assert.equal((await hub.browser().post('/first-run', { token: first, ...ada })).status, 403);
  assert.equal((await hub.browser().post('/first-run', { token: 'a'.repeat(43), ...ada })).status, 403);
  await inSignIn(hub.database.db, (tx) => tx`update auth.first_run set expires_at = now() - interval '1 second'`);
  assert.equal((await hub.browser().post('/first-run', { token: second, ...ada })).status, 403);
});

test('a short password is refused, and the link still counts', async () => {
  await using hub = await openTestAuth();
  const token = tokenOf(await hub.auth.firstRun());
  const short = await hub.browser().post('/first-run', { token, ...ada, password: 'elevenchars' });
  assert.equal(short.status, 400);
  assert.match(await short.text(), /at least 12/);
  assert.equal((await hub.browser().post('/first-run', { token, ...ada })).status, 200);
});

test('nobody signs up otherwise', async () => {
  await using hub = await openTestAuth();
  assert.equal((await hub.browser().post('/sign-up/email', ada)).status, 404);
});

test('the token is kept as a hash only, and what is for tenants cannot read sign-in', async () => {
  await using hub = await openTestAuth();
  const token = tokenOf(await hub.auth.firstRun());
  const [row] = await inSignIn(hub.database.db, (tx) => tx`select token_hash from auth.first_run`);
  assert.match(row?.['token_hash'], /^[0-9a-f]{64}$/);
  assert.notEqual(row?.['token_hash'], token);
  for (const role of ['switchboard_app', 'switchboard_system'])
    await assert.rejects(
      hub.database.db.sql.begin(async (tx) => {
        await tx`select set_config('role', ${role}, true)`;
        await tx`select * from auth."session"`;
      }),
      /permission denied/,
    );
});

test('a password that many people have is refused wherever one is set, and the link still counts', async () => {
  await using hub = await openTestAuth();
  const token = tokenOf(await hub.auth.firstRun());
  const browser = hub.browser();
  for (const password of ['Qwerty123456', '111122221111']) {
    const answer = await browser.post('/first-run', { token, ...ada, password });
    assert.equal(answer.status, 400);
    assert.match(await answer.text(), /many people have this password/);
  }
  assert.equal((await browser.post('/first-run', { token, ...ada })).status, 200);
  const changed = await browser.post('/change-password', { currentPassword: PASSWORD, newPassword: '1qaz2wsx3edc' });
  assert.equal(changed.status, 400, await changed.text());
});
