import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { seal, unseal } from '../../src/vault/seal.ts';
import { until } from '../kit/until.ts';
import { DEFAULT_ORGANIZATION } from './hub.ts';
import { openSlackRoom, type Begun, type SlackRoom } from './slack-room.ts';

let room: SlackRoom;
before(async () => void (room = await openSlackRoom()));
after(async () => room[Symbol.asyncDispose]());

test('what a paused app is sent waits, and is answered when it goes on', async () => {
  const app = await room.connect('T0SANDBOX02');
  const place = room.placeOf('T0SANDBOX02');
  assert.equal((await room.hub.ask(`/apps/${app}/pause`, { method: 'POST' })).status, 204);
  const said = await place.say({ text: 'are you there?' });
  assert.equal(said.status, 200);
  await until('it was looked at', async () => {
    const rows = await room.hub.database.db
      .sql`select 1 from switchboard.threads t join switchboard.installs i on i.id = t.install_id
      where i.app_id = ${app} and t.fence > 0 and t.lease_until is null`;
    return rows.length > 0;
  });
  assert.equal(place.visible(said.thread).filter(({ fromBot }) => fromBot).length, 0);
  assert.equal((await room.hub.ask(`/apps/${app}/resume`, { method: 'POST' })).status, 204);
  await until('an answer', () => place.visible(said.thread).some(({ fromBot }) => fromBot));
});

test('one workspace is paused by itself, and what it says there does not end that', async () => {
  const app = await room.connect('T0SANDBOX03');
  const place = room.placeOf('T0SANDBOX03');
  const install = await room.installRow(app);
  assert.equal((await room.hub.ask(`/installs/${install?.id}/pause`, { method: 'POST' })).status, 204);
  const said = await place.say({ text: 'are you there?' });
  assert.equal((await room.installRow(app))?.state, 'paused');
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(place.visible(said.thread).filter(({ fromBot }) => fromBot).length, 0);
  assert.equal((await room.hub.ask(`/installs/${install?.id}/resume`, { method: 'POST' })).status, 204);
  await until('an answer', () => place.visible(said.thread).some(({ fromBot }) => fromBot));
  assert.equal((await room.hub.ask(`/installs/${install?.id}`, { method: 'DELETE' })).status, 204);
  assert.equal(place.isInstalled(), false);
  assert.equal((await room.installRow(app))?.sealed, null);
});

test('an app is updated to today’s manifest, and a workspace that has granted less is to be installed again', async () => {
  const app = await room.connect('T0SANDBOX02');
  const row = await room.installRow(app);
  const fewer = JSON.stringify({ scopes: ['chat:write'] });
  await room.hub.database.db
    .sql`update switchboard.installs set details = details || ${fewer}::text::jsonb where id = ${row?.id ?? ''}`;
  const { json } = await room.hub.ask(`/installs/${row?.id}`);
  assert.ok((json['missing'] as string[]).includes('app_mentions:read'));
  const body = { values: { SLACK_CONFIG_TOKEN: room.slack.apps.configToken } };
  const updated = await room.hub.ask(`/apps/${app}/update`, { method: 'POST', body });
  assert.equal(updated.status, 200, JSON.stringify(updated.json));
  const again = await room.hub.ask(`/apps/${app}/install`, { method: 'POST' });
  await room.hub.comeBack(await room.allow((again.json['go'] as Begun['go']).url));
  assert.deepEqual((await room.hub.ask(`/installs/${row?.id}`)).json['missing'], []);
});

test('a token that ends is renewed before it does, and calls go on with the new one', async () => {
  const app = await room.connect('T0SANDBOX02', {}, room.byToken('on'));
  const place = room.placeOf('T0SANDBOX02');
  await room.answered(place);
  const before = await room.installRow(app);
  // As it would be stored half an hour before its end.
  const purpose = `${DEFAULT_ORGANIZATION}/install/${before?.id}`;
  const ring = await room.hub.connections.keys();
  const tokens = JSON.parse(await unseal(ring, before?.sealed ?? '', purpose)) as object;
  const ending = await seal(ring, JSON.stringify({ ...tokens, endsAt: Date.now() - 1_000 }), purpose);
  await room.hub.database.db
    .sql`update switchboard.installs set sealed_tokens = ${ending} where id = ${before?.id ?? ''}`;
  room.slack.apps.expireTokens(-1);
  const calls = room.slack.ledger.performed('oauth.v2.access');
  await new Promise((resolve) => setTimeout(resolve, 3_100));
  await room.answered(place);
  assert.equal(room.slack.ledger.performed('oauth.v2.access'), calls + 1);
  assert.notEqual((await room.installRow(app))?.sealed, ending);
});

test('an app that is taken out of a workspace takes its secrets with it', async () => {
  const app = await room.connect('T0SANDBOX02');
  await room.placeOf('T0SANDBOX02').uninstall();
  await until('it is out', async () => (await room.installRow(app))?.state === 'uninstalled');
  assert.equal((await room.installRow(app))?.sealed, null);
});

test('an app that is removed here is taken out there, its secrets are gone, and its address is nobody’s', async () => {
  const app = await room.connect('T0SANDBOX03');
  const place = room.placeOf('T0SANDBOX03');
  assert.equal((await room.hub.ask(`/apps/${app}`, { method: 'DELETE' })).status, 204);
  assert.equal(place.isInstalled(), false);
  assert.equal((await room.installRow(app))?.sealed, null);
  const [row] = await room.hub.database.db.sql`select sealed_credentials from switchboard.apps where id = ${app}`;
  assert.equal(row?.['sealed_credentials'], null);
  assert.equal((await place.say({ text: 'still there?' })).status, 404);
  assert.equal((await room.hub.ask(`/apps/${app}`)).status, 404);
});

test('the doctor finds nothing with an app that answers, and says what to do with one that is nowhere', async () => {
  const app = await room.connect('T0SANDBOX02');
  await room.answered(room.placeOf('T0SANDBOX02'));
  await until('it is written down', async () => (await room.hub.ask(`/apps/${app}`)).json['lastReplyAt'] !== null);
  type Found = { check: string; state: string; fix: string | null; says: string };
  const look = async () => (await room.hub.ask(`/apps/${app}/doctor`, { method: 'POST' })).json['findings'] as Found[];
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
  await room.placeOf('T0SANDBOX02').uninstall();
  const ill = (await look()).filter(({ state }) => state === 'failed');
  assert.ok(ill.length > 0);
  assert.ok(
    ill.every(({ fix }) => fix !== null && fix !== ''),
    JSON.stringify(ill),
  );
});

test('a stored app that cannot be opened is shown with the reason, and what it is sent has to come again', async () => {
  const app = await room.connect('T0SANDBOX02');
  const place = room.placeOf('T0SANDBOX02');
  await room.hub.database.db
    .sql`update switchboard.apps set sealed_credentials = 'broken', changed_at = clock_timestamp() where id = ${app}`;
  await room.hub.apps.refresh();
  const { json } = await room.hub.ask(`/apps/${app}`);
  assert.match(String(json['problem']), /cannot be opened/);
  assert.equal((await place.say({ text: 'hello' })).status, 503);
});
