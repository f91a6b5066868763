import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from './database.ts';

/** Milliseconds between two tries to become the leader, and between two looks whether we still are. */
const TRY_EVERY_MS = 2_000;
const CHECK_EVERY_MS = 3_000;

/**
 * Runs `lead` in one process at a time over the whole deployment, for as long as this one has the advisory lock. The lock
 * lives and dies with one database connection: when that is lost, `lead`'s signal aborts and another process takes over.
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
  const connection = await db.sql.reserve();
  const over = new AbortController();
  try {
    const [row] = await connection<
      { leads: boolean }[]
    >`select pg_try_advisory_lock(hashtextextended(${key}, 0)) as leads`;
    if (row?.leads !== true) return;
    const watch = setInterval(() => {
      const deadline = sleep(CHECK_EVERY_MS, 'late', { ref: false });
      Promise.race([connection`select 1`.then(() => 'held'), deadline]).then(
        (state) => state === 'late' && over.abort(),
        () => over.abort(),
      );
    }, CHECK_EVERY_MS);
    try {
      await lead(AbortSignal.any([signal, over.signal]));
    } finally {
      clearInterval(watch);
    }
  } finally {
    if (!over.signal.aborted) await connection`select pg_advisory_unlock(hashtextextended(${key}, 0))`.catch(() => {});
    connection.release();
  }
}
