import type { Transaction } from './database.ts';

/** What usage can be told apart by. */
export const USAGE_GROUPS = ['day', 'app', 'install', 'channel', 'person', 'model'] as const;
export type UsageGroup = (typeof USAGE_GROUPS)[number];

/** What was used. Tokens; US dollars as far as prices are known. What it is not told apart by is empty. */
export type UsageRow = {
  readonly day: string;
  readonly app: string;
  readonly platform: string;
  readonly install: string;
  readonly channel: string;
  readonly person: string;
  readonly personName: string;
  readonly provider: string;
  readonly model: string;
  readonly calls: number;
  readonly failed: number;
  readonly answers: number;
  readonly tokensIn: number;
  readonly tokensCached: number;
  readonly tokensOut: number;
  readonly dollars: number;
};

export type UsageWanted = {
  /** Days in UTC, both included: `2027-01-31`. */
  readonly from: string;
  readonly to: string;
  readonly by: readonly UsageGroup[];
  readonly most: number;
};

/** The dearest first; by day, the newest first. */
export async function reportUsage(tx: Transaction, { from, to, by, most }: UsageWanted): Promise<readonly UsageRow[]> {
  const [day, app, install, channel, person, model] = USAGE_GROUPS.map((group) => by.includes(group));
  return tx<UsageRow[]>`
    with grouped as (
      select case when ${day ?? false} then u.day::text else '' end as day, case when ${app ?? false} then u.app_id end as app_id,
        case when ${install ?? false} then u.install else '' end as install, case when ${channel ?? false} then u.channel else '' end as channel,
        case when ${person ?? false} then u.person else '' end as person, case when ${person ?? false} then u.app_id end as person_app,
        case when ${model ?? false} then u.provider else '' end as provider, case when ${model ?? false} then u.model else '' end as model,
        sum(u.calls)::float8 as calls, sum(u.failed)::float8 as failed, sum(u.answers)::float8 as answers,
        sum(u.input_tokens + u.cached_input_tokens + u.cache_write_tokens)::float8 as "tokensIn", sum(u.cached_input_tokens)::float8 as "tokensCached",
        sum(u.output_tokens)::float8 as "tokensOut", sum(u.dollars)::float8 as dollars
      from switchboard.usage_days u
      where u.organization_id = current_setting('switchboard.organization')::uuid and u.day between ${from}::date and ${to}::date
      group by 1, 2, 3, 4, 5, 6, 7, 8
    )
    select g.day, coalesce(g.app_id::text, '') as app, coalesce(a.platform, '') as platform, g.install, g.channel, g.person,
      coalesce((select p.name from switchboard.people p where p.organization_id = current_setting('switchboard.organization')::uuid
        and p.app_id = g.person_app and p.id = g.person limit 1), '') as "personName",
      g.provider, g.model, g.calls, g.failed, g.answers, g."tokensIn", g."tokensCached", g."tokensOut", g.dollars
    from grouped g left join switchboard.apps a on a.organization_id = current_setting('switchboard.organization')::uuid and a.id = coalesce(g.app_id, g.person_app)
    order by g.day desc, g.dollars desc, g.calls desc limit ${most}`;
}
