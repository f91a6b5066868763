import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openGithubStandIn, type GithubStandIn } from '../../sandbox/github/index.ts';
import { until } from '../kit/until.ts';
import { press, visit } from './browser.ts';
import { openConnectHub, OTHER_ORGANIZATION, type ConnectHub, type Somebody } from './hub.ts';

let github: GithubStandIn;
let hub: ConnectHub;
before(async () => {
  github = await openGithubStandIn();
  hub = await openConnectHub(github.apps.urls);
});
after(async () => {
  await hub[Symbol.asyncDispose]();
  await github[Symbol.asyncDispose]();
});

type Go = { url: string; form: Record<string, string> | null };

/** Walks from our first button to GitHub's page that makes the app; the address it leads back to. */
async function create(as: Somebody = {}, values: Record<string, string> = {}): Promise<{ app: string; back: string }> {
  const { status, json } = await hub.ask('/connect/github', { method: 'POST', body: { way: 'manifest', values }, as });
  assert.equal(status, 200, JSON.stringify(json));
  const { url, form } = json['go'] as Go;
  const made = await press(await visit(url, form ?? {}));
  assert.equal(made.status, 302, made.text);
  return { app: String(json['app']), back: made.url.href };
}

async function connect(as: Somebody = {}): Promise<string> {
  const { app, back } = await create(as);
  const toInstall = await hub.comeBack(back, as);
  const installed = await press(await visit(toInstall));
  const led = await hub.comeBack(installed.url.href, as);
  assert.equal(led.searchParams.get('connected'), app, led.href);
  return app;
}

const newest = () => {
  const app = github.apps.all().at(-1);
  assert.ok(app);
  return app;
};

const bodyOf = (text: string): string => text.split('\n')[0] ?? '';

test('two presses on GitHub’s pages make an app that answers where it is installed', async () => {
  const app = await connect();
  const made = newest();
  const said = await made.comment({ text: 'who are you?' });
  const answer = () => made.visible(said.thread).find(({ fromBot }) => fromBot);
  await until('an answer', () => answer() !== undefined);
  assert.match(bodyOf(answer()?.text ?? ''), /^The answer/);
  const { json } = await hub.ask(`/apps/${app}`);
  assert.deepEqual([json['state'], json['problem'], json['name']], ['active', null, 'Switchboard']);
  const { json: listed } = await hub.ask(`/installs?app=${app}`);
  assert.deepEqual(
    (listed['items'] as { name: string; missing: string[] }[]).map(({ name, missing }) => [name, missing]),
    [['acme', []]],
  );
});

test('the app is an organization’s where one is named, and a name that is none is refused', async () => {
  const { json } = await hub.ask('/connect/github', {
    method: 'POST',
    body: { way: 'manifest', values: { organization: 'acme' } },
  });
  assert.match((json['go'] as Go).url, /\/organizations\/acme\/settings\/apps\/new\?state=/);
  const wrong = await hub.ask('/connect/github', {
    method: 'POST',
    body: { way: 'manifest', values: { organization: '../x' } },
  });
  assert.equal(wrong.status, 400);
});

test('a code counts once, for who began it, where it was begun', async () => {
  const { back } = await create();
  const problem = async (url: string, as?: Somebody) => (await hub.comeBack(url, as)).searchParams.get('problem') ?? '';
  assert.match(await problem(back, { id: 'person-2' }), /begin again/);
  assert.match(await problem(back, { organization: OTHER_ORGANIZATION }), /begin again/);
  assert.match(await problem(back.replace(/code=[^&]*/, 'code=guessed')), /begin again/);
  // The state was used up by that.
  assert.match(await problem(back), /begin again/);
});

test('an installation that is none of this app’s is not believed', async () => {
  const { back } = await create();
  const toInstall = await hub.comeBack(back);
  const state = toInstall.searchParams.get('state') ?? '';
  const forged = `${hub.url}/connect/github/callback?installation_id=1&setup_action=install&state=${state}`;
  assert.match((await hub.comeBack(forged)).searchParams.get('problem') ?? '', /no installation of this app/);
});

test('an app that is there already is connected by its key, and its installations are found', async () => {
  const { APP_ID = '', PRIVATE_KEY = '', WEBHOOK_SECRET = '' } = github.environment;
  const body = { way: 'paste', values: { APP_ID, PRIVATE_KEY, WEBHOOK_SECRET } };
  const { json } = await hub.ask('/connect/github', { method: 'POST', body });
  assert.equal((json['installs'] as string[]).length, 1);
  const wrong = { way: 'paste', values: { APP_ID: '123456', PRIVATE_KEY, WEBHOOK_SECRET } };
  assert.notEqual((await hub.ask('/connect/github', { method: 'POST', body: wrong })).status, 200);
});

test('the doctor sees permissions that an installation has not granted yet', async () => {
  const app = await connect();
  type Found = { check: string; state: string; fix: string | null; says: string };
  const look = async () => (await hub.ask(`/apps/${app}/doctor`, { method: 'POST' })).json['findings'] as Found[];
  const healthy = await look();
  assert.deepEqual(
    healthy.filter(({ state }) => state === 'failed'),
    [],
  );
  assert.ok(healthy.some(({ check, state }) => check === 'event URL' && state === 'ok'));
  newest().grant({ metadata: 'read', issues: 'read' });
  const ill = (await look()).find(({ check, state }) => check === 'scopes' && state === 'failed');
  assert.match(ill?.says ?? '', /acme may not:.*issues \(write\)/);
  assert.match(ill?.fix ?? '', /accepts the new permissions/);
  await hub.ask(`/apps/${app}/installs`, { method: 'POST' });
  const { json } = await hub.ask(`/installs?app=${app}`);
  const [install] = json['items'] as { missing: string[] }[];
  assert.ok(install?.missing.includes('issues:write'));
});

test('an app that is removed here is taken out of its installations', async () => {
  const app = await connect();
  const made = newest();
  assert.equal((await hub.ask(`/apps/${app}`, { method: 'DELETE' })).status, 204);
  assert.equal(made.isInstalled(), false);
});

test('nothing that was answered, logged or written into the audit holds a key or a secret', async () => {
  const told = await hub.told();
  assert.doesNotMatch(told, /BEGIN (RSA )?PRIVATE KEY/);
  assert.ok(!told.includes(github.environment['WEBHOOK_SECRET'] ?? '-'));
  const sealed = await hub.database.db.sql<{ id: string; organization_id: string; sealed: string }[]>`
    select id, organization_id, sealed_credentials as sealed from switchboard.apps where sealed_credentials is not null`;
  const { unseal } = await import('../../src/vault/seal.ts');
  for (const row of sealed) {
    const text = await unseal(await hub.connections.keys(), row.sealed, `${row.organization_id}/app/${row.id}`);
    const known = JSON.parse(text) as Record<string, string>;
    assert.ok(!told.includes(known['WEBHOOK_SECRET'] ?? '-'));
    assert.ok(!told.includes(known['GITHUB_CLIENT_SECRET'] ?? '\0'));
  }
});
