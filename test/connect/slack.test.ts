import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { inOrganization } from '../../src/db/database.ts';
import { unseal } from '../../src/vault/seal.ts';
import { until } from '../kit/until.ts';
import { press, visit } from './browser.ts';
import { DEFAULT_ORGANIZATION, OTHER_ORGANIZATION, type Somebody } from './hub.ts';
import { openSlackRoom, type Begun, type SlackRoom } from './slack-room.ts';

let room: SlackRoom;
before(async () => void (room = await openSlackRoom()));
after(async () => room[Symbol.asyncDispose]());

test('one pasted token and one press of Allow make an app that answers with a token of its own', async () => {
  const app = await room.connect('T0SANDBOX02');
  await room.answered(room.placeOf('T0SANDBOX02'));
  const { json } = await room.hub.ask(`/apps/${app}`);
  assert.deepEqual([json['state'], json['problem'], json['installs']], ['active', null, 1]);
  assert.ok(json['lastEventAt']);
  const { json: listed } = await room.hub.ask(`/installs?app=${app}`);
  const [install] = listed['items'] as { missing: string[]; hasTokens: boolean; name: string }[];
  assert.deepEqual([install?.missing, install?.hasTokens, install?.name], [[], true, 'Acme']);
});

test('one app is in several workspaces, each with its own token, and in a whole organization', async () => {
  const app = await room.connect('T0SANDBOX02');
  for (const team of ['T0SANDBOX03', 'E0SANDBOX01']) {
    const { json } = await room.hub.ask(`/apps/${app}/install`, { method: 'POST' });
    const { url } = json['go'] as Begun['go'];
    await room.hub.comeBack(await room.allow(url, team));
    await room.answered(room.placeOf(team));
  }
  const { json } = await room.hub.ask(`/installs?app=${app}`);
  const externals = (json['items'] as { external: string }[]).map(({ external }) => external);
  assert.deepEqual(externals.toSorted(), ['E0SANDBOX01', 'T0SANDBOX02', 'T0SANDBOX03']);
});

test('an app that somebody creates by the filled-in page is connected by three pasted values', async () => {
  const { json } = await room.hub.ask('/connect/slack/prepare', { method: 'POST', body: { name: 'Helper' } });
  const { prefilled, app } = json as { prefilled: string; app: string };
  const made = await press(await visit(prefilled));
  const [SLACK_CLIENT_ID, SLACK_CLIENT_SECRET, SLACK_SIGNING_SECRET] = [
    ...made.text.matchAll(/<code>([^<]*)<\/code>/g),
  ].map(([, value]) => value);
  const values = { SLACK_CLIENT_ID, SLACK_CLIENT_SECRET, SLACK_SIGNING_SECRET };
  assert.equal(await room.connect('T0SANDBOX02', {}, { way: 'link', app, name: 'Helper', values }), app);
  await room.answered(room.placeOf('T0SANDBOX02'));
});

test('an app that is installed already is connected by its signing secret and its token', async () => {
  const { SLACK_SIGNING_SECRET, SLACK_BOT_TOKEN } = room.slack.environment;
  const body = { way: 'paste', values: { SLACK_SIGNING_SECRET, SLACK_BOT_TOKEN } };
  const { json } = await room.hub.ask('/connect/slack', { method: 'POST', body });
  assert.equal(json['go'], null);
  room.slack.deliverTo(room.hub.url);
  // By the path that all apps share: the signature says whose it is.
  const said = await room.slack.say({ text: 'hello' });
  assert.equal(said.status, 200);
  await until('an answer', () => room.slack.visible(said.thread).some(({ fromBot }) => fromBot));
});

test('two organizations with an app each are told apart, and neither can act for the other', async () => {
  const theirs = { organization: OTHER_ORGANIZATION };
  const [mine, other] = [await room.connect('T0SANDBOX02'), await room.connect('T0SANDBOX03', theirs)];
  await room.answered(room.placeOf('T0SANDBOX03'));
  const messages = (organization: typeof OTHER_ORGANIZATION) =>
    inOrganization(
      room.hub.database.db,
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
    assert.equal((await room.hub.ask(path, { method })).status, 404, `${method} ${path}`);
  const rotated = await room.hub.ask('/connect/slack', { method: 'POST', body: { ...room.byToken(), app: other } });
  assert.equal(rotated.status, 404);
});

test('a way back counts once, for who began it, where it was begun, and not for long', async () => {
  const back = await room.allow((await room.begin()).go.url);
  const problem = async (url: string, as?: Somebody) =>
    (await room.hub.comeBack(url, as)).searchParams.get('problem') ?? '';
  assert.match(await problem(back, { id: 'person-2' }), /begin again/);
  assert.match(await problem(back, { organization: OTHER_ORGANIZATION }), /begin again/);
  assert.match(await problem(back.replace(/state=[^&]*/, '')), /begin again/);
  assert.match(await problem(back.replace(/state=[^&]*/, 'state=guessed')), /begin again/);
  assert.match(await problem(back, { role: 'viewer' }), /role admin/);
  assert.ok((await room.hub.comeBack(back)).searchParams.get('connected'));
  assert.match(await problem(back), /begin again/);
  const late = await room.allow((await room.begin()).go.url);
  await room.hub.database.db.sql`update switchboard.connecting set expires_at = now() - interval '1 second'`;
  assert.match(await problem(late), /begin again/);
});

test('who does not allow it is told so, and nothing is installed', async () => {
  const { app, go } = await room.begin();
  const back = await press(await visit(go.url), { team: 'T0SANDBOX02', answer: 'cancel' });
  assert.match((await room.hub.comeBack(back.url.href)).searchParams.get('problem') ?? '', /not allowed/);
  assert.equal(await room.installRow(app), undefined);
});

test('a wrong token is refused with what to do about it', async () => {
  const body = { way: 'token', values: { SLACK_CONFIG_TOKEN: 'xoxe.xoxp-wrong' } };
  const { status, json } = await room.hub.ask('/connect/slack', { method: 'POST', body });
  assert.equal(status, 422);
  assert.match(String(json['detail']), /copy it again/);
  const missing = await room.hub.ask('/connect/slack', { method: 'POST', body: { way: 'link', values: {} } });
  assert.equal(missing.status, 400);
  assert.match(String(missing.json['detail']), /SLACK_CLIENT_ID/);
});

test('nothing that was answered, logged or written into the audit holds a secret', async () => {
  const told = await room.hub.told();
  const secrets = [
    room.slack.apps.configToken,
    room.slack.environment['SLACK_BOT_TOKEN'],
    room.slack.environment['SLACK_SIGNING_SECRET'],
  ];
  const sealed = await room.hub.database.db.sql<{ id: string; organization_id: string; sealed: string }[]>`
    select id, organization_id, sealed_credentials as sealed from switchboard.apps where sealed_credentials like 'ey%'`;
  const ring = await room.hub.connections.keys();
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
