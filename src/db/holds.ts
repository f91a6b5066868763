import { randomUUID } from 'node:crypto';
import type { Slot } from '../model/budget.ts';
import type { TurnId } from '../model/ids.ts';
import { periodOf } from './budgets.ts';
import type { Transaction } from './database.ts';
import { fromNumeric, picodollars, picodollarsAtMost, toDollars, toNumeric, type Picodollars } from './money.ts';
import { keyOf, lockPeriods, RUN, tellUsedUp, writePeriods, type Period, type PeriodKey } from './periods.ts';
import { asJson } from './rows.ts';

/** A call that wants to be paid for. */
export type Reserve = {
  readonly turn: TurnId;
  /** What it counts against, the narrowest first. */
  readonly slots: readonly Slot[];
  /** What the whole answer may cost, where there is a limit to it: counted under `run`. */
  readonly answer: { readonly run: string; readonly most: number } | undefined;
  /** The most that it can cost. US dollars. */
  readonly dollars: number;
};

export type Reserved =
  | { readonly kind: 'granted'; readonly hold: string }
  | {
      readonly kind: 'refused';
      /** Undefined: what one answer may cost. */
      readonly budget: string | undefined;
      /** US dollars. */
      readonly left: number;
      /** When it begins anew. */
      readonly anewAt: Date | undefined;
      /** There may be room when calls that are under way have ended. */
      readonly busy: boolean;
    };

/** Minutes after which nobody is expected to say what a call has cost. One that takes longer is set right when it ends. */
export const EXPIRES_MIN = 10;

/** Hours after which an expired hold is forgotten: no call lasts as long. */
const FORGOTTEN_H = 3;

type Limit = {
  readonly id: string;
  readonly most: Picodollars;
  readonly period: string;
  readonly anewAt: Date | undefined;
};
type Wanted = PeriodKey & { readonly limit: Limit };

/** Holds money for calls, all or nothing in all budgets of each, in the order of asking: one transaction. */
export async function reserve(tx: Transaction, items: readonly Reserve[]): Promise<readonly Reserved[]> {
  const limits = await readLimits(tx, items);
  const wanted = items.map((item) => wantedBy(item, limits));
  const periods = await lockPeriods(tx, wanted.flat());
  const touched = new Set<string>();
  const usedUp = new Set<string>();
  const outcomes = items.map((item, index): Reserved => {
    const amount = picodollarsAtMost(item.dollars);
    const own = wanted[index] ?? [];
    const lacking = lackingOf(own, periods, amount);
    if (lacking !== undefined) {
      const key = keyOf(lacking.wanted);
      if (!lacking.busy) usedUp.add(key);
      return refused(lacking);
    }
    for (const key of own.map(keyOf)) {
      const period = periods.get(key);
      if (period !== undefined) periods.set(key, { ...period, held: period.held + amount });
      touched.add(key);
    }
    return { kind: 'granted', hold: randomUUID() };
  });
  await alertUsedUp(tx, periods, usedUp, touched);
  await writePeriods(
    tx,
    [...touched].flatMap((key) => periods.get(key) ?? []),
  );
  await writeHolds(tx, items, wanted, outcomes);
  return outcomes;
}

/** A budget that was taken away since it was read limits nothing. */
async function readLimits(tx: Transaction, items: readonly Reserve[]): Promise<ReadonlyMap<string, Limit>> {
  const ids = [...new Set(items.flatMap(({ slots }) => slots.map(({ budget }) => budget)))];
  if (ids.length === 0) return new Map();
  const rows = await tx<{ id: string; most: string; period: string; anewMs: number | null }[]>`
    select b.id, b.dollars::text as most, ${periodOf(tx)} from switchboard.budgets b
    where b.organization_id = current_setting('switchboard.organization')::uuid and b.id = any(${ids}::uuid[])`;
  return new Map(
    rows.map(({ id, most, period, anewMs }) => [
      id,
      { id, most: fromNumeric(most), period, anewAt: anewMs === null ? undefined : new Date(anewMs) },
    ]),
  );
}

function wantedBy({ turn, slots, answer }: Reserve, limits: ReadonlyMap<string, Limit>): readonly Wanted[] {
  const run: Wanted[] =
    answer === undefined
      ? []
      : [
          {
            budget: turn,
            subject: answer.run,
            period: RUN,
            limit: { id: turn, most: picodollars(answer.most), period: RUN, anewAt: undefined },
          },
        ];
  const others = slots.flatMap(({ budget, subject }): Wanted[] => {
    const limit = limits.get(budget);
    return limit === undefined ? [] : [{ budget, subject, period: limit.period, limit }];
  });
  return [...run, ...others];
}

type Lacking = { readonly wanted: Wanted; readonly left: Picodollars; readonly busy: boolean };

/** Where there is no room: rather what is used up for good than what may be free again in a moment. */
function lackingOf(
  wanted: readonly Wanted[],
  periods: ReadonlyMap<string, Period>,
  amount: Picodollars,
): Lacking | undefined {
  const lacking = wanted.flatMap((one): Lacking[] => {
    const { spent = 0n, held = 0n } = periods.get(keyOf(one)) ?? {};
    const left = one.limit.most - spent - held;
    return left >= amount ? [] : [{ wanted: one, left, busy: one.limit.most - spent >= amount }];
  });
  return lacking.find(({ busy }) => !busy) ?? lacking[0];
}

const refused = ({ wanted, left, busy }: Lacking): Reserved => ({
  kind: 'refused',
  budget: wanted.period === RUN ? undefined : wanted.budget,
  left: Math.max(0, toDollars(left)),
  anewAt: wanted.limit.anewAt,
  busy,
});

async function alertUsedUp(
  tx: Transaction,
  periods: Map<string, Period>,
  usedUp: ReadonlySet<string>,
  touched: Set<string>,
): Promise<void> {
  const silent = [...usedUp].flatMap((key) => periods.get(key) ?? []);
  const untold = silent.filter(({ period, alerted }) => period !== RUN && alerted < 100);
  await tellUsedUp(tx, untold);
  for (const period of untold) {
    const key = keyOf(period);
    periods.set(key, { ...period, alerted: 100 });
    touched.add(key);
  }
}

async function writeHolds(
  tx: Transaction,
  items: readonly Reserve[],
  wanted: readonly (readonly Wanted[])[],
  outcomes: readonly Reserved[],
): Promise<void> {
  const rows = items.flatMap(({ turn, dollars }, index) => {
    const outcome = outcomes[index];
    if (outcome?.kind !== 'granted') return [];
    const amount = toNumeric(picodollarsAtMost(dollars));
    return (wanted[index] ?? []).map(({ budget, subject, period }) => ({
      id: outcome.hold,
      budget,
      subject,
      period,
      turn,
      amount,
    }));
  });
  if (rows.length === 0) return;
  await tx`
    insert into switchboard.holds (organization_id, id, budget_id, subject, period, turn_id, dollars, expires_at)
    select current_setting('switchboard.organization')::uuid, id, budget, subject, period, turn, amount, now() + make_interval(mins => ${EXPIRES_MIN})
    from json_to_recordset(${asJson(tx, rows)}) as r(id uuid, budget uuid, subject text, period text, turn uuid, amount numeric)`;
}

/** What a call has cost that money is held for. */
export type HoldEnd = {
  readonly hold: string;
  /** US dollars; 0 gives all of it back. Null: nobody knows, and all that was held counts as spent. */
  readonly dollars: number | null;
};

type HoldRow = PeriodKey & { readonly id: string; readonly dollars: string; readonly expired: boolean };

const columns = (tx: Transaction): ReturnType<Transaction> =>
  tx`id, budget_id as budget, subject, period, dollars::text as dollars, expired`;

/** Counts what calls have really cost, also of holds that have expired meanwhile. Done twice it is as done once. */
export async function settleHolds(tx: Transaction, items: readonly HoldEnd[]): Promise<readonly true[]> {
  const ids = items.map(({ hold }) => hold);
  const held = await tx<HoldRow[]>`select ${columns(tx)} from switchboard.holds
    where organization_id = current_setting('switchboard.organization')::uuid and id = any(${ids}::uuid[])`;
  if (held.length > 0) {
    const periods = await lockPeriods(tx, held);
    const ended = await tx<HoldRow[]>`delete from switchboard.holds
      where organization_id = current_setting('switchboard.organization')::uuid and id = any(${ids}::uuid[]) returning ${columns(tx)}`;
    const costs = new Map(items.map(({ hold, dollars }) => [hold, dollars]));
    for (const row of ended) settleOne(periods, row, costs.get(row.id) ?? null);
    await writePeriods(tx, [...periods.values()]);
  }
  return items.map(() => true);
}

function settleOne(periods: Map<string, Period>, row: HoldRow, dollars: number | null): void {
  const key = keyOf(row);
  const period = periods.get(key);
  if (period === undefined) return;
  const held = fromNumeric(row.dollars);
  const cost = dollars === null ? held : picodollars(dollars);
  const [freed, counted] = row.expired ? [0n, held] : [held, 0n];
  periods.set(key, { ...period, held: period.held - freed, spent: period.spent + cost - counted });
}

/** Holds of one transaction. */
const MOST = 1_000;

/** Counts as spent what nobody has settled in time, and forgets what can be settled no more. */
export async function expireHolds(tx: Transaction): Promise<number> {
  const due = await tx<{ id: string }[]>`select distinct id from switchboard.holds
    where organization_id = current_setting('switchboard.organization')::uuid and expires_at < now() and not expired limit ${MOST}`;
  const ids = due.map(({ id }) => id);
  const late = await tx<HoldRow[]>`select ${columns(tx)} from switchboard.holds
    where organization_id = current_setting('switchboard.organization')::uuid and id = any(${ids}::uuid[])`;
  const periods = await lockPeriods(tx, late);
  const expired = await tx<HoldRow[]>`update switchboard.holds set expired = true
    where organization_id = current_setting('switchboard.organization')::uuid and id = any(${ids}::uuid[]) and not expired
    returning id, budget_id as budget, subject, period, dollars::text as dollars, false as expired`;
  for (const row of expired) settleOne(periods, row, null);
  await writePeriods(tx, [...periods.values()]);
  await tx`delete from switchboard.holds where organization_id = current_setting('switchboard.organization')::uuid
    and expired and expires_at < now() - make_interval(hours => ${FORGOTTEN_H})`;
  await tx`delete from switchboard.budget_periods p where organization_id = current_setting('switchboard.organization')::uuid
    and period = ${RUN} and updated_at < now() - interval '1 day'
    and not exists (select 1 from switchboard.holds h where h.organization_id = p.organization_id and h.budget_id = p.budget_id)`;
  return expired.length;
}
