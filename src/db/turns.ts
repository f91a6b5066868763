import type { MessageId, ThreadId, TurnId } from '../model/ids.ts';
import { enqueueDrains } from '../queue/enqueue.ts';
import { stillAsked } from './approvals.ts';
import type { Transaction } from './database.ts';
import type { Lease } from './mailbox.ts';
import { asJson } from './rows.ts';
import { lockWithUnder, moveUnder, type Under } from './scheduled.ts';
import { countCalls, type Bill } from './usage.ts';

/** A turn that begins, or goes on one attempt later, with the model call that is claimed for it, if it asks one. */
export type TurnBegin = {
  readonly thread: ThreadId;
  readonly turn: TurnId;
  readonly messages: readonly MessageId[];
  readonly template: string;
  /** It goes on: what its posts show is known now, and no more once they are changed. */
  readonly resumes: boolean;
  /** Times that its process ended under it. */
  readonly crashes: number;
  readonly step: ModelBegin | undefined;
};

/** A model's call that is claimed. */
export type ModelBegin = {
  readonly seq: number;
  /** Names the question: see `Step.run`. */
  readonly run: string;
};

/** Writes that turns begin. Only in the transaction that took their threads' leases: whose they are is not asked again. */
export async function beginTurns(tx: Transaction, items: readonly TurnBegin[]): Promise<void> {
  if (items.length === 0) return;
  const rows = items.map(({ turn, thread, template, crashes }) => ({ turn, thread, template, crashes }));
  const steps = items.flatMap((item) => (item.step === undefined ? [] : [{ turn: item.turn, ...item.step }]));
  const taken = items.flatMap((item) => item.messages.map((message) => ({ turn: item.turn, message })));
  await Promise.all([
    tx`insert into switchboard.turns as t (organization_id, id, thread_id, state, template, crashes)
      select current_setting('switchboard.organization')::uuid, turn, thread, 'running', template, crashes
      from json_to_recordset(${asJson(tx, rows)}) as r(turn uuid, thread uuid, template text, crashes int)
      on conflict (organization_id, id) do update set attempts = t.attempts + 1, crashes = excluded.crashes, retry_at = null, error = null,
        state = 'running', ended_at = null, failures = case when t.state = 'running' then t.failures else 0 end, stopped_by = null,
        runs = t.runs + case when t.state = 'running' then 0 else 1 end,
        answer = case when t.state = 'running' then t.answer end, card = case when t.state = 'running' then t.card end`,
    tx`update switchboard.messages m set turn_id = r.turn
      from json_to_recordset(${asJson(tx, taken)}) as r(turn uuid, message uuid)
      where m.organization_id = current_setting('switchboard.organization')::uuid and m.id = r.message and m.state = 'waiting'
        and m.id = any(${taken.map((row) => row.message)}::uuid[])`,
    tx`insert into switchboard.steps (organization_id, turn_id, seq, run, kind, state, provider, model)
      select current_setting('switchboard.organization')::uuid, turn, seq, run, 'model', 'started', '', ''
      from json_to_recordset(${asJson(tx, steps)}) as r(turn uuid, seq int, run text)
      on conflict do nothing`,
    forgetShown(
      tx,
      items.filter(({ resumes }) => resumes).map(({ turn }) => turn),
    ),
    endLost(
      tx,
      steps.filter(({ seq }) => seq > 0),
    ),
  ]);
}

async function forgetShown(tx: Transaction, turns: readonly TurnId[]): Promise<void> {
  if (turns.length === 0) return;
  await tx`update switchboard.posts set text = null
    where organization_id = current_setting('switchboard.organization')::uuid and turn_id = any(${[...turns]}::uuid[])
      and state = 'sent' and text is not null`;
}

/** A model's call whose process ended: nobody hears its answer any more. */
async function endLost(
  tx: Transaction,
  rows: readonly { readonly turn: TurnId; readonly seq: number }[],
): Promise<void> {
  if (rows.length === 0) return;
  await tx`update switchboard.steps s set state = 'failed', error = 'its process ended', ended_at = now()
    from json_to_recordset(${asJson(tx, rows)}) as r(turn uuid, seq int)
    where s.organization_id = current_setting('switchboard.organization')::uuid and s.turn_id = r.turn and s.seq < r.seq
      and s.kind = 'model' and s.state = 'started'`;
}

/** The end of a journaled step. */
export type StepEnd = {
  readonly seq: number;
  /** Names what the model was asked: the same for the same prompt. */
  readonly inputHash: string;
  readonly state: 'done' | 'failed';
  /** Of the last attempt; empty where nobody was asked. */
  readonly provider: string;
  readonly model: string;
  /** Which targets were considered, and why. */
  readonly route: unknown;
  readonly usage: unknown;
  /** US dollars; null where the price is not known. */
  readonly cost: number | null;
  readonly error: string | null;
  /** Undefined: nobody was asked, and nothing is counted. */
  readonly bill?: Bill | undefined;
};

/** How a turn ends for good, or for now (`deferred`: it is tried again in `retryInMs`). */
export type TurnEnd = {
  readonly lease: Lease;
  readonly turn: TurnId;
  readonly outcome: 'answered' | 'ignored' | 'dead' | 'deferred';
  /** A deferred turn came a step nearer to being given up; waiting for a limit is none. */
  readonly failed: boolean;
  readonly answer: string | null;
  /** Something external was read for the answer. */
  readonly tainted?: boolean;
  /** Who had it stopped. */
  readonly stoppedBy: string | null;
  readonly error: string | null;
  readonly retryInMs: number;
  /** What a person is asked: its decision ends the wait at once. */
  readonly waitsFor?: string | undefined;
  readonly steps: readonly StepEnd[];
  readonly posts: readonly {
    readonly ordinal: number;
    readonly state: string;
    readonly externalId: string | null;
    /** What it surely shows, where the turn goes on later. */
    readonly text?: string;
  }[];
  /** Of what was said by itself: the conversation in which it goes on. */
  readonly under?: Under | undefined;
};

/** What became of the end of a turn. */
export type Ended = {
  readonly live: boolean;
  /** The thread has messages left and the lease is kept; otherwise the lease is given back. */
  readonly more: boolean;
  /** It was no end: what the turn answers was edited or deleted meanwhile, and it goes on at once with what is there now. */
  readonly changed: boolean;
};

/** Writes the end of turns, of their posts and messages, and gives their threads back: one transaction. */
export async function endTurns(tx: Transaction, items: readonly TurnEnd[]): Promise<readonly Ended[]> {
  const locked = await lockWithUnder(tx, items);
  const held = items.filter((_item, index) => locked[index]?.live);
  if (held.length === 0) return items.map(() => ({ live: false, more: false, changed: false }));
  const stirred = items.filter((item, index) => locked[index]?.stirred === true && isOver(item));
  const changed = new Set(await asksQuestions(tx, stirred));
  const current = held.map((item) => (changed.has(item.turn) ? goingOn(item) : item));
  const kept = await withoutDecided(tx, current);
  await Promise.all([endSteps(tx, kept), endPosts(tx, kept), endTurnRows(tx, kept), endMessages(tx, kept)]);
  const more = await giveBack(tx, kept);
  await defer(tx, kept);
  await moveUnder(tx, kept);
  // Last, because others wait for its rows until the commit.
  await countCalls(
    tx,
    kept.map(({ steps, outcome }) => ({ steps, answered: outcome === 'answered' })),
  );
  return items.map(({ lease, turn }, index) => {
    const live = locked[index]?.live === true;
    return { live, more: live && more.has(lease.thread), changed: live && changed.has(turn) };
  });
}

const isOver = ({ outcome }: TurnEnd): boolean => outcome === 'answered' || outcome === 'dead';

/**
 * An edit or a deletion that comes while an answer is delivered is no more lost than one that comes while the model speaks. Whoever
 * takes the thread next forgets the answer that was decided (`takeMailboxes`).
 */
const goingOn = (item: TurnEnd): TurnEnd => ({
  ...item,
  outcome: 'deferred',
  failed: false,
  answer: null,
  error: null,
  retryInMs: 0,
});

/** Those of these turns that are no commands: a command is given once, and what has come of it is not taken back. */
async function asksQuestions(tx: Transaction, items: readonly TurnEnd[]): Promise<readonly TurnId[]> {
  if (items.length === 0) return [];
  const commands = await tx<{ turn: string }[]>`
    select distinct turn_id as turn from switchboard.messages where organization_id = current_setting('switchboard.organization')::uuid
      and turn_id = any(${items.map(({ turn }) => turn)}::uuid[]) and thread_id = any(${items.map(({ lease }) => lease.thread)}::uuid[])
      and command is not null`;
  const own = new Set(commands.map(({ turn }) => turn));
  return items.flatMap(({ turn }) => (own.has(turn) ? [] : [turn]));
}

/** Who waits for what has been decided meanwhile waits no longer. */
async function withoutDecided(tx: Transaction, items: readonly TurnEnd[]): Promise<readonly TurnEnd[]> {
  const asked = await stillAsked(
    tx,
    items.flatMap(({ waitsFor }) => waitsFor ?? []),
  );
  return items.map((item) =>
    item.waitsFor === undefined || asked.has(item.waitsFor) ? item : { ...item, retryInMs: 0 },
  );
}

async function endSteps(tx: Transaction, items: readonly TurnEnd[]): Promise<void> {
  const rows = items.flatMap((item) => item.steps.map((step) => ({ turn: item.turn, ...step })));
  if (rows.length === 0) return;
  await tx`
    update switchboard.steps s set state = r.state, provider = r.provider, model = r.model, input_hash = r."inputHash", route = r.route, usage = r.usage, cost_usd = r.cost, error = r.error, ended_at = now()
    from json_to_recordset(${asJson(tx, rows)}) as r(turn uuid, seq int, state text, provider text, model text, "inputHash" text, route jsonb, usage jsonb, cost numeric, error text)
    where s.organization_id = current_setting('switchboard.organization')::uuid and s.turn_id = r.turn and s.seq = r.seq
      and s.turn_id = any(${rows.map((row) => row.turn)}::uuid[])`;
}

async function endPosts(tx: Transaction, items: readonly TurnEnd[]): Promise<void> {
  const rows = items.flatMap((item) => item.posts.map((post) => ({ turn: item.turn, ...post })));
  if (rows.length === 0) return;
  await tx`
    update switchboard.posts p set state = r.state, external_id = r."externalId", streaming = false, text = r.text, sent_at = coalesce(p.sent_at, now())
    from json_to_recordset(${asJson(tx, rows)}) as r(turn uuid, ordinal int, state text, "externalId" text, text text)
    where p.organization_id = current_setting('switchboard.organization')::uuid and p.turn_id = r.turn and p.ordinal = r.ordinal
      and p.turn_id = any(${rows.map((row) => row.turn)}::uuid[])`;
}

async function endTurnRows(tx: Transaction, items: readonly TurnEnd[]): Promise<void> {
  const rows = items.map(({ turn, outcome, failed, answer, tainted = false, stoppedBy, error, retryInMs }) => ({
    turn,
    outcome,
    failed: failed ? 1 : 0,
    answer,
    tainted,
    stoppedBy,
    error,
    retry: retryInMs / 1000,
  }));
  await tx`
    update switchboard.turns t set
      state = case r.outcome when 'deferred' then 'running' else r.outcome end,
      answer = coalesce(r.answer, t.answer), tainted = r.tainted, stopped_by = r."stoppedBy", error = r.error, failures = t.failures + r.failed,
      crashes = case r.outcome when 'deferred' then 0 else t.crashes end,
      retry_at = case r.outcome when 'deferred' then now() + make_interval(secs => r.retry) end,
      ended_at = case r.outcome when 'deferred' then null else now() end
    from json_to_recordset(${asJson(tx, rows)}) as r(turn uuid, outcome text, failed int, answer text, tainted boolean, "stoppedBy" text, error text, retry float8)
    where t.organization_id = current_setting('switchboard.organization')::uuid and t.id = r.turn
      and t.id = any(${rows.map((row) => row.turn)}::uuid[])`;
}

async function endMessages(tx: Transaction, items: readonly TurnEnd[]): Promise<void> {
  const rows = items
    .filter((item) => item.outcome !== 'deferred')
    .map(({ turn, lease, outcome, error }) => ({ turn, thread: lease.thread, outcome, error }));
  if (rows.length === 0) return;
  await tx`
    update switchboard.messages m set state = r.outcome, reason = r.error
    from json_to_recordset(${asJson(tx, rows)}) as r(turn uuid, thread uuid, outcome text, error text)
    where m.organization_id = current_setting('switchboard.organization')::uuid and m.thread_id = r.thread and m.turn_id = r.turn
      and m.state = 'waiting' and m.thread_id = any(${rows.map((row) => row.thread)}::uuid[])`;
}

/** A message committed after this statement's snapshot brings a job of its own, which waits for our commit at the thread's row. */
async function giveBack(tx: Transaction, items: readonly TurnEnd[]): Promise<Set<string>> {
  const rows = items.map(({ lease, outcome, stoppedBy }) => ({
    thread: lease.thread,
    engaged: outcome === 'answered',
    keep: outcome !== 'deferred',
    obeyed: outcome !== 'deferred' || stoppedBy !== null,
  }));
  const kept = await tx<{ id: string }[]>`
    with ended as (
      select r.*, r.keep and exists (
        select 1 from switchboard.messages m where m.organization_id = current_setting('switchboard.organization')::uuid
          and m.thread_id = r.thread and m.state = 'waiting') as more
      from json_to_recordset(${asJson(tx, rows)}) as r(thread uuid, engaged boolean, keep boolean, obeyed boolean)
    )
    update switchboard.threads t set engaged = t.engaged or ended.engaged, stop_by = case when ended.obeyed then null else t.stop_by end,
      lease_owner = case when ended.more then t.lease_owner end, lease_until = case when ended.more then t.lease_until end
    from ended where t.organization_id = current_setting('switchboard.organization')::uuid and t.id = ended.thread
      and t.id = any(${rows.map((row) => row.thread)}::uuid[])
    returning case when ended.more then t.id end as id`;
  return new Set(kept.map((row) => row.id));
}

async function defer(tx: Transaction, items: readonly TurnEnd[]): Promise<void> {
  const deferred = items.filter((item) => item.outcome === 'deferred');
  const asking = deferred.filter((item) => item.waitsFor !== undefined).map((item) => item.lease.thread);
  const spoken = await withWords(tx, asking);
  await enqueueDrains(
    tx,
    deferred.map(({ lease: { thread }, retryInMs }) => ({ thread, inMs: spoken.has(thread) ? 0 : retryInMs })),
  );
}

/**
 * Threads in which something was said while a person was being asked: it may be the answer. Its job found the lease taken, and
 * would look again when that would have ended.
 */
async function withWords(tx: Transaction, threads: readonly ThreadId[]): Promise<ReadonlySet<string>> {
  if (threads.length === 0) return new Set();
  const rows = await tx<{ thread_id: string }[]>`select distinct m.thread_id from switchboard.messages m
    where m.organization_id = current_setting('switchboard.organization')::uuid and m.thread_id = any(${[...threads]}::uuid[])
      and m.state = 'waiting' and m.turn_id is null`;
  return new Set(rows.map((row) => row.thread_id));
}
