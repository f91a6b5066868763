import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { z } from 'zod';
import { attemptKey } from '../../src/auth/lockout.ts';
import { DEFAULT_ORGANIZATION } from '../../src/db/apps.ts';
import { forgetAttempts } from '../../src/db/attempts.ts';
import { listAudit, verifyAudit, type AuditEntry } from '../../src/db/audit.ts';
import { inOrganization } from '../../src/db/database.ts';
import { inSignIn } from '../../src/db/sign-in.ts';
import { organizationId, type OrganizationId } from '../../src/model/ids.ts';
import { openTestProvider, type TestProvider } from '../kit/oidc.ts';
import { openTestPasskey } from '../kit/passkey.ts';
import { openTestPeople, type TestPeople } from '../kit/people.ts';
import { addPerson, fieldOf, PASSWORD, type Browser } from '../kit/sign-in.ts';
import { totpOf } from '../kit/totp.ts';
import { until } from '../kit/until.ts';

const SECOND = organizationId('00000000-0000-4000-8000-00000000000a');
const ORIGIN = 'http://localhost:3000';

let hub: TestPeople;
let owner: Browser;
let idp: TestProvider;
before(async () => {
  hub = await openTestPeople();
  owner = await hub.owner();
  idp = await openTestProvider(`${ORIGIN}/api/auth/sso/callback`);
});
after(async () => {
  await idp[Symbol.asyncDispose]();
  await hub[Symbol.asyncDispose]();
});

/** What the audit says of a member, the oldest first. */
async function told(subject: string, organization: OrganizationId = DEFAULT_ORGANIZATION): Promise<AuditEntry[]> {
  const any = { below: undefined, actor: undefined, what: undefined, since: undefined, until: undefined };
  const rows = await inOrganization(hub.database.db, organization, (tx) => listAudit(tx, any, 1_000));
  return rows.filter((row) => row.subject === subject).toReversed();
}

const what = (rows: readonly AuditEntry[]): string[] =>
  rows.map(({ what, details: { by } }) => (typeof by === 'string' ? `${what} (${by})` : what));

/** Somebody new, as a subject of the audit. */
async function add(name: string): Promise<{ browser: Browser; email: string; member: string; id: string }> {
  const email = `${name}@example.com`;
  const browser = await addPerson(hub, email, 'viewer');
  const id = await hub.idOf(email);
  return { browser, email, id, member: `member/${id}` };
}

test('who comes in and goes is in the audit of every organization in which they are, with where they sat', async () => {
  const { email, id, member } = await add('ann');
  await inSignIn(
    hub.database.db,
    (tx) => tx`insert into auth.members (organization_id, user_id, role) values (${SECOND}, ${id}, 'viewer')`,
  );
  const browser = hub.browser('203.0.113.50');
  await browser.post('/sign-in/email', { email, password: PASSWORD });
  await browser.post('/sign-out');
  await browser.post('/sign-out');
  for (const organization of [DEFAULT_ORGANIZATION, SECOND]) {
    const rows = (await told(member, organization)).slice(-2);
    assert.deepEqual(what(rows), ['person.signed-in (password)', 'person.signed-out']);
    assert.deepEqual(rows[0]?.details, { by: 'password', address: '203.0.113.50' });
    assert.deepEqual([rows[0]?.actor, rows[0]?.actorName], [`person/${id}`, 'ann']);
    assert.equal((await inOrganization(hub.database.db, organization, verifyAudit)).broken, undefined);
  }
});

test('a page of another site that is refused is in no audit', async () => {
  const { browser, email, member } = await add('abe');
  const before = await told(member);
  const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' };
  assert.equal((await browser.post('/sign-out', {}, foreign)).status, 403);
  assert.equal((await hub.browser().post('/sign-in/email', { email, password: PASSWORD }, foreign)).status, 403);
  assert.deepEqual(await told(member), before);
});

test('a second factor, its codes and the password leave their entries, and none of them their secrets', async () => {
  const { browser, email, member } = await add('bea');
  const text = await (await browser.post('/two-factor/enable', { password: PASSWORD })).text();
  const uri = /"totpURI":"([^"]+)"/.exec(text)?.[1] ?? '';
  const secret = new URL(uri).searchParams.get('secret') ?? '';
  const [recovery = ''] = /\w{5}-\w{5}/.exec(text) ?? [];
  await browser.post('/two-factor/verify-totp', { code: totpOf(secret) });
  const later = hub.browser();
  await later.post('/sign-in/email', { email, password: PASSWORD });
  await later.post('/two-factor/verify-totp', { code: '000000' });
  await later.post('/two-factor/verify-backup-code', { code: recovery });
  const last = hub.browser();
  await last.post('/sign-in/email', { email, password: PASSWORD });
  await last.post('/two-factor/verify-totp', { code: totpOf(secret, Date.now() + 30_000) });
  await last.post('/two-factor/generate-backup-codes', { password: PASSWORD });
  await last.post('/two-factor/disable', { password: PASSWORD });
  await last.post('/change-password', { currentPassword: PASSWORD, newPassword: 'another long password' });
  await hub.browser().post('/request-password-reset', { email });
  const token = /reset-password#(\w+)/.exec(hub.lines.findLast((line) => line.includes('reset-password#')) ?? '')?.[1];
  await hub.browser().post('/reset-password', { token, newPassword: 'a third long password' });
  await until('it is told', async () => what(await told(member)).includes('person.sign-in-failed (authenticator)'));
  const rows = (await told(member)).slice(2);
  assert.deepEqual(what(rows.filter(({ what }) => what !== 'person.sign-in-failed')), [
    'person.two-factor-enabled',
    'person.signed-in (recovery code)',
    'person.recovery-code-used',
    'person.signed-in (authenticator)',
    'person.recovery-codes-renewed',
    'person.two-factor-disabled',
    'person.password-changed',
    'person.password-reset',
  ]);
  const written = JSON.stringify(rows);
  for (const hidden of [PASSWORD, 'another long', 'a third long', secret, recovery, token ?? ' ', '000000'])
    assert.ok(!written.includes(hidden), hidden);
});

test('a passkey leaves its entries: the right one, and one that did not sign', async () => {
  const { email, id, member } = await add('cleo');
  const key = openTestPasskey();
  await inSignIn(
    hub.database.db,
    (tx) => tx`insert into auth."passkey" ("publicKey", "userId", "credentialID", counter, "deviceType", "backedUp")
      values (${key.publicKey}, ${id}, ${key.id}, 0, 'singleDevice', false)`,
  );
  const attempt = async (signer = key): Promise<number> => {
    const browser = hub.browser();
    const challenge = await fieldOf(await browser.get('/passkey/generate-authenticate-options'), 'challenge');
    const response = { ...signer.answer(challenge, ORIGIN, 'localhost'), id: key.id, rawId: key.id };
    return (await browser.post('/passkey/verify-authentication', { response })).status;
  };
  assert.equal(await attempt(), 200, email);
  assert.ok((await attempt(openTestPasskey())) >= 400);
  await until('it is told', async () => what(await told(member)).includes('person.sign-in-failed (passkey)'));
  assert.ok(what(await told(member)).includes('person.signed-in (passkey)'));
});

test('whoever tries passwords fills the audit with ten entries a quarter of an hour, and for nobody with none', async () => {
  const { email, member } = await add('dan');
  const all = async (): Promise<number> => {
    const [row] = await hub.database.db.sql<{ count: number }[]>`select count(*)::int from switchboard.audit`;
    return row?.count ?? 0;
  };
  const before = await all();
  const one = await hub.another();
  for (let round = 0; round < 15; round += 1) {
    await one.browser('203.0.113.60').post('/sign-in/email', { email, password: 'not the right one' });
    await one.browser().post('/sign-in/email', { email: 'nobody@example.com', password: 'not the right one' });
  }
  // A mail lifts the lock, and the audit holds.
  await inSignIn(hub.database.db, (tx) => forgetAttempts(tx, attemptKey(email)));
  const after = await one.browser().post('/sign-in/email', { email, password: 'not the right one' });
  assert.equal(after.status, 401);
  // What is written after its answer is waited for.
  await one[Symbol.asyncDispose]();
  const rows = (await told(member)).filter(({ what }) => what === 'person.sign-in-failed');
  assert.equal(rows.length, 10);
  assert.equal(await all(), before + 10);
  assert.deepEqual(rows[0]?.details, { by: 'password', address: '203.0.113.60', member: 'dan' });
  assert.deepEqual([rows[0]?.actor, rows[0]?.actorName], ['somebody', 'Somebody']);
});

test('the provider of an organization is told of there, also where it vouches for nobody', async () => {
  const client = { clientId: idp.client.id, clientSecret: idp.client.secret };
  const made = await hub.call(owner, 'POST', '/sso', { issuer: idp.issuer, ...client, domain: 'corp.example' });
  const provider = await fieldOf(made, 'id');
  const come = async (): Promise<void> => {
    const browser = hub.browser();
    const begun = await browser.post('/sign-in/sso', { email: 'pat@corp.example', callbackURL: '/' });
    const url = await idp.walk((await fieldOf(begun, 'url')).replaceAll('\\u0026', '&'));
    await browser.get(url.slice(`${ORIGIN}/api/auth`.length));
  };
  idp.next.person = { sub: 'p-1', email: 'pat@corp.example', email_verified: true, name: 'Pat' };
  await come();
  idp.next.tampering = { claims: (claims) => ({ ...claims, nonce: 'another' }) };
  await come();
  const id = await hub.idOf('pat@corp.example');
  assert.deepEqual(what(await told(`member/${id}`)), [
    'member.joined (sso/'.concat(provider, ')'),
    'person.signed-in (sso)',
  ]);
  await until('it is told', async () => (await told(`sso/${provider}`)).length === 2);
  const refused = (await told(`sso/${provider}`)).at(-1);
  assert.equal(refused?.what, 'person.sign-in-failed');
  assert.deepEqual(refused?.details, {
    by: 'sso',
    domain: 'corp.example',
    reason: 'the token is not for this sign-in (nonce)',
  });
});

test('a session that its person ends is in the audit', async () => {
  const { browser, email, member } = await add('eve');
  await hub.browser().post('/sign-in/email', { email, password: PASSWORD });
  await hub.browser().post('/sign-in/email', { email, password: PASSWORD });
  const { items } = z
    .object({ items: z.array(z.object({ id: z.string(), current: z.boolean() })) })
    .parse(await (await hub.call(browser, 'GET', '/sessions')).json());
  const other = items.find(({ current }) => !current)?.id ?? '';
  assert.equal((await hub.call(browser, 'DELETE', `/sessions/${other}`)).status, 204);
  assert.equal((await hub.call(browser, 'DELETE', '/sessions')).status, 200);
  assert.equal((await hub.call(browser, 'DELETE', '/sessions')).status, 200);
  const rows = (await told(member)).slice(-2);
  assert.deepEqual(
    rows.map(({ what, details }) => [what, details]),
    [
      ['session.revoked', { session: other }],
      ['sessions.revoked', { count: 1 }],
    ],
  );
});
