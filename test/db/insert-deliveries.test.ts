import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { DEFAULT_ORGANIZATION, environmentApp, registerEnvironmentApps } from '../../src/db/apps.ts';
import { inOrganization } from '../../src/db/database.ts';
import { openAccept, type Accept } from '../../src/intake/accept.ts';
import { openTestDatabase, type TestDatabase } from '../kit/database.ts';
import { paperMessage } from '../kit/paper-platform.ts';

let database: TestDatabase;
let accept: Accept;
before(async () => {
  database = await openTestDatabase();
  await inOrganization(database.db, DEFAULT_ORGANIZATION, (tx) => registerEnvironmentApps(tx, ['web']));
  accept = openAccept(database.db);
});
after(async () => database[Symbol.asyncDispose]());

const give = (id: string, raw: Uint8Array) =>
  accept(
    { organization: DEFAULT_ORGANIZATION, app: environmentApp('web') },
    { id, raw, events: [paperMessage('hi', { id, thread: id })] },
    new Date(),
  );

const stored = async (id: string): Promise<Buffer | undefined> => {
  const rows = await inOrganization(
    database.db,
    DEFAULT_ORGANIZATION,
    (tx) => tx<{ raw: Buffer }[]>`select raw from switchboard.deliveries where delivery_id = ${id}`,
  );
  return rows[0]?.raw;
};

const objects = async (): Promise<number> => (await database.db.sql`select 1 from pg_largeobject_metadata`).length;

const KIB = 1024;

test('bodies of every size are kept byte by byte, small and large ones in one group', async () => {
  const sizes = [0, 1, 64 * KIB, 64 * KIB + 1, 512 * KIB - 1, 512 * KIB, 512 * KIB + 1, 1024 * KIB, 1700 * KIB];
  // A view in the middle of a larger buffer, as bodies may be.
  const bodies = sizes.map((size) => ({ id: randomUUID(), raw: randomBytes(size + 20).subarray(10, size + 10) }));
  await Promise.all(bodies.map(({ id, raw }) => give(id, raw)));
  for (const { id, raw } of bodies) assert.ok((await stored(id))?.equals(raw), `a body of ${raw.length} bytes`);
  assert.equal(await objects(), 0, 'nothing is left of how they were put together');
});

test('a large body that comes again changes nothing and leaves nothing', async () => {
  const [id, first, other] = [randomUUID(), randomBytes(90 * KIB), randomBytes(700 * KIB)];
  await Promise.all([give(id, first), give(id, other)]);
  await give(id, other);
  assert.ok((await stored(id))?.equals(first));
  assert.equal(await objects(), 0);
});

test('a large body of a delivery that cannot be kept leaves nothing', async () => {
  const event = paperMessage('hi', { sentAt: new Date(8.64e15) });
  const raw = randomBytes(90 * KIB);
  const whole = { id: randomUUID(), raw, events: [event] };
  const recipient = { organization: DEFAULT_ORGANIZATION, app: environmentApp('web') };
  await assert.rejects(accept(recipient, whole, new Date()));
  assert.equal(await stored(whole.id), undefined);
  assert.equal(await objects(), 0);
});
