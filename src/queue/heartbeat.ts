import type { Pool } from 'pg';
import type { Log } from '../observe/log.ts';

/** Milliseconds between two signs of life. */
export const BEAT_MS = 3_000;

/** A process without a sign of life for so long is dead: its jobs are freed, its leases run out. */
export const DEAD_AFTER_MS = 12_000;

export type Heartbeat = { readonly stop: () => Promise<void> };

/** What this process holds, at the time of asking. */
export type Holding = {
  /** The names under which it locks jobs. */
  readonly poolIds: () => readonly string[];
  readonly runningJobs: () => readonly string[];
};

/**
 * Says every 3 s that this process lives, and frees the jobs of processes that no longer do.
 * graphile-worker by itself keeps a dead process's jobs locked for four hours.
 */
export function startHeartbeat(pool: Pool, worker: string, holding: Holding, log: Log): Heartbeat {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const beat = async (): Promise<void> => {
    try {
      await pool.query(
        `insert into switchboard_system.workers (id, pools, seen_at) values ($1, $2, now())
         on conflict (id) do update set pools = excluded.pools, seen_at = excluded.seen_at`,
        [worker, holding.poolIds()],
      );
      const freed = await freeDead(pool);
      if (freed.length > 0) log.warn({ pools: freed }, 'freed the jobs of processes that no longer live');
      await removeSuperseded(pool);
      const forgotten = await freeForgotten(pool, holding);
      if (forgotten > 0)
        log.warn({ jobs: forgotten }, 'freed jobs that were locked for this process and never reached it');
    } catch (error) {
      log.warn({ reason: error instanceof Error ? error.message : 'unknown' }, 'a heartbeat was missed');
    }
    if (!stopped) timer = setTimeout(() => void beat(), BEAT_MS);
  };
  const first = beat();

  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await first;
      await pool.query('delete from switchboard_system.workers where id = $1', [worker]).catch(() => {});
    },
  };
}

/**
 * Frees every job whose lock is older than a dead process's patience and not one of a living process. By the locks and not
 * by the list of the dead: a process can die before it has told the names of its pools.
 */
async function freeDead(pool: Pool): Promise<readonly string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `with dead as (
       delete from switchboard_system.workers where seen_at < now() - make_interval(secs => $1)
     ), abandoned as (
       select distinct locked_by from graphile_worker._private_jobs
       where locked_at < now() - make_interval(secs => $1) and locked_by not in (
         select unnest(pools) from switchboard_system.workers where seen_at >= now() - make_interval(secs => $1))
     ), freed as (
       select graphile_worker.force_unlock_workers(array_agg(locked_by)) from abandoned having count(*) > 0
     )
     select locked_by as id from abandoned, (select count(*) from freed) as done`,
    [DEAD_AFTER_MS / 1000],
  );
  return rows.map((row) => row.id);
}

/**
 * Frees jobs that this process has locked and does not run: the connection was lost after they were fetched and before
 * they arrived, or before their completion was written. Nobody else would free them while this process lives. One that
 * waits here for its turn is younger: fetched jobs are given back after two seconds.
 */
async function freeForgotten(pool: Pool, { poolIds, runningJobs }: Holding): Promise<number> {
  const { rowCount } = await pool.query(
    `update graphile_worker._private_jobs set locked_by = null, locked_at = null
     where locked_by = any($1) and locked_at < now() - make_interval(secs => $2) and not id::text = any($3)`,
    [poolIds(), DEAD_AFTER_MS / 1000, runningJobs()],
  );
  return rowCount ?? 0;
}

/** Removes jobs that were replaced while they ran in a process that then died: without a key and out of attempts, they never run. */
async function removeSuperseded(pool: Pool): Promise<void> {
  await pool.query(
    'delete from graphile_worker._private_jobs where key is null and attempts >= max_attempts and locked_at is null',
  );
}
