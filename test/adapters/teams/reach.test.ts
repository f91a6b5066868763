import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import type { Place } from '../../../src/model/event.ts';
import { commandList } from '../../../adapters/teams/command-list.ts';
import { COMMANDS } from '../../../src/model/commands.ts';
import { never, openTalk } from './talk.ts';

const talk = await openTalk();
after(() => talk[Symbol.asyncDispose]());
const { teams, adapter, access, draft, newPlace, lastEvents } = talk;
const { react, whisper, reach, under, person } = adapter;
assert.ok(react && whisper && reach && under && person);
beforeEach(() => {
  teams.faults.clear();
  teams.ledger.clear();
});

/** Somebody says something; what the adapter made of it. */
async function heard(...utterance: Parameters<typeof teams.say>) {
  const said = await teams.say(...utterance);
  const [event] = lastEvents();
  assert.ok(event?.kind === 'message');
  return { said, event };
}

test('a reaction is set once and taken away once, on a message of theirs or ours, however often it is asked for', async () => {
  const { said, event } = await heard({ text: 'x' });
  const { place } = event;
  const { id } = await adapter.post(access, draft(place, 'y'), never);
  for (const messageId of [said.id, id]) {
    for (let times = 0; times < 2; times += 1)
      await react(access, { place, messageId }, { emoji: '👀', added: true }, never);
    await react(access, { place, messageId }, { emoji: '❤', added: true }, never);
    assert.deepEqual(teams.reactionsOn(messageId), ['1f440_eyes', 'heart']);
    for (let times = 0; times < 2; times += 1)
      await react(access, { place, messageId }, { emoji: '👀', added: false }, never);
    assert.deepEqual(teams.reactionsOn(messageId), ['heart']);
  }
});

test('an emoji whose reaction is not known is invalid, and nothing is called', async () => {
  const place = await newPlace();
  teams.ledger.clear();
  await assert.rejects(react(access, { place, messageId: '1' }, { emoji: '🪤', added: true }, never), {
    code: 'invalid',
  });
  assert.deepEqual(teams.ledger.entries, []);
});

test('a reaction to a message that is gone says so, and taking one away from it is no failure', async () => {
  const { thread } = await teams.say({ text: 'w' });
  const { said, event } = await heard({ text: 'x', thread });
  await teams.remove(said.id);
  const on = { place: event.place, messageId: said.id };
  await assert.rejects(react(access, on, { emoji: '👍', added: true }, never), { code: 'gone' });
  await react(access, on, { emoji: '👍', added: false }, never);
});

test('the limit of reactions is the app’s, and of reactions only', async () => {
  const place = await newPlace();
  teams.faults.plan({ call: 'addReaction', kind: 'refuse', status: 429, retryAfterMs: 500 });
  await assert.rejects(react(access, { place, messageId: '1' }, { emoji: '👍', added: true }, never), {
    code: 'rate-limited',
    retryInMs: 500,
    reach: { per: 'app', calls: 'same' },
  });
});

test('a whisper in a channel or group chat is seen by one person alone', async () => {
  for (const to of ['channel', 'groupChat'] as const) {
    const { said, event } = await heard({ text: 'x', as: 'Grace', to });
    const text = `between *us* in the ${to}`;
    await whisper(access, event.place, { person: event.message.author.id, text }, never);
    assert.deepEqual(
      teams.visible(said.thread).map(({ text }) => text),
      ['x'],
    );
    const seen = teams.whispered('Grace').at(-1);
    assert.deepEqual([seen?.text, seen?.thread], [text, said.thread]);
    assert.deepEqual(teams.whispered('ada'), []);
  }
});

test('a whisper to the only one who is there is a message', async () => {
  const { event } = await heard({ text: 'x', to: 'personal' });
  await whisper(access, event.place, { person: event.message.author.id, text: 'here' }, never);
  assert.equal(teams.visible(teams.personal).at(-1)?.text, 'here');
});

test('where a whisper is refused, it is said in the person’s own chat; other failures are told', async () => {
  const { event } = await heard({ text: 'x' });
  const to = { person: event.message.author.id, text: 'hush' };
  teams.refuseWith('sendActivity', 403, 'ForbiddenOperationException');
  await whisper(access, event.place, to, never);
  assert.equal(teams.visible(teams.personal).at(-1)?.text, 'hush');
  teams.ledger.clear();
  teams.faults.plan({ call: 'sendActivity', kind: 'refuse', status: 503 });
  await assert.rejects(whisper(access, event.place, to, never), { code: 'unknown-outcome' });
  assert.equal(teams.ledger.entries.length, 1);
});

test('what is said to the bot alone in a channel is direct, a conversation of its own, and answered there alone', async () => {
  const { thread } = await teams.say({ text: 'all' });
  const { event } = await heard({ text: 'between us', thread, privately: true });
  assert.deepEqual([event.why, event.message.text], ['direct', 'between us']);
  assert.notEqual(event.place.thread, thread);
  const post = draft(event.place, 'one');
  const { id } = await adapter.post(access, post, never);
  assert.equal(teams.told(id).preview, event.message.id);
  await adapter.edit(access, id, { ...post, text: 'two' }, never);
  await adapter.show?.(access, event.place, 'working', never);
  assert.deepEqual(
    teams.whispered('ada').map(({ text }) => text),
    ['between us', 'two'],
  );
  assert.deepEqual(
    teams.visible(thread).map(({ text }) => text),
    ['all'],
  );
  assert.equal(teams.ledger.performed('sendTyping'), 0);
  await adapter.remove(access, id, event.place, never);
  assert.equal(teams.whispered('ada').length, 1);
});

test('a person is reached in the same chat each time, also one who never spoke to the bot alone', async () => {
  const { event } = await heard({ text: 'x', as: 'Linus' });
  const first = await reach(access, { person: event.message.author.id }, never);
  assert.deepEqual(await reach(access, { person: event.message.author.id }, never), first);
  await adapter.post(access, draft(first, 'hello'), never);
  assert.deepEqual(
    teams.visible(first.thread).map(({ text }) => text),
    ['hello'],
  );
  const { event: answer } = await heard({ text: 'hi', as: 'Linus', thread: first.thread });
  assert.deepEqual([answer.place.thread, answer.why], [first.thread, 'direct']);
  assert.deepEqual(under(first, '1'), first);
});

test('in a channel the first post begins a thread, in which people go on', async () => {
  const place = await reach(access, { channel: teams.channel, title: 'News' }, never);
  assert.deepEqual([place.install, place.channel], [teams.tenant, teams.channel]);
  const post = draft(place, 'news');
  const { id } = await adapter.post(access, post, never);
  await adapter.show?.(access, place, 'working', never);
  const there = under(place, id);
  assert.deepEqual(
    teams.visible(there.thread).map(({ id }) => id),
    [id],
  );
  await adapter.edit(access, id, { ...post, text: 'more news' }, never);
  const { event } = await heard({ text: 'why?', thread: there.thread, plain: true });
  assert.deepEqual([event.place.thread, event.why], [there.thread, 'follow-up']);
  await adapter.post(access, draft(there, 'because'), never);
  assert.deepEqual(
    teams.visible(there.thread).map(({ text }) => text),
    ['more news', 'why?', 'because'],
  );
  await react(access, { place, messageId: id }, { emoji: '👍', added: true }, never);
  await adapter.remove(access, id, place, never);
  assert.equal(teams.ledger.performed('createConversation'), 1);
  assert.equal(teams.ledger.performed('sendTyping'), 0);
});

test('a group chat is reached as it is', async () => {
  const place = await reach(access, { channel: teams.group }, never);
  await adapter.post(access, draft(place, 'hello all'), never);
  assert.equal(teams.visible(teams.group).at(-1)?.text, 'hello all');
  assert.deepEqual(under(place, '1'), place);
});

const failures: readonly [call: string, status: number, name: string, code: string][] = [
  ['createConversation', 400, 'BadArgument', 'refused'],
  ['createConversation', 403, 'BotDisabledByAdmin', 'unauthorized'],
  ['createConversation', 429, 'TooManyRequests', 'rate-limited'],
  ['createConversation', 500, 'ServiceError', 'unknown-outcome'],
  ['getMember', 404, 'MemberNotFoundInConversation', 'refused'],
  ['getMember', 500, 'ServiceError', 'unavailable'],
];
for (const [call, status, name, code] of failures) {
  test(`asking for a person, ${call} says ${status} ${name}: ${code}`, async () => {
    const { event } = await heard({ text: 'x' });
    teams.refuseWith(call, status, name);
    await assert.rejects(person(access, event.message.author.id, never), { code });
  });
}

test('a first post in a channel whose answer is lost may have been made', async () => {
  const place = await reach(access, { channel: teams.channel }, never);
  teams.faults.plan({ call: 'createConversation', kind: 'perform-then-hang' });
  await assert.rejects(adapter.post(access, draft(place, 'x'), AbortSignal.timeout(40)), { code: 'aborted' });
  teams.faults.plan({ call: 'createConversation', kind: 'perform-then-fail' });
  await assert.rejects(adapter.post(access, draft(place, 'x'), never), { code: 'unknown-outcome' });
});

test('of a person Teams tells the name, and nobody where there is none', async () => {
  const { event } = await heard({ text: 'x', as: 'Grace' });
  const { id } = event.message.author;
  assert.deepEqual(await person(access, id, never), { id, name: 'Grace', locale: undefined, timeZone: undefined });
  await assert.rejects(person(access, '29:nobody', never), { code: 'refused' });
});

test('nothing is reached at a host that is not allowed', async () => {
  await using other = await openTalk({}, () => ({ TEAMS_SERVICE_URL: 'https://smba.example.org/teams' }));
  await assert.rejects(async () => other.adapter.reach?.(other.access, { person: '29:1' }, never), { code: 'refused' });
  assert.deepEqual(other.teams.ledger.entries, []);
});

test('a name calls whom it may, by their tag, and nobody else', async () => {
  const { event } = await heard({ text: 'x', as: 'Grace & Co' });
  const grace = { id: event.message.author.id, name: 'Grace & Co' };
  const text = 'hi @Grace & Co, @Bob and `@Grace & Co`';
  const post = { ...draft(event.place, text), calls: [grace, { id: '29:2', name: 'Nobody' }] };
  const { id } = await adapter.post(access, post, never);
  assert.deepEqual(teams.told(id).called, [grace.id]);
  assert.equal(teams.visible(event.place.thread).at(-1)?.text, 'hi <at>Grace &amp; Co</at>, @Bob and `@Grace & Co`');
  await adapter.edit(access, id, { ...post, calls: [] }, never);
  assert.deepEqual(teams.told(id).called, []);
});

test('a typing sign lasts three seconds', () => assert.equal(adapter.limits.statusForMs, 3000));

test('the command list of the manifest has every listed command, as its schema takes them', () => {
  const { scopes, commands } = commandList();
  assert.deepEqual(scopes, ['personal', 'team', 'groupChat']);
  assert.deepEqual(
    commands.map(({ title }) => title),
    COMMANDS.filter(({ listed }) => listed).map(({ name }) => name),
  );
  assert.ok(commands.length <= 10);
  for (const { title, description } of commands) assert.ok(title.length <= 32 && description.length <= 128);
});

test('a file whose address has run out is unauthorized with the fix, and never the page; a page that was sent is read', async () => {
  await using talk = await openTalk();
  const handleOf = async (name: string): Promise<string> => {
    const file = { name, mediaType: 'text/plain', bytes: Buffer.from('<html>data') };
    await talk.teams.say({ text: 'x', to: 'personal', file });
    const [event] = talk.lastEvents();
    assert.ok(event?.kind === 'message');
    return event.message.attachments[0]?.handle ?? '';
  };
  const [file, page] = [await handleOf('plan.docx'), await handleOf('plan.html')];
  talk.teams.runOutLinks();
  const read = (handle: string) => talk.adapter.fetchAttachment(talk.access, handle, 1000, never);
  await assert.rejects(read(file), { code: 'unauthorized', message: /send it again/ });
  assert.match(Buffer.from((await read(page)).bytes).toString(), /Sign in/);
});

test('leaving one team is not leaving the organization', async () => {
  await using talk = await openTalk();
  await talk.teams.leaveTeam();
  assert.match(JSON.stringify(talk.lastEvents()), /removed from one team/);
  await talk.teams.say({ text: 'still here', to: 'personal' });
  const [event] = talk.lastEvents();
  assert.ok(event?.kind === 'message');
  await talk.adapter.post(talk.access, talk.draft(event.place, 'yes'), never);
  await talk.teams.uninstall();
  assert.deepEqual(talk.lastEvents(), [{ kind: 'uninstalled', install: talk.teams.tenant }]);
});

test('an edit that names the bot is a mention, one in a thread a follow-up, any other overheard', async () => {
  const whyOf = async (place: Place, named: boolean, text: string): Promise<string> => {
    const id = place.thread.split(';messageid=')[1] ?? '';
    const mention = { type: 'mention', text: '<at>S</at>', mentioned: { id: teams.bot, name: 'S' } };
    await teams.activity({
      type: 'messageUpdate',
      id,
      text,
      channelId: 'msteams',
      serviceUrl: teams.serviceUrl,
      from: { id: '29:1', name: 'Ada' },
      recipient: { id: teams.bot },
      conversation: { id: place.thread, conversationType: 'channel', tenantId: teams.tenant },
      entities: named ? [mention] : [],
      channelData: { eventType: 'editMessage' },
    });
    const [event] = lastEvents();
    assert.ok(event?.kind === 'edited');
    return event.why;
  };
  const place = await newPlace();
  assert.equal(await whyOf(place, true, '<at>S</at> hi'), 'mention');
  assert.equal(await whyOf(place, false, 'hi'), 'overheard');
});
