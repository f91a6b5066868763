import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import pino from 'pino';
import { openQueuePool } from '../../src/queue/pool.ts';
import { startQueueWorker } from '../../src/queue/worker.ts';
import { openTestDatabase } from '../kit/database.ts';

test('a worker that was started while the database took no writes works once it does', async () => {
  await using database = await openTestDatabase();
  const { sql } = database.db;
  const name = new URL(database.url).pathname.slice(1);
  await sql.unsafe(`alter database ${name} set default_transaction_read_only = on`);
  const log = pino({ level: 'silent' });
  const pool = openQueuePool(database.url, 3, log);
  const done = Promise.withResolvers<void>();
  const tasks = { probe: async () => done.resolve() };
  const worker = startQueueWorker(pool, tasks, { concurrency: 4, pollMs: 50, crontab: '' }, log);
  await sleep(400);
  await sql.unsafe('set default_transaction_read_only = off');
  await sql.unsafe(`alter database ${name} reset default_transaction_read_only`);
  await database.db.sql.unsafe(`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = '${name}' and application_name = 'switchboard' and pid <> pg_backend_pid()`);
  for (const until = Date.now() + 3_000; ; await sleep(20)) {
    const added = await sql`select graphile_worker.add_job('probe')`.catch(() => undefined);
    if (added !== undefined) break;
    assert.ok(Date.now() < until);
  }
  const late = sleep(10_000, 'late', { ref: false });
  assert.notEqual(await Promise.race([done.promise, late]), 'late', 'the job was never run');
  await worker.stop(1_000);
  await pool.end();
});
