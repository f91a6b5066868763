import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sharedRead } from '../../src/console/shared-read.ts';

function counting() {
  const reads: string[] = [];
  const together = sharedRead<string>();
  const ask = (organization: string, list: string): Promise<string> =>
    together([organization, list], async () => {
      reads.push(`${organization} ${list}`);
      await new Promise((done) => setImmediate(done));
      return `${organization} ${list} ${reads.length}`;
    });
  return { ask, reads };
}

test('fifty pages that ask for the same list at once cost one read', async () => {
  const { ask, reads } = counting();
  const told = await Promise.all(Array.from({ length: 50 }, () => ask('one', 'conversations')));
  assert.deepEqual(new Set(told), new Set(['one conversations 1']));
  assert.deepEqual(reads, ['one conversations']);
});

test('another organization, and another list, are read by themselves', async () => {
  const { ask } = counting();
  const told = await Promise.all([ask('one', 'a'), ask('two', 'a'), ask('one', 'b')]);
  assert.deepEqual(
    told.map((said) => said.slice(0, 5)),
    ['one a', 'two a', 'one b'],
  );
});

test('nobody is told what was read before they asked', async () => {
  const { ask, reads } = counting();
  const first = ask('one', 'a');
  while (reads.length === 0) await new Promise((done) => setImmediate(done));
  const second = ask('one', 'a');
  assert.equal(await first, 'one a 1');
  assert.equal(await second, 'one a 2');
});
