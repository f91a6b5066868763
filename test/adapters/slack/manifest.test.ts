import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { COMMANDS, type Command } from '../../../src/model/commands.ts';
import { openSlack } from '../../../adapters/slack/index.ts';
import { manifest } from '../../../adapters/slack/manifest.ts';
import { openSlackStandIn } from '../../../sandbox/slack/index.ts';
import { moreOf } from './hear.ts';
import { never } from './signed.ts';
import { partsOf } from './talk.ts';

const made = manifest({ name: 'Switchboard', url: 'https://hub.example/' });
const scopes = made.oauth_config.scopes.bot;

/** What each method asks of a bot's token: docs.slack.dev, each method's page. */
const OF_METHOD: Readonly<Record<string, readonly string[]>> = {
  'assistant.threads.setStatus': ['chat:write'],
  'auth.test': [],
  'auth.revoke': [],
  'chat.appendStream': ['chat:write'],
  'chat.delete': ['chat:write'],
  'chat.postEphemeral': ['chat:write'],
  'chat.postMessage': ['chat:write', 'chat:write.public'],
  'chat.startStream': ['chat:write'],
  'chat.stopStream': ['chat:write'],
  'chat.update': ['chat:write'],
  'conversations.history': ['channels:history', 'groups:history', 'im:history', 'mpim:history'],
  'conversations.open': ['im:write'],
  'conversations.replies': ['channels:history', 'groups:history', 'im:history', 'mpim:history'],
  'files.completeUploadExternal': ['files:write'],
  'files.getUploadURLExternal': ['files:write'],
  'files.info': ['files:read'],
  'reactions.add': ['reactions:write'],
  'reactions.remove': ['reactions:write'],
  'users.conversations': ['channels:read', 'groups:read', 'im:read', 'mpim:read'],
  'users.info': ['users:read'],
  'views.open': [],
};

/** What each event asks for: docs.slack.dev, each event's page. */
const OF_EVENT: Readonly<Record<string, readonly string[]>> = {
  agent_session_stopped: ['assistant:write'],
  app_mention: ['app_mentions:read'],
  app_uninstalled: [],
  'message.channels': ['channels:history'],
  'message.groups': ['groups:history'],
  'message.im': ['im:history'],
  'message.mpim': ['mpim:history'],
  reaction_added: ['reactions:read'],
  reaction_removed: ['reactions:read'],
  tokens_revoked: [],
};

/** Method names as they stand in the adapter's source. */
function methodsCalled(): readonly string[] {
  const root = join(import.meta.dirname, '../../../adapters/slack');
  const source = globSync('*.ts', { cwd: root })
    .map((file) => readFileSync(join(root, file), 'utf8'))
    .join('\n');
  const found = source.matchAll(/'((?:assistant|auth|chat|conversations|files|reactions|users|views)\.[\w.]+)'/g);
  return [...new Set([...found].map(([, method = '']) => method))].filter(
    (method) => !method.startsWith('files.slack'),
  );
}

test('the scopes are those of the methods that the adapter calls, of its events and of commands, and no others', () => {
  const called = methodsCalled();
  assert.deepEqual(called.toSorted(), Object.keys(OF_METHOD).toSorted());
  const { bot_events } = made.settings.event_subscriptions;
  assert.deepEqual(bot_events.toSorted(), Object.keys(OF_EVENT).toSorted());
  const needed = [...called.map((method) => OF_METHOD[method]), ...bot_events.map((event) => OF_EVENT[event])].flat();
  assert.deepEqual(new Set(scopes), new Set([...needed, 'commands']));
});

test('with these scopes every call of the adapter is allowed, and without one of them some call is not', async () => {
  await using slack = await openSlackStandIn({ echoes: false, scopes });
  const adapter = await openSlack(slack.environment, never);
  const more = moreOf(adapter);
  const { stream, history, findPost, show, remove } = partsOf(adapter);
  const access = { install: slack.team, secret: undefined };
  const { id } = await slack.say({
    text: 'q',
    file: { name: 'a.txt', mimetype: 'text/plain', bytes: Buffer.from('x') },
  });
  const top = await more.reach(access, { channel: slack.channel }, never);
  const streamed = { ...top, address: `${slack.channel}|${id}|${id}|U1|${slack.team}||` };
  const draft = { place: streamed, text: 'x', nonce: 'n'.repeat(22) };
  const posted = await adapter.post(access, draft, never);
  await adapter.edit(access, posted.id, draft, never);
  await remove(access, posted.id, streamed, never);
  const started = { place: streamed, id: (await stream.start(access, draft, never)).id };
  await stream.append(access, started, { text: 'xy', more: 'y' }, never);
  await stream.stop(access, started, 'xy', never);
  for (const status of ['seen', 'working', 'done'] as const) await show(access, streamed, status, never);
  await findPost(access, draft, new Date(0), never);
  const [message] = await history(access, streamed, { after: undefined, most: 1 }, never);
  assert.ok(message);
  await history(access, top, { after: undefined, most: 1 }, never);
  await history(
    access,
    await more.reach(access, { person: slack.personId('bob') }, never),
    { after: undefined, most: 1 },
    never,
  );
  await more.react(access, { place: top, messageId: id }, { emoji: '👍', added: true }, never);
  await more.whisper(access, top, { person: slack.personId('bob'), text: 'x' }, never);
  await more.person(access, slack.personId('bob'), never);
  await more.share(access, draft, { name: 'a', mediaType: '', bytes: Buffer.from('x') }, never);
  for await (const _ of adapter.missed?.([], new Date(Date.now() - 3_600_000), never) ?? []) assert.ok(_);
  const refused = slack.ledger.entries.filter(({ about }) => about === 'missing_scope');
  assert.deepEqual(refused, []);

  await using poor = await openSlackStandIn({ scopes: scopes.filter((scope) => scope !== 'reactions:write') });
  const other = moreOf(await openSlack(poor.environment, never));
  const { id: said } = await poor.say({ text: 'q' });
  const place = await other.reach(access, { channel: poor.channel }, never);
  const reaction = other.react(access, { place, messageId: said }, { emoji: '👍', added: true }, never);
  await assert.rejects(reaction, { code: 'unauthorized' });
});

test('all that comes goes to the hub’s one address', () => {
  const at = 'https://hub.example/slack/events';
  assert.equal(made.settings.event_subscriptions.request_url, at);
  assert.deepEqual(made.settings.interactivity, { is_enabled: true, request_url: at });
  assert.ok(made.features.slash_commands.every(({ url }) => url === at));
});

/** What may be left out stands in brackets. */
const usage = (argument: Command['argument']): string | undefined =>
  argument && (argument.required ? `<${argument.name}>` : `[${argument.name}]`);

test('the commands are those that are listed, with what they do and need', () => {
  const listed = COMMANDS.filter(({ listed }) => listed);
  assert.deepEqual(
    made.features.slash_commands.map(({ command, description, usage_hint }) => [command, description, usage_hint]),
    listed.map(({ name, summary, argument }) => [`/${name}`, summary, usage(argument)]),
  );
  assert.deepEqual(
    manifest({ name: '😀'.repeat(40), url: 'https://h.example' }).display_information.name,
    '😀'.repeat(35),
  );
});

test('with these scopes a command is answered in a public channel into which nobody has invited the bot', async () => {
  const answer = async (granted: readonly string[]) => {
    await using slack = await openSlackStandIn({ echoes: false, scopes: granted });
    slack.leave();
    const adapter = await openSlack(slack.environment, never);
    const access = { install: slack.team, secret: undefined };
    const place = await moreOf(adapter).reach(access, { channel: slack.channel }, never);
    return await adapter.post(access, { place, text: 'here', nonce: 'n'.repeat(22) }, never);
  };
  await assert.doesNotReject(answer(scopes));
  await assert.rejects(answer(scopes.filter((scope) => scope !== 'chat:write.public')), { code: 'refused' });
});
