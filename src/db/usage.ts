import type { Spot } from '../model/budget.ts';
import { readLeft, type Left } from './budgets.ts';
import type { Transaction } from './database.ts';
import { settleHolds } from './holds.ts';
import { asJson } from './rows.ts';

/** For whom a model was asked, and the money that was held for it. */
export type Bill = Spot & {
  /** Undefined: none was held. */
  readonly hold: string | undefined;
  /** What the hold is settled with, in US dollars; null: that is not known, and all of it is counted. */
  readonly dollars: number | null;
};

/** A call that has ended, as far as it is counted. */
type Called = {
  readonly state: 'done' | 'failed';
  readonly provider: string;
  readonly model: string;
  readonly usage: unknown;
  /** US dollars. */
  readonly cost: number | null;
  /** Undefined: nobody was asked. */
  readonly bill?: Bill | undefined;
};

/** Calls of one turn that end in one transaction. */
export type Calls = { readonly steps: readonly Called[]; readonly answered: boolean };

/**
 * Counts calls of models by day, place, person and model, and what they have cost. Rows of days first, then those of budgets, both
 * in one order: so that two transactions never wait for each other in a ring.
 */
export async function countCalls(tx: Transaction, items: readonly Calls[]): Promise<void> {
  await countDays(tx, items);
  const ends = items.flatMap(({ steps }) =>
    steps.flatMap(({ bill }) => (bill?.hold === undefined ? [] : [{ hold: bill.hold, dollars: bill.dollars }])),
  );
  if (ends.length > 0) await settleHolds(tx, ends);
}

async function countDays(tx: Transaction, items: readonly Calls[]): Promise<void> {
  const rows = items.flatMap(({ steps, answered }) =>
    steps.flatMap((step, index) => rowOf(step, answered && index === steps.length - 1)),
  );
  if (rows.length === 0) return;
  await tx`
    insert into switchboard.usage_days as u (organization_id, day, app_id, install, channel, person, provider, model, calls, failed, answers,
      input_tokens, cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens, dollars)
    select current_setting('switchboard.organization')::uuid, (now() at time zone 'UTC')::date, app, install, channel, person, provider, model,
      count(*), sum(failed), sum(answers), sum(coalesce((usage->>'inputTokens')::bigint, 0)), sum(coalesce((usage->>'cachedInputTokens')::bigint, 0)),
      sum(coalesce((usage->>'cacheWriteTokens')::bigint, 0)), sum(coalesce((usage->>'outputTokens')::bigint, 0)),
      sum(coalesce((usage->>'reasoningTokens')::bigint, 0)), sum(coalesce(cost, 0))
    from json_to_recordset(${asJson(tx, rows)}) as r(app uuid, install text, channel text, person text, provider text, model text, failed int,
      answers int, usage jsonb, cost numeric)
    group by app, install, channel, person, provider, model
    order by app, install collate "C", channel collate "C", person collate "C", provider collate "C", model collate "C"
    on conflict (organization_id, day, app_id, install, channel, person, provider, model) do update set
      calls = u.calls + excluded.calls, failed = u.failed + excluded.failed, answers = u.answers + excluded.answers,
      input_tokens = u.input_tokens + excluded.input_tokens, cached_input_tokens = u.cached_input_tokens + excluded.cached_input_tokens,
      cache_write_tokens = u.cache_write_tokens + excluded.cache_write_tokens, output_tokens = u.output_tokens + excluded.output_tokens,
      reasoning_tokens = u.reasoning_tokens + excluded.reasoning_tokens, dollars = u.dollars + excluded.dollars`;
}

function rowOf({ bill, state, provider, model, usage, cost }: Called, isAnswer: boolean): readonly object[] {
  // Nobody fitted, and so nobody was asked.
  if (bill === undefined || (provider === '' && usage === null)) return [];
  const { app, install, channel, person } = bill;
  const [failed, answers] = [state === 'failed' ? 1 : 0, isAnswer ? 1 : 0];
  return [{ app, install, channel, person, provider, model, failed, answers, usage, cost }];
}

/** What answers have used. Tokens; US dollars as far as prices are known. */
export type Used = {
  readonly answers: number;
  readonly tokensIn: number;
  readonly tokensOut: number;
  readonly dollars: number;
};

/** What somebody is told who asks for it. */
export type UsedThere = {
  readonly thread: Used;
  /** In 30 days, by all accounts that are linked with the one at hand. */
  readonly person: Used;
  /** The last answer; undefined: there is none. Its dollars are null where a price is not known. */
  readonly last: { readonly dollars: number | null } | undefined;
  /** Of the person and the channel. */
  readonly left: readonly Left[];
};

/** @param last the turn of the last answer. */
export async function readUsed(
  tx: Transaction,
  spot: Spot & { readonly thread: string },
  last: string | undefined,
): Promise<UsedThere> {
  const [thread, person, cost, left] = await Promise.all([
    ofThread(tx, spot.thread),
    ofPerson(tx, spot),
    last === undefined ? undefined : costOf(tx, last),
    readLeft(tx, spot),
  ]);
  return { thread, person, last: cost, left: left.filter(({ scope }) => scope === 'person' || scope === 'channel') };
}

const NOTHING: Used = { answers: 0, tokensIn: 0, tokensOut: 0, dollars: 0 };

async function ofThread(tx: Transaction, thread: string): Promise<Used> {
  const [row] = await tx<Used[]>`
    select count(distinct r.id)::float8 as answers,
      coalesce(sum((s.usage->>'inputTokens')::numeric + (s.usage->>'cachedInputTokens')::numeric + (s.usage->>'cacheWriteTokens')::numeric), 0)::float8 as "tokensIn",
      coalesce(sum((s.usage->>'outputTokens')::numeric), 0)::float8 as "tokensOut", coalesce(sum(s.cost_usd), 0)::float8 as dollars
    from switchboard.turns r left join switchboard.steps s on s.organization_id = r.organization_id and s.turn_id = r.id
    where r.organization_id = current_setting('switchboard.organization')::uuid and r.thread_id = ${thread}
      and r.state = 'answered' and coalesce(r.template, '') not like 'command:%'`;
  return row ?? NOTHING;
}

async function ofPerson(tx: Transaction, { app, person }: Spot): Promise<Used> {
  const [row] = await tx<Used[]>`
    with accounts as (
      select ${app}::uuid as app_id, ${person}::text as id
      union
      select p.app_id, p.id from switchboard.people p where p.organization_id = current_setting('switchboard.organization')::uuid
        and p.one_with in (select o.one_with from switchboard.people o where o.organization_id = p.organization_id and o.app_id = ${app} and o.id = ${person})
    )
    select coalesce(sum(u.answers), 0)::float8 as answers,
      coalesce(sum(u.input_tokens + u.cached_input_tokens + u.cache_write_tokens), 0)::float8 as "tokensIn",
      coalesce(sum(u.output_tokens), 0)::float8 as "tokensOut", coalesce(sum(u.dollars), 0)::float8 as dollars
    from accounts a join switchboard.usage_days u on u.organization_id = current_setting('switchboard.organization')::uuid
      and u.app_id = a.app_id and u.person = a.id and u.day > (now() at time zone 'UTC')::date - 30`;
  return row ?? NOTHING;
}

async function costOf(tx: Transaction, turn: string): Promise<{ readonly dollars: number | null }> {
  const [row] = await tx<{ dollars: number | null }[]>`
    select case when bool_or(cost_usd is null and state = 'done') then null else coalesce(sum(cost_usd), 0) end::float8 as dollars
    from switchboard.steps where organization_id = current_setting('switchboard.organization')::uuid and turn_id = ${turn} and kind = 'model'`;
  return { dollars: row?.dollars ?? null };
}
