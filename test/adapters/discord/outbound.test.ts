import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openDiscord } from '../../../adapters/discord/index.ts';
import { asked, nonce, openTalk, soon, until } from './talk.ts';
import type { Talk } from './talk.ts';

const POST = 'POST /channels/:c/messages';
let talk: Talk;
before(async () => void (talk = await openTalk()));
after(() => talk[Symbol.asyncDispose]());

const visible = (thread: string) => talk.discord.visible(thread).filter((message) => message.fromBot);

test('an answer replies to the question, calls nobody, and is heard back as our own', async () => {
  const { place, message } = await asked(talk);
  const text = `Hello <@${talk.discord.bot}>, @everyone and **all**`;
  const posted = await talk.adapter.post(talk.access, { place, text, nonce: nonce('a') }, soon());
  assert.deepEqual(talk.discord.calledBy(posted.id), []);
  const [shown] = visible(place.thread);
  assert.equal(shown?.text, `Hello \\<@${talk.discord.bot}>, @\u200Beveryone and **all**`);
  const echo = await talk.ear.event('message', (event) => event.message.id === posted.id);
  assert.deepEqual([echo.message.author.kind, echo.why], ['self', 'overheard']);
  const history = await talk.adapter.history(talk.access, place, { after: undefined, most: 10 }, soon());
  assert.deepEqual(
    history.map((one) => one.id),
    [message.id, posted.id],
  );
});

test('the same part sent again is there once, and says what was wanted last', async () => {
  const { place } = await asked(talk);
  const first = await talk.adapter.post(talk.access, { place, text: 'half an', nonce: nonce('b') }, soon());
  const again = await talk.adapter.post(talk.access, { place, text: 'half an answer', nonce: nonce('b') }, soon());
  assert.equal(again.id, first.id);
  assert.deepEqual(
    visible(place.thread).map((one) => one.text),
    ['half an answer'],
  );
});

test('a part whose answer was lost is found, and sending it again does not double it', async () => {
  const { place } = await asked(talk);
  const since = new Date(Date.now() - 1000);
  const draft = { place, text: 'only **once**', nonce: nonce('c') };
  assert.equal(await talk.adapter.findPost(talk.access, draft, since, soon()), undefined);
  talk.discord.faults.plan({ call: POST, kind: 'perform-then-fail', status: 502 });
  await assert.rejects(talk.adapter.post(talk.access, draft, soon()), { code: 'unknown-outcome' });
  const found = await talk.adapter.findPost(talk.access, draft, since, soon());
  assert.equal(found?.id, visible(place.thread)[0]?.id);
  assert.equal((await talk.adapter.post(talk.access, draft, soon())).id, found?.id);
  assert.equal(visible(place.thread).length, 1);
});

test('an unfinished part is left to its nonce while that counts, and found by its beginning later', async (context) => {
  const { place } = await asked(talk);
  const since = new Date(Date.now() - 1000);
  const part = { place, nonce: nonce('d') };
  const posted = await talk.adapter.post(talk.access, { ...part, text: 'It begins **so**' }, soon());
  const whole = { ...part, text: 'It begins **so** and ends so' };
  assert.equal(await talk.adapter.findPost(talk.access, whole, since, soon()), undefined);
  context.mock.timers.enable({ apis: ['Date'], now: Date.now() + 120_000 });
  assert.equal((await talk.adapter.findPost(talk.access, whole, since, soon()))?.id, posted.id);
});

test("other bots' messages and answers to other questions are not taken for ours", async () => {
  const { place } = await asked(talk);
  const since = new Date(Date.now() - 1000);
  const other = await talk.discord.say({ text: 'a second question', thread: place.thread });
  const event = await talk.ear.event('message', (one) => one.message.id === other.id);
  await talk.discord.say({ text: 'the same words', thread: place.thread, plain: true });
  await talk.adapter.post(talk.access, { place: event.place, text: 'the same words', nonce: nonce('e') }, soon());
  const draft = { place, text: 'the same words', nonce: nonce('f') };
  assert.equal(await talk.adapter.findPost(talk.access, draft, since, soon()), undefined);
});

test('editing sets the text, twice as well as once', async () => {
  const { place } = await asked(talk);
  const { id } = await talk.adapter.post(talk.access, { place, text: '…', nonce: nonce('g') }, soon());
  const draft = { place, text: 'done @here', nonce: nonce('g') };
  await talk.adapter.edit(talk.access, id, draft, soon());
  await talk.adapter.edit(talk.access, id, draft, soon());
  assert.deepEqual(
    visible(place.thread).map((one) => one.text),
    ['done @\u200Bhere'],
  );
  assert.deepEqual(talk.discord.calledBy(id), []);
});

test('a post is taken away, and to take it away again is no failure', async () => {
  const { place } = await asked(talk);
  const { id } = await talk.adapter.post(talk.access, { place, text: 'too much', nonce: nonce('h') }, soon());
  await talk.adapter.remove(talk.access, id, place, soon());
  await talk.adapter.remove(talk.access, id, place, soon());
  assert.deepEqual(visible(place.thread), []);
});

test('the question may be gone: the answer is posted all the same', async () => {
  const { place, message } = await asked(talk);
  await talk.discord.remove(message.id);
  await talk.adapter.post(talk.access, { place, text: 'late', nonce: nonce('i') }, soon());
  assert.equal(visible(place.thread).length, 1);
});

test('a text that renders to nothing is not refused', async () => {
  const { place } = await asked(talk);
  await talk.adapter.post(talk.access, { place, text: '  ', nonce: nonce('j') }, soon());
  assert.equal(visible(place.thread)[0]?.text, '…');
});

test('a part of exactly the limit is taken; measure counts what is sent', async () => {
  const { place } = await asked(talk);
  const { limits } = talk.adapter;
  const fitting = `${'y'.repeat(1995)} 2*3`;
  assert.equal(limits.measure(fitting), limits.part);
  await talk.adapter.post(talk.access, { place, text: fitting, nonce: nonce('k') }, soon());
  assert.equal(visible(place.thread)[0]?.text.length, 2000);
  const longer = { place, text: 'z'.repeat(2001), nonce: nonce('l') };
  await assert.rejects(talk.adapter.post(talk.access, longer, soon()), { code: 'too-large' });
});

test('working is shown as typing; nothing else is shown', async () => {
  const { place } = await asked(talk);
  const typing = () => talk.discord.ledger.performed('POST /channels/:c/typing');
  const before = typing();
  for (const status of ['seen', 'working', 'done', 'failed'] as const) {
    await talk.adapter.show(talk.access, place, status, soon());
  }
  assert.equal(typing(), before + 1);
});

test('history gives the newest messages, oldest first, within the range', async () => {
  const { place, message } = await asked(talk, 'number 0');
  for (let number = 1; number <= 130; number += 1) {
    await talk.discord.say({ text: `number ${number}`, thread: place.thread, plain: true });
  }
  const read = (after: Date | undefined, most: number) =>
    talk.adapter.history(talk.access, place, { after, most }, soon());
  assert.deepEqual(
    (await read(undefined, 3)).map((one) => one.text),
    ['number 128', 'number 129', 'number 130'],
  );
  const all = await read(undefined, 1000);
  assert.deepEqual([all.length, all[0]?.text, all[0]?.id], [131, 'number 0', message.id]);
  assert.deepEqual(await read(new Date(Date.now() + 1000), 10), []);
  assert.ok((await read(all.at(-1)?.sentAt, 1000)).length < 131);
});

test('a file is read from the platform, up to what is asked for', async () => {
  const bytes = new TextEncoder().encode('0123456789');
  const { id } = await talk.discord.share({ text: 'see file' }, { name: 'a b.txt', mediaType: 'text/plain', bytes });
  const { message } = await talk.ear.event('message', (event) => event.message.id === id);
  const [file] = message.attachments;
  assert.deepEqual([file?.name, file?.mediaType, file?.size], ['a b.txt', 'text/plain', 10]);
  const whole = await talk.adapter.fetchAttachment(talk.access, file?.handle ?? '', 100, soon());
  assert.deepEqual([Buffer.from(whole.bytes).toString(), whole.truncated], ['0123456789', false]);
  const part = await talk.adapter.fetchAttachment(talk.access, file?.handle ?? '', 4, soon());
  assert.deepEqual([Buffer.from(part.bytes).toString(), part.truncated], ['0123', true]);
});

for (const address of [
  'https://example.org/x',
  'http://cdn.discordapp.com/x',
  'https://cdn.discordapp.com.evil.org/x',
]) {
  test(`${address} is not read`, async () => {
    await assert.rejects(talk.adapter.fetchAttachment(talk.access, address, 10, soon()), { code: 'refused' });
  });
}

test('/ask is registered when the adapter is opened, beside other commands', async () => {
  await until(() => talk.discord.commands().includes('ask'));
  const other = { ...talk.discord.environment, DISCORD_API_URL: 'http://127.0.0.1:9/api/v10' };
  await openDiscord(other, soon());
});

for (const [what, changed] of [
  ['DISCORD_TOKEN', { DISCORD_TOKEN: 'no token' }],
  ['DISCORD_TOKEN', { DISCORD_TOKEN: '' }],
  ['DISCORD_PUBLIC_KEY', { DISCORD_PUBLIC_KEY: 'abc' }],
  ['DISCORD_APPLICATION_ID', { DISCORD_APPLICATION_ID: 'abc' }],
  ['DISCORD_API_URL', { DISCORD_API_URL: 'http://discord.example/api/v10' }],
  ['DISCORD_API_URL', { DISCORD_API_URL: 'https://discord.com/api' }],
] as const) {
  test(`${what} set to "${Object.values(changed)[0]}" is refused by its name`, async () => {
    await assert.rejects(openDiscord({ ...talk.discord.environment, ...changed }, soon()), (failure: Error) => {
      assert.match(failure.message, new RegExp(what));
      return true;
    });
  });
}
