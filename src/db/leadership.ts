import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../model/failure.ts';
import type { Database, Session } from './database.ts';

/** Milliseconds between two tries to become the leader, and between two looks whether we still are. */
const TRY_EVERY_MS = 2_000;
const CHECK_EVERY_MS = 3_000;

/** Milliseconds for one answer of the server's. A look and this together are shorter than what a silent session is kept. */
const WITHIN_MS = 5_000;

/**
 * Runs `lead` in one process at a time over the whole deployment, for as long as this one has the advisory lock. The lock
 * lives and dies with one database session: when that is lost, `lead`'s signal aborts and another process takes over.
 *
 * @param key names what is led, e.g. one gateway.
 */
export async function leadOne(
  db: Database,
  key: string,
  signal: AbortSignal,
  lead: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    await leadOnce(db, key, signal, lead).catch(() => {});
    await sleep(TRY_EVERY_MS, undefined, { signal }).catch(() => {});
  }
}

async function leadOnce(
  db: Database,
  key: string,
  signal: AbortSignal,
  lead: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  await using session = db.openSession();
  let taken = await ask(session, key);
  for (; !taken.leads; taken = await ask(session, key)) await sleep(TRY_EVERY_MS, undefined, { signal });
  const over = new AbortController();
  const watch = setInterval(() => {
    // Another backend than the one that has the lock: the connection was made anew meanwhile.
    backendOf(session).then(
      (pid) => pid === taken.pid || over.abort(),
      () => over.abort(),
    );
  }, CHECK_EVERY_MS);
  try {
    await lead(AbortSignal.any([signal, session.lost, over.signal]));
  } finally {
    clearInterval(watch);
  }
}

async function ask({ sql }: Session, key: string): Promise<{ readonly leads: boolean; readonly pid: number }> {
  const [row] = await soon(
    sql<{ leads: boolean; pid: number }[]>`
      select pg_try_advisory_lock(hashtextextended(${key}, 0)) as leads, pg_backend_pid() as pid`,
  );
  return row ?? { leads: false, pid: 0 };
}

async function backendOf({ sql }: Session): Promise<number | undefined> {
  const [row] = await soon(sql<{ pid: number }[]>`select pg_backend_pid() as pid`);
  return row?.pid;
}

/** @throws Failure `unavailable` when it takes too long. */
async function soon<Result>(asked: Promise<Result>): Promise<Result> {
  const over = new AbortController();
  const late = sleep(WITHIN_MS, undefined, { signal: over.signal }).then(() => {
    throw new Failure('unavailable', `the database did not answer within ${WITHIN_MS} ms`);
  });
  try {
    return await Promise.race([asked, late]);
  } finally {
    over.abort();
  }
}
