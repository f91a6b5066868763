import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DEFAULT_ORGANIZATION } from '../../src/db/apps.ts';
import type { Transaction } from '../../src/db/database.ts';
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
