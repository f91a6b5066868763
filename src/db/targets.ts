import type { Price } from '../llm/price.ts';
import type { Retention } from '../llm/target.ts';
import type { Transaction } from './database.ts';
import { asJson } from './rows.ts';

/** A target as it is kept. */
export type StoredTarget = {
  /** Unique in its organization. */
  readonly name: string;
  /** `file`: from the configuration, which has its key as well. */
  readonly origin: 'file' | 'console';
  readonly protocol: string;
  readonly model: string;
  readonly baseUrl: string | null;
  readonly sealedKey: string | null;
  readonly hearingModel: string | null;
  readonly embeddingModel: string | null;
  readonly tools: boolean;
  readonly sees: boolean;
  readonly windowTokens: number;
  readonly maxOutputTokens: number;
  readonly region: string | null;
  readonly retention: Retention;
  /** Null: as the catalogue has it. */
  readonly price: Price | null;
  readonly quality: number;
  readonly qualityFor: Readonly<Record<string, number>>;
};

/** With when it was changed last, in milliseconds since 1970. */
export type ReadTarget = StoredTarget & { readonly changedMs: number };

/** What a key is sealed for. */
export const keyPurpose = (organization: string, target: string): string => `${organization}/target/${target}`;

/**
 * An organization's targets that are not paused, in its order. The demo that stands in where nothing is configured is none as
 * soon as a model is set up in the console: it would answer in its place.
 */
export async function readTargets(tx: Transaction): Promise<readonly ReadTarget[]> {
  const active = (await listTargets(tx)).filter(({ paused }) => !paused);
  const own = active.filter((target) => !isStandIn(target));
  return own.length === 0 ? active : own;
}

const isStandIn = ({ origin, protocol, name }: ReadTarget): boolean =>
  origin === 'file' && protocol === 'demo' && name === STAND_IN;

/** What a model is called that nobody has named, as the configuration has it. */
const STAND_IN = 'default';

/** All of an organization's targets, in its order. */
export async function listTargets(tx: Transaction): Promise<readonly (ReadTarget & { readonly paused: boolean })[]> {
  return tx<(ReadTarget & { readonly paused: boolean })[]>`
    select name, paused, origin, protocol, model, base_url as "baseUrl", sealed_key as "sealedKey", hearing_model as "hearingModel", embedding_model as "embeddingModel", tools, sees,
      window_tokens as "windowTokens", max_output_tokens as "maxOutputTokens", region, retention, price, quality, quality_for as "qualityFor",
      (extract(epoch from changed_at) * 1000)::float8 as "changedMs"
    from switchboard.targets where organization_id = current_setting('switchboard.organization')::uuid
    order by position, name`;
}

/** Makes the configuration's targets these, in this order; those of the console come behind them and stay as they are. */
export async function saveFileTargets(tx: Transaction, targets: readonly StoredTarget[]): Promise<void> {
  const names = targets.map(({ name }) => name);
  await tx`delete from switchboard.targets
    where organization_id = current_setting('switchboard.organization')::uuid and origin = 'file' and not name = any(${names}::text[])`;
  await putTargets(
    tx,
    targets.map((target, position) => ({ ...target, position })),
  );
}

/** Adds a target behind all others, or changes the one of this name, which stays where it is. */
export async function saveTarget(tx: Transaction, target: StoredTarget): Promise<void> {
  const [row] = await tx<{ position: number }[]>`
    select coalesce(max(position) filter (where name = ${target.name}), max(position) + 1, 1) as position from switchboard.targets
    where organization_id = current_setting('switchboard.organization')::uuid`;
  await putTargets(tx, [{ ...target, position: row?.position ?? 1 }]);
}

/** Whether there is one. A paused target is not asked. */
export async function pauseTarget(tx: Transaction, name: string, paused: boolean): Promise<boolean> {
  const rows = await tx`update switchboard.targets set paused = ${paused}
    where organization_id = current_setting('switchboard.organization')::uuid and name = ${name} returning 1`;
  return rows.length > 0;
}

/** Puts the console's targets into this order, behind those of the configuration. */
export async function orderTargets(tx: Transaction, names: readonly string[]): Promise<void> {
  await tx`update switchboard.targets t set position = r.position + 1000 from unnest(${[...names]}::text[]) with ordinality as r(name, position)
    where t.organization_id = current_setting('switchboard.organization')::uuid and t.name = r.name and t.origin = 'console'`;
}

/** Whether there was one. */
export async function removeTarget(tx: Transaction, name: string): Promise<boolean> {
  const rows = await tx`delete from switchboard.targets
    where organization_id = current_setting('switchboard.organization')::uuid and name = ${name} returning 1`;
  return rows.length > 0;
}

/** What is as it was keeps its time of change: who has opened it goes on with it. */
async function putTargets(
  tx: Transaction,
  rows: readonly (StoredTarget & { readonly position: number })[],
): Promise<void> {
  const columns = tx`name, origin, protocol, model, "baseUrl", "sealedKey", "hearingModel", "embeddingModel", tools, sees, "windowTokens", "maxOutputTokens", region,
    retention, price, quality, "qualityFor", position`;
  await tx`
    insert into switchboard.targets as t (organization_id, name, origin, protocol, model, base_url, sealed_key, hearing_model, embedding_model, tools, sees, window_tokens,
      max_output_tokens, region, retention, price, quality, quality_for, position)
    select current_setting('switchboard.organization')::uuid, ${columns}
    from json_to_recordset(${asJson(tx, rows)}) as r(name text, origin text, protocol text, model text, "baseUrl" text, "sealedKey" text, "hearingModel" text, "embeddingModel" text,
      tools boolean, sees boolean, "windowTokens" int, "maxOutputTokens" int, region text, retention text, price jsonb, quality float8, "qualityFor" jsonb, position int)
    on conflict (organization_id, name) do update set origin = excluded.origin, protocol = excluded.protocol, model = excluded.model, base_url = excluded.base_url,
      sealed_key = excluded.sealed_key, hearing_model = excluded.hearing_model, embedding_model = excluded.embedding_model, tools = excluded.tools, sees = excluded.sees,
      window_tokens = excluded.window_tokens, max_output_tokens = excluded.max_output_tokens, region = excluded.region, retention = excluded.retention,
      price = excluded.price, quality = excluded.quality, quality_for = excluded.quality_for, position = excluded.position,
      changed_at = case when (t.protocol, t.model, t.base_url, t.sealed_key, t.hearing_model, t.embedding_model) is distinct from
        (excluded.protocol, excluded.model, excluded.base_url, excluded.sealed_key, excluded.hearing_model, excluded.embedding_model) then now() else t.changed_at end`;
}
