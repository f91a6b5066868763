import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_ORGANIZATION, environmentApp } from '../../src/db/apps.ts';
import { inOrganization } from '../../src/db/database.ts';
import { openMemory } from '../../src/db/memory.ts';
import type { Whose } from '../../src/db/memories.ts';
import type { RouteRequest } from '../../src/llm/route-request.ts';
import { openTestHub, type Script, type TestHub, type TestHubOptions } from '../kit/hub.ts';
import { openPaperPlatform, paperDelivery, paperMessage, type PaperPlatform } from '../kit/paper-platform.ts';
import { until } from '../kit/until.ts';

// What the model is told beside the question: what is remembered, and long conversations in short.

const app = environmentApp('web');
const ada: Whose = { scope: 'person', app, person: 'u1' };
const bob: Whose = { scope: 'person', app, person: 'u2' };
const here: Whose = { scope: 'channel', app, install: 'w1', channel: 'c1' };

type Talk = {
  readonly hub: TestHub;
  readonly paper: PaperPlatform;
  readonly asked: readonly RouteRequest[];
  readonly say: (text: string, more?: Parameters<typeof paperMessage>[1]) => Promise<void>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

async function openTalk(options: TestHubOptions = {}, answer: Script = () => 'fine'): Promise<Talk> {
  const paper = openPaperPlatform();
  const asked: RouteRequest[] = [];
  const script: Script = (request, signal) => {
    asked.push(request);
    return answer(request, signal);
  };
  const hub = await openTestHub(paper, script, options);
  return {
    hub,
    paper,
    asked,
    async say(text, more = {}) {
      await hub.accept(paperDelivery(paperMessage(text, more)));
      await hub.settled();
    },
    [Symbol.asyncDispose]: () => hub[Symbol.asyncDispose](),
  };
}

/** As it is sent: what a provider's cache would compare. */
const bytesOf = ({ system, messages }: RouteRequest): string => JSON.stringify([system, messages]).slice(0, -2);
const textOf = (request: RouteRequest | undefined): string => (request === undefined ? '' : bytesOf(request));

async function keep(hub: TestHub, whose: Whose, text: string): Promise<void> {
  const memory = { whose, kind: 'fact' as const, text, pinned: true, key: text, turn: undefined, by: 'test' };
  await openMemory(hub.database.db).keep(DEFAULT_ORGANIZATION, memory);
}
const summaries = (hub: TestHub) =>
  inOrganization(
    hub.database.db,
    DEFAULT_ORGANIZATION,
    (tx) =>
      tx<{ text: string; covers: number; tainted: boolean }[]>`select text, covers, tainted from switchboard.summaries`,
  );

test('who asks is told apart: the model knows what is remembered of that person and of the channel, and of nobody else', async () => {
  await using talk = await openTalk();
  const { hub, say, asked } = talk;
  await keep(hub, ada, 'Ada likes tea');
  await keep(hub, bob, 'Bob likes beer');
  await keep(hub, here, 'We ship on Fridays');
  await say('what now?', { author: 'u1' });
  await say('and me?', { author: 'u2' });
  const [first, second] = asked;
  assert.match(first?.system ?? '', /We ship on Fridays/);
  assert.match(textOf(first), /Ada likes tea/);
  assert.doesNotMatch(textOf(first), /Bob likes/);
  assert.match(textOf(second), /Bob likes beer/);
  assert.doesNotMatch(textOf(second), /Ada likes/);
});

test('the prompt begins with the same bytes in the next turn of a conversation', async () => {
  await using talk = await openTalk();
  const { hub, say, asked } = talk;
  await keep(hub, ada, 'Ada likes tea');
  await keep(hub, here, 'We ship on Fridays');
  for (const text of ['one', 'two', 'three']) await say(text);
  await say('four', { author: 'u2' });
  // What is asked last, and what is remembered of who asks, comes at the end.
  for (const [index, request] of asked.entries()) {
    const next = asked[index + 1];
    if (next === undefined) continue;
    const question = bytesOf(request).lastIndexOf('(What Ada wants');
    assert.ok(question > 0);
    assert.equal(bytesOf(next).slice(0, question), bytesOf(request).slice(0, question));
  }
});

test('a long conversation is put in short by itself; the model is told that and what was said since', async () => {
  const minutes: string[] = [];
  await using talk = await openTalk({
    minutes: ({ messages }) => {
      minutes.push(JSON.stringify(messages));
      return `Minutes ${minutes.length}`;
    },
  });
  const { hub, say, asked } = talk;
  for (let n = 1; n <= 16; n += 1) await say(`question ${n}.`);
  await until('there is a summary', async () => (await summaries(hub)).length === 1);
  const [summary] = await summaries(hub);
  assert.ok((summary?.covers ?? 0) >= 18);
  assert.match(minutes[0] ?? '', /question 1\..*question 9\./);
  assert.doesNotMatch(minutes[0] ?? '', /question 11\./);
  await say('and now?');
  const told = textOf(asked.at(-1));
  assert.match(told, /Minutes 1/);
  assert.doesNotMatch(told, /question 9\./);
  assert.match(told, /question 11\..*question 16\./);
  // Nothing is lost between the minutes and the messages, and the beginning stays as it is until the next minutes.
  for (let n = 17; n <= 20; n += 1) await say(`question ${n}.`);
  const stable = told.slice(0, told.lastIndexOf('and now?'));
  for (const request of asked.slice(-4)) assert.ok(bytesOf(request).startsWith(stable));
  for (let n = 21; n <= 26; n += 1) await say(`question ${n}.`);
  await until('there is a second one', async () => (await summaries(hub))[0]?.text === 'Minutes 2');
  assert.match(minutes[1] ?? '', /Minutes 1.*question 11\./);
});

test('a summary goes when something that it covers is deleted or edited, and when the conversation is begun anew', async () => {
  const ends: readonly (readonly [what: string, end: (talk: Talk) => Promise<unknown>])[] = [
    ['deleted', ({ hub }) => hub.accept(paperDelivery(deleted('m-first')))],
    ['edited', ({ hub }) => hub.accept(paperDelivery(edited('m-first', 'something else')))],
    ['new', ({ say }) => say('/new')],
  ];
  for (const [what, end] of ends) {
    await using talk = await openTalk();
    const { hub, say, asked } = talk;
    await say('the secret is 1234', { id: 'm-first' });
    for (let n = 1; n <= 15; n += 1) await say(`question ${n}.`);
    await until('there is a summary', async () => (await summaries(hub)).length === 1);
    await end(talk);
    await until(`${what}: it is gone`, async () => (await summaries(hub)).length === 0);
    await say('and now?');
    assert.doesNotMatch(textOf(asked.at(-1)), /They talked|1234/, what);
  }
});

test('what is deleted while it is put in short is in no summary', async () => {
  const open: TestHub[] = [];
  let rounds = 0;
  await using talk = await openTalk({
    async *minutes({ messages }) {
      rounds += 1;
      if (rounds === 1) await open[0]?.accept(paperDelivery(deleted('m-first')));
      yield { kind: 'text', text: JSON.stringify(messages).includes('1234') ? 'it is 1234' : 'nothing' };
      yield { kind: 'done', reason: 'stop' };
    },
  });
  open.push(talk.hub);
  await talk.say('the secret is 1234', { id: 'm-first' });
  for (let n = 1; n <= 15; n += 1) await talk.say(`question ${n}.`);
  await until('it was tried', () => rounds >= 1);
  await talk.say('once more');
  await until('there is a summary', async () => (await summaries(talk.hub)).length === 1);
  assert.deepEqual(
    (await summaries(talk.hub)).map(({ text }) => text),
    ['nothing'],
  );
});

test('what was made from a deleted question is not remembered any more', async () => {
  await using talk = await openTalk();
  const { hub, say } = talk;
  await say('remember that the code is 1234', { id: 'm-first' });
  const [turn] = await hub.database.db.sql<{ id: string }[]>`select id from switchboard.turns`;
  await hub.database.db
    .sql`insert into switchboard.memories (organization_id, id, scope, app_id, subject, number, kind, text, pinned, key, source_turn, created_by)
    values (${DEFAULT_ORGANIZATION}, gen_random_uuid(), 'person', ${app}, 'u1', 1, 'fact', 'the code is 1234', true, 'k', ${turn?.id ?? null}, 'u1')`;
  await hub.accept(paperDelivery(deleted('m-first')));
  assert.deepEqual(await openMemory(hub.database.db).list(DEFAULT_ORGANIZATION, ada), []);
});

const place = { install: 'w1', channel: 'c1', thread: 't1', address: 't1' };
const deleted = (messageId: string) => ({ kind: 'deleted', place, messageId }) as const;
function edited(id: string, text: string) {
  const { message } = paperMessage(text, { id });
  return { kind: 'edited', place, why: 'mention', message: { ...message, version: '2' } } as const;
}
