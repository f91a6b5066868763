import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import pino from 'pino';
import { startHeartbeat } from '../../src/queue/heartbeat.ts';
import { openQueuePool } from '../../src/queue/pool.ts';
import { openTestDatabase } from '../kit/database.ts';

const OWNER = '00000000-0000-4000-8000-000000000001';

test('jobs that are locked for a living process and do not run there are freed; one that runs stays locked', async () => {
  await using database = await openTestDatabase();
  const { sql } = database.db;
  const log = pino({ level: 'silent' });
  const pool = openQueuePool(database.url, 2, log);
  for (const name of ['forgotten', 'runs', 'fresh']) await sql`select graphile_worker.add_job(${name})`;
  const idOf = async (name: string): Promise<string> => {
    const [row] = await sql<{ id: string }[]>`select j.id::text from graphile_worker._private_jobs j
      join graphile_worker._private_tasks t on t.id = j.task_id where t.identifier = ${name}`;
    return row?.id ?? '';
  };
  const [runs, fresh] = [await idOf('runs'), await idOf('fresh')];
  await sql`update graphile_worker._private_jobs set locked_by = 'mine',
    locked_at = case when id::text = ${fresh} then now() else now() - interval '20 s' end`;
  const heartbeat = startHeartbeat(pool, OWNER, { poolIds: () => ['mine'], runningJobs: () => [runs] }, log);
  const locked = async (): Promise<readonly string[]> => {
    const rows = await sql<
      { id: string }[]
    >`select id::text from graphile_worker._private_jobs where locked_by is not null`;
    return rows.map(({ id }) => id).toSorted();
  };
  for (const until = Date.now() + 5_000; (await locked()).length > 2; await sleep(10)) assert.ok(Date.now() < until);
  assert.deepEqual(await locked(), [runs, fresh].toSorted());
  await heartbeat.stop();
  await pool.end();
});

test('jobs that were replaced while they ran in a process that died are removed; those that wait stay', async () => {
  await using database = await openTestDatabase();
  const { sql } = database.db;
  const log = pino({ level: 'silent' });
  const pool = openQueuePool(database.url, 2, log);
  for (const name of ['replaced', 'waits']) await sql`select graphile_worker.add_job(${name})`;
  await sql`update graphile_worker._private_jobs j set attempts = max_attempts from graphile_worker._private_tasks t
    where t.id = j.task_id and t.identifier = 'replaced'`;
  const heartbeat = startHeartbeat(pool, OWNER, { poolIds: () => ['mine'], runningJobs: () => [] }, log);
  const left = async () => (await sql`select id from graphile_worker._private_jobs`).length;
  for (const until = Date.now() + 5_000; (await left()) > 1; await sleep(10)) assert.ok(Date.now() < until);
  const [job] = await sql<{ name: string }[]>`select t.identifier as name from graphile_worker._private_jobs j
    join graphile_worker._private_tasks t on t.id = j.task_id`;
  assert.equal(job?.name, 'waits');
  await heartbeat.stop();
  await pool.end();
});
