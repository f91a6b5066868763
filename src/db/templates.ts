import { z } from 'zod';
import type { Transaction } from './database.ts';
import { asJson } from './rows.ts';

/** A version of a prompt; it is never changed. */
export type StoredTemplate = {
  readonly name: string;
  readonly version: number;
  readonly source: string;
  readonly createdBy: string;
  readonly createdAt: string;
};

/** Where a rule holds; what is empty fits all. */
export type Selection = {
  readonly platform: string;
  /** The platform's ids. */
  readonly install: string;
  readonly channel: string;
  readonly command: string;
  readonly task: string;
};

/** A version, as `answer@2`, and its part of the threads. */
export type Variant = { readonly template: string; readonly share: number };

export type TemplateRule = Selection & {
  readonly id: number;
  /** Lower ones are looked at first; then those that say more precisely where they hold. */
  readonly position: number;
  readonly variants: readonly Variant[];
  readonly createdBy: string;
};

/** All that decides which wording is used. */
export type TemplateBook = {
  /** Sources by name and version. */
  readonly sources: ReadonlyMap<string, string>;
  /** In the order in which they are looked at; of each selection the newest alone. */
  readonly rules: readonly TemplateRule[];
};

const Variants = z.array(z.object({ template: z.string(), share: z.number() }));

/** The version that is built in is the first of this name. */
const BUILT_IN = { name: 'answer', version: 1 };

type RuleRow = Omit<TemplateRule, 'variants'> & { readonly variants: unknown };

/** The rules that hold, and the versions that they name. */
export async function readTemplateBook(tx: Transaction): Promise<TemplateBook> {
  const rows = await tx<RuleRow[]>`
    select distinct on (platform, install, channel, command, task) id::float8 as id, position, platform, install, channel, command, task, variants,
      created_by as "createdBy"
    from switchboard.template_rules where organization_id = current_setting('switchboard.organization')::uuid
    order by platform, install, channel, command, task, id desc`;
  const rules = rows.map((row): TemplateRule => ({ ...row, variants: Variants.parse(row.variants) }));
  const named = [...new Set(rules.flatMap(({ variants }) => variants.map(({ template }) => template)))];
  const sources = await tx<{ template: string; source: string }[]>`
    select name || '@' || version as template, source from switchboard.templates
    where organization_id = current_setting('switchboard.organization')::uuid and name || '@' || version = any(${named}::text[])`;
  return {
    sources: new Map(sources.map(({ template, source }) => [template, source])),
    rules: rules.toSorted(
      (one, other) => one.position - other.position || precision(other) - precision(one) || other.id - one.id,
    ),
  };
}

/** The narrower place weighs more than all that is wider. */
const precision = ({ platform, install, channel, command, task }: Selection): number =>
  [task, command, platform, install, channel].reduce((sum, part, index) => sum + (part === '' ? 0 : 2 ** index), 0);

export async function listTemplates(tx: Transaction): Promise<readonly StoredTemplate[]> {
  const rows = await tx<StoredTemplate[]>`
    select name, version, source, created_by as "createdBy", to_json(created_at)#>>'{}' as "createdAt" from switchboard.templates
    where organization_id = current_setting('switchboard.organization')::uuid order by name, version`;
  return [...rows];
}

/**
 * Adds a version; what says the same as the newest one of its name is that one.
 * @returns its name and version, as `answer@2`.
 */
export async function addTemplate(
  tx: Transaction,
  { name, source, by }: { readonly name: string; readonly source: string; readonly by: string },
): Promise<string> {
  await tx`select pg_advisory_xact_lock(hashtextextended('templates/' || current_setting('switchboard.organization'), 0))`;
  const [newest] = await tx<{ version: number; source: string }[]>`select version, source from switchboard.templates
    where organization_id = current_setting('switchboard.organization')::uuid and name = ${name} order by version desc limit 1`;
  if (newest?.source === source) return `${name}@${newest.version}`;
  const before = newest?.version ?? (name === BUILT_IN.name ? BUILT_IN.version : 0);
  await tx`insert into switchboard.templates (organization_id, name, version, source, created_by)
    values (current_setting('switchboard.organization')::uuid, ${name}, ${before + 1}, ${source}, ${by})`;
  return `${name}@${before + 1}`;
}

export type NewRule = Selection & {
  readonly position: number;
  readonly variants: readonly Variant[];
  readonly by: string;
};

/** Makes a selection use these versions from now on; what it used before can be gone back to. */
export async function addRule(tx: Transaction, { variants, by, ...at }: NewRule): Promise<void> {
  await tx`select pg_advisory_xact_lock(hashtextextended('templates/' || current_setting('switchboard.organization'), 0))`;
  const row = { ...at, variants, by };
  await tx`insert into switchboard.template_rules (organization_id, id, position, platform, install, channel, command, task, variants, created_by)
    select current_setting('switchboard.organization')::uuid,
      (select coalesce(max(id), 0) + 1 from switchboard.template_rules where organization_id = current_setting('switchboard.organization')::uuid),
      position, platform, install, channel, command, task, variants, by
    from json_to_recordset(${asJson(tx, [row])}) as r(position int, platform text, install text, channel text, command text, task text, variants jsonb, by text)`;
}

/** Takes the newest rule of a selection back; false: there is none, and the wider ones hold already. */
export async function rollBack(
  tx: Transaction,
  { platform, install, channel, command, task }: Selection,
): Promise<boolean> {
  const rows = await tx`
    delete from switchboard.template_rules where organization_id = current_setting('switchboard.organization')::uuid and id = (
      select max(id) from switchboard.template_rules where organization_id = current_setting('switchboard.organization')::uuid
        and platform = ${platform} and install = ${install} and channel = ${channel} and command = ${command} and task = ${task})
    returning 1`;
  return rows.length > 0;
}

/** What came of one version. US dollars, as far as prices are known. */
export type TemplateReport = {
  readonly template: string;
  readonly threads: number;
  readonly answers: number;
  readonly failed: number;
  readonly good: number;
  readonly bad: number;
  readonly dollars: number;
  /** From the beginning of a turn to its end, of half of them at the most. Seconds. */
  readonly seconds: number;
};

/** @param days that are looked back. */
export async function reportTemplates(tx: Transaction, days: number): Promise<readonly TemplateReport[]> {
  const rows = await tx<TemplateReport[]>`
    with own as (
      select t.id, t.thread_id, t.template, t.state, extract(epoch from t.ended_at - t.started_at) as seconds,
        (select coalesce(sum(s.cost_usd), 0) from switchboard.steps s where s.organization_id = t.organization_id and s.turn_id = t.id) as dollars,
        (select count(*) from switchboard.feedback f where f.organization_id = t.organization_id and f.turn_id = t.id and f.verdict = 'good') as good,
        (select count(*) from switchboard.feedback f where f.organization_id = t.organization_id and f.turn_id = t.id and f.verdict = 'bad') as bad
      from switchboard.turns t where t.organization_id = current_setting('switchboard.organization')::uuid
        and t.started_at > now() - make_interval(days => ${days}) and t.template like '%@%'
    )
    select template, count(distinct thread_id)::int as threads, (count(*) filter (where state = 'answered'))::int as answers,
      (count(*) filter (where state = 'dead'))::int as failed, sum(good)::int as good, sum(bad)::int as bad, sum(dollars)::float8 as dollars,
      coalesce(percentile_cont(0.5) within group (order by seconds) filter (where state = 'answered'), 0)::float8 as seconds
    from own group by template order by template`;
  return [...rows];
}
