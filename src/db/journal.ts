import type { ToolCall } from '../llm/provider.ts';
import type { TurnId } from '../model/ids.ts';
import { lockLive } from './leases.ts';
import type { Transaction } from './database.ts';
import type { Lease } from './mailbox.ts';
import { asJson } from './rows.ts';
import type { Asked, Returned, Step, ToolStep, Wanted } from './step.ts';
import type { StepEnd } from './turns.ts';
import { countCalls } from './usage.ts';

/** A step that begins, or comes to another state. */
export type StepWrite =
  | { readonly kind: 'model'; readonly seq: number }
  | {
      readonly kind: 'tool';
      readonly seq: number;
      readonly state: ToolStep['state'];
      readonly call: ToolCall;
      readonly digest: string;
      readonly returned: Returned | null;
    };

/** A question to a person, together with the step that waits for it. */
export type NewAsk = {
  readonly id: string;
  readonly seq: number;
  readonly kind: Asked['kind'];
  readonly digest: string;
  /** The platform's ids; null: anybody there. */
  readonly people: readonly string[] | null;
  readonly yes: number;
  readonly forMs: number;
  /** The ids of its buttons: the secrets that clicks bring back. */
  readonly buttons: readonly { readonly id: string; readonly wish: 'yes' | 'no' | 'done' }[];
};

/** One write to the journal of a running turn. */
export type JournalWrite = {
  readonly lease: Lease;
  readonly turn: TurnId;
  readonly run: string;
  /** Of the model's call that ended: what it wants to have done; null: nobody is interested any more. */
  readonly ended?: { readonly step: StepEnd; readonly wanted: Wanted | null };
  readonly steps: readonly StepWrite[];
  readonly asks?: readonly NewAsk[];
  /** An approval that this write uses up: it counts once, and only for what it was given for. */
  readonly uses?: { readonly id: string; readonly digest: string };
};

/**
 * Writes steps before what they are about is done. Durable: what is started was surely written.
 * @returns false for a write whose lease is lost, or whose approval is not there (any more): nothing of it was written.
 */
export async function writeJournal(tx: Transaction, items: readonly JournalWrite[]): Promise<readonly boolean[]> {
  const live = await lockLive(tx, items);
  const used = await useApprovals(
    tx,
    items.filter((_item, index) => live[index]),
  );
  const isGood = items.map(
    (item, index) => live[index] === true && (item.uses === undefined || used.has(item.uses.id)),
  );
  const good = items.filter((_item, index) => isGood[index]);
  await Promise.all([endModelSteps(tx, good), writeSteps(tx, good), ask(tx, good)]);
  // Last, because others wait for its rows until the commit.
  await countCalls(
    tx,
    good.map(({ ended }) => ({ steps: ended === undefined ? [] : [ended.step], answered: false })),
  );
  return isGood;
}

async function useApprovals(tx: Transaction, items: readonly JournalWrite[]): Promise<ReadonlySet<string>> {
  const uses = items.flatMap(({ turn, uses }) => (uses === undefined ? [] : [{ turn, ...uses }]));
  if (uses.length === 0) return new Set();
  const rows = await tx<{ id: string }[]>`
    update switchboard.approvals a set state = 'used' from json_to_recordset(${asJson(tx, uses)}) as r(turn uuid, id uuid, digest text)
    where a.organization_id = current_setting('switchboard.organization')::uuid and a.id = r.id and a.turn_id = r.turn
      and a.digest = r.digest and a.state = 'granted' and a.expires_at > now()
    returning a.id`;
  return new Set(rows.map((row) => row.id));
}

async function endModelSteps(tx: Transaction, items: readonly JournalWrite[]): Promise<void> {
  const rows = items.flatMap(({ turn, ended }) =>
    ended === undefined ? [] : [{ turn, ...ended.step, output: ended.wanted }],
  );
  if (rows.length === 0) return;
  await tx`
    update switchboard.steps s set state = r.state, provider = r.provider, model = r.model, input_hash = r."inputHash", output = r.output, route = r.route, usage = r.usage, cost_usd = r.cost,
      error = r.error, ended_at = now()
    from json_to_recordset(${asJson(tx, rows)}) as r(turn uuid, seq int, state text, provider text, model text, "inputHash" text, output jsonb, route jsonb, usage jsonb, cost numeric, error text)
    where s.organization_id = current_setting('switchboard.organization')::uuid and s.turn_id = r.turn and s.seq = r.seq`;
}

async function writeSteps(tx: Transaction, items: readonly JournalWrite[]): Promise<void> {
  const rows = items.flatMap(({ turn, run, steps }) => steps.map((step) => ({ turn, run, ...rowOf(step) })));
  if (rows.length === 0) return;
  await tx`
    insert into switchboard.steps as s (organization_id, turn_id, seq, run, kind, state, provider, model, input, input_hash, output, ended_at)
    select current_setting('switchboard.organization')::uuid, turn, seq, run, kind, state, provider, model, input, digest, output,
      case when state in ('done', 'failed') then now() end
    from json_to_recordset(${asJson(tx, rows)}) as r(turn uuid, run text, seq int, kind text, state text, provider text, model text, input jsonb, digest text, output jsonb)
    on conflict (organization_id, turn_id, seq) do update set state = excluded.state, output = excluded.output, ended_at = excluded.ended_at,
      started_at = case when excluded.state = 'started' then now() else s.started_at end`;
}

function rowOf(step: StepWrite): object {
  if (step.kind === 'model')
    return { ...step, state: 'started', provider: '', model: '', input: null, digest: null, output: null };
  const { seq, kind, state, call, digest, returned } = step;
  return { seq, kind, state, provider: '', model: '', input: call, digest, output: returned };
}

async function ask(tx: Transaction, items: readonly JournalWrite[]): Promise<void> {
  const asks = items.flatMap(({ turn, asks = [] }) => asks.map((one) => ({ turn, ...one })));
  if (asks.length === 0) return;
  const buttons = asks.flatMap(({ turn, id: approval, forMs, buttons: own }) =>
    own.map((button) => ({ turn, approval, forMs, ...button })),
  );
  // What was asked about the same step before, by a worker that ended, is not asked any more.
  await tx`update switchboard.approvals a set state = 'denied' from json_to_recordset(${asJson(tx, asks)}) as r(turn uuid, seq int)
    where a.organization_id = current_setting('switchboard.organization')::uuid and a.turn_id = r.turn and a.seq = r.seq and a.state = 'asked'`;
  await tx`
    insert into switchboard.approvals (organization_id, id, turn_id, seq, kind, digest, people, yes, state, expires_at)
    select current_setting('switchboard.organization')::uuid, id, turn, seq, kind, digest,
      case when people is not null then array(select jsonb_array_elements_text(people)) end, yes, 'asked', now() + make_interval(secs => "forMs" / 1000)
    from json_to_recordset(${asJson(tx, asks)}) as r(id uuid, turn uuid, seq int, kind text, digest text, people jsonb, yes int, "forMs" float8)`;
  await tx`
    insert into switchboard.controls (organization_id, id, turn_id, wish, approval_id, expires_at)
    select current_setting('switchboard.organization')::uuid, id, turn, wish, approval, now() + make_interval(secs => "forMs" / 1000)
    from json_to_recordset(${asJson(tx, buttons)}) as r(id text, turn uuid, wish text, approval uuid, "forMs" float8)`;
}

type Row = {
  turn_id: string;
  seq: number;
  state: ToolStep['state'];
  run: string;
  call: ToolCall | null;
  wanted: Wanted | null;
  returned: Returned | null;
  digest: string | null;
  asked: Asked | null;
};

/** The journals of turns that go on, by turn, in the order of the steps. */
export async function readJournals(tx: Transaction, turns: readonly string[]): Promise<ReadonlyMap<string, Step[]>> {
  if (turns.length === 0) return new Map();
  const rows = await tx<Row[]>`
    select s.turn_id, s.seq, s.state, s.run, s.input_hash as digest, case s.kind when 'tool' then s.input end as call,
      case s.kind when 'tool' then s.output end as returned, case s.kind when 'model' then s.output end as wanted,
      (select json_build_object('id', a.id, 'kind', a.kind, 'state', a.state, 'leftMs', extract(epoch from a.expires_at - now()) * 1000)
        from switchboard.approvals a where a.organization_id = s.organization_id and a.turn_id = s.turn_id and a.seq = s.seq
        order by a.asked_at desc limit 1) as asked
    from switchboard.steps s
    where s.organization_id = current_setting('switchboard.organization')::uuid and s.turn_id = any(${[...turns]}::uuid[])
    order by s.seq`;
  return new Map([...Map.groupBy(rows, (row) => row.turn_id)].map(([turn, own]) => [turn, own.map(toStep)]));
}

function toStep({ seq, state, run, call, wanted, returned, digest, asked }: Row): Step {
  if (call === null) return { kind: 'model', seq, run, wanted: wanted ?? undefined };
  return {
    kind: 'tool',
    seq,
    run,
    state,
    call,
    digest: digest ?? '',
    returned: returned ?? undefined,
    asked: asked ?? undefined,
  };
}
