import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import pino from 'pino';
import { webListing } from '../../adapters/web/listing.ts';
import { chatAppOf, ensureChatApp } from '../../src/chat/app.ts';
import { placeOf } from '../../src/chat/deliver.ts';
import { openRoom } from '../../src/chat/room.ts';
import { openTeller } from '../../src/chat/tell.ts';
import { openApps } from '../../src/connect/apps.ts';
import { DEFAULT_ORGANIZATION, registerEnvironmentApps, removeApp, setAppState } from '../../src/db/apps.ts';
import { beginChat } from '../../src/db/chat-conversations.ts';
import { inOrganization } from '../../src/db/database.ts';
import { openAccept } from '../../src/intake/accept.ts';
import { Failure } from '../../src/model/failure.ts';
import { paperConnections, testKeys } from '../kit/connections.ts';
import { openTestDatabase, type TestDatabase } from '../kit/database.ts';

let database: TestDatabase;
before(async () => {
  database = await openTestDatabase();
  await inOrganization(database.db, DEFAULT_ORGANIZATION, (tx) => registerEnvironmentApps(tx, []));
});
after(async () => database[Symbol.asyncDispose]());

test('chat is an app as soon as somebody begins one, posts there once, and is gone for good when it is removed', async () => {
  const { db } = database;
  await using teller = openTeller(db);
  const listing = webListing((id) => openRoom({ db, tell: teller.tell, name: 'Bot' }, id));
  const log = pino({ level: 'silent' });
  await using apps = await openApps({
    db,
    fixed: [],
    listings: [listing],
    settingsOf: () => ({}),
    keys: testKeys,
    log,
  });
  const options = { connections: paperConnections(db, { apps }), accept: openAccept(db) };
  const app = await ensureChatApp(options, DEFAULT_ORGANIZATION);
  assert.equal(app, chatAppOf(DEFAULT_ORGANIZATION));
  assert.equal(await ensureChatApp(options, DEFAULT_ORGANIZATION), app);
  const adapter = apps.adapterOf(app);
  assert.ok(adapter !== undefined, apps.problemOf(app) ?? 'it is not open');

  const id = randomUUID();
  const by = { actor: 'person/ada', name: 'Ada' };
  await inOrganization(db, DEFAULT_ORGANIZATION, (tx) => beginChat(tx, { id, title: '', by, continuedFrom: null }));
  const draft = { place: placeOf(id), text: 'Hello', nonce: 'aaaaaaaaaaaaaaaaaaaaaa' };
  const access = { install: 'chat', secret: undefined };
  const signal = AbortSignal.timeout(5_000);
  const posted = await adapter.post(access, draft, signal);
  assert.deepEqual(await adapter.post(access, draft, signal), posted);
  const file = { name: 'a.txt', mediaType: 'text/plain', bytes: Buffer.from('words') };
  await adapter.share?.(access, { ...draft, nonce: 'bbbbbbbbbbbbbbbbbbbbbb' }, file, signal);
  const past = (await adapter.history?.(access, draft.place, { after: undefined, most: 10 }, signal)) ?? [];
  assert.deepEqual(
    past.map(({ text, author }) => [text, author.kind]),
    [
      ['Hello', 'self'],
      ['Hello', 'self'],
    ],
  );
  const fetched = await adapter.fetchAttachment(access, past[1]?.attachments[0]?.handle ?? '', 3, signal);
  assert.deepEqual([Buffer.from(fetched.bytes).toString(), fetched.truncated], ['wor', true]);
  await assert.rejects(
    adapter.edit(access, randomUUID(), draft, signal),
    (thrown) => thrown instanceof Failure && thrown.code === 'gone',
  );

  await inOrganization(db, DEFAULT_ORGANIZATION, (tx) => setAppState(tx, app, 'paused'));
  await inOrganization(db, DEFAULT_ORGANIZATION, (tx) => removeApp(tx, app));
  await apps.refresh();
  await assert.rejects(ensureChatApp(options, DEFAULT_ORGANIZATION), /removed from this organization/);
});

test('what was written and not given to the bot is found again', async () => {
  const { db } = database;
  const room = openRoom({ db, tell: () => {}, name: 'Bot' }, DEFAULT_ORGANIZATION);
  const [conversation, post] = [randomUUID(), randomUUID()];
  await db.sql`insert into switchboard.chat_conversations (organization_id, id, title, created_by) values (${DEFAULT_ORGANIZATION}, ${conversation}, '', 'person/ada')`;
  await db.sql`insert into switchboard.chat_posts (organization_id, conversation_id, id, ordinal, seq, kind, author, author_name, author_kind, nonce, text)
    values (${DEFAULT_ORGANIZATION}, ${conversation}, ${post}, 1, 1, 'person', 'person/ada', 'Ada', 'human', 'n', 'Is anybody there?')`;
  const found = await Array.fromAsync(room.unheard(new Date(Date.now() - 60_000)));
  assert.deepEqual(
    found.map(({ id }) => id),
    [`post/${post}`],
  );
  const [event] = found[0]?.events ?? [];
  assert.equal(event?.kind === 'message' && event.message.text, 'Is anybody there?');
});
