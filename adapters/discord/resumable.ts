/** Whether a session that the library wants to forget can still be resumed. */
export type Resumable = {
  readonly greeted: (shard: number) => void;
  readonly broke: (shard: number) => void;
  readonly closed: (shard: number) => void;
  readonly isStill: (shard: number) => boolean;
};

/** Discord keeps a session for "a few minutes" without a number; after so long without a connection it is tried no more. */
const KEPT_FOR_MS = 3 * 60_000;

/**
 * The library forgets a session when the network fails (a refused or broken connection, no HELLO in time), and with it all
 * that was said meanwhile. Only Discord can end a session, and it says so on a connection that it has greeted: there
 * by op 9 or a close code. Everything else is no reason to identify anew.
 */
export function openResumable(now: () => number = Date.now): Resumable {
  const greeted = new Set<number>();
  const lostAt = new Map<number, number>();
  return {
    greeted(shard) {
      greeted.add(shard);
      lostAt.delete(shard);
    },
    broke: (shard) => void greeted.delete(shard),
    closed(shard) {
      if (!lostAt.has(shard)) lostAt.set(shard, now());
      // The library decides right after telling, still within the same turn.
      queueMicrotask(() => greeted.delete(shard));
    },
    isStill: (shard) => !greeted.has(shard) && now() - (lostAt.get(shard) ?? now()) < KEPT_FOR_MS,
  };
}
