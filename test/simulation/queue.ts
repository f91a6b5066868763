import { LEASE_MS } from '../../src/db/mailbox.ts';
import type { JobRow, Tables } from './rows.ts';

/** graphile-worker's own numbers: tries of a job, and the seconds between them. */
const MOST_ATTEMPTS = 25;
const pauseMs = (attempts: number): number => Math.exp(Math.min(attempts, 10)) * 1000;

/** See src/queue/heartbeat.ts. */
const DEAD_AFTER_MS = 12_000;

const put = (tables: Tables, job: JobRow): void => tables.put('jobs', String(job.id), job);

/** As `switchboard_system.enqueue_drains`: one job per thread waits at a time. One that failed loses its pause. */
export function enqueue(tables: Tables, thread: string, runAt: number, keepEarlier: boolean): void {
  const same = tables.all('jobs').find((job) => job.key === thread);
  if (same !== undefined && same.lockedBy === null) {
    put(tables, { ...same, runAt: keepEarlier && same.attempts === 0 ? same.runAt : runAt, attempts: 0 });
    return;
  }
  // A job that is running keeps running, and is not tried again should it fail.
  if (same !== undefined) put(tables, { ...same, key: null, attempts: MOST_ATTEMPTS });
  const id = tables.nextJob();
  put(tables, { id, key: thread, thread, runAt, attempts: 0, lockedBy: null, lockedAt: 0 });
}

/** Jobs that are due, of one thread or of all, locked for one process. */
export function fetchJobs(tables: Tables, worker: string, most: number, thread?: string): readonly JobRow[] {
  const due = tables
    .all('jobs')
    .filter((job) => job.lockedBy === null && job.runAt <= tables.now() && job.attempts < MOST_ATTEMPTS)
    .filter((job) => thread === undefined || job.thread === thread);
  return due
    .toSorted((one, other) => one.runAt - other.runAt || one.id - other.id)
    .slice(0, most)
    .map((job) => {
      const locked = { ...job, attempts: job.attempts + 1, lockedBy: worker, lockedAt: tables.now() };
      put(tables, locked);
      return locked;
    });
}

/** Whether a job is there to be fetched. */
export function isDue(tables: Tables): boolean {
  return tables
    .all('jobs')
    .some((job) => job.lockedBy === null && job.runAt <= tables.now() && job.attempts < MOST_ATTEMPTS);
}

/** By its number, whoever has it now. */
export function completeJob(tables: Tables, id: number): void {
  tables.remove('jobs', String(id));
}

export function failJob(tables: Tables, id: number): void {
  const job = tables.get('jobs', String(id));
  if (job === undefined) return;
  put(tables, { ...job, lockedBy: null, runAt: tables.now() + pauseMs(job.attempts) });
}

/** Says that a process lives, and frees the jobs of those that do not. */
export function beat(tables: Tables, worker: string): void {
  const now = tables.now();
  tables.put('workers', worker, { name: worker, seenAt: now });
  const living = new Set(
    tables
      .all('workers')
      .filter((one) => one.seenAt >= now - DEAD_AFTER_MS)
      .map((one) => one.name),
  );
  for (const job of tables.all('jobs')) {
    const abandoned = job.lockedBy !== null && job.lockedAt < now - DEAD_AFTER_MS && !living.has(job.lockedBy);
    if (abandoned) put(tables, { ...job, lockedBy: null });
  }
}

/** See src/jobs/sweep.ts. */
const ORPHANED_AFTER_MS = 60_000;
const LONGEST_PAUSE_MS = 3_600_000;

/** Wakes threads in which something waits, or a turn is to be gone on with, though no job for them is left. */
export function sweep(tables: Tables): void {
  const waiting = tables
    .all('messages')
    .filter(
      (message) => message.state === 'waiting' && Date.parse(message.received_at) < tables.now() - ORPHANED_AFTER_MS,
    )
    .map((message) => message.thread_id);
  const running = tables
    .all('turns')
    .filter(({ state }) => state === 'running')
    .map((turn) => turn.thread);
  for (const thread of new Set([...waiting, ...running])) {
    const until = tables.get('threads', thread)?.until ?? 0;
    const isWorkedIn = until > tables.now() && until <= tables.now() + 2 * LEASE_MS;
    const isPutOff = tables
      .all('turns')
      .some(
        ({ thread: of, state, retryAt }) =>
          of === thread &&
          state === 'running' &&
          (retryAt ?? 0) > tables.now() &&
          (retryAt ?? 0) < tables.now() + LONGEST_PAUSE_MS,
      );
    const hasJob = tables
      .all('jobs')
      .some(
        (job) =>
          job.key === thread &&
          job.attempts < MOST_ATTEMPTS &&
          (job.lockedBy === null
            ? job.runAt < tables.now() + ORPHANED_AFTER_MS
            : job.lockedAt > tables.now() - ORPHANED_AFTER_MS),
      );
    if (!isWorkedIn && !isPutOff && !hasJob) enqueue(tables, thread, tables.now(), false);
  }
}
