import postgres from 'postgres';
import { DEFAULT_ORGANIZATION, environmentApp, registerEnvironmentApps } from '../../src/db/apps.ts';
import { saveFileBudgets, type NewBudget } from '../../src/db/budgets.ts';
import { inOrganization, openDatabase } from '../../src/db/database.ts';
import { deriveId } from '../../src/db/derive-id.ts';
import { expireHolds } from '../../src/db/holds.ts';

export const INSTALLS = ['w0', 'w1'] as const;
export const CHANNELS = ['c0', 'c1', 'c2'] as const;
export const PEOPLE = Array.from({ length: 12 }, (_, index) => `u${index}`);
export const APP = environmentApp('slack');

/** US dollars that one answer may cost; it takes a few calls. */
export const PER_ANSWER = 0.05;

/** Budgets in budgets: all of them are too small for what is wanted, the wider ones most of all. */
export function budgetsFor(seconds: number): readonly NewBudget[] {
  const base = {
    app: undefined,
    install: '',
    channel: '',
    person: '',
    every: 'total',
    timeZone: 'Europe/Vienna',
    alert: { app: APP, install: 'w0', channel: 'money' },
  } as const;
  const per = (share: number): number => Math.ceil(seconds * share * 100) / 100;
  const one = (name: string, rest: Omit<NewBudget, keyof typeof base | 'id'> & Partial<NewBudget>): NewBudget => ({
    ...base,
    id: deriveId('bench-budget', name),
    ...rest,
  });
  return [
    one('organization', { scope: 'organization', dollars: per(1) }),
    one('today', { scope: 'organization', dollars: per(1.1), every: 'day' }),
    ...INSTALLS.map((install) => one(install, { scope: 'install', app: APP, install, dollars: per(0.7) })),
    ...INSTALLS.flatMap((install) =>
      CHANNELS.map((channel) =>
        one(`${install}/${channel}`, { scope: 'channel', app: APP, install, channel, dollars: per(0.3) }),
      ),
    ),
    one('person', { scope: 'person', person: '*', dollars: per(0.15) }),
  ];
}

/** Makes the budgets, and a ledger beside them: what the vendor would write on the bill. */
export async function makeWorld(url: string, seconds: number): Promise<void> {
  await using db = openDatabase(url, 2);
  await inOrganization(db, DEFAULT_ORGANIZATION, async (tx) => {
    await registerEnvironmentApps(tx, ['slack']);
    await saveFileBudgets(tx, budgetsFor(seconds));
  });
  await db.sql`create table if not exists public.bills (budget uuid, subject text, dollars numeric not null)`;
}

/** More of the widest budgets, so that they are always nearly used up. */
export async function topUp(url: string, dollars: number): Promise<void> {
  await using db = openDatabase(url, 1);
  await inOrganization(
    db,
    DEFAULT_ORGANIZATION,
    (tx) => tx`update switchboard.budgets set dollars = dollars + ${dollars} where scope = 'organization'`,
  );
}

/** What became of budgets of one kind. */
export type Verdict = {
  readonly kind: string;
  readonly budgets: number;
  readonly may: number;
  /** What the budgets have counted, and what stands on the vendor's bill. US dollars. */
  readonly spent: number;
  readonly billed: number;
  /** More spent, or billed, than there was. */
  readonly over: number;
  /** More billed than was counted. */
  readonly lost: number;
  /** Something is held though nobody is at work. */
  readonly held: number;
};

/** Lets ten minutes go by, and compares. */
export async function judge(url: string): Promise<{ readonly rows: readonly Verdict[]; readonly holds: number }> {
  await using db = openDatabase(url, 2);
  await inOrganization(
    db,
    DEFAULT_ORGANIZATION,
    (tx) => tx`update switchboard.holds set expires_at = now() - interval '1 second'`,
  );
  while ((await inOrganization(db, DEFAULT_ORGANIZATION, expireHolds)) > 0);
  const rows = await db.sql<Verdict[]>`
    with bills as (select budget, subject, sum(dollars) as dollars from public.bills group by 1, 2),
    kept as (
      select case p.period when 'run' then 'answer' else b.scope || ' / ' || b.every end as kind, p.spent, p.held,
        case p.period when 'run' then ${PER_ANSWER}::numeric else b.dollars end as may, coalesce(v.dollars, 0) as billed
      from switchboard.budget_periods p
      left join switchboard.budgets b on b.organization_id = p.organization_id and b.id = p.budget_id
      left join bills v on v.budget = p.budget_id and v.subject = p.subject
    )
    select kind, count(*)::int as budgets, sum(may)::float8 as may, sum(spent)::float8 as spent, sum(billed)::float8 as billed,
      (count(*) filter (where spent > may or billed > may))::int as over, (count(*) filter (where billed > spent))::int as lost,
      (count(*) filter (where held <> 0))::int as held
    from kept group by kind order by kind`;
  const [left] = await db.sql<
    { count: number }[]
  >`select count(*)::int as count from switchboard.holds where not expired`;
  return { rows, holds: left?.count ?? -1 };
}

export const openLedger = (url: string): postgres.Sql => postgres(url, { max: 2, onnotice: () => {} });
