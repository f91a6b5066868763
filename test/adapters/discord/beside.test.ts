import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { asked, nonce, openFormEndpoint, openTalk, soon } from './talk.ts';
import type { Talk } from './talk.ts';
import { button, cardWith } from './cards.ts';

let talk: Talk;
let endpoint: Awaited<ReturnType<typeof openFormEndpoint>>;
before(async () => {
  talk = await openTalk();
  endpoint = await openFormEndpoint(talk);
});
after(async () => {
  await endpoint[Symbol.asyncDispose]();
  await talk[Symbol.asyncDispose]();
});

const texts = (shown: readonly { text: string }[]) => shown.map(({ text }) => text);
const reactionsOn = (id: string) =>
  talk.discord.reactions.filter(({ message, user }) => message === id && user === talk.discord.bot);

test('a reaction is set and taken away, each twice as well as once, on theirs and on ours', async () => {
  const { place, message } = await asked(talk);
  const { id } = await talk.adapter.post(talk.access, { place, text: 'x', nonce: nonce('r') }, soon());
  for (const messageId of [message.id, id]) {
    const react = (emoji: string, added: boolean) =>
      talk.adapter.react(talk.access, { place, messageId }, { emoji, added }, soon());
    for (const emoji of ['👀', '❤️']) {
      await react(emoji, true);
      await react(emoji, true);
    }
    assert.deepEqual(
      reactionsOn(messageId).map(({ emoji }) => emoji),
      ['👀', '❤️'],
    );
    await react('👀', false);
    await react('👀', false);
    assert.deepEqual(
      reactionsOn(messageId).map(({ emoji }) => emoji),
      ['❤️'],
    );
  }
  await talk.discord.remove(message.id);
  const on = { place, messageId: message.id };
  await talk.adapter.react(talk.access, on, { emoji: '👀', added: false }, soon());
  await assert.rejects(talk.adapter.react(talk.access, on, { emoji: '👀', added: true }, soon()), { code: 'gone' });
  await assert.rejects(talk.adapter.react(talk.access, on, { emoji: '', added: true }, soon()), { code: 'invalid' });
});

test('a word to the one who clicked is seen by nobody else', async () => {
  const { place } = await asked(talk);
  const draft = { place, text: 'x', nonce: nonce('w'), card: cardWith(button('mine')) };
  const { id } = await talk.adapter.post(talk.access, draft, soon());
  await talk.discord.click(id, 'mine', 'Bob');
  const clicked = endpoint.last('action');
  const bob = talk.discord.personId('Bob');
  const before = texts(talk.discord.visible(place.thread));
  await talk.adapter.whisper(talk.access, clicked.place, { person: bob, text: 'not *yours*' }, soon());
  assert.equal(texts(talk.discord.seenBy('Bob', place.thread)).at(-1), 'not *yours*');
  assert.deepEqual(texts(talk.discord.visible(place.thread)), before);
  const ada = { person: talk.discord.personId('Ada'), text: 'x' };
  await assert.rejects(talk.adapter.whisper(talk.access, clicked.place, ada, soon()), { code: 'refused' });
});

test('a word in private in answer to a public command takes the announced answer back, and an answer may still come', async () => {
  await talk.discord.ask({ text: 'may I?', as: 'Bob' });
  const { place } = endpoint.last('message');
  assert.equal(talk.discord.visible(place.thread).length, 1);
  const person = talk.discord.personId('Bob');
  await talk.adapter.whisper(talk.access, place, { person, text: 'no' }, soon());
  assert.deepEqual(texts(talk.discord.visible(place.thread)), []);
  assert.deepEqual(texts(talk.discord.seenBy('Bob', place.thread)), ['no']);
  await talk.adapter.post(talk.access, { place, text: 'for all', nonce: nonce('a') }, soon());
  assert.deepEqual(texts(talk.discord.visible(place.thread)), ['for all']);
});

test('in a direct conversation a word is a message; in a channel there is no such thing', async () => {
  const said = await talk.discord.direct({ text: 'hi' });
  const { place } = await talk.ear.event('message', (event) => event.message.id === said.id);
  const to = { person: talk.discord.personId('Ada'), text: 'psst' };
  await talk.adapter.whisper(talk.access, place, to, soon());
  assert.equal(texts(talk.discord.visible(place.thread)).at(-1), 'psst');
  const open = await asked(talk);
  await assert.rejects(talk.adapter.whisper(talk.access, open.place, to, soon()), { code: 'refused' });
});

test('a person is reached in the same direct conversation however often', async () => {
  const to = { person: talk.discord.personId('Grace') };
  const place = await talk.adapter.reach(talk.access, to, soon());
  assert.deepEqual(await talk.adapter.reach(talk.access, to, soon()), place);
  assert.equal(place.install, '@me');
  await talk.adapter.post(talk.access, { place, text: 'hello', nonce: nonce('d') }, soon());
  const said = await talk.discord.direct({ text: 'oh, hi', as: 'Grace' });
  assert.equal(said.thread, place.thread);
});

test('a channel is reached as it is, and what is said under a post is said in it', async () => {
  const { place } = await asked(talk);
  const there = await talk.adapter.reach(talk.access, { channel: place.channel }, soon());
  const { id } = await talk.adapter.post(talk.access, { place: there, text: 'news', nonce: nonce('n') }, soon());
  const under = talk.adapter.under(there, id);
  assert.deepEqual([under.thread, under.channel, under.install], [place.thread, place.channel, talk.discord.guild]);
  assert.deepEqual(JSON.parse(under.address), { channel: place.channel });
});

test('with a title a thread of that name is opened in a channel, once', async () => {
  const { place } = await asked(talk);
  const to = { channel: place.channel, title: 'Weekly  report' };
  const thread = await talk.adapter.reach(talk.access, to, soon());
  assert.notEqual(thread.thread, place.thread);
  assert.deepEqual(await talk.adapter.reach(talk.access, to, soon()), thread);
  assert.equal(talk.discord.channelName(thread.thread), 'Weekly report');
  await talk.adapter.post(talk.access, { place: thread, text: 'first', nonce: nonce('t') }, soon());
  const event = await talk.ear.event('message', (one) => one.place.thread === thread.thread);
  assert.equal(event.place.install, talk.discord.guild);
  const inside = await talk.adapter.reach(talk.access, { channel: thread.channel, title: 'Inside' }, soon());
  assert.deepEqual(inside, thread);
  const longer = await talk.adapter.reach(talk.access, { ...to, title: 'w'.repeat(120) }, soon());
  assert.equal(talk.discord.channelName(longer.thread).length, 100);
});

test('a thread whose opening was not answered is found again', async () => {
  const { place } = await asked(talk);
  const to = { channel: place.channel, title: 'Lost answer' };
  talk.discord.faults.plan({ call: 'POST /channels/:c/threads', kind: 'perform-then-fail' });
  await assert.rejects(talk.adapter.reach(talk.access, to, soon()), { code: 'unknown-outcome' });
  await talk.adapter.reach(talk.access, to, soon());
  assert.equal(talk.discord.ledger.performed('POST /channels/:c/threads') >= 1, true);
  assert.equal(talk.discord.threadsOf(place.channel).length, 1);
});

test('in a forum it is a post whose first message is the title', async () => {
  const channel = await talk.discord.openForum();
  const title = `How *it* works ${'x'.repeat(100)}`;
  const place = await talk.adapter.reach(talk.access, { channel, title }, soon());
  assert.deepEqual(texts(talk.discord.visible(place.thread)), [`How \\*it\\* works ${'x'.repeat(100)}`]);
  assert.equal(talk.discord.channelName(place.thread), title.slice(0, 100));
});

test('a file is posted with words beside it, once, in a channel and in answer to a command', async () => {
  const { place } = await asked(talk);
  const bytes = new TextEncoder().encode('all of it\u0000');
  const file = { name: 'answer.md', mediaType: 'text/markdown', bytes };
  const draft = { place, text: 'the **whole**', nonce: nonce('s') };
  const { id } = await talk.adapter.share(talk.access, draft, file, soon());
  assert.equal((await talk.adapter.share(talk.access, draft, file, soon())).id, id);
  const [held] = talk.discord.filesOf(id);
  assert.deepEqual([held?.name, held?.mediaType], ['answer.md', 'text/markdown']);
  assert.deepEqual(Buffer.from(held?.bytes ?? []), Buffer.from(bytes));
  assert.equal(texts(talk.discord.visible(place.thread)).at(-1), 'the **whole**');
  await talk.adapter.edit(talk.access, id, { ...draft, text: 'changed' }, soon());
  assert.equal(talk.discord.filesOf(id).length, 1);

  await talk.discord.ask({ text: 'a file?' });
  const command = endpoint.last('message').place;
  const answer = await talk.adapter.share(talk.access, { place: command, text: '', nonce: nonce('u') }, file, soon());
  assert.equal(talk.discord.filesOf(answer.id)[0]?.name, 'answer.md');
  assert.equal(talk.discord.visible(command.thread).length, 1);
});

test('a file whose answer was lost is found by its own mark, however many go with the same words', async () => {
  const { place } = await asked(talk);
  const file = { name: 'answer.md', mediaType: 'text/markdown', bytes: new TextEncoder().encode('all of it') };
  const draft = (name: string) => ({ place, text: 'in this file', nonce: nonce(name) });
  const since = new Date(Date.now() - 60_000);
  const [first, second] = [draft('one'), draft('two')];
  const { id } = await talk.adapter.share(talk.access, first, file, soon());
  assert.equal(await talk.adapter.findPost(talk.access, second, since, soon()), undefined);
  talk.discord.faults.plan({ call: 'POST /channels/:c/messages', kind: 'perform-then-reset' });
  await assert.rejects(talk.adapter.share(talk.access, second, file, soon()), { code: 'unknown-outcome' });
  const other = talk.discord.visible(place.thread).at(-1)?.id;
  assert.deepEqual(await talk.adapter.findPost(talk.access, second, since, soon()), { id: other });
  assert.deepEqual(await talk.adapter.findPost(talk.access, first, since, soon()), { id });
});

test('an old message whose edits are used up is closed, and can be taken away', async () => {
  await using old = await openTalk({ oldEdits: { afterMs: 0, most: 1 } });
  const { place } = await asked(old);
  const draft = { place, text: 'x', nonce: nonce('o') };
  const { id } = await old.adapter.post(old.access, draft, soon());
  await old.adapter.edit(old.access, id, { ...draft, text: 'y' }, soon());
  await assert.rejects(old.adapter.edit(old.access, id, { ...draft, text: 'z' }, soon()), { code: 'closed' });
  assert.equal(texts(old.discord.visible(place.thread)).at(-1), 'y');
  const other = await old.adapter.post(old.access, { ...draft, nonce: nonce('p') }, soon());
  await old.adapter.edit(old.access, other.id, { ...draft, text: 'y' }, soon());
  await old.adapter.remove(old.access, id, place, soon());
});

test('a file that is too large is refused as such', async () => {
  const { place } = await asked(talk);
  const file = { name: 'x.bin', mediaType: 'application/octet-stream', bytes: new Uint8Array(10_485_761) };
  const draft = { place, text: '', nonce: nonce('big') };
  await assert.rejects(talk.adapter.share(talk.access, draft, file, soon()), { code: 'too-large' });
});

test('a person is called what others call them, in the guild and outside', async () => {
  const id = talk.discord.personId('Linus');
  talk.discord.nick('Linus', 'The Finn');
  const unknown = { id, locale: undefined, timeZone: undefined };
  assert.deepEqual(await talk.adapter.person(talk.access, id, soon()), { ...unknown, name: 'The Finn' });
  const outside = { install: '@me', secret: undefined };
  assert.deepEqual(await talk.adapter.person(outside, id, soon()), { ...unknown, name: 'Linus' });
  talk.discord.refuseWith('GET /guilds/:g/members/:u', 404, 10_007, 'Unknown Member');
  assert.deepEqual(await talk.adapter.person(talk.access, id, soon()), { ...unknown, name: 'Linus' });
  const nobody = talk.adapter.person(outside, '100000000000000001', soon());
  await assert.rejects(nobody, { code: 'refused' });
  await assert.rejects(talk.adapter.person(talk.access, 'Ada', soon()), { code: 'invalid' });
});

test('a name calls a person only where the draft says so, and never in code', async () => {
  const { place } = await asked(talk);
  const [ada, bob] = [talk.discord.personId('Ada'), talk.discord.personId('Bob')];
  const calls = [
    { id: ada, name: 'Ada' },
    { id: talk.discord.personId('Ada Lovelace'), name: 'Ada Lovelace' },
  ];
  const text = '@Ada, `@Ada` and @Ada Lovelace, not @Bob, @everyone or @Adam\n\n```\n@Ada\n```';
  const { id } = await talk.adapter.post(talk.access, { place, text, nonce: nonce('c'), calls }, soon());
  assert.deepEqual(
    talk.discord.calledBy(id),
    calls.map((call) => call.id),
  );
  const shown = texts(talk.discord.visible(place.thread)).at(-1) ?? '';
  assert.equal(
    shown,
    `<@${ada}>, \`@Ada\` and <@${calls[1]?.id}>, not @Bob, @\u200Beveryone or @Adam\n\n\`\`\`\n@Ada\n\`\`\``,
  );
  assert.equal(shown.includes(bob), false);
});

test('a text that fits only without mentions keeps its words and calls nobody', async () => {
  const { place } = await asked(talk);
  const calls = [{ id: talk.discord.personId('Ada'), name: 'Ada' }];
  const text = `@Ada ${'y'.repeat(1_995)}`;
  const { id } = await talk.adapter.post(talk.access, { place, text, nonce: nonce('fit'), calls }, soon());
  assert.deepEqual(talk.discord.calledBy(id), []);
  assert.equal(texts(talk.discord.visible(place.thread)).at(-1), text);
});

test('a page in place of a file is told as what it is', async () => {
  const bytes = new TextEncoder().encode('<!doctype html><p>secret form</p>');
  const { id } = await talk.discord.share({ text: 'see' }, { name: 'a.png', mediaType: 'text/html', bytes });
  const { message } = await talk.ear.event('message', (event) => event.message.id === id);
  const read = talk.adapter.fetchAttachment(talk.access, message.attachments[0]?.handle ?? '', 100, soon());
  await assert.rejects(read, (failure: Error & { code?: string }) => {
    assert.equal(failure.code, 'unauthorized');
    assert.match(failure.message, /Read Message History/);
    assert.doesNotMatch(failure.message, /secret/);
    return true;
  });
});

test('typing is shown again before it ends by itself', () => {
  assert.equal(talk.adapter.limits.statusForMs, 10_000);
});

test('many messages that a moderator takes away are told one by one', async () => {
  const { place, message } = await asked(talk);
  const other = await talk.discord.say({ text: 'two', thread: place.thread, plain: true });
  await talk.discord.removeAll([message.id, other.id]);
  for (const id of [message.id, other.id]) {
    const gone = await talk.ear.event('deleted', (event) => event.messageId === id);
    assert.equal(gone.place.thread, place.thread);
  }
});

test('channels, threads and roles that are named in a text are shown by name', async () => {
  const { place } = await asked(talk);
  const thread = await talk.discord.openThread(place.channel);
  const forum = await talk.discord.openForum();
  const text = `see <#${place.channel}>, <#${thread}> and <#${forum}>, <@&${talk.discord.guild}>, not <#1>`;
  const { id } = await talk.discord.say({ text, thread: place.thread });
  const { message } = await talk.ear.event('message', (event) => event.message.id === id);
  const name = talk.discord.channelName(place.channel);
  assert.equal(message.text, `see #${name}, #${name}-thread and #questions, @@everyone, not #1`);
});
