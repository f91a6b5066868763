import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openTalk } from './talk.ts';

const talk = await openTalk();
after(() => talk[Symbol.asyncDispose]());
const { teams, received, lastEvents } = talk;
const { channel, personal, group, tenant, bot } = teams;

/** The one event of what was received last. */
function last() {
  const events = lastEvents();
  assert.equal(events.length, 1);
  const [event] = events;
  assert.ok(event);
  return event;
}

function lastMessage() {
  const event = last();
  assert.ok(event.kind === 'message');
  return event;
}

const lastId = (): string => received.at(-1)?.delivery?.id ?? '';
const from = { id: '29:1', name: 'Ada' };
const around = {
  channelId: 'msteams',
  serviceUrl: teams.serviceUrl,
  from,
  recipient: { id: bot, name: 'Switchboard' },
  conversation: { id: personal, conversationType: 'personal', tenantId: tenant },
};
const reasonOf = async (activity: object): Promise<string> => {
  const { status } = await teams.activity({ ...around, id: 'x1', ...activity });
  assert.equal(status, 200);
  const event = last();
  assert.ok(event.kind === 'ignored', JSON.stringify(event));
  return event.reason;
};

test('a mention in a channel begins a thread, without the bot’s name in its text', async () => {
  const said = await teams.say({ text: 'what *is* 1 < 2?', as: 'Grace' });
  const { why, place, message, hasPast } = lastMessage();
  assert.deepEqual([why, hasPast, message.text], ['mention', false, String.raw`what \*is\* 1 < 2?`]);
  assert.deepEqual([place.install, place.channel, place.thread], [tenant, channel, `${channel};messageid=${said.id}`]);
  assert.deepEqual([message.id, message.sentAt.getTime()], [said.id, Number(said.id)]);
  assert.deepEqual([message.author.name, message.author.kind], ['Grace', 'human']);
});

test('a channel’s first message is the same thread whether its conversation names it or not', async () => {
  const conversation = { id: channel, conversationType: 'channel', tenantId: tenant };
  await teams.activity({ ...around, conversation, type: 'message', id: '1700000000001', text: 'x' });
  const { place, why } = lastMessage();
  assert.deepEqual([place.thread, why], [`${channel};messageid=1700000000001`, 'overheard']);
  await teams.activity({
    ...around,
    conversation,
    type: 'message',
    id: '1700000000002',
    replyToId: '1700000000001',
    text: 'x',
  });
  assert.deepEqual([lastMessage().place.thread, lastMessage().why], [place.thread, 'follow-up']);
});

test('a reply in a channel’s thread without a mention is a follow-up, with one a mention', async () => {
  const { thread } = await teams.say({ text: 'first' });
  await teams.say({ text: 'second', thread, plain: true });
  assert.deepEqual([lastMessage().why, lastMessage().place.thread, lastMessage().hasPast], ['follow-up', thread, true]);
  await teams.say({ text: 'third', thread });
  assert.deepEqual([lastMessage().why, lastMessage().place.thread], ['mention', thread]);
});

test('one to one is direct, and a command there is only text', async () => {
  await teams.say({ text: '/ask why', to: 'personal' });
  const { why, place, message } = lastMessage();
  assert.deepEqual([why, place.thread, place.channel, message.text], ['direct', personal, personal, '/ask why']);
});

test('a group chat is one thread, overheard without a mention', async () => {
  await teams.say({ text: 'a', to: 'groupChat' });
  assert.deepEqual([lastMessage().why, lastMessage().place.thread], ['mention', group]);
  await teams.say({ text: 'b', to: 'groupChat', plain: true });
  assert.equal(lastMessage().why, 'overheard');
});

test('a message has one id however often and whenever it is sent', async () => {
  const message = { ...around, type: 'message', id: '1700000000003', text: 'x' };
  await teams.activity(message);
  const [first, { message: one }] = [lastId(), lastMessage()];
  await teams.activity({ ...message, timestamp: '2026-11-20T12:00:00Z' });
  assert.deepEqual([lastId(), lastMessage().message], [first, one]);
});

test('a delivery’s id has at most 200 characters, and there is one without the activity’s id', async () => {
  const conversation = { ...around.conversation, id: `a:${'x'.repeat(300)}` };
  await teams.activity({ ...around, conversation, type: 'message', id: '1', text: 'x' });
  assert.match(lastId(), /^sha256:[\da-f]{64}$/);
  await teams.activity({ ...around, type: 'typing' });
  assert.match(lastId(), /^sha256:[\da-f]{64}$/);
});

test('an edit brings the new text and another version, the same one each time', async () => {
  const { id, thread } = await teams.say({ text: 'one' });
  const { version } = lastMessage().message;
  await teams.edit(id, 'two');
  const event = last();
  assert.ok(event.kind === 'edited');
  assert.deepEqual([event.message.id, event.message.text, event.place.thread], [id, 'two', thread]);
  assert.notEqual(event.message.version, version);
  const firstId = lastId();
  await new Promise((resolve) => setTimeout(resolve, 2));
  await teams.edit(id, 'two');
  const again = last();
  assert.ok(again.kind === 'edited');
  assert.equal(again.message.version, event.message.version);
  assert.notEqual(lastId(), firstId);
});

test('a deletion names the message', async () => {
  const { id, thread } = await teams.say({ text: 'oops' });
  await teams.remove(id);
  const event = last();
  assert.ok(event.kind === 'deleted');
  assert.deepEqual([event.messageId, event.place.thread], [id, thread]);
});

const reactions: readonly [type: string, emoji: string][] = [
  ['like', '👍'],
  ['heart', '❤️'],
  ['1f440_eyes', '👀'],
  ['1f1e9-1f1ea_flag', '🇩🇪'],
  ['ffffff_no', 'ffffff_no'],
  ['plusOne', 'plusOne'],
];
for (const [type, emoji] of reactions) {
  test(`the reaction ${type} is ${emoji}`, async () => {
    const { id } = await teams.say({ text: 'x' });
    await teams.react(id, type, { as: 'Grace' });
    const event = last();
    assert.ok(event.kind === 'reaction');
    assert.deepEqual([event.messageId, event.emoji, event.added, event.author.name], [id, emoji, true, 'Grace']);
    await teams.react(id, type, { remove: true });
    const removed = last();
    assert.ok(removed.kind === 'reaction' && !removed.added);
  });
}

test('several reactions at once are several events', async () => {
  const types = { reactionsAdded: [{ type: 'like' }, { type: 'sad' }], reactionsRemoved: [{ type: 'heart' }] };
  await teams.activity({ ...around, type: 'messageReaction', id: '1', replyToId: '1', ...types });
  assert.equal(lastEvents().length, 3);
});

const clicks: readonly [value: object, action: string, held: string][] = [
  [{ actionId: 'stop', value: 'now' }, 'stop', 'now'],
  [{ action: 'stop', rest: 1 }, 'stop', '{"action":"stop","rest":1}'],
  [{ value: { a: 1 } }, 'submit', '{"a":1}'],
  [{}, 'submit', '{}'],
  [{ actionId: 7 }, 'submit', '{"actionId":7}'],
];
for (const [value, action, held] of clicks) {
  test(`a click on Action.Submit with ${JSON.stringify(value)} is the action ${action}`, async () => {
    const { id, thread } = await teams.say({ text: 'x' });
    await teams.submit(id, value);
    const event = last();
    assert.ok(event.kind === 'action');
    assert.deepEqual([event.action, event.value, event.place.thread], [action, held, thread]);
  });
}

test('a click on Action.Execute is an action, and is answered in its own form', async () => {
  const { id } = await teams.say({ text: 'x' });
  const { status, body } = await teams.invoke(id, 'approve', { n: 1 });
  assert.equal(status, 200);
  assert.deepEqual(JSON.parse(body), {
    statusCode: 200,
    type: 'application/vnd.microsoft.activity.message',
    value: '',
  });
  const event = last();
  assert.ok(event.kind === 'action');
  assert.deepEqual([event.action, event.value], ['approve', '{"n":1}']);
});

test('the app comes and goes by tenant', async () => {
  await teams.install();
  assert.deepEqual(last(), { kind: 'installed', install: tenant, name: tenant });
  assert.deepEqual(received.at(-2)?.delivery?.events[0]?.kind, 'installed');
  await teams.uninstall();
  assert.deepEqual(last(), { kind: 'uninstalled', install: tenant });
  assert.deepEqual(received.at(-2)?.delivery?.events[0]?.kind, 'ignored');
  await teams.install();
});

const ignored: readonly [what: string, activity: object, reason: RegExp][] = [
  ['typing', { type: 'typing' }, /type typing/],
  ['an event', { type: 'event', name: 'application/vnd.microsoft.readReceipt' }, /type event/],
  ['another invoke', { type: 'invoke', name: 'composeExtension/query', value: {} }, /composeExtension\/query/],
  ['a click in an unknown shape', { type: 'invoke', name: 'adaptiveCard/action', value: 7 }, /unknown shape/],
  ['a restored message', { type: 'messageUpdate', channelData: { eventType: 'undeleteMessage' } }, /restored/],
  ['an edit of our own', { type: 'messageUpdate', from: { id: bot }, text: 'x' }, /of its own/],
  ['a message without an id', { type: 'message', id: null, text: 'x' }, /without an id/],
  ['an edit without an id', { type: 'messageUpdate', id: null, text: 'x' }, /without the id/],
  ['a deletion without an id', { type: 'messageDelete', id: null }, /without the id/],
  ['a reaction to nothing', { type: 'messageReaction', id: null }, /no message/],
  ['an empty reaction', { type: 'messageReaction', replyToId: '1' }, /without a type/],
  ['other members', { type: 'conversationUpdate', membersAdded: [{ id: '29:2' }] }, /members/],
  ['a renamed channel', { type: 'conversationUpdate', channelData: { eventType: 'channelRenamed' } }, /channelRenamed/],
  ['an upgrade', { type: 'installationUpdate', action: 'remove-upgrade' }, /remove-upgrade/],
  ['no tenant', { type: 'message', conversation: { id: personal }, text: 'x' }, /no tenant/],
  ['no conversation', { type: 'message', conversation: null, channelData: { tenant: { id: 't' } } }, /no conversation/],
  ['an installation without a tenant', { type: 'installationUpdate', action: 'add', conversation: null }, /no tenant/],
];
for (const [what, activity, reason] of ignored) {
  test(`${what} is taken and ignored`, async () => assert.match(await reasonOf(activity), reason));
}

test('a genuine message from a host that is not allowed is kept as ignored', async () => {
  const serviceUrl = 'https://smba.example.org/amer/';
  const token = teams.signing.token(serviceUrl);
  const { status } = await teams.activity({ ...around, serviceUrl, type: 'message', id: '1', text: 'x' }, token);
  const event = last();
  assert.ok(status === 200 && event.kind === 'ignored');
  assert.match(event.reason, /smba\.example\.org, not in TEAMS_ALLOWED_HOSTS/);
});

test('other bots are bots, and this one is itself', async () => {
  for (const [id, kind] of [
    ['28:other', 'bot'],
    [bot, 'self'],
  ]) {
    await teams.activity({ ...around, type: 'message', id: '1', text: 'x', from: { id, name: 'B' } });
    assert.equal(lastMessage().message.author.kind, kind);
  }
});

test('files and pictures are attachments, cards and HTML are not', async () => {
  const bytes = Buffer.from('a,b');
  await teams.say({ text: 'see', to: 'personal', file: { name: 'plan.csv', mediaType: 'text/csv', bytes } });
  const [file, ...none] = lastMessage().message.attachments;
  assert.deepEqual([file?.name, file?.mediaType, none.length], ['plan.csv', undefined, 0]);
  await teams.say({ text: 'see', file: { name: 'p.png', mediaType: 'image/png', bytes, picture: true } });
  assert.deepEqual(
    lastMessage().message.attachments.map(({ name }) => name),
    ['image'],
  );
});

test('a plain message without HTML keeps its letters, and other people’s names', async () => {
  const mention = { type: 'mention', text: '<at>Switchboard</at>', mentioned: { id: bot, name: 'Switchboard' } };
  const text = '<at>Switchboard</at>, ask <at>Bob B</at>&nbsp;about *x* and https://e.org/_a_';
  await teams.activity({ ...around, type: 'message', id: '1', text, entities: [mention, { type: 'clientInfo' }, 7] });
  assert.equal(lastMessage().message.text, String.raw`ask @Bob B about \*x\* and https://e.org/_a_`);
});

test('somebody who is called by no name is shown by their id', async () => {
  const nameless = { type: 'mention', text: '<at></at>', mentioned: { id: '29:7' } };
  await teams.activity({ ...around, type: 'message', id: '1', text: 'ask <at></at> too', entities: [nameless] });
  assert.equal(lastMessage().message.text, 'ask @29:7 too');
});

test('the language and the time zone that come with a message are the author’s, and nonsense in their place is nothing', async () => {
  await teams.say({ text: 'hello' });
  const { locale, timeZone } = lastMessage().message.author;
  assert.deepEqual([locale, timeZone], ['en-US', 'Europe/Berlin']);
  const client = { type: 'clientInfo', timezone: 'x'.repeat(500) };
  await teams.activity({ ...around, type: 'message', id: 'odd', text: 'hello', locale: '<b>', entities: [client] });
  const odd = lastMessage().message.author;
  assert.deepEqual([odd.locale, odd.timeZone], [undefined, undefined]);
});
