import type { Transaction } from './database.ts';

/** A changing request with a key that makes it count once. */
export type ApiCall = {
  readonly actor: string;
  readonly key: string;
  /** SHA-256 of method, path and body, in hexadecimal. */
  readonly request: string;
};

/** What became of the first one. `status` is undefined: it is still being done. */
export type Answered = {
  readonly request: string;
  readonly status: number | undefined;
  readonly response: string;
};

/** How long the same key means the same request. */
const KEPT_HOURS = 24;
/** What was begun so long ago and has no answer was begun by a process that is gone. */
const GONE_AFTER_S = 60;

/** Begins a call. @returns undefined: it is to be done; else what became of the first one. */
export async function beginCall(tx: Transaction, { actor, key, request }: ApiCall): Promise<Answered | undefined> {
  const begun = await tx`
    insert into switchboard.api_calls as c (organization_id, actor_id, key, request, expires_at)
    values (current_setting('switchboard.organization')::uuid, ${actor}, ${key}, ${request}, now() + make_interval(hours => ${KEPT_HOURS}))
    on conflict (organization_id, actor_id, key) do update
      set request = excluded.request, status = null, response = null, at = now(), expires_at = excluded.expires_at
      where c.expires_at < now() or (c.status is null and c.at < now() - make_interval(secs => ${GONE_AFTER_S}))
    returning 1`;
  if (begun.length > 0) return undefined;
  const [row] = await tx<{ request: string; status: number | null; response: string | null }[]>`
    select request, status, response from switchboard.api_calls
    where organization_id = current_setting('switchboard.organization')::uuid and actor_id = ${actor} and key = ${key}`;
  return row && { request: row.request, status: row.status ?? undefined, response: row.response ?? '' };
}

/** @param outcome undefined: it failed in a way that does not count, and may be tried again. */
export async function endCall(
  tx: Transaction,
  { actor, key }: ApiCall,
  outcome: { readonly status: number; readonly response: string } | undefined,
): Promise<void> {
  if (outcome === undefined) {
    await tx`delete from switchboard.api_calls where organization_id = current_setting('switchboard.organization')::uuid and actor_id = ${actor} and key = ${key}`;
    return;
  }
  await tx`update switchboard.api_calls set status = ${outcome.status}, response = ${outcome.response}
    where organization_id = current_setting('switchboard.organization')::uuid and actor_id = ${actor} and key = ${key}`;
}

/** Forgets what nobody can ask for again, of all organizations: as the system. */
export async function sweepCalls(tx: Transaction): Promise<void> {
  await tx`delete from switchboard.api_calls where expires_at < now()`;
}
