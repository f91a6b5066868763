import { openAgent } from '../../src/agent/agent.ts';
import { plan } from '../../src/agent/plan.ts';
import { DEFAULT_ORGANIZATION, environmentApp, registerEnvironmentApps } from '../../src/db/apps.ts';
import { inOrganization, type Database } from '../../src/db/database.ts';
import { acceptDeliveries, type Accepted } from '../../src/db/deliveries.ts';
import { groupCommit, type GroupCommit } from '../../src/db/group-commit.ts';
import type { Busy, TakeRequest } from '../../src/db/mailbox.ts';
import { openStore, type Store } from '../../src/db/store.ts';
import { openTake, type Take, type Taken } from '../../src/jobs/take.ts';
import { systemClock } from '../../src/observe/clock.ts';
import { openMetrics } from '../../src/observe/metrics.ts';
import { noDeeds } from '../kit/deeds.ts';
import { openTestDatabase } from '../kit/database.ts';
import { openPaperPlatform } from '../kit/paper-platform.ts';
import { beginTurn, takeMailbox } from './mailboxes.ts';
import { completeJob, failJob, fetchJobs } from './queue.ts';
import { openTables, type Tables } from './rows.ts';

export const ORGANIZATION = DEFAULT_ORGANIZATION;
export const APP = environmentApp('web');

/** The store in PostgreSQL. */
export type RealStore = Store & {
  readonly take: Take;
  readonly accept: GroupCommit<Accepted, true>;
  /** What graphile-worker does with a thread's jobs. */
  readonly job: (what: JobStep, thread: string) => Promise<void>;
  /** As if so many milliseconds had passed: what is written about these threads, and limits of this name, becomes older. */
  readonly pass: (ms: number, of: { readonly name: string; readonly threads: readonly string[] }) => Promise<void>;
  readonly rows: (threads: readonly string[]) => Promise<unknown>;
};

/** The one of the simulation, with a clock that can be put forward. */
export type SimulatedStore = {
  readonly tables: Tables;
  readonly take: (request: TakeRequest) => Taken | Busy;
  readonly job: (what: JobStep, thread: string) => void;
  readonly pass: (ms: number) => void;
  readonly rows: (threads: readonly string[]) => unknown;
};

export type JobStep = 'fetch' | 'complete' | 'fail';

export type BothStores = AsyncDisposable & {
  readonly real: RealStore;
  /** A simulated store with nothing in it. */
  readonly begin: () => SimulatedStore;
};

export async function openBothStores(): Promise<BothStores> {
  const database = await openTestDatabase();
  const { db } = database;
  await inOrganization(db, ORGANIZATION, (tx) => registerEnvironmentApps(tx, ['web']));
  const store = openStore(db);
  const { adapter } = openPaperPlatform();
  const agent = openAgent({
    store,
    deeds: noDeeds,
    clock: systemClock,
    routeOf: () => Promise.resolve({ stream: async function* () {} }),
    persona: { name: 'Switchboard', instructions: '' },
    adapterOf: () => adapter,
    metrics: openMetrics(),
    toolboxes: [],
    secretsOf: () => [],
    alone: false,
  });
  const real: RealStore = {
    ...store,
    take: openTake(db, agent),
    accept: groupCommit(db, acceptDeliveries),
    job: (what, thread) => changeJob(db, what, thread),
    pass: (ms, of) => pass(db, ms / 1000, of),
    rows: (threads) => realRows(db, threads),
  };
  return {
    real,
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
    begin() {
      let passedMs = 0;
      const tables = openTables(() => Date.now() + passedMs, Date.now).begin([]);
      return {
        tables,
        take(request) {
          const mailbox = takeMailbox(tables, APP, request);
          if ('busyForMs' in mailbox) return mailbox;
          const taken: Taken = { mailbox, plan: plan(agent, mailbox) };
          if ('begin' in taken.plan) beginTurn(tables, taken.plan.begin);
          return taken;
        },
        job: (what, thread) => changeSimulatedJob(tables, what, thread),
        pass: (ms) => void (passedMs += ms),
        rows: (threads) => simulatedRows(tables, threads),
      };
    },
  };
}

async function changeJob({ sql }: Database, what: JobStep, thread: string): Promise<void> {
  const of = sql`payload->>'thread' = ${thread}`;
  // As graphile-worker's own statements get, complete and fail jobs.
  if (what === 'fetch')
    await sql`update graphile_worker._private_jobs set locked_by = 'w', locked_at = now(), attempts = attempts + 1
      where ${of} and locked_at is null and run_at <= now() and attempts < max_attempts`;
  else if (what === 'complete')
    await sql`delete from graphile_worker._private_jobs where ${of} and locked_at is not null`;
  else
    await sql`update graphile_worker._private_jobs set locked_by = null, locked_at = null,
        run_at = greatest(now(), run_at) + exp(least(attempts, 10)) * interval '1 second'
      where ${of} and locked_at is not null`;
}

function changeSimulatedJob(tables: Tables, what: JobStep, thread: string): void {
  if (what === 'fetch') return void fetchJobs(tables, 'w', Infinity, thread);
  const change = what === 'complete' ? completeJob : failJob;
  for (const job of tables.all('jobs')) if (job.thread === thread && job.lockedBy !== null) change(tables, job.id);
}

async function pass(
  { sql }: Database,
  s: number,
  { name, threads }: { readonly name: string; readonly threads: readonly string[] },
): Promise<void> {
  const by = sql`make_interval(secs => ${s})`;
  const these = sql`any(${[...threads]}::uuid[])`;
  await sql.begin((tx) => [
    tx`update switchboard.threads set lease_until = lease_until - ${by} where id = ${these}`,
    tx`update switchboard.turns set retry_at = retry_at - ${by} where thread_id = ${these}`,
    tx`update switchboard.posts set attempted_at = attempted_at - ${by}
      where turn_id in (select id from switchboard.turns where thread_id = ${these})`,
    tx`update switchboard.pace set held_until = held_until - ${by}, calls = array(select call - ${s * 1000}::float8 from unnest(calls) call)
      where key like ${`${name}/%`}`,
    tx`update graphile_worker._private_jobs set run_at = run_at - ${by} where payload->>'thread' = any(${[...threads]}::text[])`,
  ]);
}

/** Everything that must be the same, at one moment: of times, whether they have come. */
async function realRows({ sql }: Database, threads: readonly string[]): Promise<unknown> {
  const these = sql`any(${[...threads]}::uuid[])`;
  const [row] = await sql<{ rows: unknown }[]>`
    select json_build_object(
      'threads', (select json_agg(json_build_array(id, lease_owner, fence, coalesce(lease_until > now(), false), engaged) order by id)
        from switchboard.threads where id = ${these}),
      'messages', (select json_agg(json_build_array(id, state, turn_id, reason, why, text, address, has_past, version) order by id)
        from switchboard.messages where thread_id = ${these}),
      'turns', (select json_agg(json_build_array(id, state, attempts, failures, crashes, answer, error, coalesce(retry_at > now(), false)) order by id)
        from switchboard.turns where thread_id = ${these}),
      'posts', (select json_agg(json_build_array(turn_id, ordinal, state, attempts, external_id, streaming, nonce, text) order by turn_id, ordinal)
        from switchboard.posts where turn_id in (select id from switchboard.turns where thread_id = ${these})),
      'jobs', (select json_agg(json_build_array(payload->>'thread', key is not null, locked_at is not null, attempts, run_at <= now()) order by id)
        from graphile_worker._private_jobs where payload->>'thread' = any(${[...threads]}::text[]))
    ) as rows`;
  return row?.rows;
}

function simulatedRows(tables: Tables, threads: readonly string[]): unknown {
  const now = tables.now();
  const byKey = (one: { id: string }, other: { id: string }): number => (one.id < other.id ? -1 : 1);
  const turns = tables.all('turns').toSorted(byKey);
  const posts = tables
    .all('posts')
    .filter((post) => tables.get('turns', post.turn) !== undefined)
    .toSorted((one, other) => (one.turn === other.turn ? one.ordinal - other.ordinal : one.turn < other.turn ? -1 : 1));
  const some = (rows: readonly unknown[]): readonly unknown[] | null => (rows.length === 0 ? null : rows);
  return {
    threads: some(
      tables
        .all('threads')
        .toSorted(byKey)
        .map((row) => [row.id, row.owner, row.fence, row.until > now, row.engaged]),
    ),
    messages: some(
      tables
        .all('messages')
        .toSorted(byKey)
        .map((row) => [
          row.id,
          row.state,
          row.turn,
          row.reason,
          row.why,
          row.text,
          row.address,
          row.has_past,
          row.version,
        ]),
    ),
    turns: some(
      turns.map((row) => [
        row.id,
        row.state,
        row.attempts,
        row.failures,
        row.crashes,
        row.answer,
        row.error,
        (row.retryAt ?? 0) > now,
      ]),
    ),
    posts: some(
      posts.map((row) => [
        row.turn,
        row.ordinal,
        row.state,
        row.attempts,
        row.external,
        row.streaming,
        row.nonce,
        row.text,
      ]),
    ),
    jobs: some(
      tables
        .all('jobs')
        .filter((row) => threads.includes(row.thread))
        .toSorted((one, other) => one.id - other.id)
        .map((row) => [row.thread, row.key !== null, row.lockedBy !== null, row.attempts, row.runAt <= now]),
    ),
  };
}
