import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { z } from 'zod';
import { openDiscordStandIn } from '../../../sandbox/discord/index.ts';
import type { DiscordStandIn } from '../../../sandbox/discord/index.ts';
import { openListener } from '../../kit/listen.ts';
import { openSocket } from './socket.ts';

let discord: DiscordStandIn;
let base: string;
let channel: string;
let question: string;
before(async () => {
  discord = await openDiscordStandIn({ identifyEveryMs: 0, limits: 'off' });
  base = discord.environment['DISCORD_API_URL'] ?? '';
  const socket = await openSocket(discord);
  await socket.identify();
  ({ thread: channel, id: question } = await discord.say({ text: 'hm' }));
});
after(() => discord[Symbol.asyncDispose]());

const object = z.record(z.string(), z.unknown());
const message = z.object({ id: z.string(), flags: z.int(), embeds: z.array(object), components: z.array(object) });

async function ask(method: string, path: string, body?: object | FormData) {
  const json = body === undefined || body instanceof FormData;
  const response = await fetch(base + path, {
    method,
    headers: {
      authorization: `Bot ${discord.environment['DISCORD_TOKEN']}`,
      ...(json ? {} : { 'content-type': 'application/json' }),
    },
    ...(body && { body: body instanceof FormData ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const answer: unknown = text === '' ? {} : JSON.parse(text);
  return { status: response.status, text, answer, code: object.safeParse(answer).data?.['code'] };
}

const post = (body: object | FormData) => ask('POST', `/channels/${channel}/messages`, body);
const row = (...components: object[]) => ({ type: 1, components });
const button = (custom_id: string, more: object = {}) => ({ type: 2, style: 1, label: 'x', custom_id, ...more });
const options = [{ label: 'A', value: 'a' }];

for (const [what, body, error] of [
  ['a component of an unknown type', { components: [row({ type: 99 })] }, 'UNION_TYPE_CHOICES'],
  ['a button outside of a row', { components: [button('a')] }, 'BASE_TYPE'],
  ['six buttons in a row', { components: [row(...['1', '2', '3', '4', '5', '6'].map((id) => button(id)))] }, 'LENGTH'],
  ['a label of 81', { components: [row(button('a', { label: 'l'.repeat(81) }))] }, 'BASE_TYPE_MAX_LENGTH'],
  ['a custom_id of 101', { components: [row(button('i'.repeat(101)))] }, 'BASE_TYPE_MAX_LENGTH'],
  ['a button without a label', { components: [row({ type: 2, style: 1, custom_id: 'a' })] }, 'label'],
  ['a button of style 9', { components: [row(button('a', { style: 9 }))] }, 'style'],
  ['two buttons of one custom_id', { components: [row(button('a'), button('a'))] }, 'CUSTOM_ID_DUPLICATED'],
  ['a list without options', { components: [row({ type: 3, custom_id: 's', options: [] })] }, 'options'],
  ['a list beside a button', { components: [row(button('a'), { type: 3, custom_id: 's', options })] }, 'LAYOUT_WIDTH'],
  ['a title of 257', { embeds: [{ title: 't'.repeat(257) }] }, 'BASE_TYPE_MAX_LENGTH'],
  ['a field without a value', { embeds: [{ fields: [{ name: 'n', value: '' }] }] }, 'BASE_TYPE_REQUIRED'],
  ['an embed of nothing', { embeds: [{}] }, 'BASE_TYPE_REQUIRED'],
  ['6,001 letters in embeds', { embeds: [1, 2].map(() => ({ description: 'd'.repeat(3_001) })) }, 'MAX_EMBED_SIZE'],
  ['an image that is no address', { embeds: [{ image: { url: 'x' } }] }, 'image'],
  ['everybody and somebody called', { allowed_mentions: { parse: ['users'], users: ['1'] } }, 'MUTUALLY|exclusive'],
  ['a file that did not come', { attachments: [{ id: 0 }] }, 'ATTACHMENT_NOT_FOUND'],
] as const) {
  test(`${what} is refused with 50035 and the path to it`, async () => {
    const { status, code, text } = await post({ content: 'x', ...body });
    assert.deepEqual([status, code], [400, 50_035]);
    assert.match(text, new RegExp(error));
  });
}

test('components alone are no message; an embed or a file is', async () => {
  assert.equal((await post({ components: [row(button('a'))] })).code, 50_006);
  assert.equal((await post({ embeds: [{ title: 't' }], components: [row(button('a'))] })).status, 200);
  const form = new FormData();
  form.set('payload_json', JSON.stringify({ attachments: [{ id: 0, filename: 'a b.txt' }] }));
  form.set('files[0]', new Blob(['bytes'], { type: 'text/plain' }), 'a b.txt');
  const made = await post(form);
  const { id } = message.parse(made.answer);
  assert.deepEqual(
    discord.filesOf(id).map(({ name, mediaType }) => [name, mediaType]),
    [['a_b.txt', 'text/plain']],
  );
  const [file] = z.object({ attachments: z.array(z.object({ url: z.string() })) }).parse(made.answer).attachments;
  assert.equal(await (await fetch(file?.url ?? '')).text(), 'bytes');
});

test('an edit changes what it names; of the flags it changes one', async () => {
  const made = message.parse((await post({ embeds: [{ title: 't' }], components: [row(button('go'))] })).answer);
  const path = `/channels/${channel}/messages/${made.id}`;
  const edit = async (body: object) => message.parse((await ask('PATCH', path, body)).answer);
  const hidden = await edit({ flags: 4 | 64 });
  assert.deepEqual([hidden.flags, hidden.embeds, hidden.components.length], [4, [], 1]);
  assert.deepEqual(discord.card(made.id)?.words, []);
  const shown = await edit({ flags: 0 });
  assert.deepEqual([shown.flags, shown.embeds.length], [0, 1]);
  const bare = await edit({ content: 'words', embeds: [], components: [] });
  assert.deepEqual([bare.embeds, bare.components], [[], []]);
  assert.equal(discord.card(made.id), undefined);
});

test('people click what is there, and nothing else', async () => {
  const { id } = message.parse(
    (await post({ content: 'x', components: [row(button('go')), row({ type: 3, custom_id: 's', options })] })).answer,
  );
  await assert.rejects(discord.click(id, 'gone'), /there is no gone/);
  await assert.rejects(discord.click(id, 's'), /no button/);
  await assert.rejects(discord.choose(id, 'go', 'a'), /cannot be chosen/);
  await assert.rejects(discord.click(question, 'go'), /there is no go/);
  await assert.rejects(discord.submit({}), /no form open/);
});

const modal = (...components: object[]) => ({ type: 9, data: { custom_id: 'f', title: 'T', components } });
const label = (custom_id: string, more: object = {}) => ({
  type: 18,
  label: 'L',
  component: { type: 4, custom_id, style: 1, ...more },
});

/** A hub that answers every interaction like this. */
async function answered(body: object, work: (message: string) => Promise<{ failed: boolean }>): Promise<boolean> {
  await using hub = await openListener((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  const { id } = message.parse((await post({ content: 'x', components: [row(button('go'))] })).answer);
  discord.deliverTo(hub.url);
  return (await work(id)).failed;
}

for (const [what, body, failed] of [
  ['a type that there is not', { type: 77 }, true],
  ['nothing', {}, true],
  ['a message without words', { type: 4, data: { content: '' } }, true],
  ['a form without inputs', modal(), true],
  ['a form with a title of 46', { type: 9, data: { ...modal(label('a')).data, title: 't'.repeat(46) } }, true],
  ['a form that asks the same twice', modal(label('a'), label('a')), true],
  ['a form of six', modal(...[1, 2, 3, 4, 5, 6].map((n) => label(`${n}`))), true],
  ['a form in labels', modal(label('a')), false],
  ['a form in rows', modal({ type: 1, components: [{ type: 4, custom_id: 'a', style: 2, label: 'L' }] }), false],
  ['that it was taken', { type: 6 }, false],
  ['a change of the message', { type: 7, data: { content: 'y', components: [] } }, false],
] as const) {
  test(`a click that is answered with ${what} ${failed ? 'fails' : 'is well answered'}`, async () => {
    assert.equal(await answered(body, (id) => discord.click(id, 'go', 'Grace')), failed);
  });
}

test('a command cannot be answered as a click is, and a form not with a form', async () => {
  assert.equal(await answered({ type: 6 }, () => discord.command('x')), true);
  assert.equal(await answered({ type: 7, data: { content: 'y' } }, () => discord.command('x')), true);
  const twice = async (id: string) => {
    assert.equal((await discord.click(id, 'go', 'Hedy')).failed, false);
    return discord.submit({ a: 'x' }, 'Hedy');
  };
  assert.equal(await answered(modal(label('a')), twice), true);
});

test('a form lets through what the client lets through', async () => {
  const inputs = [label('a'), label('b', { required: false, max_length: 3 })];
  await answered(modal(...inputs), async (id) => {
    const did = await discord.click(id, 'go', 'Ida');
    await assert.rejects(discord.submit({}, 'Ida'), /a has to be filled in/);
    await assert.rejects(discord.submit({ a: 'x', b: 'long' }, 'Ida'), /longer than 3/);
    await assert.rejects(discord.submit({ a: 'x', c: '' }, 'Ida'), /does not ask for c/);
    await assert.rejects(discord.submit({ a: 'x' }, 'Bob'), /no form open/);
    return did;
  });
});

test('an announced private answer is seen by one person, in no list, and filled by the first further message', async () => {
  const bodies: unknown[] = [];
  await using hub = await openListener((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => void chunks.push(chunk));
    request.on('end', () => {
      bodies.push(JSON.parse(Buffer.concat(chunks).toString()));
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"type":5,"data":{"flags":64}}');
    });
  });
  discord.deliverTo(hub.url);
  const { thread } = await discord.command('usage', { as: 'Bob' });
  const { token } = z.object({ token: z.string() }).parse(bodies[0]);
  const [waiting] = discord.seenBy('Bob', thread);
  assert.deepEqual([discord.visible(thread), discord.seenBy('Ada', thread)], [[], []]);
  assert.equal((await ask('GET', `/channels/${thread}/messages/${waiting?.id}`)).code, 10_008);
  assert.deepEqual((await ask('GET', `/channels/${thread}/messages`)).answer, []);
  const webhook = `/webhooks/${discord.bot}/${token}`;
  const first = message.parse((await ask('POST', webhook, { content: 'one', flags: 0 })).answer);
  assert.deepEqual([first.id, first.flags], [waiting?.id, 64]);
  await ask('POST', webhook, { content: 'two', flags: 0 });
  assert.deepEqual(
    discord.visible(thread).map(({ text }) => text),
    ['two'],
  );
});

for (const [what, command] of [
  ['a name in capitals', { name: 'Ask', description: 'd' }],
  ['no description', { name: 'ask' }],
  [
    'an option of an unknown type',
    { name: 'ask', description: 'd', options: [{ type: 20, name: 'o', description: 'd' }] },
  ],
  [
    'what is needed behind what is not',
    {
      name: 'ask',
      description: 'd',
      options: [
        { type: 3, name: 'o', description: 'd', required: false },
        { type: 3, name: 'p', description: 'd', required: true },
      ],
    },
  ],
] as const) {
  test(`a command with ${what} is not registered`, async () => {
    const route = `/applications/${discord.bot}/commands`;
    assert.equal((await ask('PUT', route, [command])).code, 50_035);
    assert.equal((await ask('POST', route, command)).code, 50_035);
  });
}

test('reactions are emoji, at most twenty kinds, and taken away once', async () => {
  const path = (emoji: string) =>
    `/channels/${channel}/messages/${question}/reactions/${encodeURIComponent(emoji)}/@me`;
  assert.equal((await ask('PUT', path('thumbsup'))).code, 10_014);
  const kinds = '🍏🍎🍐🍊🍋🍌🍉🍇🍓🍈🍒🍑🥭🍍🥥🥝🍅🍆🥑🥦'.match(/./gu) ?? [];
  assert.equal(kinds.length, 20);
  for (const emoji of kinds) assert.equal((await ask('PUT', path(emoji))).status, 204);
  assert.equal((await ask('PUT', path('👍'))).code, 30_010);
  assert.equal((await ask('PUT', path('🍏'))).status, 204);
  assert.equal((await ask('DELETE', path('🍏'))).status, 204);
  assert.equal((await ask('DELETE', path('🍏'))).code, 10_014);
});

test('threads are opened in text channels, posts in forums, and neither where it does not belong', async () => {
  const forum = await discord.openForum();
  const thread = z.object({ id: z.string(), name: z.string(), parent_id: z.string(), owner_id: z.string() });
  const open = (where: string, body: object) => ask('POST', `/channels/${where}/threads`, body);
  const made = thread.parse((await open(channel, { name: 'T', type: 11 })).answer);
  assert.deepEqual([made.name, made.parent_id, made.owner_id], ['T', channel, discord.bot]);
  assert.equal((await open(made.id, { name: 'T', type: 11 })).code, 50_024);
  assert.equal((await open(channel, { name: 't'.repeat(101), type: 11 })).code, 50_035);
  assert.equal((await open(forum, { name: 'P' })).code, 50_035);
  assert.equal((await open(forum, { name: 'P', message: { content: '' } })).code, 50_006);
  const written = thread.parse((await open(forum, { name: 'P', message: { content: 'first' } })).answer);
  assert.equal(discord.visible(written.id)[0]?.text, 'first');
  assert.equal((await ask('POST', `/channels/${forum}/messages`, { content: 'x' })).code, 50_008);
});

test('a direct conversation is the same however often it is opened, and there is none with a bot', async () => {
  const open = (recipient_id: string) => ask('POST', '/users/@me/channels', { recipient_id });
  const id = discord.personId('Ada');
  assert.deepEqual((await open(id)).answer, (await open(id)).answer);
  assert.equal((await open(discord.bot)).code, 50_007);
  assert.equal((await open('x')).code, 50_035);
  assert.equal((await ask('GET', `/users/${id}`)).status, 200);
  assert.equal((await ask('GET', '/users/1')).code, 10_013);
});
