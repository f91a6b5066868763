import type { TransactionSql } from 'postgres';
import type { ThreadId } from '../model/ids.ts';

/** A thread to be looked at, not before so many milliseconds from now. */
export type Wake = { readonly thread: ThreadId; readonly inMs: number };

/**
 * Asks for threads to be drained, as part of the caller's transaction. One job per thread waits at a time: asking for now
 * brings it forward, asking for later never postpones it; of one that failed, the new time counts in place of its pause.
 */
export async function enqueueDrains(tx: TransactionSql, wakes: readonly Wake[]): Promise<void> {
  // In the order of the threads, like everybody who adds jobs: two transactions never wait for each other in a ring.
  for (const { thread, inMs } of wakes.toSorted((one, other) => (one.thread < other.thread ? -1 : 1))) {
    await tx`select switchboard_system.enqueue_drains(${[thread]}::uuid[], now() + make_interval(secs => ${inMs / 1000}), ${inMs > 0})`;
  }
}
