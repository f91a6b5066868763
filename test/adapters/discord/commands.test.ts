import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openClient } from '../../../adapters/discord/client.ts';
import { botOf } from '../../../adapters/discord/bot.ts';
import { commandList, registerCommands } from '../../../adapters/discord/register-commands.ts';
import { COMMANDS } from '../../../src/model/commands.ts';
import { nonce, openFormEndpoint, openTalk, soon, until } from './talk.ts';
import type { Talk } from './talk.ts';

const LIST = '/applications/:app/commands';
let talk: Talk;
let endpoint: Awaited<ReturnType<typeof openFormEndpoint>>;
before(async () => {
  talk = await openTalk();
  endpoint = await openFormEndpoint(talk);
  await until(() => talk.discord.commands().length > 0);
});
after(async () => {
  await endpoint[Symbol.asyncDispose]();
  await talk[Symbol.asyncDispose]();
});

/** Somebody gives a command; what the adapter made of it. */
async function given(name: string, text?: string, as = 'Ada') {
  const did = await talk.discord.command(name, { as, ...(text !== undefined && { text }) });
  assert.deepEqual([did.status, did.failed], [200, false]);
  const event = endpoint.last('message');
  assert.equal(event.message.id, did.id);
  return event;
}

const texts = (shown: readonly { text: string }[]) => shown.map(({ text }) => text);

test('every listed command is registered, with its argument typed', () => {
  assert.deepEqual(
    talk.discord.commands().toSorted(),
    COMMANDS.filter(({ listed }) => listed)
      .map(({ name }): string => name)
      .toSorted(),
  );
  assert.deepEqual(commandList()[0], {
    name: 'ask',
    type: 1,
    description: 'Ask a question',
    contexts: [0, 1],
    options: [
      { type: 3, name: 'text', description: 'What you want to know', required: true, max_length: 6000 },
      { type: 11, name: 'file', description: 'A file to go with it' },
    ],
  });
});

test('commands that others made for the application stay; what is known already is not written again', async () => {
  const { environment, ledger } = talk.discord;
  const token = environment['DISCORD_TOKEN'] ?? '';
  const bot = botOf(token, undefined);
  const client = openClient({ token, apiUrl: environment['DISCORD_API_URL'] ?? '' });
  ledger.clear();
  await registerCommands(client, bot, soon());
  assert.deepEqual([ledger.performed(`GET ${LIST}`), ledger.performed(`PUT ${LIST}`)], [1, 0]);
  const others = [{ name: 'dance', type: 1, description: 'Not ours' }];
  const put = { method: 'PUT', route: `/applications/${bot.application}/commands`, body: others } as const;
  await client.request(put, soon());
  await registerCommands(client, bot, soon());
  assert.ok(talk.discord.commands().includes('dance') && talk.discord.commands().includes('stop'));
  assert.equal(ledger.performed(`PUT ${LIST}`), 2);
});

for (const [name, text] of [
  ['ask', 'why?'],
  ['stop', ''],
  ['new', ''],
  ['dance', 'tango'],
] as const) {
  test(`/${name} is told by its name and text, and answered later`, async () => {
    const event = await given(name, text === '' ? undefined : text);
    assert.deepEqual(event.command, { name, text });
    assert.deepEqual([event.message.text, event.why], [text, 'command']);
  });
}

test('a private command is answered to the one who gave it, in all parts, and to nobody else', async () => {
  const { place } = await given('usage', undefined, 'Bob');
  const since = new Date(Date.now() - 1000);
  const first = { place, text: 'It cost **2 $**', nonce: nonce('1') };
  const { id } = await talk.adapter.post(talk.access, first, soon());
  await talk.adapter.post(talk.access, { place, text: 'and 3 more', nonce: nonce('2') }, soon());
  assert.deepEqual(texts(talk.discord.seenBy('Bob', place.thread)), ['It cost **2 $**', 'and 3 more']);
  assert.deepEqual(texts(talk.discord.seenBy('Ada', place.thread)), []);
  assert.deepEqual(texts(talk.discord.visible(place.thread)), []);
  assert.equal((await talk.adapter.findPost(talk.access, first, since, soon()))?.id, id);
  await talk.adapter.edit(talk.access, id, { ...first, text: 'It cost 2 €' }, soon());
  assert.deepEqual(texts(talk.discord.seenBy('Bob', place.thread)), ['It cost 2 €', 'and 3 more']);
  assert.deepEqual(talk.discord.visible(place.thread), []);
});

test('what one person sees alone is heard back, and kept for nobody', async () => {
  const { place } = await given('help');
  const before = talk.ear.events().length;
  await talk.adapter.post(talk.access, { place, text: 'help', nonce: nonce('h') }, soon());
  await until(() => talk.ear.events().length > before);
  const event = talk.ear.events().at(-1);
  assert.ok(event?.kind === 'ignored' && /one person/.test(event.reason), JSON.stringify(event));
});

test('a command that nobody knows is passed on, to be answered in private', async () => {
  const { place } = await given('fly', 'away');
  await talk.adapter.post(talk.access, { place, text: 'help', nonce: nonce('u') }, soon());
  assert.deepEqual(texts(talk.discord.visible(place.thread)), []);
  assert.deepEqual(texts(talk.discord.seenBy('Ada', place.thread)), ['help']);
});

test('after 15 minutes a private answer is refused, rather than shown to everybody', async (context) => {
  const { place } = await given('settings');
  talk.discord.expireInteractions();
  context.mock.timers.enable({ apis: ['Date'], now: Date.now() + 15 * 60_000 });
  const draft = { place, text: 'secret', nonce: nonce('s') };
  await assert.rejects(talk.adapter.post(talk.access, draft, soon()), { code: 'refused' });
  assert.deepEqual(texts(talk.discord.visible(place.thread)), []);
});

test('an answer that somebody took away is followed by a new one', async () => {
  const { place } = await given('ask', 'hm?');
  const [waiting] = talk.discord.visible(place.thread);
  await talk.discord.remove(waiting?.id ?? '');
  await talk.adapter.post(talk.access, { place, text: 'here', nonce: nonce('t') }, soon());
  assert.deepEqual(texts(talk.discord.visible(place.thread)), ['here']);
});

test('people who are named in a command are shown by name', async () => {
  const bob = talk.discord.personId('Bob');
  talk.discord.nick('Bob', 'Bobby');
  const event = await given('ask', `what does <@${bob}> say, <@${talk.discord.bot}>?`);
  talk.discord.nick('Bob', 'Bob');
  assert.equal(event.message.text, 'what does @Bobby say,?');
});

test('a file that is given with a command can be read', async () => {
  const bytes = new TextEncoder().encode('content');
  const file = { name: 'a.txt', mediaType: 'text/plain', bytes };
  await talk.discord.command('ask', { text: 'see', file });
  const [attachment] = endpoint.last('message').message.attachments;
  assert.equal(attachment?.name, 'a.txt');
  const fetched = await talk.adapter.fetchAttachment(talk.access, attachment?.handle ?? '', 100, soon());
  assert.equal(new TextDecoder().decode(fetched.bytes), 'content');
});

test('over the gateway, too, a private command is answered to the one who gave it', async () => {
  await using other = await openTalk();
  await until(() => other.discord.gateway.isConnected());
  await other.discord.command('usage', { as: 'Bob' });
  const { place } = await other.ear.event('message', (one) => one.command?.name === 'usage');
  await until(() => other.discord.seenBy('Bob', place.thread).length === 1);
  await other.adapter.post(other.access, { place, text: '3 $', nonce: nonce('g') }, soon());
  assert.deepEqual(texts(other.discord.seenBy('Bob', place.thread)), ['3 $']);
  assert.deepEqual(texts(other.discord.visible(place.thread)), []);
});
