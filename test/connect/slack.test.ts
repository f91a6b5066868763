import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { inOrganization } from '../../src/db/database.ts';
import { openSlackStandIn, type InstalledApp, type SlackStandIn } from '../../sandbox/slack/index.ts';
import { until } from '../kit/until.ts';
import { press, visit } from './browser.ts';
import { DEFAULT_ORGANIZATION, openConnectHub, OTHER_ORGANIZATION, type ConnectHub, type Somebody } from './hub.ts';

let slack: SlackStandIn;
let hub: ConnectHub;
before(async () => {
  slack = await openSlackStandIn({ echoes: false });
  hub = await openConnectHub(slack.apps.urls);
});
after(async () => {
  await hub[Symbol.asyncDispose]();
  await slack[Symbol.asyncDispose]();
});

const byToken = (rotation = 'off') => ({
  way: 'token',
  values: { SLACK_CONFIG_TOKEN: slack.apps.configToken, SLACK_TOKEN_ROTATION: rotation },
});

type Begun = { app: string; go: { url: string } };

async function begin(as: Somebody = {}, body: object = byToken()): Promise<Begun> {
  const { status, json } = await hub.ask('/connect/slack', { method: 'POST', body, as });
  assert.equal(status, 200, JSON.stringify(json));
  return json as Begun;
}

/** Presses Allow for a workspace; the address to which Slack sends the person back. */
async function allow(url: string, team = 'T0SANDBOX02'): Promise<string> {
  const page = await visit(url);
  assert.equal(page.status, 200, page.text);
  const back = await press(page, { team, answer: 'allow' });
  assert.equal(back.status, 302);
  return back.url.href;
}

async function connect(team: string, as: Somebody = {}, body?: object): Promise<string> {
  const { app, go } = await begin(as, body);
  const led = await hub.comeBack(await allow(go.url, team), as);
  assert.equal(led.searchParams.get('connected'), app, led.href);
  return app;
}

const placeOf = (team: string, app?: InstalledApp['app']): InstalledApp => {
  const found = slack.apps.workspaces().findLast((one) => one.team === team && (app === undefined || one.app === app));
  assert.ok(found, `no app in ${team}`);
  return found;
};

async function answered(place: InstalledApp): Promise<string> {
  const said = await place.say({ text: 'who are you?' });
  assert.equal(said.status, 200);
  const bot = () => place.visible(said.thread).find(({ fromBot }) => fromBot);
  await until('an answer', () => bot()?.text.startsWith('The answer') === true);
  return bot()?.text ?? '';
}

const installRow = async (app: string, organization = DEFAULT_ORGANIZATION) => {
  const rows = await inOrganization(
    hub.database.db,
    organization,
    (tx) =>
      tx<
        { id: string; state: string; sealed: string | null; external: string }[]
      >`select id, state, sealed_tokens as sealed, external_id as external from switchboard.installs where app_id = ${app}`,
  );
  return rows[0];
};

test('one pasted token and one press of Allow make an app that answers with a token of its own', async () => {
  const app = await connect('T0SANDBOX02');
  await answered(placeOf('T0SANDBOX02'));
  const { json } = await hub.ask(`/apps/${app}`);
  assert.deepEqual([json['state'], json['problem'], json['installs']], ['active', null, 1]);
  assert.ok(json['lastEventAt']);
  const { json: listed } = await hub.ask(`/installs?app=${app}`);
  const [install] = listed['items'] as { missing: string[]; hasTokens: boolean; name: string }[];
  assert.deepEqual([install?.missing, install?.hasTokens, install?.name], [[], true, 'Acme']);
});

test('one app is in several workspaces, each with its own token, and in a whole organization', async () => {
  const app = await connect('T0SANDBOX02');
  for (const team of ['T0SANDBOX03', 'E0SANDBOX01']) {
    const { json } = await hub.ask(`/apps/${app}/install`, { method: 'POST' });
    const { url } = json['go'] as Begun['go'];
    await hub.comeBack(await allow(url, team));
    await answered(placeOf(team));
  }
  const { json } = await hub.ask(`/installs?app=${app}`);
  const externals = (json['items'] as { external: string }[]).map(({ external }) => external);
  assert.deepEqual(externals.toSorted(), ['E0SANDBOX01', 'T0SANDBOX02', 'T0SANDBOX03']);
});

test('an app that somebody creates by the filled-in page is connected by three pasted values', async () => {
  const { json } = await hub.ask('/connect/slack/prepare', { method: 'POST', body: { name: 'Helper' } });
  const { prefilled, app } = json as { prefilled: string; app: string };
  const made = await press(await visit(prefilled));
  const [SLACK_CLIENT_ID, SLACK_CLIENT_SECRET, SLACK_SIGNING_SECRET] = [
    ...made.text.matchAll(/<code>([^<]*)<\/code>/g),
  ].map(([, value]) => value);
  const values = { SLACK_CLIENT_ID, SLACK_CLIENT_SECRET, SLACK_SIGNING_SECRET };
  assert.equal(await connect('T0SANDBOX02', {}, { way: 'link', app, name: 'Helper', values }), app);
  await answered(placeOf('T0SANDBOX02'));
});

test('an app that is installed already is connected by its signing secret and its token', async () => {
  const { SLACK_SIGNING_SECRET, SLACK_BOT_TOKEN } = slack.environment;
  const body = { way: 'paste', values: { SLACK_SIGNING_SECRET, SLACK_BOT_TOKEN } };
  const { json } = await hub.ask('/connect/slack', { method: 'POST', body });
  assert.equal(json['go'], null);
  slack.deliverTo(hub.url);
  // By the path that all apps share: the signature says whose it is.
  const said = await slack.say({ text: 'hello' });
  assert.equal(said.status, 200);
  await until('an answer', () => slack.visible(said.thread).some(({ fromBot }) => fromBot));
});

test('two organizations with an app each are told apart, and neither can act for the other', async () => {
  const theirs = { organization: OTHER_ORGANIZATION };
  const [mine, other] = [await connect('T0SANDBOX02'), await connect('T0SANDBOX03', theirs)];
  await answered(placeOf('T0SANDBOX03'));
  const messages = (organization: typeof OTHER_ORGANIZATION) =>
    inOrganization(
      hub.database.db,
      organization,
      (tx) => tx`select 1 from switchboard.deliveries where app_id in (${mine}, ${other})`,
    );
  assert.equal((await messages(DEFAULT_ORGANIZATION)).length, 0);
  assert.ok((await messages(OTHER_ORGANIZATION)).length > 0);
  for (const [path, method] of [
    [`/apps/${other}`, 'GET'],
    [`/apps/${other}`, 'DELETE'],
    [`/apps/${other}/pause`, 'POST'],
    [`/apps/${other}/doctor`, 'POST'],
    [`/apps/${other}/install`, 'POST'],
  ] as const)
    assert.equal((await hub.ask(path, { method })).status, 404, `${method} ${path}`);
  const rotated = await hub.ask('/connect/slack', { method: 'POST', body: { ...byToken(), app: other } });
  assert.equal(rotated.status, 404);
});

test('a way back counts once, for who began it, where it was begun, and not for long', async () => {
  const back = await allow((await begin()).go.url);
  const problem = async (url: string, as?: Somebody) => (await hub.comeBack(url, as)).searchParams.get('problem') ?? '';
  assert.match(await problem(back, { id: 'person-2' }), /begin again/);
  assert.match(await problem(back, { organization: OTHER_ORGANIZATION }), /begin again/);
  assert.match(await problem(back.replace(/state=[^&]*/, '')), /begin again/);
  assert.match(await problem(back.replace(/state=[^&]*/, 'state=guessed')), /begin again/);
  assert.match(await problem(back, { role: 'viewer' }), /role admin/);
  assert.ok((await hub.comeBack(back)).searchParams.get('connected'));
  assert.match(await problem(back), /begin again/);
  const late = await allow((await begin()).go.url);
  await hub.database.db.sql`update switchboard.connecting set expires_at = now() - interval '1 second'`;
  assert.match(await problem(late), /begin again/);
});

test('who does not allow it is told so, and nothing is installed', async () => {
  const { app, go } = await begin();
  const back = await press(await visit(go.url), { team: 'T0SANDBOX02', answer: 'cancel' });
  assert.match((await hub.comeBack(back.url.href)).searchParams.get('problem') ?? '', /not allowed/);
  assert.equal(await installRow(app), undefined);
});

test('a wrong token is refused with what to do about it', async () => {
  const body = { way: 'token', values: { SLACK_CONFIG_TOKEN: 'xoxe.xoxp-wrong' } };
  const { status, json } = await hub.ask('/connect/slack', { method: 'POST', body });
  assert.equal(status, 422);
  assert.match(String(json['detail']), /copy it again/);
  const missing = await hub.ask('/connect/slack', { method: 'POST', body: { way: 'link', values: {} } });
  assert.equal(missing.status, 400);
  assert.match(String(missing.json['detail']), /SLACK_CLIENT_ID/);
});

test('what a paused app is sent waits, and is answered when it goes on', async () => {
  const app = await connect('T0SANDBOX02');
  const place = placeOf('T0SANDBOX02');
  assert.equal((await hub.ask(`/apps/${app}/pause`, { method: 'POST' })).status, 204);
  const said = await place.say({ text: 'are you there?' });
  assert.equal(said.status, 200);
  await until('it was looked at', async () => {
    const rows = await hub.database.db
      .sql`select 1 from switchboard.threads t join switchboard.installs i on i.id = t.install_id
      where i.app_id = ${app} and t.fence > 0 and t.lease_until is null`;
    return rows.length > 0;
  });
  assert.equal(place.visible(said.thread).filter(({ fromBot }) => fromBot).length, 0);
  assert.equal((await hub.ask(`/apps/${app}/resume`, { method: 'POST' })).status, 204);
  await until('an answer', () => place.visible(said.thread).some(({ fromBot }) => fromBot));
});

test('one workspace is paused by itself, and what it says there does not end that', async () => {
  const app = await connect('T0SANDBOX03');
  const place = placeOf('T0SANDBOX03');
  const install = await installRow(app);
  assert.equal((await hub.ask(`/installs/${install?.id}/pause`, { method: 'POST' })).status, 204);
  const said = await place.say({ text: 'are you there?' });
  assert.equal((await installRow(app))?.state, 'paused');
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(place.visible(said.thread).filter(({ fromBot }) => fromBot).length, 0);
  assert.equal((await hub.ask(`/installs/${install?.id}/resume`, { method: 'POST' })).status, 204);
  await until('an answer', () => place.visible(said.thread).some(({ fromBot }) => fromBot));
  assert.equal((await hub.ask(`/installs/${install?.id}`, { method: 'DELETE' })).status, 204);
  assert.equal(place.isInstalled(), false);
  assert.equal((await installRow(app))?.sealed, null);
});

test('an app is updated to today’s manifest, and a workspace that has granted less is to be installed again', async () => {
  const app = await connect('T0SANDBOX02');
  const row = await installRow(app);
  const fewer = JSON.stringify({ scopes: ['chat:write'] });
  await hub.database.db
    .sql`update switchboard.installs set details = details || ${fewer}::text::jsonb where id = ${row?.id ?? ''}`;
  const { json } = await hub.ask(`/installs/${row?.id}`);
  assert.ok((json['missing'] as string[]).includes('app_mentions:read'));
  const body = { values: { SLACK_CONFIG_TOKEN: slack.apps.configToken } };
  const updated = await hub.ask(`/apps/${app}/update`, { method: 'POST', body });
  assert.equal(updated.status, 200, JSON.stringify(updated.json));
  const again = await hub.ask(`/apps/${app}/install`, { method: 'POST' });
  await hub.comeBack(await allow((again.json['go'] as Begun['go']).url));
  assert.deepEqual((await hub.ask(`/installs/${row?.id}`)).json['missing'], []);
});

test('a token that ends is renewed before it does, and calls go on with the new one', async () => {
  const app = await connect('T0SANDBOX02', {}, byToken('on'));
  const place = placeOf('T0SANDBOX02');
  await answered(place);
  const before = await installRow(app);
  // As it would be stored half an hour before its end.
  const { seal, unseal } = await import('../../src/vault/seal.ts');
  const purpose = `${DEFAULT_ORGANIZATION}/install/${before?.id}`;
  const ring = await hub.connections.keys();
  const tokens = JSON.parse(await unseal(ring, before?.sealed ?? '', purpose)) as object;
  const ending = await seal(ring, JSON.stringify({ ...tokens, endsAt: Date.now() - 1_000 }), purpose);
  await hub.database.db.sql`update switchboard.installs set sealed_tokens = ${ending} where id = ${before?.id ?? ''}`;
  slack.apps.expireTokens(-1);
  const calls = slack.ledger.performed('oauth.v2.access');
  await new Promise((resolve) => setTimeout(resolve, 3_100));
  await answered(place);
  assert.equal(slack.ledger.performed('oauth.v2.access'), calls + 1);
  assert.notEqual((await installRow(app))?.sealed, ending);
});

test('an app that is taken out of a workspace takes its secrets with it', async () => {
  const app = await connect('T0SANDBOX02');
  await placeOf('T0SANDBOX02').uninstall();
  await until('it is out', async () => (await installRow(app))?.state === 'uninstalled');
  assert.equal((await installRow(app))?.sealed, null);
});

test('an app that is removed here is taken out there, its secrets are gone, and its address is nobody’s', async () => {
  const app = await connect('T0SANDBOX03');
  const place = placeOf('T0SANDBOX03');
  assert.equal((await hub.ask(`/apps/${app}`, { method: 'DELETE' })).status, 204);
  assert.equal(place.isInstalled(), false);
  assert.equal((await installRow(app))?.sealed, null);
  const [row] = await hub.database.db.sql`select sealed_credentials from switchboard.apps where id = ${app}`;
  assert.equal(row?.['sealed_credentials'], null);
  assert.equal((await place.say({ text: 'still there?' })).status, 404);
  assert.equal((await hub.ask(`/apps/${app}`)).status, 404);
});

test('the doctor finds nothing with an app that answers, and says what to do with one that is nowhere', async () => {
  const app = await connect('T0SANDBOX02');
  await answered(placeOf('T0SANDBOX02'));
  type Found = { check: string; state: string; fix: string | null; says: string };
  const look = async () => (await hub.ask(`/apps/${app}/doctor`, { method: 'POST' })).json['findings'] as Found[];
  const healthy = await look();
  assert.deepEqual(
    healthy.filter(({ state }) => state === 'failed'),
    [],
  );
  for (const check of ['database', 'state', 'signature', 'token', 'scopes', 'clock', 'last event', 'last reply'])
    assert.ok(
      healthy.some((one) => one.check === check && one.state === 'ok'),
      `${check}: ${JSON.stringify(healthy)}`,
    );
  await placeOf('T0SANDBOX02').uninstall();
  const ill = (await look()).filter(({ state }) => state === 'failed');
  assert.ok(ill.length > 0);
  assert.ok(
    ill.every(({ fix }) => fix !== null && fix !== ''),
    JSON.stringify(ill),
  );
});

test('a stored app that cannot be opened is shown with the reason, and what it is sent has to come again', async () => {
  const app = await connect('T0SANDBOX02');
  const place = placeOf('T0SANDBOX02');
  await hub.database.db
    .sql`update switchboard.apps set sealed_credentials = 'broken', changed_at = clock_timestamp() where id = ${app}`;
  await hub.apps.refresh();
  const { json } = await hub.ask(`/apps/${app}`);
  assert.match(String(json['problem']), /cannot be opened/);
  assert.equal((await place.say({ text: 'hello' })).status, 503);
});

test('nothing that was answered, logged or written into the audit holds a secret', async () => {
  const told = await hub.told();
  const secrets = [
    slack.apps.configToken,
    slack.environment['SLACK_BOT_TOKEN'],
    slack.environment['SLACK_SIGNING_SECRET'],
  ];
  const sealed = await hub.database.db.sql<{ id: string; organization_id: string; sealed: string }[]>`
    select id, organization_id, sealed_credentials as sealed from switchboard.apps where sealed_credentials like 'ey%'`;
  const { unseal } = await import('../../src/vault/seal.ts');
  const ring = await hub.connections.keys();
  for (const row of sealed) {
    const text = await unseal(ring, row.sealed, `${row.organization_id}/app/${row.id}`);
    const known = JSON.parse(text) as Record<string, string>;
    secrets.push(known['SLACK_CLIENT_SECRET'], known['SLACK_SIGNING_SECRET']);
  }
  assert.ok(secrets.filter((one) => one !== undefined).length > 6);
  for (const secret of secrets) assert.ok(secret === undefined || !told.includes(secret));
  assert.doesNotMatch(told, /xox[bpe][-.]\S{8}/);
  assert.match(told, /app\.connected/);
});
