import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { strFromU8, unzipSync } from 'fflate';
import { openTeamsStandIn, type TeamsStandIn } from '../../sandbox/teams/index.ts';
import { until } from '../kit/until.ts';
import { DEFAULT_ORGANIZATION, openConnectHub, OTHER_ORGANIZATION, type ConnectHub } from './hub.ts';

let teams: TeamsStandIn;
let hub: ConnectHub;
let app = '';
before(async () => {
  teams = await openTeamsStandIn();
  const { MicrosoftAppId: _id, MicrosoftAppPassword: _password, ...settings } = teams.environment;
  hub = await openConnectHub(settings);
});
after(async () => {
  await hub[Symbol.asyncDispose]();
  await teams[Symbol.asyncDispose]();
});

const registration = (more: Record<string, string> = {}) => {
  const { MicrosoftAppId = '', MicrosoftAppPassword = '' } = teams.environment;
  return {
    way: 'registration',
    values: { MicrosoftAppId, MicrosoftAppPassword, MicrosoftAppType: 'MultiTenant', ...more },
  };
};

test('a registration is taken when a token is given for it, and refused with what to mend when none is', async () => {
  const wrong = await hub.ask('/connect/teams', {
    method: 'POST',
    body: registration({ MicrosoftAppPassword: 'wrong' }),
  });
  assert.equal(wrong.status, 422);
  assert.match(String(wrong.json['detail']), /MicrosoftAppPassword/);
  const single = await hub.ask('/connect/teams', {
    method: 'POST',
    body: registration({ MicrosoftAppType: 'SingleTenant' }),
  });
  assert.equal(single.status, 400);
  assert.match(String(single.json['detail']), /MicrosoftAppTenantId/);
  const { status, json } = await hub.ask('/connect/teams', { method: 'POST', body: registration() });
  assert.equal(status, 200, JSON.stringify(json));
  app = String(json['app']);
  // From now on neither logs nor answers of this organization show it, and what is no secret stays readable.
  const { MicrosoftAppPassword = '', MicrosoftAppId = '' } = teams.environment;
  assert.deepEqual(hub.secrets.of(DEFAULT_ORGANIZATION), [MicrosoftAppPassword]);
  assert.deepEqual(hub.secrets.of(OTHER_ORGANIZATION), []);
  assert.equal(hub.secrets.hide(`${MicrosoftAppId} ${MicrosoftAppPassword}`), `${MicrosoftAppId} [secret]`);
  const { json: shown } = await hub.ask(`/apps/${app}`);
  assert.equal(shown['hookUrl'], `${hub.url}/hooks/teams/${app}`);
});

test('the package holds the manifest and two icons of the sizes that Teams asks for', async () => {
  const response = await (
    await import('../kit/console.ts')
  ).openTestConsole({ connections: hub.connections }, hub.database);
  const answer = await response.ask(`/api/v1/apps/${app}/package`);
  assert.equal(answer.headers.get('content-type'), 'application/zip');
  const files = unzipSync(new Uint8Array(await answer.arrayBuffer()));
  assert.deepEqual(Object.keys(files).toSorted(), ['color.png', 'manifest.json', 'outline.png']);
  const manifest = JSON.parse(strFromU8(files['manifest.json'] ?? new Uint8Array())) as { id: string };
  assert.equal(manifest.id, teams.environment['MicrosoftAppId']);
  const size = (name: string) => Buffer.from(files[name] ?? []).readUInt32BE(16);
  assert.deepEqual([size('color.png'), size('outline.png')], [192, 32]);
});

test('the bot answers in Teams with the stored registration', async () => {
  teams.deliverTo(hub.url);
  const said = await teams.say({ text: 'who are you?' });
  assert.equal(said.status, 200);
  await until(
    'an answer',
    () => teams.visible(said.thread).some(({ fromBot, text }) => fromBot && /The answer/.test(text)),
    {
      withinMs: 8_000,
      seen: () => teams.visible(),
    },
  );
  const { json } = await hub.ask(`/apps/${app}/doctor`, { method: 'POST' });
  assert.equal(json['ok'], true, JSON.stringify(json));
});

test('the secret is rotated without being shown, and an empty one is refused', async () => {
  const rotated = await hub.ask(`/apps/${app}/credentials`, { method: 'PUT', body: registration() });
  assert.equal(rotated.status, 200);
  const empty = await hub.ask(`/apps/${app}/credentials`, {
    method: 'PUT',
    body: registration({ MicrosoftAppPassword: ' ' }),
  });
  assert.equal(empty.status, 400);
  const told = await hub.told();
  assert.ok(!told.includes(teams.environment['MicrosoftAppPassword'] ?? '-'));
  assert.match(told, /app\.rotated/);
});
