import { EventEmitter } from 'node:events';
import { Logger, run, runMigrations, type Runner, type TaskList, type WorkerEvents } from 'graphile-worker';
import type { GraphileConfig } from 'graphile-config';
import type { Pool } from 'pg';
import type { Log } from '../observe/log.ts';

/** Makes or updates the queue's own tables. */
export async function migrateQueue(url: string): Promise<void> {
  await runMigrations({ connectionString: url, logger: new Logger(() => () => {}) });
}

export type QueueWorker = {
  /** The pools of graphile-worker that this process has had, under whose names jobs are locked. */
  readonly poolIds: () => readonly string[];
  /** Ids of the jobs that run in this process just now. */
  readonly runningJobs: () => readonly string[];
  /** Takes no more jobs, lets running ones end for `graceMs`, then aborts them. */
  readonly stop: (graceMs: number) => Promise<void>;
};

/** What one process runs at once, and how often it looks for jobs when no notification came. */
export type QueueOptions = {
  readonly concurrency: number;
  readonly pollMs: number;
  /** Jobs by the clock, one crontab line each; run once over all processes. */
  readonly crontab: string;
};

/** Milliseconds before a runner that ended by itself is started again. */
const RESTART_MS = 500;

/** Milliseconds that fetched jobs may wait in this process before others may have them. */
const LOCAL_QUEUE_MS = 2_000;

/**
 * Runs jobs until stopped. A runner that ends by itself (its database went away for long) is started again.
 * Jobs are fetched and completed in batches; a dead process's jobs are freed by the heartbeat, not after four hours.
 */
export function startQueueWorker(pool: Pool, tasks: TaskList, options: QueueOptions, log: Log): QueueWorker {
  const ids: string[] = [];
  const events: WorkerEvents = new EventEmitter();
  events.on('pool:create', ({ workerPool }) => ids.push(workerPool.id));
  const failures = new EventTarget();
  const jobs = new Set<string>();
  events.on('job:start', ({ job }) => jobs.add(job.id));
  events.on('job:complete', ({ job }) => jobs.delete(job.id));
  const stopping = new AbortController();
  let current: Runner | undefined;

  const runForEver = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        current = await run({
          pgPool: pool,
          taskList: tasks,
          events,
          crontab: options.crontab,
          noHandleSignals: true,
          logger: queueLogger(log, () => failures.dispatchEvent(new Event(FETCH_FAILED))),
          preset: preset(options),
        });
        // Told to stop while it was starting: nobody else will stop this one.
        if (stopping.signal.aborted) await current.stop();
        await endOf(current, { events, failures, stopping: stopping.signal, log });
      } catch (error) {
        log.error({ error }, 'the queue worker ended by itself; it is started again');
      }
      if (!stopping.signal.aborted) await new Promise((resolve) => setTimeout(resolve, RESTART_MS));
    }
  };
  const running = runForEver();

  return {
    poolIds: () => ids,
    runningJobs: () => [...jobs],
    async stop(graceMs) {
      stopping.abort();
      const ended = Promise.allSettled([current?.stop(), running]);
      const patience = new Promise((resolve) => setTimeout(resolve, graceMs + 5_000).unref());
      await Promise.race([ended, patience]);
    },
  };
}

/** Milliseconds for a runner that ends by itself to come to its end. */
const ENDING_WITHIN_MS = 10_000;

/** Fetches that fail one after the other before the runner is made anew. */
const MOST_FAILED_FETCHES = 5;

const FETCH_FAILED = 'fetch-failed';

/** What a runner is watched by. */
type Watching = {
  readonly events: WorkerEvents;
  readonly failures: EventTarget;
  readonly stopping: AbortSignal;
  readonly log: Log;
};

/**
 * Resolves when a runner has ended, or is given up. graphile-worker recovers from a database that failed it only in part: a
 * runner that ends by itself may wait for ever for what it has under way, and one whose first statement failed keeps that
 * failure and fails every fetch with it. Running jobs go on under their leases.
 */
async function endOf(runner: Runner, { events, failures, stopping, log }: Watching): Promise<void> {
  const stuck = Promise.withResolvers<string>();
  let timer: NodeJS.Timeout | undefined;
  let failed = 0;
  const ending = (): void => {
    timer ??= setTimeout(() => stuck.resolve('it did not come to its end'), ENDING_WITHIN_MS);
  };
  const fetched = (): void => void (failed = 0);
  const fetchFailed = (): void => {
    failed += 1;
    if (failed >= MOST_FAILED_FETCHES) stuck.resolve('it could not fetch jobs');
  };
  events.on('stop', ending).on('pool:gracefulShutdown', ending);
  events.on('localQueue:getJobs:complete', fetched);
  failures.addEventListener(FETCH_FAILED, fetchFailed);
  try {
    const reason = await Promise.race([runner.promise, stuck.promise]);
    if (reason === undefined || stopping.aborted) return await runner.promise;
    log.warn({ reason }, 'the queue worker is made anew');
    runner.promise.catch(() => {});
    runner.kill(reason).catch(() => {});
  } finally {
    clearTimeout(timer);
    events.off('stop', ending).off('pool:gracefulShutdown', ending);
    events.off('localQueue:getJobs:complete', fetched);
    failures.removeEventListener(FETCH_FAILED, fetchFailed);
  }
}

function preset(options: QueueOptions): GraphileConfig.Preset {
  return {
    worker: {
      concurrentJobs: options.concurrency,
      pollInterval: options.pollMs,
      localQueue: { size: options.concurrency, ttl: LOCAL_QUEUE_MS },
      completeJobBatchDelay: 0,
      failJobBatchDelay: 0,
      // Aborting running jobs is the drain job's own business: it hands its thread over.
      gracefulShutdownAbortTimeout: 3_600_000,
    },
  };
}

/** graphile-worker reports each job at `info`; only what an operator must see is passed on. */
function queueLogger(log: Log, fetchFailed: () => void): Logger {
  return new Logger(() => (level, message) => {
    if (message.startsWith('Error occurred fetching jobs')) fetchFailed();
    if (level === 'error') log.error({ queue: message }, 'the queue reports an error');
    // Its advice on pool sizes is for workers that hold a connection per job; ours fetch in batches.
    else if (level === 'warning' && !message.includes('maxPoolSize')) log.warn({ queue: message }, 'the queue warns');
  });
}
