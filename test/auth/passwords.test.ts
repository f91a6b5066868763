import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { inSignIn } from '../../src/db/sign-in.ts';
import { addPerson, fieldOf, openTestAuth, PASSWORD, type TestAuth } from '../kit/sign-in.ts';

let hub: TestAuth;
before(async () => {
  hub = await openTestAuth();
  await hub.owner();
});
after(async () => hub[Symbol.asyncDispose]());

const ada = { email: 'ada@example.com', password: PASSWORD };

test('who signs in gets a session that no page of another site can use or read', async () => {
  const answer = await hub.browser().post('/sign-in/email', ada);
  assert.equal(answer.status, 200);
  const cookie = answer.headers.getSetCookie().find((line) => line.includes('session_token')) ?? '';
  assert.match(cookie, /^switchboard\.session_token=/);
  assert.match(cookie, /HttpOnly/i);
  assert.match(cookie, /SameSite=Lax/i);
  assert.match(cookie, /Path=\//i);
  assert.doesNotMatch(cookie, /Secure/i);
});

test('where the console is reached by https, cookies are for this host alone and never sent without TLS', async () => {
  await using secure = await openTestAuth({}, 'https://hub.example.com');
  const owner = await secure.owner();
  const answer = await secure.browser().post('/sign-in/email', ada);
  const cookies = answer.headers.getSetCookie();
  assert.ok(cookies.length > 0);
  for (const cookie of cookies) assert.match(cookie, /^__Host-switchboard\.[^;]+;.*Path=\/;.*Secure/i);
  for (const cookie of cookies) assert.doesNotMatch(cookie, /Domain=/i);
  assert.equal((await secure.auth.identify(owner.request('/api/v1/me')))?.role, 'owner');
});

test('a session that somebody planted before sign-in is nothing after it', async () => {
  const eve = hub.browser();
  await addPerson(hub, 'eve@example.com', 'viewer');
  await eve.post('/sign-in/email', { email: 'eve@example.com', password: PASSWORD });
  const planted = eve.cookies.get('switchboard.session_token') ?? '';
  const victim = hub.browser();
  victim.cookies.set('switchboard.session_token', planted);
  assert.equal((await victim.post('/sign-in/email', ada)).status, 200);
  assert.notEqual(victim.cookies.get('switchboard.session_token'), planted);
  assert.equal((await hub.auth.identify(victim.request('/')))?.name, 'Ada');
  assert.equal((await hub.auth.identify(eve.request('/')))?.name, 'eve');
});

test('a cookie that we did not sign is nobody’s, whatever session it names', async () => {
  const browser = hub.browser();
  await browser.post('/sign-in/email', ada);
  const [token = ''] = decodeURIComponent(browser.cookies.get('switchboard.session_token') ?? '').split('.');
  for (const value of [token, `${token}.`, `${token}.${'A'.repeat(43)}=`, `${token}.%E0%A4%A`, '']) {
    browser.cookies.set('switchboard.session_token', value);
    assert.equal(await hub.auth.identify(browser.request('/')), undefined, value);
  }
});

test('who signs out is nobody at once, whoever still has the cookie', async () => {
  const browser = hub.browser();
  await browser.post('/sign-in/email', ada);
  const kept = browser.request('/');
  assert.ok(await hub.auth.identify(kept));
  const out = await browser.post('/sign-out');
  assert.equal(out.status, 200);
  assert.equal(out.headers.get('clear-site-data'), '"cache", "storage"');
  assert.equal(await hub.auth.identify(kept), undefined);
});

test('a page of another site can neither sign somebody in nor out', async () => {
  const browser = hub.browser();
  const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' };
  assert.equal((await browser.post('/sign-in/email', ada, foreign)).status, 403);
  await browser.post('/sign-in/email', ada);
  assert.equal((await browser.post('/sign-out', {}, foreign)).status, 403);
  assert.equal((await browser.post('/change-password', {}, foreign)).status, 403);
});

test('known and unknown addresses get the same answer after about the same time', async () => {
  const times = { known: Infinity, unknown: Infinity };
  const bodies = new Set<string>();
  const tries = { known: 'ada@example.com', unknown: 'nobody@example.com' } as const;
  for (let round = 0; round < 4; round += 1)
    for (const kind of ['known', 'unknown'] as const) {
      const begun = performance.now();
      const answer = await hub.browser().post('/sign-in/email', { email: tries[kind], password: 'not the right one' });
      // The quickest of each: what the machine does beside it only adds.
      times[kind] = Math.min(times[kind], performance.now() - begun);
      bodies.add(`${answer.status} ${await answer.text()}`);
    }
  assert.equal(bodies.size, 1, [...bodies].join('\n'));
  assert.match([...bodies].join(''), /^401 .*Invalid email or password/);
  const ratio = times.known / times.unknown;
  assert.ok(ratio > 0.5 && ratio < 2, `${times.known} ms and ${times.unknown} ms`);
  await hub.browser().post('/sign-in/email', ada);
});

test('an address is locked after ten wrong passwords, over all processes and clients, also for the right one', async () => {
  await using other = await hub.another();
  await addPerson(hub, 'bob@example.com', 'viewer');
  const wrong = { email: 'Bob@example.com', password: 'not the right one' };
  const answers = await Promise.all(
    Array.from({ length: 14 }, (_, at) => (at % 2 === 0 ? hub : other).browser().post('/sign-in/email', wrong)),
  );
  assert.deepEqual(
    Object.entries(Object.groupBy(answers, ({ status }) => status)).map(([status, all = []]) => [status, all.length]),
    [
      ['401', 10],
      ['429', 4],
    ],
  );
  const right = await other.browser().post('/sign-in/email', { email: 'bob@example.com', password: PASSWORD });
  assert.equal(right.status, 429);
  assert.match(await right.text(), /try again in 15 minutes, or set a new password by mail/);
  assert.equal(right.headers.get('retry-after'), '900');
  assert.equal((await hub.browser().post('/sign-in/email', ada)).status, 200);
  await inSignIn(hub.database.db, (tx) => tx`update auth.attempts set since = now() - interval '16 minutes'`);
  assert.equal(
    (await hub.browser().post('/sign-in/email', { email: 'bob@example.com', password: PASSWORD })).status,
    200,
  );
});

test('an address that nobody has is locked in the same way', async () => {
  const wrong = { email: 'ghost@example.com', password: 'not the right one' };
  const statuses: number[] = [];
  for (let round = 0; round < 11; round += 1) statuses.push((await hub.browser().post('/sign-in/email', wrong)).status);
  assert.deepEqual(statuses.slice(-2), [401, 429]);
});

test('one client that tries many addresses is slowed down, in every process', async () => {
  await using other = await hub.another();
  const [here, there] = [hub.browser('203.0.113.9'), other.browser('203.0.113.9')];
  const statuses: number[] = [];
  for (let round = 0; round < 22; round += 1) {
    const browser = round % 2 === 0 ? here : there;
    statuses.push((await browser.post('/sign-in/email', { email: `p${round}@example.com`, password: 'x' })).status);
  }
  assert.deepEqual(statuses.slice(-2), [429, 429]);
  const lying = await here.post('/sign-in/email', ada, { 'x-switchboard-client': '203.0.113.10' });
  assert.equal(lying.status, 429);
  assert.equal((await hub.browser('203.0.113.11').post('/sign-in/email', ada)).status, 200);
});

test('a new password is set by a link that counts once, ends all sessions, and lifts the lock', async () => {
  const carol = await addPerson(hub, 'carol@example.com', 'viewer');
  assert.ok(await hub.auth.identify(carol.request('/')));
  const bodies = new Set<string>();
  for (const email of ['carol@example.com', 'nobody@example.com'])
    bodies.add(await (await hub.browser().post('/request-password-reset', { email })).text());
  assert.equal(bodies.size, 1);
  const line = hub.lines.findLast((text) => text.includes('reset-password#')) ?? '';
  const token = /reset-password#(\w+)/.exec(line)?.[1];
  assert.equal((await hub.browser().post('/reset-password', { token, newPassword: 'short' })).status, 400);
  assert.equal(
    (await hub.browser().post('/reset-password', { token, newPassword: 'another long password' })).status,
    200,
  );
  assert.equal(
    (await hub.browser().post('/reset-password', { token, newPassword: 'a third long password' })).status,
    400,
  );
  assert.equal(await hub.auth.identify(carol.request('/')), undefined);
  const signIn = (password: string) => hub.browser().post('/sign-in/email', { email: 'carol@example.com', password });
  assert.equal((await signIn(PASSWORD)).status, 401);
  assert.equal((await signIn('another long password')).status, 200);
});

test('a changed password ends the other sessions, asked for or not', async () => {
  const dave = await addPerson(hub, 'dave@example.com', 'viewer');
  const elsewhere = hub.browser();
  await elsewhere.post('/sign-in/email', { email: 'dave@example.com', password: PASSWORD });
  const wrong = { currentPassword: 'not the right one', newPassword: 'a changed long password' };
  assert.equal((await dave.post('/change-password', wrong)).status, 400);
  assert.equal((await dave.post('/change-password', { ...wrong, currentPassword: PASSWORD })).status, 200);
  assert.equal(await hub.auth.identify(elsewhere.request('/')), undefined);
  assert.ok(await hub.auth.identify(dave.request('/')));
});

test('an address is shown to be somebody’s by a link, and asking for one tells nothing', async () => {
  await addPerson(hub, 'gina@example.com', 'viewer');
  const bodies = new Set<string>();
  for (const email of ['gina@example.com', 'nobody@example.com'])
    bodies.add(await (await hub.browser().post('/send-verification-email', { email, callbackURL: '/' })).text());
  assert.equal(bodies.size, 1, [...bodies].join('\n'));
  const link = /http:[^"]*\/api\/auth(\/verify-email[^"]*)/.exec(
    hub.lines.findLast((line) => line.includes('verify-email')) ?? '',
  );
  assert.equal((await hub.browser().get(link?.[1]?.replace(/token=[^&]*/, 'token=x') ?? '')).status, 302);
  const verified = () =>
    inSignIn(
      hub.database.db,
      (tx) => tx`select "emailVerified" as it from auth."user" where email = 'gina@example.com'`,
    );
  assert.equal((await verified())[0]?.['it'], false);
  assert.equal((await hub.browser().get(link?.[1] ?? '')).status, 302);
  assert.equal((await verified())[0]?.['it'], true);
});

test('a provider of the whole hub is offered where it is configured; one that nobody knows stops the start', async () => {
  const client = { clientId: 'id-1', clientSecret: 'secret-1' };
  await using social = await openTestAuth({ social: { google: client } });
  assert.match(
    await (await social.browser().get('/offers')).text(),
    /"firstRun":true,"social":\["google"\],"mail":false/,
  );
  const answer = await social.browser().post('/sign-in/social', { provider: 'google', callbackURL: '/' });
  const text = await answer.text();
  assert.match(text, /accounts\.google\.com.*client_id=id-1/);
  assert.doesNotMatch(text, /secret-1/);
  await assert.rejects(
    openTestAuth({ social: { nosuch: client } }),
    /SIGN_IN_NOSUCH_CLIENT_ID: there is no such provider/,
  );
});

test('what sign-in answers is kept by nobody on the way', async () => {
  const answer = await hub.browser().get('/get-session');
  assert.equal(answer.headers.get('cache-control'), 'no-store');
});

test('what better-auth brings and we do not use is not there', async () => {
  const browser = await addPerson(hub, 'fay@example.com', 'viewer');
  for (const path of [
    '/delete-user',
    '/update-session',
    '/change-email',
    '/two-factor/send-otp',
    '/revoke-sessions',
    '/get-access-token',
  ])
    assert.equal((await browser.post(path)).status, 404, path);
  assert.equal((await browser.get('/sign-in/email')).status, 404);
  assert.equal((await browser.get('/callback/../list-sessions')).status, 404);
});

test('a body that is too large, or none that it should be, is refused', async () => {
  assert.equal((await hub.browser().post('/sign-in/email', { ...ada, more: 'x'.repeat(70_000) })).status, 413);
  assert.equal((await hub.browser().post('/sign-in/email', { email: 7 })).status, 400);
  assert.equal((await hub.browser().post('/sign-in/email', { ...ada, password: 'x'.repeat(200) })).status, 400);
});

test('nothing secret is in the log', async () => {
  const cookie = await fieldOf(await hub.browser().post('/sign-in/email', ada), 'token');
  const log = hub.lines.join('');
  assert.ok(!log.includes(PASSWORD) && !log.includes(cookie) && !log.includes('not the right one'));
});
