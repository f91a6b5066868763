import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gather } from '../../src/db/gather.ts';

function reading() {
  const groups: (readonly string[])[] = [];
  let hold: Promise<unknown> = Promise.resolve();
  const ask = gather(async (items: readonly string[]) => {
    groups.push(items);
    await hold;
    if (items.includes('bad')) throw new Error('the read failed');
    return items.map((item) => item.toUpperCase());
  });
  return { ask, groups, holdUntil: (until: Promise<unknown>) => void (hold = until) };
}

test('what is asked at once is read at once, and each is told its own', async () => {
  const { ask, groups } = reading();
  assert.deepEqual(await Promise.all(['a', 'b', 'a'].map(ask)), ['A', 'B', 'A']);
  assert.deepEqual(groups, [['a', 'b', 'a']]);
});

test('who asks while something is read is told what is read after that', async () => {
  const { ask, groups, holdUntil } = reading();
  const { promise, resolve } = Promise.withResolvers<void>();
  holdUntil(promise);
  const first = ask('a');
  while (groups.length === 0) await new Promise((done) => setImmediate(done));
  const later = ['b', 'c'].map(ask);
  resolve();
  assert.deepEqual(await Promise.all([first, ...later]), ['A', 'B', 'C']);
  assert.deepEqual(groups, [['a'], ['b', 'c']]);
});

test('a read that fails fails for those who asked together, and for nobody after them', async () => {
  const { ask } = reading();
  const [bad, beside] = await Promise.allSettled([ask('bad'), ask('a')]);
  assert.equal(bad?.status, 'rejected');
  assert.equal(beside?.status, 'rejected');
  assert.equal(await ask('a'), 'A');
});
