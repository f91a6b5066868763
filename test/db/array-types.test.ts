import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inSystem } from '../../src/db/database.ts';
import { openTestDatabase } from '../kit/database.ts';

test('arrays go to PostgreSQL and come back as they were, whatever is in them', async () => {
  await using database = await openTestDatabase();
  const texts = ['plain', '', 'with "quotes" and \\ and {braces}, commas', 'two\nlines', 'NULL', 'ü🙂'];
  const uuids = ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002'];
  const moment = new Date('2026-01-02T03:04:05.678Z');
  const [row] = await inSystem(
    database.db,
    (tx) => tx`select ${texts}::text[] as texts, ${uuids}::uuid[] as uuids, ${[1, -2]}::int[] as integers,
      ${[1.5, 0]}::float8[] as doubles, array[true, false] as booleans, ${[]}::text[] as nothing,
      array['a', null] as holes, array[${moment.toISOString()}]::timestamptz[] as moments, array[9007199254740993] as bigints,
      'b' = any(${['a', 'b']}::text[]) as found`,
  );
  assert.deepEqual(
    { ...row },
    {
      texts,
      uuids,
      integers: [1, -2],
      doubles: [1.5, 0],
      booleans: [true, false],
      nothing: [],
      holes: ['a', null],
      moments: [moment],
      bigints: ['9007199254740993'],
      found: true,
    },
  );
});
