import type { Transaction } from './database.ts';

/** Something that was done. */
export type Deed = {
  /** As `person/…`, `key/…` of the console, or as the platform names somebody. */
  readonly actor: string;
  /** By which people know the actor. */
  readonly actorName: string;
  /** What was done, as `install.paused`. */
  readonly what: string;
  /** What it was done to, as `install/2f…`. */
  readonly subject: string;
  /** What it was before and is now. Never a secret. */
  readonly details: Readonly<Record<string, unknown>>;
};

/** A row of the audit; a trigger has counted and hashed it. */
export type AuditEntry = Deed & {
  readonly seq: number;
  /** ISO time. */
  readonly at: string;
  readonly previous: string;
  readonly hash: string;
};

/** Writes down what is done, in the transaction that does it. */
export async function addAudit(tx: Transaction, { actor, actorName, what, subject, details }: Deed): Promise<void> {
  await tx`insert into switchboard.audit (organization_id, actor, actor_name, what, subject, details)
    values (current_setting('switchboard.organization')::uuid, ${actor}, ${actorName}, ${what}, ${subject}, ${JSON.stringify(details)}::text::jsonb)`;
}

/** Undefined: any. */
export type AuditFilter = {
  /** Rows below this one. */
  readonly below: number | undefined;
  readonly actor: string | undefined;
  /** The beginning of what was done: `install.` is all that was done to installs. */
  readonly what: string | undefined;
  readonly since: string | undefined;
  readonly until: string | undefined;
};

/** The newest first. */
export async function listAudit(tx: Transaction, filter: AuditFilter, most: number): Promise<readonly AuditEntry[]> {
  const { below, actor, what, since, until } = filter;
  return tx<AuditEntry[]>`
    select seq::float8 as seq, to_json(at)#>>'{}' as at, actor, actor_name as "actorName", what, subject, details, previous, hash from switchboard.audit
    where organization_id = current_setting('switchboard.organization')::uuid
      ${below === undefined ? tx`` : tx`and seq < ${below}`}
      ${actor === undefined ? tx`` : tx`and actor = ${actor}`}
      ${what === undefined ? tx`` : tx`and starts_with(what, ${what})`}
      ${since === undefined ? tx`` : tx`and at >= ${since}::timestamptz`}
      ${until === undefined ? tx`` : tx`and at < ${until}::timestamptz`}
    order by seq desc limit ${most}`;
}

/** What verifying found. `broken`: the first row that is not as it was written, or whose predecessor is missing. */
export type AuditProof = {
  readonly rows: number;
  readonly first: number | undefined;
  readonly last: number | undefined;
  readonly broken: number | undefined;
};

/** Goes through the whole chain. The first row has to follow on nothing, or on the row up to which older ones were taken away. */
export async function verifyAudit(tx: Transaction): Promise<AuditProof> {
  const [proof] = await tx<{ rows: number; first: number | null; last: number | null; broken: number | null }[]>`
    with chain as (
      select a.seq, a.hash, a.previous, switchboard.audit_hash(a) as wanted, lag(seq) over (order by seq) as seq_before, lag(hash) over (order by seq) as hash_before from switchboard.audit a
      where organization_id = current_setting('switchboard.organization')::uuid
    ), pruned as (
      select details->>'hash' as hash from switchboard.audit
      where organization_id = current_setting('switchboard.organization')::uuid and what = 'audit.pruned' order by seq desc limit 1
    ), judged as (
      select c.seq, c.hash = c.wanted
        and case when c.seq_before is null then c.previous = coalesce((select hash from pruned), repeat('0', 64)) else c.seq = c.seq_before + 1 and c.previous = c.hash_before end as whole
      from chain c
    )
    select count(*)::float8 as rows, min(seq)::float8 as first, max(seq)::float8 as last, (min(seq) filter (where not whole))::float8 as broken from judged`;
  return {
    rows: proof?.rows ?? 0,
    first: proof?.first ?? undefined,
    last: proof?.last ?? undefined,
    broken: proof?.broken ?? undefined,
  };
}

/** Takes away what was done before. @returns the last row that went; 0: none did. */
export async function pruneAudit(tx: Transaction, before: Date): Promise<number> {
  const [row] = await tx<
    { last: number }[]
  >`select switchboard.prune_audit(${before.toISOString()}::timestamptz)::float8 as last`;
  return row?.last ?? 0;
}

/** Whether the same actor did the same to the same within so many minutes. */
export async function wasDoneLately(
  tx: Transaction,
  { actor, what, subject }: Pick<Deed, 'actor' | 'what' | 'subject'>,
  minutes: number,
): Promise<boolean> {
  const rows =
    await tx`select 1 from switchboard.audit where organization_id = current_setting('switchboard.organization')::uuid
    and what = ${what} and subject = ${subject} and actor = ${actor} and at > now() - make_interval(mins => ${minutes}) limit 1`;
  return rows.length > 0;
}

/** Days after which rows go; undefined: they stay. */
export async function readRetention(tx: Transaction): Promise<number | undefined> {
  const [row] = await tx<{ days: number | null }[]>`select audit_days as days from switchboard.organizations
    where organization_id = current_setting('switchboard.organization')::uuid`;
  return row?.days ?? undefined;
}

export async function saveRetention(tx: Transaction, days: number | undefined): Promise<void> {
  await tx`update switchboard.organizations set audit_days = ${days ?? null}
    where organization_id = current_setting('switchboard.organization')::uuid`;
}

/** Organizations that do not keep their audit for ever: as the system. */
export async function listRetentions(
  tx: Transaction,
): Promise<readonly { readonly organization: string; readonly days: number }[]> {
  return tx<{ organization: string; days: number }[]>`
    select organization_id as organization, audit_days as days from switchboard.organizations where audit_days is not null`;
}
