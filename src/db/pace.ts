import type { Transaction } from './database.ts';
import { grantOne, openBook, type Book, type Grant, type Held, type Toll } from './grant.ts';
import { asJson } from './rows.ts';

/**
 * Grants calls their moments, in the order of asking, over all processes. By the database's clock: those of the
 * processes differ. The rows of the limits stay locked until the transaction ends, so nobody is granted the same moment.
 */
export async function grantCalls(tx: Transaction, tolls: readonly Toll[]): Promise<readonly Grant[]> {
  const keys = [...new Set(tolls.flatMap((toll) => toll.slots.map((slot) => slot.key)))].toSorted();
  const pauses = [...new Set(tolls.flatMap((toll) => toll.holds))];
  const [held, limits] = await Promise.all([readHolds(tx, pauses), lockLimits(tx, keys)]);
  const book = openBook(limits);
  const grants = tolls.map((toll) => grantOne(toll, held, book));
  await writeLimits(tx, book);
  return grants;
}

/** Those of these keys only: every busy channel has a row of its own. */
async function readHolds(tx: Transaction, keys: readonly string[]): Promise<Held> {
  const rows = await tx<{ now: number; key: string | null; until: number | null }[]>`
    select (extract(epoch from clock.now) * 1000)::float8 as now, p.key, (extract(epoch from p.held_until) * 1000)::float8 as until
    from (select clock_timestamp() as now) as clock
    left join switchboard.pace p on p.organization_id = current_setting('switchboard.organization')::uuid and p.held_until is not null
      and p.key = any(${[...keys]}::text[])`;
  const until = rows.flatMap((row) => (row.key === null || row.until === null ? [] : [[row.key, row.until] as const]));
  return { now: rows[0]?.now ?? 0, until: new Map(until) };
}

type Limit = { readonly key: string; readonly calls: readonly number[] };

async function lockLimits(tx: Transaction, keys: readonly string[]): Promise<readonly Limit[]> {
  if (keys.length === 0) return [];
  await tx`insert into switchboard.pace (organization_id, key)
    select current_setting('switchboard.organization')::uuid, key from unnest(${[...keys]}::text[]) as wanted(key) on conflict do nothing`;
  return tx<Limit[]>`select key, calls from switchboard.pace
    where organization_id = current_setting('switchboard.organization')::uuid and key = any(${[...keys]}::text[]) order by key for update`;
}

async function writeLimits(tx: Transaction, book: Book): Promise<void> {
  const rows = [...book.touched].map((key) => ({ key, calls: book.calls.get(key) ?? [] }));
  if (rows.length === 0) return;
  await tx`update switchboard.pace p set calls = array(select json_array_elements_text(r.calls)::float8), used_at = now()
    from json_to_recordset(${asJson(tx, rows)}) as r(key text, calls json)
    where p.organization_id = current_setting('switchboard.organization')::uuid and p.key = r.key and p.key = any(${rows.map((row) => row.key)}::text[])`;
}

/** A platform asked for no more calls of a kind. */
export type Hold = { readonly key: string; readonly ms: number };

/** Writes that nothing may be called under these keys for so long; a longer pause stays. */
export async function holdCalls(tx: Transaction, holds: readonly Hold[]): Promise<readonly true[]> {
  const longest = new Map<string, number>();
  for (const { key, ms } of holds) longest.set(key, Math.max(ms, longest.get(key) ?? 0));
  const rows = [...longest].map(([key, ms]) => ({ key, ms })).toSorted((one, other) => (one.key < other.key ? -1 : 1));
  await tx`insert into switchboard.pace as p (organization_id, key, held_until)
    select current_setting('switchboard.organization')::uuid, key, clock_timestamp() + make_interval(secs => ms / 1000)
    from json_to_recordset(${asJson(tx, rows)}) as r(key text, ms float8)
    on conflict (organization_id, key) do update
      set held_until = greatest(p.held_until, excluded.held_until), used_at = now()`;
  return holds.map(() => true);
}

/** Forgets what can hold nobody back any more. Seconds that a row was not used. */
export async function forgetPace(tx: Transaction, unusedForS: number): Promise<void> {
  await tx`delete from switchboard.pace where organization_id = current_setting('switchboard.organization')::uuid
    and used_at < now() - make_interval(secs => ${unusedForS}) and coalesce(held_until, now()) <= now()`;
  await tx`update switchboard.pace set held_until = null where organization_id = current_setting('switchboard.organization')::uuid and held_until < now() - interval '1 minute'`;
}
