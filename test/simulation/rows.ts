import type { Lease, StoredPost } from '../../src/db/mailbox.ts';
import type { MessageRow as AcceptedMessage } from '../../src/db/deliveries.ts';

export type ThreadRow = {
  readonly id: string;
  readonly install: string;
  readonly channel: string;
  readonly external: string;
  readonly engaged: boolean;
  readonly owner: string | null;
  readonly until: number;
  readonly fence: number;
  readonly stirred: boolean;
};
export type MessageRow = Omit<AcceptedMessage, 'state'> & {
  readonly state: 'waiting' | 'answered' | 'ignored' | 'dead';
  readonly turn: string | null;
};
export type TurnRow = {
  readonly id: string;
  readonly thread: string;
  readonly state: 'running' | 'answered' | 'ignored' | 'dead';
  readonly attempts: number;
  readonly failures: number;
  readonly crashes: number;
  readonly runs: number;
  readonly steps: readonly { readonly seq: number; readonly run: string }[];
  readonly retryAt: number | null;
  readonly answer: string | null;
  readonly error: string | null;
  /** Milliseconds of the run. */
  readonly startedAt: number;
};
export type PostRow = {
  readonly turn: string;
  readonly ordinal: number;
  readonly state: StoredPost['state'];
  readonly nonce: string;
  readonly text: string | null;
  readonly external: string | null;
  readonly streaming: boolean;
  readonly attempts: number;
  readonly attemptedAt: number;
};
export type JobRow = {
  readonly id: number;
  readonly key: string | null;
  readonly thread: string;
  readonly runAt: number;
  readonly attempts: number;
  readonly lockedBy: string | null;
  readonly lockedAt: number;
};
export type PaceRow = { readonly key: string; readonly calls: readonly number[]; readonly heldUntil: number | null };
export type WorkerRow = { readonly name: string; readonly seenAt: number };

type Rows = {
  readonly deliveries: { readonly id: string };
  readonly threads: ThreadRow;
  readonly messages: MessageRow;
  readonly turns: TurnRow;
  readonly posts: PostRow;
  readonly jobs: JobRow;
  readonly pace: PaceRow;
  readonly workers: WorkerRow;
};
export type TableName = keyof Rows;

/** One transaction's view: rows are never changed, only replaced. */
export type Tables = {
  /** By the database's clock, which may be set. */
  readonly now: () => number;
  /** Milliseconds of the run. */
  readonly moment: () => number;
  readonly get: <Name extends TableName>(table: Name, key: string) => Rows[Name] | undefined;
  readonly all: <Name extends TableName>(table: Name) => readonly Rows[Name][];
  readonly put: <Name extends TableName>(table: Name, key: string, row: Rows[Name]) => void;
  readonly remove: (table: TableName, key: string) => void;
  readonly nextJob: () => number;
};

export type Undo = () => void;

/** Tables in memory whose writes can be taken back. */
export function openTables(now: () => number, moment: () => number): { readonly begin: (undos: Undo[]) => Tables } {
  const tables: { readonly [Name in TableName]: Map<string, Rows[Name]> } = {
    deliveries: new Map(),
    threads: new Map(),
    messages: new Map(),
    turns: new Map(),
    posts: new Map(),
    jobs: new Map(),
    pace: new Map(),
    workers: new Map(),
  };
  let jobs = 0;
  return {
    begin: (undos) => ({
      now,
      moment,
      get: (table, key) => tables[table].get(key),
      all: (table) => [...tables[table].values()],
      put(table, key, row) {
        const rows = tables[table];
        const before = rows.get(key);
        undos.push(() => void (before === undefined ? rows.delete(key) : rows.set(key, before)));
        rows.set(key, row);
      },
      remove(table, key) {
        const rows = tables[table];
        const before = rows.get(key);
        if (before === undefined) return;
        undos.push(() => restore(rows, key, before));
        rows.delete(key);
      },
      nextJob: () => (jobs += 1),
    }),
  };
}

function restore<Row>(rows: Map<string, Row>, key: string, row: Row): void {
  rows.set(key, row);
}

/** The fence: whether a lease still holds. */
export function isLive(tables: Tables, lease: Lease): boolean {
  const thread = tables.get('threads', lease.thread);
  return thread?.owner === lease.owner && thread.fence === lease.fence && thread.until > tables.now();
}

/** Under which a post is kept. */
export const postKey = (turn: string, ordinal: number): string => `${turn}/${ordinal}`;
