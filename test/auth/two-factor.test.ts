import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addPerson, openTestAuth, PASSWORD, type Browser, type TestAuth } from '../kit/sign-in.ts';
import { totpOf } from '../kit/totp.ts';

let hub: TestAuth;
before(async () => {
  hub = await openTestAuth();
  await hub.owner();
});
after(async () => hub[Symbol.asyncDispose]());

const secretOf = (uri: string): string => new URL(uri).searchParams.get('secret') ?? '';
const codeOf = (uri: string, at = Date.now()): string => totpOf(secretOf(uri), at);

/** The code after the one that was shown when it was switched on, which counts already: clocks differ. */
const nextCode = (uri: string): string => codeOf(uri, Date.now() + 30_000);

type Enabled = {
  readonly browser: Browser;
  readonly uri: string;
  readonly code: string;
  readonly backup: readonly string[];
};

async function enable(email: string): Promise<Enabled> {
  const browser = await addPerson(hub, email, 'viewer');
  const text = await (await browser.post('/two-factor/enable', { password: PASSWORD })).text();
  const uri = /"totpURI":"([^"]+)"/.exec(text)?.[1] ?? '';
  const backup = [...(/"backupCodes":\[([^\]]+)\]/.exec(text)?.[1]?.matchAll(/"([^"]+)"/g) ?? [])].map(
    ([, code = '']) => code,
  );
  const code = codeOf(uri);
  assert.equal((await browser.post('/two-factor/verify-totp', { code })).status, 200);
  return { browser, uri, code, backup };
}

async function begin(email: string): Promise<Browser> {
  const browser = hub.browser();
  const answer = await browser.post('/sign-in/email', { email, password: PASSWORD });
  assert.match(await answer.text(), /"twoFactorRedirect":true/);
  return browser;
}

test('a right password alone is nobody; with the code of the authenticator it is somebody', async () => {
  const { uri } = await enable('totp@example.com');
  const browser = await begin('totp@example.com');
  assert.equal(await hub.auth.identify(browser.request('/')), undefined);
  assert.match(await (await browser.get('/get-session')).text(), /^null$/);
  const wrong = codeOf(uri, Date.now() - 3_600_000);
  assert.equal((await browser.post('/two-factor/verify-totp', { code: wrong })).status, 401);
  assert.equal((await browser.post('/two-factor/verify-totp', { code: nextCode(uri) })).status, 200);
  assert.equal((await hub.auth.identify(browser.request('/')))?.name, 'totp');
});

test('the second step cannot be taken without the first one, or twice', async () => {
  const { uri } = await enable('step@example.com');
  assert.equal((await hub.browser().post('/two-factor/verify-totp', { code: nextCode(uri) })).status, 401);
  const browser = await begin('step@example.com');
  const copy = hub.browser();
  for (const [name, value] of browser.cookies) copy.cookies.set(name, value);
  assert.equal((await browser.post('/two-factor/verify-totp', { code: nextCode(uri) })).status, 200);
  assert.equal((await copy.post('/two-factor/verify-totp', { code: nextCode(uri) })).status, 401);
});

test('a code counts once, in every process: also the one by which it was switched on', async () => {
  const { uri, code } = await enable('once@example.com');
  await using other = await hub.another();
  const attempt = async (code: string, at: Pick<TestAuth, 'browser'> = hub) => {
    const browser = at.browser();
    await browser.post('/sign-in/email', { email: 'once@example.com', password: PASSWORD });
    return browser.post('/two-factor/verify-totp', { code });
  };
  const first = await attempt(code);
  assert.equal(first.status, 401);
  assert.match(await first.text(), /tried already, and each counts once: wait for the next one/);
  const next = nextCode(uri);
  const both = await Promise.all([attempt(next), attempt(next, other)]);
  assert.deepEqual(new Set(both.map(({ status }) => status)), new Set([200, 401]));
  assert.equal((await attempt(next)).status, 401);
});

test('a code that was tried before counts as a wrong one where those are counted', async () => {
  const { uri, code } = await enable('replay@example.com');
  for (let round = 0; round < 10; round += 1) {
    const browser = await begin('replay@example.com');
    assert.equal((await browser.post('/two-factor/verify-totp', { code })).status, 401);
  }
  const browser = await begin('replay@example.com');
  assert.equal((await browser.post('/two-factor/verify-totp', { code: nextCode(uri) })).status, 429);
});

test('a backup code counts once', async () => {
  const { backup } = await enable('backup@example.com');
  assert.equal(backup.length, 10);
  const [code = ''] = backup;
  const browser = await begin('backup@example.com');
  assert.equal((await browser.post('/two-factor/verify-backup-code', { code })).status, 200);
  assert.equal((await hub.auth.identify(browser.request('/')))?.name, 'backup');
  const again = await begin('backup@example.com');
  assert.equal((await again.post('/two-factor/verify-backup-code', { code })).status, 401);
  assert.equal((await again.post('/two-factor/verify-backup-code', { code: backup[1] })).status, 200);
});

test('codes cannot be tried until one fits', async () => {
  const { uri } = await enable('guess@example.com');
  const statuses = new Set<number>();
  // Each sign-in has its own few tries, and the account has ten: after those even the right code waits.
  for (let round = 0; round < 6; round += 1) {
    const browser = await begin('guess@example.com');
    for (let at = 0; at < 2; at += 1)
      statuses.add((await browser.post('/two-factor/verify-totp', { code: String(100_000 + round * 7 + at) })).status);
  }
  const browser = await begin('guess@example.com');
  assert.equal((await browser.post('/two-factor/verify-totp', { code: nextCode(uri) })).status, 429);
  assert.ok(statuses.has(401) && statuses.has(429), [...statuses].join());
});

test('the code is asked for at each sign-in, also where a browser would be trusted', async () => {
  const { uri } = await enable('trust@example.com');
  const browser = await begin('trust@example.com');
  assert.equal((await browser.post('/two-factor/verify-totp', { code: nextCode(uri), trustDevice: true })).status, 200);
  const again = await browser.post('/sign-in/email', { email: 'trust@example.com', password: PASSWORD });
  assert.match(await again.text(), /"twoFactorRedirect":true/);
});

test('it is switched off by the password only', async () => {
  const { browser } = await enable('off@example.com');
  assert.equal((await browser.post('/two-factor/disable', { password: 'not the right one' })).status, 400);
  assert.equal((await browser.post('/two-factor/disable', { password: PASSWORD })).status, 200);
  const answer = await hub.browser().post('/sign-in/email', { email: 'off@example.com', password: PASSWORD });
  assert.doesNotMatch(await answer.text(), /twoFactorRedirect/);
});

test('secrets of authenticators and backup codes are kept encrypted', async () => {
  const { uri, backup } = await enable('kept@example.com');
  const rows = await hub.database.db.sql`select to_jsonb(t) as row from auth."twoFactor" t`;
  const kept = JSON.stringify(rows);
  assert.ok(
    kept.length > 100 &&
      !kept.includes(backup[0] ?? ' ') &&
      !kept.includes(new URL(uri).searchParams.get('secret') ?? ' '),
  );
});

test('with a new key of the hub people sign in again, and their authenticators still fit', async () => {
  const { browser: before, uri } = await enable('rotated@example.com');
  await using later = await hub.another(true);
  assert.equal(await later.auth.identify(before.request('/')), undefined);
  const browser = later.browser();
  await browser.post('/sign-in/email', { email: 'rotated@example.com', password: PASSWORD });
  assert.equal((await browser.post('/two-factor/verify-totp', { code: nextCode(uri) })).status, 200);
  assert.equal((await later.auth.identify(browser.request('/')))?.name, 'rotated');
});

test('a passkey is asked for in the name of the host, and without one nobody comes in', async () => {
  const browser = await addPerson(hub, 'key@example.com', 'viewer');
  const options = await (await browser.get('/passkey/generate-register-options')).text();
  assert.match(options, /"rp":\{"name":"Switchboard","id":"localhost"\}/);
  const stranger = hub.browser();
  assert.match(await (await stranger.get('/passkey/generate-authenticate-options')).text(), /"challenge":"[\w-]{20,}"/);
  assert.ok((await stranger.post('/passkey/verify-authentication', { response: { id: 'x' } })).status >= 400);
  assert.equal((await stranger.get('/passkey/generate-register-options')).status, 401);
});
