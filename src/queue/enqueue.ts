import type { TransactionSql } from 'postgres';
import type { ThreadId } from '../model/ids.ts';

/**
 * Asks for these threads to be drained, as part of the caller's transaction. One job per thread waits at a time:
 * asking again moves it to the new time.
 *
 * @param inMs not before so many milliseconds from now.
 */
export async function enqueueDrains(tx: TransactionSql, threads: readonly ThreadId[], inMs = 0): Promise<void> {
  if (threads.length === 0) return;
  await tx`select switchboard_system.enqueue_drains(${[...threads]}::uuid[], now() + make_interval(secs => ${inMs / 1000}))`;
}
