import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import pino from 'pino';
import { DEFAULT_ORGANIZATION, environmentApp, registerEnvironmentApps } from '../../src/db/apps.ts';
import { inOrganization } from '../../src/db/database.ts';
import { openAccept } from '../../src/intake/accept.ts';
import { EAR_TIMES } from '../../src/intake/ear.ts';
import { openSockets } from '../../src/intake/sockets.ts';
import type { Adapter, Heard } from '../../src/model/adapter.ts';
import { openMetrics } from '../../src/observe/metrics.ts';
import { openTestDatabase, type TestDatabase } from '../kit/database.ts';
import { openPaperPlatform } from '../kit/paper-platform.ts';

const session = (name: string): Heard => ({ delivery: undefined, session: name });
const LOST: Heard = { delivery: undefined, session: undefined };

/** One process that hears this and then nothing more, and whose searches end as `search` does. */
function process(database: TestDatabase, heard: readonly Heard[], search = async (_signal: AbortSignal) => {}) {
  const searched: Date[] = [];
  const resumed: (string | undefined)[] = [];
  const paper = openPaperPlatform();
  const adapter: Adapter = {
    ...paper.adapter,
    async *listen(session, signal) {
      resumed.push(session);
      yield* heard;
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    },
    async *missed(_installs, since, signal) {
      searched.push(since);
      await search(signal);
      yield* [];
    },
  };
  const sockets = openSockets({
    db: database.db,
    accept: openAccept(database.db),
    apps: [{ organization: DEFAULT_ORGANIZATION, app: environmentApp('web'), listing: paper.listing, adapter }],
    log: pino({ level: 'silent' }),
    metrics: openMetrics(),
    ears: { ...EAR_TIMES, tickMs: 20, overlapMs: 0 },
  });
  return { searched, resumed, [Symbol.asyncDispose]: () => sockets[Symbol.asyncDispose]() };
}

async function withApp(): Promise<TestDatabase> {
  const database = await openTestDatabase();
  await inOrganization(database.db, DEFAULT_ORGANIZATION, (tx) => registerEnvironmentApps(tx, ['web'], 'repeat'));
  return database;
}

async function until(is: () => boolean): Promise<void> {
  for (const end = Date.now() + 5_000; !is(); await sleep(5)) assert.ok(Date.now() < end, 'it never happened');
}

test('a session that goes on in the next process has missed nothing: nothing is searched', async () => {
  await using database = await withApp();
  for (const [index, expected] of [undefined, 's', 's'].entries()) {
    await using one = process(database, [session('s')]);
    await until(() => one.resumed.length > 0);
    await sleep(100);
    assert.deepEqual([index, one.resumed, one.searched], [index, [expected], []]);
  }
});

test('a session that could not be resumed is searched for once, from when it was last heard', async () => {
  await using database = await withApp();
  {
    await using first = process(database, [session('s')]);
    await until(() => first.resumed.length > 0);
    await sleep(60);
  }
  const heardUntil = Date.now();
  await sleep(200);
  await using second = process(database, [LOST, session('t')]);
  await until(() => second.searched.length > 0);
  await sleep(100);
  assert.equal(second.searched.length, 1);
  const since = second.searched[0]?.getTime() ?? 0;
  assert.ok(since < heardUntil && since > heardUntil - 1_000, `${heardUntil - since} ms before`);
});

test('a search that ends with its process is made by the next one, though that one’s session goes on', async () => {
  await using database = await withApp();
  const never = (signal: AbortSignal): Promise<never> =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('the process ends'))));
  {
    await using first = process(database, [session('s')]);
    await until(() => first.resumed.length > 0);
    await sleep(60);
  }
  {
    // Lost and found again in one breath.
    await using second = process(database, [LOST, session('t')], never);
    await until(() => second.searched.length > 0);
  }
  {
    await using third = process(database, [session('t')]);
    await until(() => third.searched.length > 0);
    assert.deepEqual(third.resumed, ['t']);
    await sleep(60);
  }
  await using fourth = process(database, [session('t')]);
  await until(() => fourth.resumed.length > 0);
  await sleep(100);
  assert.deepEqual(fourth.searched, []);
});
