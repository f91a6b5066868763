import { inDollars, MARKS, type Budget, type Slot } from '../model/budget.ts';
import type { AlertPlace } from './budgets.ts';
import type { Transaction } from './database.ts';
import { deriveId } from './derive-id.ts';
import { fromNumeric, toDollars, toNumeric, type Picodollars } from './money.ts';
import { asJson } from './rows.ts';

/** Names one row of what is spent. */
export type PeriodKey = Slot & { readonly period: string };

/** One of these rows, locked. */
export type Period = PeriodKey & {
  readonly spent: Picodollars;
  readonly held: Picodollars;
  readonly alerted: number;
};

export const keyOf = ({ budget, subject, period }: PeriodKey): string => JSON.stringify([budget, subject, period]);

/** Of one answer alone. */
export const RUN = 'run';

/**
 * Locks the rows until the transaction ends, always in the same order, so that nobody waits for each other in a ring. Those
 * that are not there are made.
 */
export async function lockPeriods(tx: Transaction, keys: readonly PeriodKey[]): Promise<Map<string, Period>> {
  const unique = [...new Map(keys.map((key) => [keyOf(key), key])).values()];
  if (unique.length === 0) return new Map();
  const wanted = asJson(
    tx,
    unique.map(({ budget, subject, period }) => ({ budget, subject, period })),
  );
  const names = unique.map(({ budget }) => budget);
  await tx`
    insert into switchboard.budget_periods (organization_id, budget_id, subject, period)
    select current_setting('switchboard.organization')::uuid, budget, subject, period
    from json_to_recordset(${wanted}) as r(budget uuid, subject text, period text)
    order by budget, subject collate "C", period collate "C" on conflict do nothing`;
  const rows = await tx<(PeriodKey & { spent: string; held: string; alerted: number })[]>`
    select p.budget_id as budget, p.subject, p.period, p.spent::text as spent, p.held::text as held, p.alerted
    from switchboard.budget_periods p
    where p.organization_id = current_setting('switchboard.organization')::uuid and p.budget_id = any(${names}::uuid[])
      and (p.budget_id, p.subject, p.period) in (select budget, subject, period
        from json_to_recordset(${wanted}) as r(budget uuid, subject text, period text))
    order by p.budget_id, p.subject collate "C", p.period collate "C" for update of p`;
  return new Map(
    rows.map((row) => [keyOf(row), { ...row, spent: fromNumeric(row.spent), held: fromNumeric(row.held) }]),
  );
}

/** Writes rows that are locked, and tells whoever is to be told when a mark is crossed. */
export async function writePeriods(tx: Transaction, periods: readonly Period[]): Promise<void> {
  if (periods.length === 0) return;
  const told = await tellMarks(tx, periods);
  const rows = periods.map(({ budget, subject, period, spent, held, alerted }) => ({
    budget,
    subject,
    period,
    spent: toNumeric(spent),
    held: toNumeric(held),
    alerted: told.get(keyOf({ budget, subject, period })) ?? alerted,
  }));
  await tx`
    update switchboard.budget_periods p set spent = r.spent, held = r.held, alerted = r.alerted, updated_at = now()
    from json_to_recordset(${asJson(tx, rows)}) as r(budget uuid, subject text, period text, spent numeric, held numeric, alerted int)
    where p.organization_id = current_setting('switchboard.organization')::uuid and p.budget_id = r.budget and p.subject = r.subject
      and p.period = r.period and p.budget_id = any(${rows.map(({ budget }) => budget)}::uuid[])`;
}

type Told = Pick<Budget, 'id' | 'scope' | 'every'> & { readonly most: string; readonly alert: AlertPlace | null };

/** The marks that these rows have crossed. A refusal has set `alerted` to what is to be told. */
async function tellMarks(tx: Transaction, periods: readonly Period[]): Promise<ReadonlyMap<string, number>> {
  const spent = periods.filter(({ period, spent: amount, alerted }) => period !== RUN && alerted < 100 && amount > 0n);
  if (spent.length === 0) return new Map();
  const budgets = await readTold(tx, spent);
  const crossed = spent.flatMap((one) => {
    const budget = budgets.get(one.budget);
    const mark = budget && MARKS.findLast((per) => one.spent * 100n >= fromNumeric(budget.most) * BigInt(per));
    return budget === undefined || mark === undefined || mark <= one.alerted ? [] : [{ one, budget, mark }];
  });
  for (const { one, budget, mark } of crossed) await tell(tx, one, budget, mark);
  return new Map(crossed.map(({ one, mark }) => [keyOf(one), mark]));
}

async function readTold(tx: Transaction, keys: readonly Slot[]): Promise<ReadonlyMap<string, Told>> {
  const rows = await tx<Told[]>`select id, scope, every, dollars::text as most, alert from switchboard.budgets
    where organization_id = current_setting('switchboard.organization')::uuid and id = any(${keys.map(({ budget }) => budget)}::uuid[])`;
  return new Map(rows.map((row) => [row.id, row]));
}

/** That a budget is used up though not all of it is spent: the next call would not fit any more. Once in a period. */
export async function tellUsedUp(tx: Transaction, periods: readonly Period[]): Promise<void> {
  if (periods.length === 0) return;
  const budgets = await readTold(tx, periods);
  for (const one of periods) {
    const budget = budgets.get(one.budget);
    if (budget !== undefined) await tell(tx, one, budget, 100);
  }
}

/** It is said as any message that is said by itself, by whoever looks for those next: once, through crashes. */
async function tell(tx: Transaction, period: Period, budget: Told, mark: number): Promise<void> {
  if (budget.alert === null) return;
  const { app, install, channel } = budget.alert;
  const id = deriveId('budget-alert', period.budget, period.subject, period.period, `${mark}`);
  await tx`insert into switchboard.schedules (organization_id, id, app_id, install, channel, kind, text, time_zone, next_at, created_by)
    values (current_setting('switchboard.organization')::uuid, ${id}, ${app}, ${install}, ${channel}, 'say', ${textOf(period, budget, mark)},
      'UTC', now(), 'budget') on conflict do nothing`;
}

const WHOSE: Readonly<Record<Budget['scope'], string>> = {
  organization: 'the organization',
  install: 'a workspace',
  channel: 'a channel',
  person: 'a person',
};

function textOf({ subject, period, spent, budget: id }: Period, budget: Told, mark: number): string {
  const most = inDollars(toDollars(fromNumeric(budget.most)));
  const who = subject === '' ? '' : ` (${subject.slice(subject.indexOf('/') + 1)})`;
  const when = budget.every === 'total' ? '' : ` for ${period}`;
  const state = mark === 100 ? 'is used up' : `has reached ${mark} %`;
  return `The budget of ${WHOSE[budget.scope]}${who}${when} ${state}: ${inDollars(toDollars(spent))} of ${most} are spent. (${id.slice(0, 8)})`;
}
