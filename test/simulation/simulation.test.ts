import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import type { Adapter } from '../../src/model/adapter.ts';
import { Failure } from '../../src/model/failure.ts';
import { KNOWN_SEEDS } from './known-seeds.ts';
import { runSeed } from './run.ts';

/** How many seeds the suite runs; `npm run simulate -- --seeds N` runs more. */
const SEEDS = 10_000;

test(`${SEEDS} simulated runs lose nothing, double nothing, cut nothing and invert nothing`, async () => {
  const program = join(import.meta.dirname, 'main.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [program, '--seeds', String(SEEDS)]).catch(
    (error: { stdout: string; stderr: string }) => assert.fail(`${error.stdout}${error.stderr}`),
  );
  assert.match(stdout, new RegExp(`^${SEEDS} seeds, 0 failed`));
  process.stdout.write(`# ${stdout.trim().replaceAll('\n', '; ')}\n`);
});

for (const { seed, story } of KNOWN_SEEDS)
  test(`seed ${seed}: ${story}`, async () => assert.deepEqual((await runSeed(seed)).violations, []));

test('one seed is one run: the same things happen at the same times', async () => {
  for (const seed of [3, 14, 159]) assert.deepEqual(await runSeed(seed), await runSeed(seed));
});

/** Hubs that are broken on purpose: each has to be noticed, or a run without a complaint means nothing. */
const BROKEN: readonly { name: string; tamper: (adapter: Adapter) => Adapter; complaint: RegExp }[] = [
  {
    name: 'looks for a post in doubt and is told that there is none',
    tamper: (adapter) => ({ ...adapter, ...(adapter.findPost && { findPost: () => Promise.resolve(undefined) }) }),
    complaint: /answers that begin|belongs to no answer/,
  },
  {
    name: 'takes a call that may have been performed for one that was not',
    tamper: (adapter) => ({
      ...adapter,
      post: (...call) =>
        adapter.post(...call).catch((thrown: unknown) => {
          const unknown = thrown instanceof Failure && thrown.code === 'unknown-outcome';
          throw unknown ? new Failure('unavailable', 'surely not performed') : thrown;
        }),
    }),
    complaint: /answers that begin|belongs to no answer/,
  },
  {
    name: 'forgets its last change of a post',
    tamper: (adapter) => ({ ...adapter, edit: () => Promise.resolve() }),
    complaint: /of a turn shows/,
  },
  {
    name: 'takes a post that can be changed no more for a changed one',
    tamper: (adapter) => ({
      ...adapter,
      edit: (...call) =>
        adapter.edit(...call).catch((thrown: unknown) => {
          if (!(thrown instanceof Failure && thrown.code === 'closed')) throw thrown;
        }),
    }),
    complaint: /a turn shows/,
  },
  {
    name: 'sends its files twice',
    tamper: (adapter) => {
      const { share } = adapter;
      if (share === undefined) return adapter;
      return { ...adapter, share: (...call) => share(...call).then(() => share(...call)) };
    },
    complaint: /and 2 files|belongs to no answer/,
  },
  {
    name: 'posts everything twice',
    tamper: (adapter) => ({ ...adapter, post: (...call) => adapter.post(...call).then(() => adapter.post(...call)) }),
    complaint: /answers that begin|belongs to no answer/,
  },
];

for (const { name, tamper, complaint } of BROKEN)
  test(`a hub that ${name} is noticed`, async () => {
    const complaints: string[] = [];
    for (let seed = 1; seed <= 600 && complaints.length === 0; seed += 1)
      complaints.push(...(await runSeed(seed, tamper)).violations);
    assert.match(complaints.join('; '), complaint);
  });
