import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { DEFAULT_ORGANIZATION } from '../../src/db/apps.ts';
import { openTestProvider, type Tampering, type TestProvider } from '../kit/oidc.ts';
import { openTestPeople, type TestPeople } from '../kit/people.ts';
import { addPerson, fieldOf, PASSWORD, type Browser } from '../kit/sign-in.ts';

const CALLBACK = 'http://localhost:3000/api/auth/sso/callback';

let hub: TestPeople;
let owner: Browser;
let idp: TestProvider;
before(async () => {
  hub = await openTestPeople();
  owner = await hub.owner();
  idp = await openTestProvider(CALLBACK);
  await add('corp.example');
});
after(async () => {
  await idp[Symbol.asyncDispose]();
  await hub[Symbol.asyncDispose]();
});
beforeEach(() => {
  idp.next.person = { sub: 'p-1', email: 'Pat@corp.example', email_verified: true, name: 'Pat' };
  idp.next.tampering = undefined;
});

async function add(domain: string, issuer = idp.issuer): Promise<Response> {
  const { id: clientId, secret: clientSecret } = idp.client;
  return hub.call(owner, 'POST', '/sso', { issuer, clientId, clientSecret, domain });
}

/** @returns where the provider sends the browser back to. */
async function begin(browser: Browser, email = 'pat@corp.example', callbackURL = '/conversations'): Promise<string> {
  const answer = await browser.post('/sign-in/sso', { email, callbackURL });
  assert.equal(answer.status, 200, await answer.clone().text());
  return idp.walk((await fieldOf(answer, 'url')).replaceAll('\\u0026', '&'));
}

const back = (browser: Browser, url: string): Promise<Response> =>
  browser.get(url.slice('http://localhost:3000/api/auth'.length));

async function assertRefused(browser: Browser, answer: Response, why: RegExp): Promise<void> {
  assert.equal(answer.status, 302);
  assert.match(decodeURIComponent(answer.headers.get('location') ?? ''), why);
  assert.match(answer.headers.get('location') ?? '', /^http:\/\/localhost:3000\/sign-in\?error=sso/);
  assert.equal(await hub.auth.identify(browser.request('/')), undefined);
}

test('who signs in at the organization’s provider is in it, as the provider’s role says, and goes on where they were', async () => {
  const browser = hub.browser();
  const answer = await back(browser, await begin(browser));
  assert.equal(answer.status, 302);
  assert.equal(answer.headers.get('location'), 'http://localhost:3000/conversations');
  const who = await hub.auth.identify(browser.request('/'));
  assert.deepEqual([who?.name, who?.role, who?.organization], ['Pat', 'viewer', DEFAULT_ORGANIZATION]);
  const again = hub.browser();
  await back(again, await begin(again));
  assert.equal((await hub.auth.identify(again.request('/')))?.id, who?.id);
  assert.match(await (await hub.call(owner, 'GET', '/audit?what=member.joined')).text(), /"actorName":"Pat"/);
});

const WRONG: Readonly<Record<string, [Tampering, RegExp]>> = {
  'a nonce of another sign-in': [{ claims: (claims) => ({ ...claims, nonce: 'another' }) }, /nonce/],
  'no nonce': [{ claims: ({ nonce: _nonce, ...claims }) => claims }, /nonce/],
  'another audience': [{ claims: (claims) => ({ ...claims, aud: 'another-client' }) }, /aud/],
  'several audiences, and somebody else meant': [
    { claims: (claims) => ({ ...claims, aud: ['switchboard', 'another-client'], azp: 'another-client' }) },
    /azp/,
  ],
  'another issuer': [{ claims: (claims) => ({ ...claims, iss: 'https://another.example' }) }, /iss/],
  'a signature by a foreign key': [{ by: 'foreign key' }, /SIGNATURE/],
  'no signature': [{ by: 'nobody' }, /not right/],
  'a signature by the client’s secret': [{ by: 'client secret' }, /ALG|not right/],
  'a time that is over': [
    { claims: (claims) => ({ ...claims, exp: Math.floor(Date.now() / 1000) - 120 }) },
    /EXPIRED|exp/,
  ],
  'no subject': [{ claims: ({ sub: _sub, ...claims }) => claims }, /sub/],
};

for (const [name, [tampering, why]] of Object.entries(WRONG))
  test(`a token with ${name} is refused`, async () => {
    const browser = hub.browser();
    idp.next.tampering = tampering;
    await assertRefused(browser, await back(browser, await begin(browser)), why);
  });

test('a token that was signed anew without a change is taken: the others are refused for what was changed', async () => {
  const browser = hub.browser();
  idp.next.tampering = { claims: (claims) => claims };
  await back(browser, await begin(browser));
  assert.equal((await hub.auth.identify(browser.request('/')))?.name, 'Pat');
});

test('a state that is missing, used, made up, or of another browser is refused', async () => {
  const browser = hub.browser();
  const url = await begin(browser);
  const eve = hub.browser();
  await assertRefused(eve, await back(eve, url), /not begun in this browser/);
  const other = await begin(eve);
  const mixed = new URL(url);
  mixed.searchParams.set('state', new URL(other).searchParams.get('state') ?? '');
  const victim = hub.browser();
  await begin(victim);
  await assertRefused(victim, await back(victim, mixed.href), /state/);
  const without = new URL(await begin(victim));
  without.searchParams.delete('state');
  await assertRefused(victim, await back(victim, without.href), /state/);
  const fresh = hub.browser();
  const good = await begin(fresh);
  const cookies = new Map(fresh.cookies);
  await back(fresh, good);
  assert.ok(await hub.auth.identify(fresh.request('/')));
  const replay = hub.browser();
  for (const [cookie, value] of cookies) replay.cookies.set(cookie, value);
  await assertRefused(replay, await back(replay, good), /used already/);
});

test('an answer of another provider is refused, although its code is one', async () => {
  const browser = hub.browser();
  const url = new URL(await begin(browser));
  url.searchParams.set('iss', 'https://another.example');
  await assertRefused(browser, await back(browser, url.href), /another provider/);
});

test('a provider is believed about its own domain only, and not about addresses it has not verified', async () => {
  for (const [person, why] of [
    [{ sub: 'p-2', email: 'ada@example.com', email_verified: true }, /corp\.example only/],
    [{ sub: 'p-3', email: 'x@evil.corp.example', email_verified: true }, /corp\.example only/],
    [{ sub: 'p-4', email: 'unverified@corp.example', email_verified: false }, /not verified/],
    [{ sub: 'p-5' }, /does not tell the address/],
  ] as const) {
    const browser = hub.browser();
    idp.next.person = { ...person };
    await assertRefused(browser, await back(browser, await begin(browser)), why);
  }
});

test('a provider does not get at an account that reaches further than its organization', async () => {
  const far = await addPerson(hub, 'far@corp.example', 'viewer');
  await hub.call(owner, 'POST', '/organizations', { name: 'Second' });
  const invited = await hub.call(owner, 'POST', '/invitations', { email: 'far@corp.example', role: 'owner' });
  const token = (await fieldOf(invited, 'link')).split('#')[1];
  assert.equal((await far.post('/invitation/accept', { token })).status, 200);
  await hub.call(owner, 'POST', `/organizations/${DEFAULT_ORGANIZATION}/switch`);
  idp.next.person = { sub: 'p-6', email: 'far@corp.example', email_verified: true };
  const browser = hub.browser();
  await assertRefused(browser, await back(browser, await begin(browser)), /not of this organization alone/);
});

test('a session that the provider vouches for counts in its organization alone, and changes no account', async () => {
  const near = await addPerson(hub, 'near@corp.example', 'analyst');
  idp.next.person = { sub: 'p-7', email: 'near@corp.example', email_verified: true };
  const browser = hub.browser();
  await back(browser, await begin(browser));
  assert.equal((await hub.auth.identify(browser.request('/')))?.role, 'analyst');
  await hub.call(owner, 'POST', '/organizations', { name: 'Third' });
  const invited = await hub.call(owner, 'POST', '/invitations', { email: 'near@corp.example', role: 'owner' });
  const third = (await hub.auth.identify(owner.request('/')))?.organization ?? '';
  const token = (await fieldOf(invited, 'link')).split('#')[1];
  await hub.call(owner, 'POST', `/organizations/${DEFAULT_ORGANIZATION}/switch`);
  assert.equal((await browser.post('/invitation/accept', { token })).status, 403);
  assert.equal((await near.post('/invitation/accept', { token })).status, 200);
  assert.equal((await hub.call(browser, 'POST', `/organizations/${third}/switch`)).status, 404);
  assert.equal((await hub.auth.identify(browser.request('/')))?.organization, DEFAULT_ORGANIZATION);
  assert.doesNotMatch(await (await hub.call(browser, 'GET', '/organizations')).text(), /Third/);
  for (const path of ['/two-factor/enable', '/change-password', '/passkey/verify-registration'])
    assert.equal((await browser.post(path, { password: PASSWORD })).status, 403, path);
});

test('who was taken out does not come in again by the provider', async () => {
  idp.next.person = { sub: 'p-8', email: 'gone@corp.example', email_verified: true };
  const browser = hub.browser();
  await back(browser, await begin(browser));
  await hub.call(owner, 'DELETE', `/members/${await hub.idOf('gone@corp.example')}`);
  assert.equal(await hub.auth.identify(browser.request('/')), undefined);
  const again = hub.browser();
  await assertRefused(again, await back(again, await begin(again)), /not in this organization any more/);
});

test('only a path of ours can be where it goes on', async () => {
  for (const callbackURL of ['https://evil.example', '//evil.example', '/\\evil.example', 'evil', '/a\n/b']) {
    const { status } = await hub.browser().post('/sign-in/sso', { email: 'pat@corp.example', callbackURL });
    assert.ok(status === 400 || status === 403, `${callbackURL}: ${status}`);
  }
});

test('a domain that nobody vouches for says so, and one has one provider', async () => {
  const unknown = await hub.browser().post('/sign-in/sso', { email: 'x@nowhere.example' });
  assert.equal(unknown.status, 404);
  const second = await add('corp.example');
  assert.equal(second.status, 409);
  assert.match(await second.text(), /vouches for corp.example already/);
});

test('the client’s secret is neither read back nor kept as it is, and only an owner adds a provider', async () => {
  const list = await (await hub.call(owner, 'GET', '/sso')).text();
  const rows = JSON.stringify(await hub.database.db.sql`select to_jsonb(p) as row from auth.sso_providers p`);
  const audit = await (await hub.call(owner, 'GET', '/audit?what=sso.')).text();
  assert.match(list, /"domain":"corp.example".*"redirectUri":"http:\/\/localhost:3000\/api\/auth\/sso\/callback"/);
  assert.ok(![list, rows, audit].some((text) => text.includes(idp.client.secret)));
  const admin = await addPerson(hub, 'sso-admin@example.com', 'admin');
  assert.equal((await hub.call(admin, 'POST', '/sso', {})).status, 403);
});

test('an issuer that leads inside, has no TLS, or is none is refused', async () => {
  await using strict = await openTestPeople({ allowPrivateIssuers: false });
  const who = await strict.owner();
  const about = { clientId: 'x', clientSecret: 'y', domain: 'inside.example' };
  const ask = async (issuer: string) => (await strict.call(who, 'POST', '/sso', { ...about, issuer })).text();
  for (const issuer of [
    'https://127.0.0.1:1',
    'https://[::1]',
    'https://169.254.169.254',
    'https://10.0.0.1',
    'https://localhost',
    'https://[::ffff:127.0.0.1]',
    'https://2130706433',
  ])
    assert.match(await ask(issuer), /not in the public internet/, issuer);
  assert.match(await ask(idp.issuer), /has to be reached by https/);
  assert.match(await ask('https://user:pass@127.0.0.1'), /with a password in it/);
  assert.match(await ask('file:///etc/passwd'), /issuer:/);
  const lying = await add('lying.example', idp.issuer.replace('127.0.0.1', 'localhost'));
  assert.match(await lying.text(), /calls itself/);
});

test('a provider that is taken away signs nobody in, and ends whom it had signed in', async () => {
  assert.equal((await add('short.example')).status, 200);
  idp.next.person = { sub: 'p-9', email: 'pat@short.example', email_verified: true };
  const browser = hub.browser();
  await back(browser, await begin(browser, 'pat@short.example'));
  assert.ok(await hub.auth.identify(browser.request('/')));
  const list = await (await hub.call(owner, 'GET', '/sso')).text();
  const id = /"id":"([^"]+)","issuer":"[^"]+","clientId":"switchboard","domain":"short.example"/.exec(list)?.[1];
  const half = hub.browser();
  const url = await begin(half, 'pat@short.example');
  assert.equal((await hub.call(owner, 'DELETE', `/sso/${id}`)).status, 204);
  assert.equal(await hub.auth.identify(browser.request('/')), undefined);
  await assertRefused(half, await back(half, url), /removed meanwhile/);
});
