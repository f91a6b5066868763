import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { chatAppOf } from '../../src/chat/app.ts';
import { deliveryOf, placeOf, written } from '../../src/chat/deliver.ts';
import { openHalls, type Pushed, type Watcher } from '../../src/chat/halls.ts';
import { DEFAULT_ORGANIZATION, registerEnvironmentApps, saveApp } from '../../src/db/apps.ts';
import { beginChat, readChatState, renameChat } from '../../src/db/chat-conversations.ts';
import { inOrganization, type Transaction } from '../../src/db/database.ts';
import { threadKey } from '../../src/db/keys.ts';
import { openAccept } from '../../src/intake/accept.ts';
import { openTestDatabase, type TestDatabase } from '../kit/database.ts';
import { until } from '../kit/until.ts';

const app = chatAppOf(DEFAULT_ORGANIZATION);
const ADA = { actor: 'person/ada', name: 'Ada' };

let database: TestDatabase;
const work = <Result>(todo: (tx: Transaction) => Promise<Result>): Promise<Result> =>
  inOrganization(database.db, DEFAULT_ORGANIZATION, todo);

before(async () => {
  database = await openTestDatabase();
  const chat = { app, platform: 'web', name: 'Chat', sealedCredentials: 'x', details: {} } as const;
  await work((tx) => registerEnvironmentApps(tx, []));
  await work((tx) => saveApp(tx, chat));
  const install = written('installed', { kind: 'installed', install: 'chat', name: 'Chat' });
  await openAccept(database.db)({ organization: DEFAULT_ORGANIZATION, app }, install, new Date());
});
after(async () => database[Symbol.asyncDispose]());

async function begin(): Promise<string> {
  const id = randomUUID();
  await work((tx) => beginChat(tx, { id, title: 'before', by: ADA, continuedFrom: null }));
  return id;
}

function openWatcher(): Watcher & { readonly pushed: Pushed[] } {
  const pushed: Pushed[] = [];
  return { actor: ADA.actor, pushed, push: (now) => now !== undefined && pushed.push(now), drop: () => {} };
}

const at = (conversation: string) => ({ organization: DEFAULT_ORGANIZATION, conversation });

/** Somebody asks, and nobody answers yet. */
async function ask(conversation: string): Promise<void> {
  const post = {
    conversation,
    continued: false,
    id: randomUUID(),
    ordinal: 1,
    seq: 1,
    kind: 'person',
    author: ADA.actor,
    authorName: ADA.name,
    authorKind: 'human',
    text: 'Is anybody there?',
    card: null,
    files: [],
    reactions: [],
    private: false,
    removed: false,
    heard: false,
    comments: 0,
    sentAt: new Date().toISOString(),
  } as const;
  await openAccept(database.db)({ organization: DEFAULT_ORGANIZATION, app }, deliveryOf(post), new Date());
}

/** A worker takes up what waits, or ends it. */
const turn = (conversation: string, state: 'running' | 'answered' | 'dead'): Promise<unknown> =>
  work(async (tx) => {
    const thread = threadKey(app, placeOf(conversation));
    await tx`insert into switchboard.turns (organization_id, id, thread_id, state) values (${DEFAULT_ORGANIZATION}, ${thread}, ${thread}, ${state})
      on conflict (organization_id, id) do update set state = excluded.state`;
    if (state !== 'running') await tx`update switchboard.messages set state = ${state} where thread_id = ${thread}`;
  });

test('what the bot does is read from its turns, whoever ran them and however they ended', async () => {
  const id = await begin();
  const doing = async () => (await work((tx) => readChatState(tx, id)))?.doing;
  assert.equal(await doing(), 'done');
  await ask(id);
  assert.equal(await doing(), 'seen');
  await turn(id, 'running');
  assert.equal(await doing(), 'working');
  await turn(id, 'dead');
  assert.equal(await doing(), 'failed');
  await turn(id, 'answered');
  assert.equal(await doing(), 'done');
});

test('who looks while the bot is at work is told that it has ended, though nobody says so', async () => {
  const id = await begin();
  await ask(id);
  await turn(id, 'running');
  const watcher = openWatcher();
  const leave = await openHalls(database.db).watch(at(id), watcher, 0);
  assert.equal(watcher.pushed.at(-1)?.doing, 'working');
  await turn(id, 'answered');
  await until('the end is told', () => Promise.resolve(watcher.pushed.at(-1)?.doing === 'done'));
  leave();
});

test('who comes while the last one goes is told what happens then', async () => {
  const id = await begin();
  const halls = openHalls(database.db);
  const leave = await halls.watch(at(id), openWatcher(), 0);
  const watcher = openWatcher();
  const coming = halls.watch(at(id), watcher, 0);
  leave();
  await coming;
  await work((tx) => renameChat(tx, id, 'after'));
  halls.wake(`${DEFAULT_ORGANIZATION}/${id}`);
  await until('the change is told', () => Promise.resolve(watcher.pushed.at(-1)?.title === 'after'));
});

test('who has gone is told nothing more', async () => {
  const id = await begin();
  const halls = openHalls(database.db);
  const watcher = openWatcher();
  (await halls.watch(at(id), watcher, 0))();
  const before = watcher.pushed.length;
  await work((tx) => renameChat(tx, id, 'after'));
  const other = openWatcher();
  await halls.watch(at(id), other, 0);
  halls.wake(`${DEFAULT_ORGANIZATION}/${id}`);
  assert.equal(other.pushed.at(-1)?.title, 'after');
  assert.equal(watcher.pushed.length, before);
});
