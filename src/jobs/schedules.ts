import type { Database } from '../db/database.ts';
import { listDue, setAside, takeDue, type Due } from '../db/take-due.ts';
import { Failure } from '../model/failure.ts';
import { every, type Clock } from '../observe/clock.ts';
import type { Log } from '../observe/log.ts';

/** What is due is said so many milliseconds late at most. */
const EVERY_MS = 1_000;

/** Schedules of one look. */
const MOST = 500;

/**
 * Looks once a second for what is due. Not a job of the queue: a moment is kept in one place only, the schedule's row, so
 * that no job has to be moved, found again or forgotten when a schedule is changed, by whatever process; and the question
 * is one look into an index that is nearly empty.
 */
export function startSchedules(db: Database, clock: Clock, log: Log): AsyncDisposable {
  const closing = new AbortController();
  const looking = every(clock, EVERY_MS, closing.signal, () => takeAll(db, log, closing.signal));
  return {
    async [Symbol.asyncDispose]() {
      closing.abort();
      await looking;
    },
  };
}

/** Never rejects: what cannot be taken now is taken by the next look. */
async function takeAll(db: Database, log: Log, closing: AbortSignal): Promise<void> {
  try {
    for (const due of await listDue(db, MOST)) {
      if (closing.aborted) return;
      await takeOne(db, due, log);
    }
  } catch (thrown) {
    log.warn({ error: thrown }, 'what is due could not be looked for');
  }
}

async function takeOne(db: Database, due: Due, log: Log): Promise<void> {
  try {
    if (await takeDue(db, due)) log.info({ schedule: due.id }, 'a schedule is due');
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.code === 'unavailable') throw thrown;
    log.error({ schedule: due.id, error: thrown }, 'a schedule cannot be taken; it is paused');
    await setAside(db, due);
  }
}
