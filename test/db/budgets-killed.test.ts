import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flawsOf, play } from '../../bench/budgets/play.ts';
import { openTestDatabase } from '../kit/database.ts';

// `npm run budgets` does the same with eight processes, for longer.
test('two processes that spend from nested budgets and are killed in between are never over one, and leave nothing held', async () => {
  await using database = await openTestDatabase();
  const played = await play({ url: database.url, processes: 2, atOnce: 40, seconds: 4, killEveryMs: 800 });
  assert.deepEqual(flawsOf(played), []);
  assert.ok(played.kills >= 2, `${played.kills} kills`);
});
