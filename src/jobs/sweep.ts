import type { Task } from 'graphile-worker';
import { sweepCalls } from '../db/api-calls.ts';
import { sweepBegun } from '../db/connecting.ts';
import { inOrganization, inSystem, type Database } from '../db/database.ts';
import { organizationId, threadId } from '../model/ids.ts';
import { LEASE_MS } from '../db/mailbox.ts';
import type { Log } from '../observe/log.ts';
import { enqueueDrains } from '../queue/enqueue.ts';
import { sweepAnswers } from './sweep-answers.ts';
import { sweepMoney } from './sweep-money.ts';

/** Messages that have waited so long without a job are looked after. Seconds. */
const ORPHANED_AFTER_S = 60;

/** No turn is put off for longer: what lies further ahead was written before the clock was set back. Seconds. */
const LONGEST_PAUSE_S = 3_600;

/** Threads of one sweep. */
const MOST = 1_000;

/** The job that takes up what was left behind, and takes away what is of no use any more. */
export function sweepTask(db: Database, log: Log): Task {
  return async () => {
    await sweepActs(db, log);
    await sweepMoney(db, log);
    await sweepAnswers(db);
    await inSystem(db, sweepBegun);
    await inSystem(db, sweepCalls);
    await sweepThreads(db, log);
  };
}

/**
 * Wakes threads in which something waits, or a turn is to be gone on with, though nobody works there and no job for them is left: the
 * net under everything else. Of a question that was deleted only its turn is left, which has to take its answer away. A job can get
 * lost when a process that was paused for long completes one that was given to another meanwhile, or when the connection is lost over
 * which it was fetched: then it stays locked by a process that does not know of it. And it can stand far ahead when the database's
 * clock was set back.
 */
export async function sweepThreads(db: Database, log: Log): Promise<void> {
  const rows = await inSystem(
    db,
    (tx) => tx<{ organization_id: string; thread_id: string }[]>`
      with left_behind as (
        select m.organization_id, m.thread_id from switchboard.messages m
        where m.state = 'waiting' and m.received_at < now() - make_interval(secs => ${ORPHANED_AFTER_S})
        union
        select r.organization_id, r.thread_id from switchboard.turns r where r.state = 'running'
      )
      select m.organization_id, m.thread_id from left_behind m
      join switchboard.threads t on t.organization_id = m.organization_id and t.id = m.thread_id
      where not coalesce(t.lease_until between now() and now() + make_interval(secs => ${(2 * LEASE_MS) / 1000}), false)
        and not exists (select 1 from switchboard.turns r where r.organization_id = m.organization_id and r.thread_id = m.thread_id
          and r.state = 'running' and r.retry_at between now() and now() + make_interval(secs => ${LONGEST_PAUSE_S}))
        and not switchboard_system.has_job(m.thread_id)
      limit ${MOST}`,
  );
  if (rows.length > 0) log.warn({ threads: rows.length }, 'threads without a job were found waiting; they are woken');
  for (const [organization, group] of Map.groupBy(rows, (row) => row.organization_id)) {
    await inOrganization(db, organizationId(organization), (tx) =>
      enqueueDrains(
        tx,
        group.map((row) => ({ thread: threadId(row.thread_id), inMs: 0 })),
      ),
    );
  }
}

/** Acts whose job got lost. One that is still there is only brought forward. */
async function sweepActs(db: Database, log: Log): Promise<void> {
  const rows = await inSystem(
    db,
    (tx) => tx<{ organization_id: string; id: string }[]>`select organization_id, id from switchboard.acts
      where state = 'waiting' and received_at < now() - make_interval(secs => ${ORPHANED_AFTER_S}) limit ${MOST}`,
  );
  if (rows.length > 0) log.warn({ acts: rows.length }, 'acts were found waiting; they are looked at again');
  for (const [organization, group] of Map.groupBy(rows, (row) => row.organization_id)) {
    const ids = group.map((row) => row.id);
    await inOrganization(
      db,
      organizationId(organization),
      (tx) => tx`select switchboard_system.enqueue_acts(${ids}::uuid[])`,
    );
  }
}
