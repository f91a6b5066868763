import type { MessageId } from '../model/ids.ts';
import { enqueueDrains, type Wake } from '../queue/enqueue.ts';
import type { Transaction } from './database.ts';
import { LEASE_MS, type Lease, type StoredMessage } from './mailbox.ts';
import { asJson } from './rows.ts';

/**
 * Which of these leases still hold, with their threads' rows locked to the end of the transaction: nobody else can take
 * one of them before what this transaction writes is committed. This is the fence that a late writer runs into.
 */
export async function lockLive(
  tx: Transaction,
  items: readonly { readonly lease: Lease }[],
): Promise<readonly boolean[]> {
  return (await lockThreads(tx, items)).map(({ live }) => live);
}

/** As `lockLive`, with whether what its turn is about was changed since the lease was taken, or taken anew. */
export async function lockThreads(
  tx: Transaction,
  items: readonly { readonly lease: Lease }[],
): Promise<readonly { readonly live: boolean; readonly stirred: boolean }[]> {
  const rows = items.map((item) => item.lease);
  const held = await tx<{ id: string; owner: string; fence: number; stirred: boolean }[]>`
    select t.id, t.lease_owner as owner, t.fence::float8 as fence, t.stirred from switchboard.threads t
    join json_to_recordset(${asJson(tx, rows)}) as r(thread uuid, owner uuid, fence bigint)
      on t.id = r.thread and t.lease_owner = r.owner and t.fence = r.fence
    where t.organization_id = current_setting('switchboard.organization')::uuid and t.lease_until > now()
      and t.id = any(${rows.map((row) => row.thread)}::uuid[])
    order by t.id for update of t`;
  // By all three: beside a lease that holds, an older one of the same thread may be in the same group.
  const live = new Map(held.map(({ id, owner, fence, stirred }) => [`${id}/${owner}/${fence}`, stirred]));
  return items.map(({ lease: { thread, owner, fence } }) => {
    const stirred = live.get(`${thread}/${owner}/${fence}`);
    return { live: stirred !== undefined, stirred: stirred === true };
  });
}

/** Makes leases last again; those of them that had been lost. */
export async function renewLeases(tx: Transaction, leases: readonly Lease[]): Promise<readonly Lease[]> {
  const live = await lockLive(
    tx,
    leases.map((lease) => ({ lease })),
  );
  const held = leases.filter((_lease, index) => live[index]).map((lease) => lease.thread);
  await tx`update switchboard.threads set lease_until = now() + make_interval(secs => ${LEASE_MS / 1000})
    where organization_id = current_setting('switchboard.organization')::uuid and id = any(${held}::uuid[])`;
  return leases.filter((_lease, index) => !live[index]);
}

/** A thread that is given back without a turn having ended in it. */
export type GiveBack = {
  readonly lease: Lease;
  readonly ignored: readonly {
    readonly message: MessageId;
    /** As it was when this was decided. */ readonly why: string;
    readonly reason: string;
  }[];
  /** When what still waits there is to be looked at again. */
  readonly againInMs: number;
  /** It is left because its turn waits; where that wait was ended meanwhile, it is looked at again at once. */
  readonly waits?: boolean;
};

/** Marks messages as ignored, gives the lease back, and puts the thread into the queue again if anything still waits in it. */
export async function giveBackLeases(tx: Transaction, items: readonly GiveBack[]): Promise<readonly true[]> {
  const live = await lockLive(tx, items);
  const kept = items.filter((_item, index) => live[index]);
  const threads = kept.map((item) => item.lease.thread);
  // A twin may have turned a follow-up into a mention in this very moment: then it is not ignored.
  await tx`update switchboard.messages m set state = 'ignored', reason = r.reason
    from json_to_recordset(${asJson(
      tx,
      kept.flatMap((item) => item.ignored),
    )}) as r(message uuid, why text, reason text)
    where m.organization_id = current_setting('switchboard.organization')::uuid and m.id = r.message
      and m.state = 'waiting' and m.why = r.why`;
  // A turn of which nothing is left to answer (the app was removed meanwhile) is over, when nothing of it can be seen.
  await tx`update switchboard.turns t set state = 'ignored', ended_at = now()
    where t.organization_id = current_setting('switchboard.organization')::uuid and t.thread_id = any(${threads}::uuid[]) and t.state = 'running'
      and not exists (select 1 from switchboard.messages m where m.organization_id = t.organization_id and m.thread_id = t.thread_id
        and m.state = 'waiting')
      and not exists (select 1 from switchboard.posts p where p.organization_id = t.organization_id and p.turn_id = t.id
        and p.state in ('sent', 'closed', 'attempting', 'unknown'))`;
  await tx`update switchboard.threads set lease_owner = null, lease_until = null
    where organization_id = current_setting('switchboard.organization')::uuid and id = any(${threads}::uuid[])`;
  const left = await tx<{ thread_id: string; due: boolean }[]>`select thread_id, false as due from switchboard.messages
      where organization_id = current_setting('switchboard.organization')::uuid and state = 'waiting' and thread_id = any(${threads}::uuid[])
    union select thread_id, retry_at is null as due from switchboard.turns
      where organization_id = current_setting('switchboard.organization')::uuid and state = 'running' and thread_id = any(${threads}::uuid[])`;
  const waiting = new Set(left.map((row) => row.thread_id));
  const due = new Set(left.filter((row) => row.due).map((row) => row.thread_id));
  const wakes = kept.map(({ lease: { thread }, waits = false, againInMs }) => ({
    thread,
    inMs: waits && due.has(thread) ? 0 : againInMs,
  }));
  // Who has lost his lease does not know whether anybody else looks after the thread.
  const lost = items
    .filter((_item, index) => !live[index])
    .map((item) => ({ thread: item.lease.thread, inMs: LEASE_MS }));
  await enqueueDrains(tx, [...wakes.filter((wake) => waiting.has(wake.thread)), ...lost]);
  return items.map(() => true);
}

/** Asks for threads to be looked at later; for a thread that somebody else holds. */
export async function lookAgain(tx: Transaction, items: readonly Wake[]): Promise<readonly true[]> {
  await enqueueDrains(tx, items);
  return items.map(() => true);
}

/** What whoever works in a thread should know at once. */
export type Told = {
  readonly lease: Lease;
  /** Somebody wants its turn to be stopped. */
  readonly stopBy: string | undefined;
  /** What its turn is about was changed. */
  readonly stirred: boolean;
  /** Of what was said that no turn has taken, but for commands. */
  readonly newcomers: readonly Newcomer[];
};

/** What decides whether a message is answered, before it is read. */
export type Newcomer = Pick<StoredMessage, 'authorId' | 'authorKind' | 'why' | 'command' | 'turn'>;

/** What there is to know about the threads of these leases; nothing for a lease that is lost. */
export async function readTold(tx: Transaction, leases: readonly Lease[]): Promise<readonly Told[]> {
  const rows = await tx<
    {
      id: string;
      owner: string;
      fence: number;
      stop_by: string | null;
      stirred: boolean;
      newcomers: readonly Newcomer[] | null;
    }[]
  >`
    select t.id, t.lease_owner as owner, t.fence::float8 as fence, t.stirred,
      coalesce(t.stop_by, (select coalesce((select p.name from switchboard.people p
          join switchboard.installs i on i.organization_id = p.organization_id and i.app_id = p.app_id and i.external_id = p.install
          where p.organization_id = m.organization_id and i.id = t.install_id and p.id = m.author_id and p.name <> ''
            and m.author_name in ('', m.author_id)), m.author_name)
        from switchboard.messages m where m.organization_id = t.organization_id
        and m.thread_id = t.id and m.state = 'waiting' and m.turn_id is null and m.command->>'name' = 'stop' limit 1)) as stop_by,
      (select json_agg(distinct jsonb_build_object('authorId', m.author_id, 'authorKind', m.author_kind, 'why', m.why))
        from switchboard.messages m where m.organization_id = t.organization_id
        and m.thread_id = t.id and m.state = 'waiting' and m.turn_id is null and m.command is null) as newcomers
    from switchboard.threads t
    where t.organization_id = current_setting('switchboard.organization')::uuid and t.id = any(${leases.map((lease) => lease.thread)}::uuid[])`;
  return rows.flatMap(({ id, owner, fence, stop_by: by, stirred, newcomers }) => {
    const lease = leases.find((one) => one.thread === id && one.owner === owner && one.fence === fence);
    return lease === undefined ? [] : [{ lease, stopBy: by ?? undefined, stirred, newcomers: newcomers ?? [] }];
  });
}
