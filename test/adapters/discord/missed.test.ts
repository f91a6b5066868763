import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Delivery, Event } from '../../../src/model/event.ts';
import { openDiscord } from '../../../adapters/discord/index.ts';
import { isReadable } from '../../../adapters/discord/visible.ts';
import { openDiscordStandIn } from '../../../sandbox/discord/index.ts';
import { openTalk, soon, until } from './talk.ts';
import type { Talk } from './talk.ts';

const DAY_MS = 86_400_000;

type Message = Event & { kind: 'message' };
const messagesOf = (deliveries: readonly Delivery[]): Message[] =>
  deliveries.flatMap(({ events }) => events).filter((event) => event.kind === 'message');

async function missedBy({ adapter }: Pick<Talk, 'adapter'>, since: Date): Promise<readonly Delivery[]> {
  return Array.fromAsync(adapter.missed?.([], since, soon()) ?? []);
}

test('what is read back is what the gateway told: same ids, places, authors, reasons', async () => {
  await using talk = await openTalk();
  const { discord, ear } = talk;
  const since = new Date();
  const thread = await discord.openThread();
  const { id: first, thread: channel } = await discord.say({ text: 'a mention' });
  await discord.say({ text: 'said to nobody', thread: channel, plain: true });
  await discord.say({ text: 'in a thread', thread, plain: true });
  await discord.say({ text: `<@&${discord.botRole}> by its role`, thread: channel, plain: true });
  await discord.share({ text: 'with a file' }, { name: 'a.txt', mediaType: 'text/plain', bytes: Buffer.from('x') });
  await until(() => ear.events().filter(({ kind }) => kind === 'message').length === 5);
  const { id: own } = await talk.adapter.post(
    talk.access,
    {
      place: messagesOf(ear.heard.flatMap((one) => one.delivery ?? []))[0]?.place ?? assert.fail(),
      text: 'an answer',
      nonce: 'n'.repeat(22),
    },
    soon(),
  );
  const answer = await discord.reply(own, { text: 'a reply', plain: true });
  await until(() => ear.events().filter(({ kind }) => kind === 'message').length === 7);

  const found = await missedBy(talk, since);
  const heard = ear.heard.flatMap(({ delivery }) => delivery ?? []).filter(({ id }) => id.startsWith('m:'));
  const byId = (one: Delivery, other: Delivery) => (one.id < other.id ? -1 : 1);
  assert.deepEqual(
    found.toSorted(byId).map(({ id, events }) => ({ id, events })),
    heard.toSorted(byId).map(({ id, events }) => ({ id, events })),
  );
  const why = new Map(messagesOf(found).map((event) => [event.message.id, event.why]));
  assert.equal(why.get(first), 'mention');
  assert.equal(why.get(own), 'overheard');
  assert.equal(why.get(answer.id), 'mention');
  assert.deepEqual(
    messagesOf(found)
      .map(({ why }) => why)
      .toSorted(),
    ['follow-up', 'mention', 'mention', 'mention', 'mention', 'overheard', 'overheard'],
  );
});

test('only channels with something new are read, page by page, the oldest message first', async () => {
  await using talk = await openTalk();
  const { discord } = talk;
  const quiet = await discord.say({ text: 'long ago' });
  await new Promise((resolve) => setTimeout(resolve, 5));
  const since = new Date();
  const { thread } = await discord.say({ text: 'number 0' });
  for (let n = 1; n < 230; n += 1) await discord.say({ text: `number ${n}`, thread });
  const found = messagesOf(await missedBy(talk, since));
  assert.deepEqual(
    found.map(({ message }) => message.text),
    Array.from({ length: 230 }, (_, n) => `number ${n}`),
  );
  const read = discord.ledger.entries.filter(({ call }) => call === 'GET /channels/:c/messages');
  assert.deepEqual(
    read.map(({ about }) => about),
    [thread, thread, thread],
  );
  assert.notEqual(quiet.thread, thread);
});

test('threads that were archived meanwhile are read when the time is long enough for that', async () => {
  await using talk = await openTalk();
  const { discord } = talk;
  const thread = await discord.openThread();
  await discord.say({ text: 'and then nobody spoke', thread });
  discord.archive(thread);
  assert.deepEqual(await missedBy(talk, new Date(Date.now() - 60_000)), []);
  const found = messagesOf(await missedBy(talk, new Date(Date.now() - 2 * 3_600_000)));
  assert.deepEqual(
    found.map(({ message }) => message.text),
    ['and then nobody spoke'],
  );
});

test('channels that the bot may not see are not asked for, and a limit is waited for as long as Discord says', async () => {
  await using discord = await openDiscordStandIn({ identifyEveryMs: 0 });
  const adapter = await openDiscord(discord.environment, soon());
  await using talk = await openTalk();
  const since = new Date();
  const hidden = await talk.discord.say({ text: 'a secret' });
  const open = await talk.discord.say({ text: 'no secret' });
  talk.discord.hide(hidden.thread);
  talk.discord.faults.plan({ call: 'GET /channels/:c/messages', kind: 'refuse', status: 429, retryAfterMs: 150 });
  talk.discord.faults.plan({ call: 'GET /guilds/:g/channels', kind: 'refuse', status: 503 });
  const startedAt = performance.now();
  const found = messagesOf(await missedBy(talk, since));
  assert.ok(performance.now() - startedAt >= 150);
  assert.deepEqual(
    found.map(({ message }) => message.id),
    [open.id],
  );
  assert.ok(talk.discord.ledger.entries.every(({ status }) => status !== 403));
  talk.discord.refuseWith('GET /channels/:c/messages', 403, 50_001, 'Missing Access');
  assert.deepEqual(await missedBy(talk, since), []);
  // Nobody is in that guild any more.
  discord.leave();
  assert.deepEqual(await missedBy({ adapter: { ...talk.adapter, ...adapter } }, since), []);
});

test('what is older than a day is not looked for', async (t) => {
  await using talk = await openTalk();
  await talk.discord.say({ text: 'yesterday' });
  const since = new Date(0);
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() + DAY_MS - 60_000 });
  assert.equal((await missedBy(talk, since)).length, 1);
  t.mock.timers.setTime(Date.now() + 120_000);
  assert.deepEqual(await missedBy(talk, since), []);
});

test('who may read a channel is decided by everybody’s, the roles’ and the member’s own rules, in that order', () => {
  const [view, history, administrator] = [1n << 10n, 1n << 16n, 1n << 3n];
  const member = { guild: '1', bot: '2', roles: ['3', '4'], permissions: view | history };
  const rule = (id: string, allow: bigint, deny: bigint) => ({ id, allow, deny });
  const given = (...permission_overwrites: ReturnType<typeof rule>[]) =>
    isReadable({ id: '9', type: 0, permission_overwrites, parent_id: undefined, last_message_id: undefined }, member);
  assert.equal(given(), true);
  assert.equal(given(rule('1', 0n, view)), false);
  assert.equal(given(rule('1', 0n, view), rule('3', view, 0n)), true);
  assert.equal(given(rule('3', 0n, view), rule('4', view, 0n)), true);
  assert.equal(given(rule('3', view, 0n), rule('2', 0n, history)), false);
  assert.equal(given(rule('7', 0n, view)), true);
  const none = { permission_overwrites: [rule('1', 0n, view)], id: '9', type: 0 };
  assert.equal(
    isReadable(
      { ...none, parent_id: undefined, last_message_id: undefined },
      { ...member, permissions: administrator },
    ),
    true,
  );
});
