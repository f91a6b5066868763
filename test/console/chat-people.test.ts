import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { openScheduleMessage } from '../../src/agent/tools/builtin/schedule-message.ts';
import { openSearchHistory } from '../../src/agent/tools/builtin/search-history.ts';
import { DEFAULT_ORGANIZATION } from '../../src/db/apps.ts';
import { inOrganization } from '../../src/db/database.ts';
import { openSearch } from '../../src/db/search.ts';
import { inSignIn } from '../../src/db/sign-in.ts';
import { addUser } from '../../src/db/users.ts';
import type { RouteRequest } from '../../src/llm/route-request.ts';
import { systemClock } from '../../src/observe/clock.ts';
import { openPage } from '../kit/chat-socket.ts';
import { openTestChat, type Chatter, type TestChat } from '../kit/chat.ts';
import { OTHER_ORGANIZATION } from '../kit/console.ts';
import { calling } from '../kit/tools.ts';
import { until } from '../kit/until.ts';

const ADA: Chatter = { id: 'ada' };
/** Bytes that may wait for a reader, and sockets that there may be. */
const [WAITING, MOST, MOST_OF_ONE] = [64 * 1024, 5, 3];

let chat: TestChat;
let bob: Chatter;
let stranger: string;
before(async () => {
  chat = await openTestChat(answer, {
    limits: { mostWaiting: WAITING, most: MOST, mostOfOne: MOST_OF_ONE },
    boxes: (db) => [
      {
        name: 'builtin',
        tools: () => Promise.resolve([openSearchHistory(openSearch(db)), openScheduleMessage(db, systemClock)]),
        [Symbol.asyncDispose]: async () => {},
      },
    ],
  });
  bob = { id: await member('Bob', DEFAULT_ORGANIZATION) };
  stranger = await member('Eve', OTHER_ORGANIZATION);
});
after(async () => chat?.[Symbol.asyncDispose]());

/** Uses a tool where it is asked to, and says what came of it. */
function answer({ messages }: RouteRequest) {
  const last = messages.at(-1);
  const said = last?.text ?? '';
  const [, words] = /search for (\w+)/.exec(said) ?? [];
  if (last?.role === 'user' && words !== undefined) return calling([['search_history', { words }]]);
  if (last?.role === 'user' && said.includes('every day'))
    return calling([['schedule_message', { text: 'Time for a walk', cron: '0 9 * * *' }]]);
  return last?.role === 'user' ? 'Noted' : `It says: ${said}`;
}

const member = (name: string, organization: string): Promise<string> =>
  inSignIn(chat.hub.database.db, async (tx) => {
    const id = await addUser(tx, { name, email: `${name.toLowerCase()}@example.com`, verified: false });
    await tx`insert into auth.members (organization_id, user_id, role) values (${organization}, ${id ?? ''}, 'viewer')`;
    return id ?? '';
  });

const Begun = z.object({ id: z.string() });
const Whole = z.object({
  doing: z.string(),
  posts: z.array(
    z.looseObject({
      id: z.string(),
      kind: z.string(),
      text: z.string(),
      card: z.object({ controls: z.array(z.object({ id: z.string() })) }).nullable(),
      reactions: z.array(z.object({ emoji: z.string(), by: z.string() })),
    }),
  ),
  opinions: z.record(z.string(), z.string()),
  members: z.array(z.object({ actor: z.string() })),
});

const send = async (who: Chatter, path: string, method: string, body?: unknown): Promise<number> =>
  (await chat.ask(who, path, { method, ...(body !== undefined && { body }) })).status;
const begin = async (who = ADA): Promise<string> =>
  Begun.parse(await (await chat.ask(who, '', { method: 'POST', body: {} })).json()).id;
const read = async (id: string, who = ADA) => Whole.parse(await (await chat.ask(who, `/${id}`)).json());

let counter = 0;
const write = async (id: string, text: string, who = ADA): Promise<string> => {
  const body = { nonce: `message-${(counter += 1)}`, text };
  return Begun.parse(await (await chat.ask(who, `/${id}/messages`, { method: 'POST', body })).json()).id;
};
/** Writes, and waits for the next answer. */
async function ask(id: string, text: string, who = ADA): Promise<string> {
  const answers = async () => (await read(id)).posts.filter(({ kind, text: said }) => kind === 'bot' && said !== '');
  const before = (await answers()).length;
  await write(id, text, who);
  await until('an answer', async () => (await answers()).length > before && (await read(id)).doing === 'done');
  return (await answers()).at(-1)?.text ?? '';
}
const share = (id: string, whom: string): Promise<number> => send(ADA, `/${id}/members`, 'POST', { member: whom });

test('a conversation is shared with colleagues, and with nobody of another organization', async () => {
  const id = await begin();
  assert.equal(await share(id, stranger), 404);
  assert.equal(await share(id, 'nobody'), 404);
  assert.equal(await share(id, bob.id), 204);
  const { members } = await read(id, bob);
  assert.deepEqual(
    members.map(({ actor }) => actor),
    ['person/ada', `person/${bob.id}`],
  );
});

test('what is looked for is found by the members of a conversation, and by nobody in another one', async () => {
  const [own, shared] = [await begin(), await begin()];
  await share(shared, bob.id);
  await ask(own, 'The launch is called mangosteen');
  await ask(shared, 'The fruit is called papaya');
  const { posts } = await read(shared);
  const comment = { text: 'between us: durian' };
  assert.equal(await send(ADA, `/${shared}/posts/${posts[1]?.id}/comments`, 'POST', comment), 200);
  assert.match(await ask(shared, 'search for papaya', bob), /The fruit is called papaya/);
  assert.doesNotMatch(await ask(shared, 'search for mangosteen', bob), /launch/);
  assert.doesNotMatch(await ask(shared, 'search for durian', bob), /between us/);
  const elsewhere = await begin(bob);
  await write(elsewhere, 'search for papaya', bob);
  const answers = async () =>
    (await read(elsewhere, bob)).posts.filter(({ kind, text }) => kind === 'bot' && text !== '');
  await until('an answer', async () => (await answers()).length > 0);
  assert.match((await answers())[0]?.text ?? '', /Nothing was found/);
});

test('who has left, and who was taken out, reads nothing more; who begun it takes others out, and no other does', async () => {
  const id = await begin();
  await share(id, bob.id);
  using page = await openPage(chat, bob, id);
  await until('bob reads along', () => page.pushed.length > 0);
  assert.equal(await send(bob, `/${id}/members/ada`, 'DELETE'), 403);
  assert.equal(await send(ADA, `/${id}/members/${bob.id}`, 'DELETE'), 204);
  await until('it is gone for him', () => page.pushed.at(-1)?.type === 'gone');
  assert.equal(await send(bob, `/${id}`, 'GET'), 404);
  assert.equal(await send(ADA, `/${id}/members/ada`, 'DELETE'), 204);
  assert.equal(await send(ADA, `/${id}`, 'GET'), 404);
});

test('what somebody thinks of an answer is there when they come back, is theirs alone, and is taken back', async () => {
  const id = await begin();
  await share(id, bob.id);
  await ask(id, 'Hello');
  const post = (await read(id)).posts.find(({ kind }) => kind === 'bot')?.id ?? '';
  const judge = (verdict: string | null) => send(ADA, `/${id}/posts/${post}/feedback`, 'PUT', { verdict });
  assert.equal(await judge('bad'), 204);
  assert.deepEqual((await read(id)).opinions, { [post]: 'bad' });
  assert.deepEqual((await read(id, bob)).opinions, {});
  assert.equal(await judge(null), 204);
  assert.deepEqual((await read(id)).opinions, {});
});

test('a reaction is seen by all, once for each person, and goes again', async () => {
  const id = await begin();
  await share(id, bob.id);
  const post = await write(id, 'Hello');
  const react = (who: Chatter, added: boolean, emoji = '🎉') =>
    send(who, `/${id}/posts/${post}/reaction`, 'PUT', { emoji, added });
  for (const who of [ADA, ADA, bob]) assert.equal(await react(who, true), 204);
  const seen = async () => (await read(id)).posts[0]?.reactions.map(({ emoji, by }) => `${emoji} ${by}`);
  assert.deepEqual(await seen(), ['🎉 person/ada', `🎉 person/${bob.id}`]);
  assert.equal(await react(ADA, false), 204);
  assert.deepEqual(await seen(), [`🎉 person/${bob.id}`]);
  for (const words of ['psst', '🎉🎉', '']) assert.equal(await react(ADA, true, words), 400);
  const many = Array.from({ length: 20 }, (_, index) => String.fromCodePoint(0x1f600 + index));
  for (const emoji of many) assert.equal(await react(ADA, true, emoji), 204);
  assert.equal(await react(ADA, true), 422);
  assert.equal(await react(bob, false), 204);
  assert.equal(await send(ADA, `/${id}/posts/${post}`, 'DELETE'), 204);
  assert.deepEqual(await seen(), []);
});

test('what was asked for here to be said every day is said here, for as long as somebody is in it', async () => {
  const { db } = chat.hub.database;
  const id = await begin();
  await write(id, 'Remind me every day');
  const carded = async () => (await read(id)).posts.find(({ card }) => (card?.controls.length ?? 0) > 0);
  await until('it is asked for', async () => (await carded()) !== undefined);
  const post = await carded();
  const click = { control: post?.card?.controls[0]?.id };
  assert.equal(await send(ADA, `/${id}/posts/${post?.id}/clicks`, 'POST', click), 204);
  await until('it is kept', async () => (await db.sql`select 1 from switchboard.schedules`).length > 0);
  const due = () => db.sql`update switchboard.schedules set next_at = now() - interval '1 second'`;
  const said = async () => (await read(id)).posts.filter(({ text }) => text === 'Time for a walk').length;
  await due();
  await until('it is said', async () => (await said()) === 1);
  await db.sql`delete from switchboard.chat_members where conversation_id = ${id}`;
  await due();
  const states = () =>
    inOrganization(db, DEFAULT_ORGANIZATION, (tx) => tx`select error from switchboard.turns where state = 'dead'`);
  await until('nobody is there', async () => /nobody is in it/.test(String((await states())[0]?.['error'])));
  await db.sql`delete from switchboard.schedules`;
});

test('files are refused that are too many, too large, or lie there unsent', async () => {
  const id = await begin();
  const up = (sizes: readonly number[], who = ADA): Promise<number> => {
    const form = new FormData();
    for (const size of sizes) form.append('file', new File([new Uint8Array(size)], 'one.bin', { type: 'no type' }));
    return send(who, `/${id}/files`, 'POST', form);
  };
  const MIB = 1024 * 1024;
  assert.equal(await up(Array.from({ length: 11 }, () => 1)), 413);
  assert.equal(await up([25 * MIB + 1]), 413);
  assert.equal(await up([20 * MIB, 13 * MIB]), 413);
  assert.equal(await up([1], bob), 404);
  const { sql } = chat.hub.database.db;
  assert.equal((await sql`select 1 from switchboard.chat_files`).length, 0);
  assert.equal(await up([3, 4]), 200);
  assert.deepEqual(
    (await sql`select media_type, size from switchboard.chat_files order by size`).map((row) => ({ ...row })),
    [3, 4].map((size) => ({ media_type: 'application/octet-stream', size })),
  );
  await sql`update switchboard.chat_files set size = ${128 * MIB + 1} where size = 4`;
  assert.equal(await up([1]), 413);
});

test('somebody has so many pages open and no more, nor have all together, until one is closed', async () => {
  const url = `${chat.url.replace('http', 'ws')}/api/v1/chat/socket`;
  const open = (who: Chatter): Promise<WebSocket | number> =>
    new Promise((resolve) => {
      const socket = new WebSocket(url, { headers: chat.headersOf(who) });
      socket.on('open', () => resolve(socket));
      socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
      socket.on('error', () => {});
    });
  const sockets = await Promise.all([ADA, ADA, ADA, bob].map(open));
  assert.ok(sockets.every((one) => typeof one !== 'number'));
  assert.equal(await open(ADA), 429);
  const last = await open(bob);
  assert.equal(await open({ id: 'carl' }), 429);
  for (const one of [...sockets, last]) if (typeof one !== 'number') one.close();
  await until('one may come again', async () => {
    const one = await open(ADA);
    if (typeof one !== 'number') one.close();
    return one !== 429;
  });
});

test('a page that does not read is cut off before much waits for it, and reads anew what it has missed', async () => {
  const { sql } = chat.hub.database.db;
  const id = await begin();
  using slow = await openPage(chat, ADA, id);
  const isHere = async () =>
    (await sql`select 1 from switchboard.chat_members where conversation_id = ${id} and present_until > now()`).length >
    0;
  await until('it reads along', isHere);
  await ask(id, 'Look at this');
  slow.pause();
  // More than the network itself holds for a reader.
  const large = sql`repeat('long ', 4000000)`;
  await sql`update switchboard.chat_posts p set text = ${large}, seq = c.seq + 1 from switchboard.chat_conversations c
    where c.id = ${id} and p.conversation_id = ${id} and p.kind = 'person'`;
  await ask(id, 'And this');
  await ask(id, 'And that');
  await until('it is cut off', async () => !(await isHere()));
  slow.resume();
  assert.equal(await slow.closed, 1006);
  await sql`update switchboard.chat_posts set text = 'short' where conversation_id = ${id} and length(text) > 1000`;
  using again = await openPage(chat, ADA, id, slow.seq());
  await again.sees((texts) => ['And this', 'And that'].every((text) => texts.includes(text)));
});
