import type { TurnId } from '../model/ids.ts';
import type { Transaction } from './database.ts';
import { asJson } from './rows.ts';

/** A whole answer, under the name of all that it depends on. */
export type CachedAnswer = {
  readonly key: string;
  readonly answer: string;
  readonly turn: TurnId;
  readonly forMs: number;
};

/** The answers under these keys, null where there is no good one; one that somebody disliked is none. */
export async function readAnswers(tx: Transaction, keys: readonly string[]): Promise<readonly (string | null)[]> {
  const rows = await tx<{ key: string; answer: string }[]>`
    update switchboard.answer_cache c set hits = c.hits + 1
    where c.organization_id = current_setting('switchboard.organization')::uuid and c.key = any(${[...keys]}::text[]) and c.expires_at > now()
      and not exists (select 1 from switchboard.feedback f where f.organization_id = c.organization_id and f.turn_id = c.turn_id and f.verdict = 'bad')
    returning c.key, c.answer`;
  const byKey = new Map(rows.map(({ key, answer }) => [key, answer]));
  return keys.map((key) => byKey.get(key) ?? null);
}

/** Keeps answers; a newer one under the same key counts. */
export async function saveCached(tx: Transaction, items: readonly CachedAnswer[]): Promise<readonly true[]> {
  const rows = [...new Map(items.map((item) => [item.key, item])).values()].toSorted((one, other) =>
    one.key < other.key ? -1 : 1,
  );
  await tx`insert into switchboard.answer_cache (organization_id, key, answer, turn_id, expires_at)
    select current_setting('switchboard.organization')::uuid, key, answer, turn, now() + make_interval(secs => "forMs" / 1000)
    from json_to_recordset(${asJson(tx, rows)}) as r(key text, answer text, turn uuid, "forMs" float8)
    on conflict (organization_id, key) do update set answer = excluded.answer, turn_id = excluded.turn_id, created_at = now(),
      expires_at = excluded.expires_at, hits = 0`;
  return items.map(() => true);
}

/** The questions of these turns are deleted. */
export async function dropAnswersOf(tx: Transaction, turns: readonly string[]): Promise<void> {
  if (turns.length === 0) return;
  await tx`delete from switchboard.answer_cache
    where organization_id = current_setting('switchboard.organization')::uuid and turn_id = any(${[...turns]}::uuid[])`;
}

/** Too old to be given again; how many there were. */
export async function dropOldAnswers(tx: Transaction): Promise<number> {
  const rows = await tx`delete from switchboard.answer_cache
    where organization_id = current_setting('switchboard.organization')::uuid and expires_at < now()`;
  return rows.count;
}
