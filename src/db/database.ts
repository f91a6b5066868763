import postgres from 'postgres';
import { Failure } from '../model/failure.ts';
import type { OrganizationId } from '../model/ids.ts';
import { ARRAY_TYPES } from './array-types.ts';
import { openSockets, type Sockets } from './sockets.ts';

/** A pool of connections to one PostgreSQL. Queries run in `inOrganization` or `inSystem` only. */
export type Database = {
  readonly sql: postgres.Sql;
  readonly sockets: Sockets;
  /** Milliseconds for one transaction. */
  readonly withinMs: number;
  /** A connection of its own, for what lives and dies with one session of the server's. */
  readonly openSession: () => Session;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

/** One connection. Disposing it ends the session, also where nobody answers any more. */
export type Session = {
  readonly sql: postgres.Sql;
  /** Aborts when the connection is lost. A query after that would run in a new session. */
  readonly lost: AbortSignal;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

/** One transaction, already in its role. Times cross as ISO strings or epoch milliseconds, never as Date. */
export type Transaction = postgres.TransactionSql;

/** Milliseconds from asking for a connection to the commit; a dead server makes postgres.js wait for ever. */
const WITHIN_MS = 10_000;

/** PostgreSQL's classes of "not now": connection lost, shutting down, out of connections or memory, read-only, lock clashes. */
const UNAVAILABLE = /^(08|53|57P|58|25006|40)/;

/** Seconds for open queries to end before their connections are cut. */
const END_WITHIN_S = 2;

/** @param connections at most this many at once. */
export function openDatabase(url: string, connections: number, withinMs = WITHIN_MS): Database {
  const sockets = openSockets();
  const sql = postgres(url, optionsOf(sockets, { max: connections, idle_timeout: 60, session: {} }));
  return {
    sql,
    sockets,
    withinMs,
    openSession: () => openSession(url),
    async [Symbol.asyncDispose]() {
      await sql.end({ timeout: END_WITHIN_S });
      sockets.dropAll();
    },
  };
}

/**
 * The server ends a session of which it has not heard for so long, and with it what the session holds: one whose network
 * was cut off would hold it until the server's TCP gives up, by default after two hours.
 */
const SILENT_SESSION_MS = 12_000;

function openSession(url: string): Session {
  const sockets = openSockets();
  const lost = new AbortController();
  const session = { idle_session_timeout: SILENT_SESSION_MS };
  const options = optionsOf(sockets, { max: 1, idle_timeout: 0, session });
  const sql = postgres(url, { ...options, max_lifetime: null, onclose: () => lost.abort() });
  return {
    sql,
    lost: lost.signal,
    async [Symbol.asyncDispose]() {
      await sql.end({ timeout: 1 });
      sockets.dropAll();
    },
  };
}

function optionsOf(
  sockets: Sockets,
  { session, ...own }: { max: number; idle_timeout: number; session: Readonly<Record<string, number>> },
) {
  return {
    ...own,
    // Known to postgres.js, but not to its types.
    socket: sockets.open,
    fetch_types: false,
    types: ARRAY_TYPES,
    connect_timeout: 5,
    onnotice: () => {},
    connection: {
      application_name: 'switchboard',
      statement_timeout: WITHIN_MS,
      // A transaction whose process has gone without a word holds its threads no longer than a living one may.
      idle_in_transaction_session_timeout: WITHIN_MS,
      ...session,
    },
  };
}

/**
 * Runs `work` in one transaction that sees and touches this organization's rows only (row-level security).
 * @throws Failure `unavailable` when the database cannot serve now; whether it committed is then not known.
 */
export function inOrganization<Result>(
  db: Database,
  organization: OrganizationId,
  work: (tx: Transaction) => Promise<Result>,
): Promise<Result> {
  return transact(db, (tx) => {
    // Sent now and not awaited: the first statement travels with it.
    const scoped = tx`select set_config('role', 'switchboard_app', true),
      set_config('switchboard.organization', ${organization}, true)`.execute();
    return Promise.all([work(tx), scoped]).then(([result]) => result);
  });
}

/**
 * `durable`: on the disk when it returns. `soon`: within 0.6 s, and before anything durable that is committed later; a
 * crash of the database itself may take it back. For what can be done again from what is durable.
 */
export type Durability = 'durable' | 'soon';

/**
 * As `inOrganization`, for hot statements that touch rows by their keys: plans are made once, not per execution (38 %
 * less of the database's time), and go through the index. Left to its statistics, PostgreSQL plans a scan for a table
 * that was empty when it looked, and keeps to that plan while the table grows. For the same reason such a statement names
 * its keys as an array (`id = any(…)`) beside joining them: without statistics the planner takes an organization for
 * small, and would read all of it.
 */
export function byKey<Result>(
  db: Database,
  organization: OrganizationId,
  work: (tx: Transaction) => Promise<Result>,
  durability: Durability = 'durable',
): Promise<Result> {
  return transact(db, (tx) => {
    const scoped = tx`select set_config('role', 'switchboard_app', true),
      set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true),
      set_config('synchronous_commit', ${durability === 'durable' ? 'on' : 'off'}, true),
      set_config('switchboard.organization', ${organization}, true)`.execute();
    return Promise.all([work(tx), scoped]).then(([result]) => result);
  });
}

/** Runs `work` over what belongs to no organization. */
export function inSystem<Result>(db: Database, work: (tx: Transaction) => Promise<Result>): Promise<Result> {
  return inRole(db, 'switchboard_system', work);
}

/** Runs `work` as a role that is bound to no organization. */
export function inRole<Result>(
  db: Database,
  role: 'switchboard_system' | 'switchboard_auth',
  work: (tx: Transaction) => Promise<Result>,
): Promise<Result> {
  return transact(db, (tx) => {
    const scoped = tx`select set_config('role', ${role}, true)`.execute();
    return Promise.all([work(tx), scoped]).then(([result]) => result);
  });
}

/** Times that a transaction is run anew which PostgreSQL ended to untie it from others (a deadlock, a serialization failure). */
const TIMES_ANEW = 5;
const TIED = /^40(P01|001)$/;

/**
 * The server takes no writes. A session may stay so for good: it was opened while the setting was on, or the server has
 * become the standby of another one, to which only new connections are led. So all are made anew.
 */
const READ_ONLY = '25006';
const RENEW_EVERY_MS = 1_000;

async function transact<Result>(db: Database, work: (tx: Transaction) => Promise<Result>): Promise<Result> {
  for (let again = 0; ; again += 1) {
    try {
      return await transactOnce(db, work);
    } catch (thrown) {
      if (describe(thrown) === READ_ONLY) db.sockets.dropAll(RENEW_EVERY_MS);
      if (again === TIMES_ANEW || !TIED.test(describe(thrown))) throw asFailure(thrown);
    }
  }
}

function asFailure(thrown: unknown): unknown {
  if (!isUnavailable(thrown)) return thrown;
  return new Failure('unavailable', `the database is not available: ${describe(thrown)}`, { cause: thrown });
}

async function transactOnce<Result>(db: Database, work: (tx: Transaction) => Promise<Result>): Promise<Result> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const heard = db.sockets.mark();
  const timer = setTimeout(() => {
    // Whoever was silent all this time is deaf, or idle and opened anew at no cost.
    const dropped = db.sockets.dropSilentSince(heard);
    const ended = dropped === 0 ? '' : `; ${dropped} silent connections were ended`;
    reject(new Failure('unavailable', `the database did not answer within ${db.withinMs} ms${ended}`));
  }, db.withinMs);
  // Kept here, because postgres.js types what `begin` resolves to as an unwrapped array.
  let done: { readonly result: Result } | undefined;
  const transaction = db.sql.begin(async (tx) => {
    done = { result: await work(tx) };
  });
  // The race may end first; what comes of the transaction later is then nobody's error.
  transaction.catch(() => {});
  try {
    await Promise.race([transaction, late]);
    if (done === undefined) throw new Error('a transaction committed without a result');
    return done.result;
  } finally {
    clearTimeout(timer);
  }
}

function isUnavailable(thrown: unknown): boolean {
  if (!(thrown instanceof Error) || thrown instanceof Failure || !('code' in thrown)) return false;
  const code = String(thrown.code);
  return UNAVAILABLE.test(code) || /^(CONNECTION_|CONNECT_TIMEOUT|E[A-Z]+$)/.test(code);
}

function describe(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown';
}
