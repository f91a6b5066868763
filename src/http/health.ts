import { inSystem, type Database } from '../db/database.ts';

export type Readiness = {
  readonly ready: boolean;
  /** Milliseconds that the last write to the database took; undefined: it failed. */
  readonly writeMs: number | undefined;
  /** ISO time of the last successful write. */
  readonly lastWriteAt: string | undefined;
  /** Age of the oldest message that waits for its answer, in seconds; 0 when none waits. */
  readonly oldestWaitingSeconds: number | undefined;
};

export type Health = { readonly check: () => Promise<Readiness> };

/** Ready means that a delivery could be committed right now: tried by a real write. */
export function openHealth(db: Database): Health {
  let lastWriteAt: string | undefined;
  return {
    async check() {
      const startedAt = performance.now();
      try {
        const age = await inSystem(db, async (tx) => {
          // A write that leaves nothing behind, but needs a server that takes writes.
          await tx`delete from switchboard_system.workers where id = '00000000-0000-0000-0000-000000000000'`;
          const [row] = await tx<{ age: number | null }[]>`
            select extract(epoch from now() - min(received_at))::float8 as age from switchboard.messages where state = 'waiting'`;
          return row?.age ?? 0;
        });
        lastWriteAt = new Date().toISOString();
        return { ready: true, writeMs: performance.now() - startedAt, lastWriteAt, oldestWaitingSeconds: age };
      } catch {
        return { ready: false, writeMs: undefined, lastWriteAt, oldestWaitingSeconds: undefined };
      }
    },
  };
}
