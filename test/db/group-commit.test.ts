import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DEFAULT_ORGANIZATION } from '../../src/db/apps.ts';
import { inOrganization, type Transaction } from '../../src/db/database.ts';
import { groupCommit } from '../../src/db/group-commit.ts';
import { Failure } from '../../src/model/failure.ts';
import { openTestDatabase, type TestDatabase } from '../kit/database.ts';

let database: TestDatabase;
before(async () => void (database = await openTestDatabase()));
after(async () => database[Symbol.asyncDispose]());

test('items that come together share transactions, and each gets its own result', async () => {
  const sizes: number[] = [];
  const double = groupCommit(database.db, async (tx: Transaction, items: readonly number[]) => {
    sizes.push(items.length);
    await tx`select 1`;
    return items.map((item) => item * 2);
  });
  const results = await Promise.all(Array.from({ length: 100 }, (_, index) => double(DEFAULT_ORGANIZATION, index)));
  assert.deepEqual(
    results,
    Array.from({ length: 100 }, (_, index) => index * 2),
  );
  assert.ok(sizes.length <= 3, `${sizes.length} transactions`);
});

test('an item that breaks its transaction fails alone', async () => {
  const write = groupCommit(database.db, async (tx: Transaction, items: readonly string[]) => {
    for (const item of items) await tx`select ${item}::int`;
    return items.map(() => true);
  });
  const outcomes = await Promise.allSettled(['1', '2', 'three', '4'].map((item) => write(DEFAULT_ORGANIZATION, item)));
  assert.deepEqual(
    outcomes.map((outcome) => outcome.status),
    ['fulfilled', 'fulfilled', 'rejected', 'fulfilled'],
  );
});

test('when the database says no for now, nothing is tried one by one', async () => {
  let calls = 0;
  const write = groupCommit(
    database.db,
    async (_tx: Transaction, _items: readonly number[]): Promise<readonly true[]> => {
      calls += 1;
      throw new Failure('unavailable', 'away');
    },
  );
  const outcomes = await Promise.allSettled([1, 2, 3].map((item) => write(DEFAULT_ORGANIZATION, item)));
  assert.ok(outcomes.every((outcome) => outcome.status === 'rejected'));
  assert.equal(calls, 1);
});

test('a write that forgets a result is an error, not silence', async () => {
  const write = groupCommit(database.db, async (tx: Transaction, _items: readonly number[]) => {
    await tx`select 1`;
    return [];
  });
  await assert.rejects(write(DEFAULT_ORGANIZATION, 1), /fewer results/);
});

test('two transactions that lock each other out both succeed: the one that is ended runs anew', async () => {
  const { db } = database;
  await db.sql`create table switchboard.ring (organization_id uuid, id int primary key, n int)`;
  await db.sql`grant all on switchboard.ring to switchboard_app`;
  await db.sql`insert into switchboard.ring values (null, 1, 0), (null, 2, 0)`;
  const both = (first: number, second: number) =>
    inOrganization(db, DEFAULT_ORGANIZATION, async (tx) => {
      await tx`update switchboard.ring set n = n + 1 where id = ${first}`;
      await tx`select pg_sleep(0.1)`;
      await tx`update switchboard.ring set n = n + 1 where id = ${second}`;
      return true;
    });
  await Promise.all([both(1, 2), both(2, 1)]);
  const rows = await db.sql<{ n: number }[]>`select n from switchboard.ring order by id`;
  assert.deepEqual(
    rows.map((row) => row.n),
    [2, 2],
  );
});
