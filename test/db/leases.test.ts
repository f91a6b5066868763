import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { DEFAULT_ORGANIZATION, environmentApp, registerEnvironmentApps } from '../../src/db/apps.ts';
import { inOrganization } from '../../src/db/database.ts';
import { giveBackLeases, lookAgain, renewLeases } from '../../src/db/leases.ts';
import type { Mailbox } from '../../src/db/mailbox.ts';
import { attemptPosts } from '../../src/db/posts.ts';
import { takeMailboxes } from '../../src/db/take-mailboxes.ts';
import { endTurns } from '../../src/db/turns.ts';
import { openAccept } from '../../src/intake/accept.ts';
import { threadId, turnId, type ThreadId } from '../../src/model/ids.ts';
import { openTestDatabase, type TestDatabase } from '../kit/database.ts';
import { paperDelivery, paperMessage } from '../kit/paper-platform.ts';

let database: TestDatabase;
before(async () => {
  database = await openTestDatabase();
  await inOrganization(database.db, DEFAULT_ORGANIZATION, (tx) => registerEnvironmentApps(tx, ['web']));
});
after(async () => database[Symbol.asyncDispose]());

const [ONE, OTHER] = [randomUUID(), randomUUID()];

async function newThread(): Promise<ThreadId> {
  const external = randomUUID();
  const accept = openAccept(database.db);
  await accept(
    { organization: DEFAULT_ORGANIZATION, app: environmentApp('web') },
    paperDelivery(paperMessage('hi', { id: external, thread: external })),
    new Date(),
  );
  const rows = await inOrganization(
    database.db,
    DEFAULT_ORGANIZATION,
    (tx) => tx<{ id: string }[]>`select id from switchboard.threads where external_id = ${external}`,
  );
  return threadId(rows[0]?.id ?? '');
}

async function take(thread: ThreadId, owner: string, fence = 0): Promise<Mailbox | undefined> {
  const [taken] = await inOrganization(database.db, DEFAULT_ORGANIZATION, (tx) =>
    takeMailboxes(tx, [{ thread, owner, fence }]),
  );
  return taken === undefined || 'busyForMs' in taken ? undefined : taken;
}

const expire = (thread: ThreadId) =>
  inOrganization(
    database.db,
    DEFAULT_ORGANIZATION,
    (tx) => tx`update switchboard.threads set lease_until = now() - interval '1 second' where id = ${thread}`,
  );

test('one worker at a time has a thread, and each new lease has a greater fence', async () => {
  const thread = await newThread();
  const first = await take(thread, ONE);
  assert.equal(first?.waiting.length, 1);
  assert.equal(await take(thread, OTHER), undefined);
  assert.equal(await take(thread, ONE), undefined, 'not even the same process, in another job');
  await expire(thread);
  const second = await take(thread, OTHER);
  assert.ok(second !== undefined && first !== undefined && second.lease.fence > first.lease.fence);
});

test('of two that ask in the same moment, exactly one gets the thread', async () => {
  const thread = await newThread();
  const taken = await Promise.all([take(thread, ONE), take(thread, OTHER)]);
  assert.equal(taken.filter((mailbox) => mailbox !== undefined).length, 1);
});

const takeTogether = (thread: ThreadId, fences: readonly number[]) =>
  inOrganization(database.db, DEFAULT_ORGANIZATION, (tx) =>
    takeMailboxes(
      tx,
      fences.map((fence) => ({ thread, owner: ONE, fence })),
    ),
  );

test('of two jobs that ask in one group exactly one gets the thread, and each message once', async () => {
  const taken = await takeTogether(await newThread(), [0, 0]);
  const got = taken.flatMap((one) => ('busyForMs' in one ? [] : [one]));
  assert.deepEqual(
    got.map((mailbox) => mailbox.waiting.length),
    [1],
  );
  assert.ok(taken.some((one) => 'busyForMs' in one && one.busyForMs > 1_000));
});

test('a job that has a thread keeps it against a new one in the same group', async () => {
  const thread = await newThread();
  const held = (await take(thread, ONE))?.lease.fence ?? 0;
  const [mine, others] = await takeTogether(thread, [held, 0]);
  assert.ok(mine && !('busyForMs' in mine) && others && 'busyForMs' in others);
  const [late, again] = await takeTogether(thread, [0, mine.lease.fence]);
  assert.ok(late && 'busyForMs' in late && again && !('busyForMs' in again));
});

/** A call that no limit counts. */
const FREE = { holds: [], slots: [], share: 1, patienceMs: 0 } as const;

test('a worker that was paused past its lease writes nothing any more', async () => {
  const thread = await newThread();
  const late = await take(thread, ONE);
  assert.ok(late !== undefined);
  await expire(thread);
  const turn = turnId(randomUUID());
  const attempt = {
    lease: late.lease,
    turn,
    ordinal: 0,
    nonce: 'n',
    text: 'late',
    streaming: false,
    answer: { text: 'late', card: undefined, controls: [] },
    toll: FREE,
  };
  const send = () => inOrganization(database.db, DEFAULT_ORGANIZATION, (tx) => attemptPosts(tx, [attempt]));
  assert.deepEqual(await send(), [{ kind: 'lost' }], 'expired');
  await take(thread, OTHER);
  assert.deepEqual(await send(), [{ kind: 'lost' }], 'taken over');
  const end = {
    lease: late.lease,
    turn,
    outcome: 'answered',
    failed: false,
    answer: 'late',
    stoppedBy: null,
    error: null,
    retryInMs: 0,
    steps: [],
    posts: [],
  } as const;
  assert.deepEqual(await inOrganization(database.db, DEFAULT_ORGANIZATION, (tx) => endTurns(tx, [end])), [
    { live: false, more: false, changed: false },
  ]);
  const states = await inOrganization(
    database.db,
    DEFAULT_ORGANIZATION,
    (tx) => tx`select state from switchboard.messages where thread_id = ${thread}`,
  );
  assert.deepEqual(
    states.map((row) => row['state'] as string),
    ['waiting'],
  );
});

test('renewing tells which leases were lost', async () => {
  const [kept, lost] = [await newThread(), await newThread()];
  const [one, two] = [await take(kept, ONE), await take(lost, ONE)];
  assert.ok(one !== undefined && two !== undefined);
  await expire(lost);
  const gone = await inOrganization(database.db, DEFAULT_ORGANIZATION, (tx) => renewLeases(tx, [one.lease, two.lease]));
  assert.deepEqual(gone, [two.lease]);
});

test('a late lease is no better for a newer one of the same thread in its group', async () => {
  const thread = await newThread();
  const late = await take(thread, ONE);
  await expire(thread);
  const newer = await take(thread, ONE);
  assert.ok(late !== undefined && newer !== undefined);
  const gone = await inOrganization(database.db, DEFAULT_ORGANIZATION, (tx) =>
    renewLeases(tx, [late.lease, newer.lease]),
  );
  assert.deepEqual(gone, [late.lease]);
});

test('a thread that is given back with something waiting is put into the queue again', async () => {
  const thread = await newThread();
  const jobs = () => database.db.sql`select 1 from graphile_worker._private_jobs where key = ${`drain:${thread}`}`;
  await database.db.sql`delete from graphile_worker._private_jobs where key = ${`drain:${thread}`}`;
  const mailbox = await take(thread, ONE);
  assert.ok(mailbox !== undefined);
  await inOrganization(database.db, DEFAULT_ORGANIZATION, (tx) =>
    giveBackLeases(tx, [{ lease: mailbox.lease, ignored: [], againInMs: 0 }]),
  );
  assert.equal((await jobs()).length, 1);
  assert.ok((await take(thread, OTHER)) !== undefined, 'and it is free');
});

test('looking again later never postpones a job that is due now', async () => {
  const thread = await newThread();
  const due = async () => {
    const [row] = await database.db.sql<
      { due: boolean }[]
    >`select run_at <= now() as due from graphile_worker._private_jobs where key = ${`drain:${thread}`}`;
    return row?.due;
  };
  assert.equal(await due(), true);
  await inOrganization(database.db, DEFAULT_ORGANIZATION, (tx) => lookAgain(tx, [{ thread, inMs: 12_000 }]));
  assert.equal(await due(), true);
});

test('a lease that lies further ahead than any is given was written before the clock was set back: it is over', async () => {
  const thread = await newThread();
  assert.ok(await take(thread, ONE));
  await database.db
    .sql`update switchboard.threads set lease_until = now() + interval '10 minutes' where id = ${thread}`;
  const taken = await take(thread, OTHER);
  assert.ok(taken !== undefined && taken.lease.owner === OTHER);
});
