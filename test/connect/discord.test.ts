import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openDiscordStandIn, type DiscordStandIn } from '../../sandbox/discord/index.ts';
import { until } from '../kit/until.ts';
import { press, visit } from './browser.ts';
import { openConnectHub, type ConnectHub } from './hub.ts';

let discord: DiscordStandIn;
let hub: ConnectHub;
before(async () => {
  discord = await openDiscordStandIn({ limits: 'off', identifyEveryMs: 0 });
  const { DISCORD_API_URL = '', DISCORD_URL = '' } = discord.environment;
  hub = await openConnectHub({ DISCORD_API_URL, DISCORD_URL });
});
after(async () => {
  await hub[Symbol.asyncDispose]();
  await discord[Symbol.asyncDispose]();
});

const byToken = (token = discord.environment['DISCORD_TOKEN'] ?? '') => ({
  way: 'token',
  values: { DISCORD_TOKEN: token },
});
const theApp = async () => {
  const { json } = await hub.ask('/apps');
  return (json['items'] as { id: string; platform: string }[]).find(({ platform }) => platform === 'discord');
};

type Found = { check: string; state: string; fix: string | null; says: string };

test('a token that is wrong is refused with the place where the right one is', async () => {
  const shapeless = await hub.ask('/connect/discord', { method: 'POST', body: byToken('secret') });
  assert.equal(shapeless.status, 400);
  assert.match(String(shapeless.json['detail']), /developer portal/);
  const [first = ''] = byToken().values.DISCORD_TOKEN.split('.');
  const wrong = await hub.ask('/connect/discord', { method: 'POST', body: byToken(`${first}.wrong.wrongwrong`) });
  assert.equal(wrong.status, 422);
});

test('one token connects the bot: identity, key, commands and invitation are found by it, and it answers over its gateway', async () => {
  const { status, json } = await hub.ask('/connect/discord', { method: 'POST', body: byToken() });
  assert.equal(status, 200, JSON.stringify(json));
  const app = String(json['app']);
  assert.equal((json['installs'] as string[]).length, 1);
  const { json: shown } = await hub.ask(`/apps/${app}`);
  const details = shown['details'] as Record<string, unknown>;
  assert.equal(shown['name'], 'Switchboard');
  assert.equal(details['messageContent'], true);
  const invite = new URL(String(details['invite']));
  assert.equal(invite.searchParams.get('client_id'), discord.bot);
  assert.equal(invite.searchParams.get('scope'), 'bot applications.commands');
  assert.ok(discord.commands().length > 3);
  await until('the gateway is open', () => discord.gateway.identifies() > 0);
  await until('the session is ready', async () => {
    const rows = await hub.database.db.sql`select 1 from switchboard.gateway_sessions where session is not null`;
    return rows.length > 0;
  });
  const said = await discord.say({ text: 'who are you?' });
  await until(
    'an answer',
    () => discord.visible(said.thread).some(({ fromBot, text }) => fromBot && text.startsWith('The answer')),
    {
      withinMs: 8_000,
      seen: () => discord.visible(),
    },
  );
});

test('the doctor says that an intent is off', async () => {
  const app = await theApp();
  const look = async () => (await hub.ask(`/apps/${app?.id}/doctor`, { method: 'POST' })).json['findings'] as Found[];
  assert.deepEqual(
    (await look()).filter(({ state }) => state === 'failed'),
    [],
  );
  discord.allowMessageContent(false);
  const ill = (await look()).find(({ check }) => check === 'intents');
  assert.deepEqual([ill?.state, /Switch on Message Content Intent/.test(ill?.fix ?? '')], ['failed', true]);
  discord.allowMessageContent(true);
});

test('the invitation leads to Discord’s page, where one press puts the bot into a server', async () => {
  const app = await theApp();
  const { json } = await hub.ask(`/apps/${app?.id}/install`, { method: 'POST' });
  const page = await visit((json['go'] as { url: string }).url);
  const done = await press(page);
  assert.equal(done.status, 200);
  assert.match(done.text, /added to Acme/);
});

test('a gateway is left when its app is removed, and the bot leaves its servers', async () => {
  const app = await theApp();
  assert.equal((await hub.ask(`/apps/${app?.id}`, { method: 'DELETE' })).status, 204);
  assert.equal(discord.ledger.performed('DELETE /users/@me/guilds/:g'), 1);
  assert.equal([...hub.apps].length, 0);
  assert.ok(!(await hub.told()).includes(byToken().values.DISCORD_TOKEN));
});
