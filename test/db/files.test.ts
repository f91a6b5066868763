import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { DEFAULT_ORGANIZATION, environmentApp, registerEnvironmentApps } from '../../src/db/apps.ts';
import { applyChanges, lockThreadsOf } from '../../src/db/apply-changes.ts';
import { inOrganization, type Database } from '../../src/db/database.ts';
import { fileId, openFiles, type Files } from '../../src/db/files.ts';
import { messageId, organizationId, type MessageId, type OrganizationId } from '../../src/model/ids.ts';
import { openAccept } from '../../src/intake/accept.ts';
import { openTestDatabase, type TestDatabase } from '../kit/database.ts';
import { paperDelivery, paperMessage } from '../kit/paper-platform.ts';

let database: TestDatabase;
let files: Files;
before(async () => {
  database = await openTestDatabase();
  files = openFiles(database.db);
  await inOrganization(database.db, DEFAULT_ORGANIZATION, (tx) => registerEnvironmentApps(tx, ['web']));
});
after(async () => database[Symbol.asyncDispose]());

const OTHER = organizationId('00000000-0000-4000-8000-00000000000f');
const mediaType = 'image/png';

type Handles = readonly { readonly handle: string; readonly name?: string; readonly size?: number }[];
const attachmentsOf = (handles: Handles) =>
  handles.map(({ handle, name = 'x.png', size }) => ({ handle, name, mediaType, size }));

/** A message of its own thread, with attachments. */
async function say(handles: Handles, db: Database = database.db): Promise<MessageId> {
  const event = paperMessage('look', { thread: randomBytes(6).toString('hex'), why: 'overheard' });
  const message = { ...event.message, attachments: attachmentsOf(handles) };
  const recipient = { organization: DEFAULT_ORGANIZATION, app: environmentApp('web') };
  await openAccept(db)(recipient, paperDelivery({ ...event, message }), new Date());
  const [row] = await inOrganization(
    db,
    DEFAULT_ORGANIZATION,
    (tx) => tx<{ id: string }[]>`select id from switchboard.messages where external_id = ${message.id}`,
  );
  return messageId(row?.id ?? '');
}

const remove = (id: MessageId): Promise<void> =>
  inOrganization(database.db, DEFAULT_ORGANIZATION, async (tx) => {
    const rows = { edits: [], deletions: [{ id, app_id: environmentApp('web'), delivery_id: 'd' }] };
    await lockThreadsOf(tx, rows);
    await applyChanges(tx, rows);
  });

const edit = (id: MessageId, handles: Handles): Promise<void> =>
  inOrganization(database.db, DEFAULT_ORGANIZATION, async (tx) => {
    const row = { id, version: '2', text: 'edited', attachments: attachmentsOf(handles), why: 'overheard' };
    const rows = { edits: [{ ...row, command: null, address: '', delivery_id: 'd', again: false }], deletions: [] };
    await lockThreadsOf(tx, rows);
    await applyChanges(tx, rows);
  });

const keep = (
  message: MessageId,
  bytes: Uint8Array,
  { ordinal = 0, handle = 'h' }: { ordinal?: number; handle?: string } = {},
): Promise<void> => files.keep(DEFAULT_ORGANIZATION, { message, ordinal, handle, mediaType, bytes });

const idsOf = async (message: MessageId, organization: OrganizationId = DEFAULT_ORGANIZATION) =>
  (await files.find(organization, [message])).map(({ id }) => id);
const isThere = async (bytes: Uint8Array) => (await files.read(DEFAULT_ORGANIZATION, fileId(bytes))) !== undefined;

test('a file is kept once for all messages that have it, byte by byte, whatever its size', async () => {
  const bytes = randomBytes(1_300_000);
  const [one, other] = [await say([{ handle: 'h' }]), await say([{ handle: 'h' }])];
  await Promise.all([keep(one, bytes), keep(other, bytes)]);
  assert.deepEqual(await idsOf(one), [fileId(bytes)]);
  assert.deepEqual(await idsOf(other), [fileId(bytes)]);
  assert.ok(bytes.equals((await files.read(DEFAULT_ORGANIZATION, fileId(bytes))) ?? Buffer.alloc(0)));
  const [found] = await files.find(DEFAULT_ORGANIZATION, [one]);
  assert.deepEqual(found, {
    message: one,
    ordinal: 0,
    id: fileId(bytes),
    mediaType,
    size: bytes.length,
    text: undefined,
  });
  await files.keepText(DEFAULT_ORGANIZATION, fileId(bytes), 'what it says\u0000\uD800');
  assert.equal((await files.find(DEFAULT_ORGANIZATION, [other]))[0]?.text, 'what it says\uFFFD');
  const objects = await database.db.sql`select 1 from pg_largeobject_metadata`;
  assert.equal(objects.length, 0, 'no large object is left behind');
});

test('a file goes with the last message that has it', async () => {
  const bytes = randomBytes(100);
  const [one, other] = [await say([{ handle: 'h' }]), await say([{ handle: 'h' }])];
  await keep(one, bytes);
  await keep(other, bytes);
  await remove(one);
  assert.deepEqual(await idsOf(one), []);
  assert.deepEqual(await idsOf(other), [fileId(bytes)]);
  await remove(other);
  assert.equal(await isThere(bytes), false);
});

test('what is fetched for a message that was deleted meanwhile is not kept', async () => {
  const bytes = randomBytes(100);
  const message = await say([{ handle: 'h' }]);
  await remove(message);
  await keep(message, bytes);
  assert.deepEqual(await idsOf(message), []);
  assert.equal(await isThere(bytes), false);
});

test('an edit takes away the files that it takes off, and keeps those whose address alone is new', async () => {
  const [first, second, third] = [randomBytes(50), randomBytes(60), randomBytes(70)];
  const message = await say([{ handle: 'a', size: 50 }, { handle: 'b', name: 'b.png', size: 60 }, { handle: 'c' }]);
  await keep(message, first, { handle: 'a' });
  await keep(message, second, { ordinal: 1, handle: 'b' });
  await keep(message, third, { ordinal: 2, handle: 'c' });
  await edit(message, [
    { handle: 'a?signed=anew', size: 50 },
    { handle: 'd', name: 'd.png', size: 60 },
  ]);
  assert.deepEqual(await idsOf(message), [fileId(first)]);
  assert.deepEqual([await isThere(second), await isThere(third)], [false, false]);
  await keep(message, second, { ordinal: 1, handle: 'b' });
  assert.equal(await isThere(second), false, 'what was fetched before the edit is not kept after it');
});

test('two organizations never share a file', async () => {
  const bytes = randomBytes(100);
  const message = await say([{ handle: 'h' }]);
  await keep(message, bytes);
  assert.deepEqual(await idsOf(message, OTHER), []);
  assert.equal(await files.read(OTHER, fileId(bytes)), undefined);
  await files.keepText(OTHER, fileId(bytes), 'stolen');
  await files.keep(OTHER, { message, ordinal: 0, handle: 'h', mediaType, bytes });
  assert.equal(await files.read(OTHER, fileId(bytes)), undefined);
  assert.equal((await files.find(DEFAULT_ORGANIZATION, [message]))[0]?.text, undefined);
});

test('keeping and deleting at the same time leave no orphan and no message without its file', async () => {
  for (let round = 0; round < 25; round += 1) {
    const bytes = randomBytes(5_000);
    const [old, ...fresh] = [await say([{ handle: 'h' }]), await say([{ handle: 'h' }]), await say([{ handle: 'h' }])];
    await keep(old, bytes);
    await Promise.all([remove(old), ...fresh.map((message) => keep(message, bytes))]);
    for (const message of fresh) assert.deepEqual(await idsOf(message), [fileId(bytes)]);
    await Promise.all(fresh.map(remove));
    assert.equal(await isThere(bytes), false);
  }
  const orphans = await database.db.sql`select 1 from switchboard.message_files l
    where not exists (select 1 from switchboard.files f where f.id = l.file_id)`;
  assert.equal(orphans.length, 0);
});
