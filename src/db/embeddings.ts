import { createHash } from 'node:crypto';
import type { Transaction } from './database.ts';
import { asJson } from './rows.ts';

/** What a text means to a model: 1024 signs as `0` and `1`. */
export type Embedding = { readonly digest: string; readonly bits: string };

/** Names what a text means to a model; whose organization's it is stands beside it in the key. */
export function digestOf(model: string, text: string): string {
  return createHash('sha256').update(`${model}\n${text}`).digest('hex');
}

/** Those that are known, by digest. */
export async function readBits(tx: Transaction, digests: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await tx<Embedding[]>`select digest, bits::text as bits from switchboard.embeddings
    where organization_id = current_setting('switchboard.organization')::uuid and digest = any(${[...digests]}::text[])`;
  return new Map(rows.map(({ digest, bits }) => [digest, bits]));
}

/** Keeps them, and has them locked: nobody finds them without a use before this transaction has ended. */
export async function saveBits(tx: Transaction, model: string, rows: readonly Embedding[]): Promise<void> {
  if (rows.length === 0) return;
  const once = [...new Map(rows.map((row) => [row.digest, row])).values()];
  await tx`
    insert into switchboard.embeddings (organization_id, digest, model, bits)
    select current_setting('switchboard.organization')::uuid, digest, ${model}, bits
    from json_to_recordset(${asJson(tx, once)}) as r(digest text, bits bit(1024)) order by digest
    on conflict (organization_id, digest) do update set model = excluded.model`;
}

/** Takes away those of these that no passage has any more. */
export async function dropUnusedBits(tx: Transaction, digests: readonly string[]): Promise<void> {
  const ids = [...new Set(digests)];
  if (ids.length === 0) return;
  // Locked first, and looked at in a statement of its own: it sees what whoever had the lock before has committed.
  await tx`select digest from switchboard.embeddings
    where organization_id = current_setting('switchboard.organization')::uuid and digest = any(${ids}::text[]) order by digest for update`;
  await tx`delete from switchboard.embeddings e
    where e.organization_id = current_setting('switchboard.organization')::uuid and e.digest = any(${ids}::text[]) and ${unused(tx)}`;
}

/** Those of questions are kept for a day: who asks the like again asks soon. */
export async function dropOldBits(tx: Transaction): Promise<void> {
  const rows = await tx<{ digest: string }[]>`select e.digest from switchboard.embeddings e
    where e.organization_id = current_setting('switchboard.organization')::uuid and e.created_at < now() - interval '1 day' and ${unused(tx)}
    limit 10000`;
  await dropUnusedBits(
    tx,
    rows.map(({ digest }) => digest),
  );
}

const unused = (tx: Transaction): ReturnType<Transaction> =>
  tx`not exists (select 1 from switchboard.passages k where k.organization_id = e.organization_id and k.digest = e.digest)`;
