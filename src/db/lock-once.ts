import type { Database } from './database.ts';

/**
 * Does `work` unless somebody else is at it. The lock is a session's of its own: it ends with this process, and no connection of
 * the pool is held meanwhile.
 * @returns false: somebody else is.
 */
export async function lockOnce(db: Database, key: string, work: () => Promise<void>): Promise<boolean> {
  await using session = db.openSession();
  const [row] = await session.sql<{ locked: boolean }[]>`
    select pg_try_advisory_lock(hashtextextended(${key}, 0)) as locked`;
  if (row?.locked !== true) return false;
  await work();
  return true;
}
