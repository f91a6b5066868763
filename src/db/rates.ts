import type { Transaction } from './database.ts';
import { asJson } from './rows.ts';

/** A bucket of tokens: one is used up by each turn, and they come back one after the other. */
export type Bucket = {
  readonly key: string;
  /** Milliseconds for one token to come back. */
  readonly everyMs: number;
  /** Tokens when it is full. */
  readonly most: number;
};

/** A turn that wants to ask a model: it takes one token of each bucket, or of none. */
export type TokenWish = {
  readonly buckets: readonly Bucket[];
  /** The row that remembers when its person was told to wait. */
  readonly person: string;
  /** Nothing holds it back, but those after it. */
  readonly anyway: boolean;
};

export type TokenGrant =
  | { readonly granted: true }
  | {
      readonly granted: false;
      /** Which of its buckets is empty: the index. */
      readonly empty: number;
      readonly waitMs: number;
      /** Its person was not told yet. */
      readonly tell: boolean;
    };

/** One row: by the database's clock, in milliseconds since 1970. */
type Row = { readonly key: string; readonly fullAt: number; readonly toldUntil: number };

/**
 * Takes tokens, in the order of asking. The rows stay locked until the transaction ends, so no token is taken twice; who is
 * refused takes none. What is kept of a bucket is when it is full again: so its size and pace can be changed at any time.
 */
export async function takeTokens(tx: Transaction, wishes: readonly TokenWish[]): Promise<readonly TokenGrant[]> {
  const keys = [...new Set(wishes.flatMap(({ buckets, person }) => [person, ...buckets.map(({ key }) => key)]))];
  const { now, rows } = await lockRows(tx, keys);
  const touched = new Set<string>();
  const put = (row: Row): void => {
    rows.set(row.key, row);
    touched.add(row.key);
  };
  const grants = wishes.map((wish) => takeOne(wish, now, { rows, put }));
  await writeRows(
    tx,
    [...touched].flatMap((key) => rows.get(key) ?? []),
  );
  return grants;
}

type Book = { readonly rows: ReadonlyMap<string, Row>; readonly put: (row: Row) => void };

function takeOne({ buckets, person, anyway }: TokenWish, now: number, { rows, put }: Book): TokenGrant {
  const rowOf = (key: string): Row => rows.get(key) ?? { key, fullAt: 0, toldUntil: 0 };
  const taken = buckets.map((bucket) => {
    const row = rowOf(bucket.key);
    const { everyMs, most } = bucket;
    // What lies further ahead than a bucket in debt was written before the clock was set back.
    const fullAt = Math.min(Math.max(now, row.fullAt), now + 2 * most * everyMs) + everyMs;
    return { row: { ...row, fullAt }, waitMs: fullAt - now - most * everyMs };
  });
  const waitMs = Math.max(0, ...taken.map((one) => one.waitMs));
  if (waitMs === 0 || anyway) {
    for (const { row } of taken) put(row);
    return { granted: true };
  }
  const told = rowOf(person);
  const tell = told.toldUntil <= now;
  if (tell) put({ ...told, toldUntil: now + waitMs });
  return { granted: false, empty: taken.findIndex((one) => one.waitMs === waitMs), waitMs, tell };
}

async function lockRows(
  tx: Transaction,
  keys: readonly string[],
): Promise<{ readonly now: number; readonly rows: Map<string, Row> }> {
  await tx`insert into switchboard.rates (organization_id, key, full_at)
    select current_setting('switchboard.organization')::uuid, key, now() from unnest(${[...keys]}::text[]) as wanted(key)
    order by key collate "C" on conflict do nothing`;
  const rows = await tx<(Row & { now: number })[]>`
    select key, (extract(epoch from full_at) * 1000)::float8 as "fullAt", coalesce(extract(epoch from told_until) * 1000, 0)::float8 as "toldUntil",
      (extract(epoch from clock_timestamp()) * 1000)::float8 as now
    from switchboard.rates where organization_id = current_setting('switchboard.organization')::uuid and key = any(${[...keys]}::text[])
    order by key collate "C" for update`;
  const now = Math.max(0, ...rows.map((row) => row.now));
  return { now, rows: new Map(rows.map((row) => [row.key, row])) };
}

async function writeRows(tx: Transaction, rows: readonly Row[]): Promise<void> {
  if (rows.length === 0) return;
  await tx`
    update switchboard.rates t set full_at = to_timestamp(r."fullAt" / 1000), told_until = to_timestamp(nullif(r."toldUntil", 0) / 1000)
    from json_to_recordset(${asJson(tx, rows)}) as r(key text, "fullAt" float8, "toldUntil" float8)
    where t.organization_id = current_setting('switchboard.organization')::uuid and t.key = r.key and t.key = any(${rows.map(({ key }) => key)}::text[])`;
}

/** Forgets buckets that have been full for long, and who was told to wait that long ago. */
export async function forgetRates(tx: Transaction): Promise<void> {
  await tx`delete from switchboard.rates where organization_id = current_setting('switchboard.organization')::uuid
    and full_at < now() - interval '1 day' and coalesce(told_until, full_at) < now()`;
}
