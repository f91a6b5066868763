import { budgetsOf, type Budget, type Slot, type Spot } from '../model/budget.ts';
import { Failure } from '../model/failure.ts';
import type { OrganizationId } from '../model/ids.ts';
import { inOrganization, type Database, type Transaction } from './database.ts';
import { fromNumeric, toDollars } from './money.ts';
import { asJson } from './rows.ts';

/** A channel that is told how much of a budget is spent. The platform's ids. */
export type AlertPlace = { readonly app: string; readonly install: string; readonly channel: string };

/** A budget that is to be kept. */
export type NewBudget = Budget & { readonly alert: AlertPlace | undefined };

/** Milliseconds after which a changed budget is heard of at the latest. */
const FRESH_MS = 5_000;

/** Reads an organization's budgets, and again when they may have changed; @throws as any query. */
export function openBudgets(db: Database): (organization: OrganizationId) => Promise<readonly Budget[]> {
  const known = new Map<OrganizationId, { readonly budgets: Promise<readonly Budget[]>; readonly until: number }>();
  return (organization) => {
    const fresh = known.get(organization);
    if (fresh !== undefined && fresh.until > performance.now()) return fresh.budgets;
    const budgets = inOrganization(db, organization, readBudgets);
    known.set(organization, { budgets, until: performance.now() + FRESH_MS });
    budgets.catch(() => known.delete(organization));
    return budgets;
  };
}

type Row = Omit<Budget, 'app' | 'dollars'> & { readonly app: string | null; readonly dollars: number };

export async function readBudgets(tx: Transaction): Promise<readonly Budget[]> {
  const rows = await tx<Row[]>`
    select id, scope, app_id as app, install, channel, person, every, time_zone as "timeZone", dollars::float8 as dollars
    from switchboard.budgets where organization_id = current_setting('switchboard.organization')::uuid order by id`;
  return rows.map((row) => ({ ...row, app: row.app ?? undefined }));
}

/** Makes the configuration's budgets these; what was spent of one that stays is still spent. @throws Failure `invalid`. */
export async function saveFileBudgets(tx: Transaction, budgets: readonly NewBudget[]): Promise<void> {
  await requireZones(tx, [...new Set(budgets.map(({ timeZone }) => timeZone))]);
  const rows = budgets.map((budget) => ({ ...budget, app: budget.app ?? null, alert: budget.alert ?? null }));
  await tx`delete from switchboard.budgets where organization_id = current_setting('switchboard.organization')::uuid
    and origin = 'file' and not id = any(${rows.map(({ id }) => id)}::uuid[])`;
  await tx`
    insert into switchboard.budgets (organization_id, id, scope, app_id, install, channel, person, every, time_zone, dollars, alert, origin)
    select current_setting('switchboard.organization')::uuid, id, scope, app, install, channel, person, every, "timeZone", dollars, alert, 'file'
    from json_to_recordset(${asJson(tx, rows)}) as r(id uuid, scope text, app uuid, install text, channel text, person text, every text,
      "timeZone" text, dollars numeric, alert jsonb)
    order by id
    on conflict (organization_id, id) do update set time_zone = excluded.time_zone, dollars = excluded.dollars, alert = excluded.alert`;
}

/** It is the database that tells when a day begins. */
async function requireZones(tx: Transaction, zones: readonly string[]): Promise<void> {
  const unknown = await tx<{ zone: string }[]>`select zone from unnest(${[...zones]}::text[]) as wanted(zone)
    where not exists (select 1 from pg_timezone_names known where lower(known.name) = lower(zone))`;
  if (unknown.length > 0)
    throw new Failure(
      'invalid',
      `budgets: the database knows no time zone ${unknown.map(({ zone }) => zone).join(', ')}`,
    );
}

/** `period` and `anewMs` of a budget, from when on it begins anew (null: never), in a statement in which it is `b`. */
export const periodOf = (tx: Transaction): ReturnType<Transaction> => tx`
  case b.every when 'day' then to_char(now() at time zone b.time_zone, 'YYYY-MM-DD')
    when 'month' then to_char(now() at time zone b.time_zone, 'YYYY-MM') else 'total' end as period,
  case when b.every <> 'total' then (extract(epoch from
    (date_trunc(b.every, now() at time zone b.time_zone) + ('1 ' || b.every)::interval) at time zone b.time_zone) * 1000)::float8 end as "anewMs"`;

/** What is left of a budget. US dollars; what calls under way may still spend is not left. */
export type Left = Budget & { readonly left: number; readonly anewAt: Date | undefined };

/** What is left of the budgets that count in a spot, the narrowest first. */
export async function readLeft(tx: Transaction, spot: Spot): Promise<readonly Left[]> {
  const all = budgetsOf(await readBudgets(tx), spot);
  if (all.length === 0) return [];
  const slots = all.map(({ budget, subject }): Slot => ({ budget, subject }));
  const rows = await tx<{ id: string; used: string; anewMs: number | null; most: string }[]>`
    select b.id, b.dollars::text as most, coalesce(p.spent + p.held, 0)::text as used, b."anewMs"
    from json_to_recordset(${asJson(tx, slots)}) as r(budget uuid, subject text)
    join (select b.*, ${periodOf(tx)} from switchboard.budgets b
      where b.organization_id = current_setting('switchboard.organization')::uuid) b on b.id = r.budget
    left join switchboard.budget_periods p on p.organization_id = b.organization_id and p.budget_id = b.id and p.subject = r.subject
      and p.period = b.period`;
  return all.flatMap((budget) => {
    const row = rows.find(({ id }) => id === budget.id);
    if (row === undefined) return [];
    const left = Math.max(0, toDollars(fromNumeric(row.most) - fromNumeric(row.used)));
    return [{ ...budget, left, anewAt: row.anewMs === null ? undefined : new Date(row.anewMs) }];
  });
}

/** A budget as people look at it. US dollars of the day, month or all time that is now; of each person by themselves, of all together. */
export type ListedBudget = Omit<Budget, 'app'> & {
  readonly app: string | null;
  readonly alert: AlertPlace | null;
  readonly origin: 'file' | 'console';
  readonly spent: number;
  readonly held: number;
};

export async function listBudgets(tx: Transaction): Promise<readonly ListedBudget[]> {
  return tx<ListedBudget[]>`
    select b.id, b.scope, b.app_id as app, b.install, b.channel, b.person, b.every, b.time_zone as "timeZone", b.dollars::float8 as dollars, b.alert, b.origin,
      coalesce(sum(p.spent), 0)::float8 as spent, coalesce(sum(p.held), 0)::float8 as held
    from (select b.*, ${periodOf(tx)} from switchboard.budgets b where b.organization_id = current_setting('switchboard.organization')::uuid) b
    left join switchboard.budget_periods p on p.organization_id = b.organization_id and p.budget_id = b.id and p.period = b.period
    group by b.id, b.scope, b.app_id, b.install, b.channel, b.person, b.every, b.time_zone, b.dollars, b.alert, b.origin, b.created_at
    order by b.created_at, b.id`;
}

/** Adds a budget of the console, or changes the amount, time zone and alert of one. @throws Failure `invalid`. */
export async function saveBudget(tx: Transaction, budget: NewBudget): Promise<boolean> {
  await requireZones(tx, [budget.timeZone]);
  const row = { ...budget, app: budget.app ?? null, alert: budget.alert ?? null };
  const rows = await tx`
    insert into switchboard.budgets as b (organization_id, id, scope, app_id, install, channel, person, every, time_zone, dollars, alert, origin)
    select current_setting('switchboard.organization')::uuid, id, scope, app, install, channel, person, every, "timeZone", dollars, alert, 'console'
    from json_to_recordset(${asJson(tx, [row])}) as r(id uuid, scope text, app uuid, install text, channel text, person text, every text,
      "timeZone" text, dollars numeric, alert jsonb)
    on conflict (organization_id, id) do update set time_zone = excluded.time_zone, dollars = excluded.dollars, alert = excluded.alert
      where b.origin = 'console' and (b.scope, b.app_id, b.install, b.channel, b.person, b.every)
        is not distinct from (excluded.scope, excluded.app_id, excluded.install, excluded.channel, excluded.person, excluded.every)
    returning 1`;
  return rows.length > 0;
}

/** Whether there was one of the console's. */
export async function removeBudget(tx: Transaction, id: string): Promise<boolean> {
  const rows = await tx`delete from switchboard.budgets
    where organization_id = current_setting('switchboard.organization')::uuid and id = ${id} and origin = 'console' returning 1`;
  return rows.length > 0;
}
