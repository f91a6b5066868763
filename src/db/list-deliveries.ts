import type { Transaction } from './database.ts';

/** One thing that a platform sent. */
export type ListedDelivery = {
  readonly app: string;
  readonly platform: string;
  /** The platform's id of it. */
  readonly delivery: string;
  readonly correlation: string;
  readonly outcome: 'message' | 'handled' | 'ignored';
  /** Why it was ignored. */
  readonly reason: string | null;
  /** Bytes; 0: they were taken away with what they held. */
  readonly size: number;
  /** ISO, to the microsecond. */
  readonly receivedAt: string;
};

export type DeliveryFilter = {
  readonly app: string | undefined;
  readonly outcome: ListedDelivery['outcome'] | undefined;
  readonly correlation: string | undefined;
};

export type DeliveryPage = {
  readonly rows: readonly ListedDelivery[];
  /** Where looking ended, when it did before the end. */
  readonly lookedTo: { readonly at: string; readonly id: string } | undefined;
};

/** Deliveries that one page looks at, so that it takes a bounded time however few of them fit. */
const MOST_LOOKED_AT = 20_000;

/** The newest first, from behind `after`. */
export async function listDeliveries(
  tx: Transaction,
  { app, outcome, correlation }: DeliveryFilter,
  { after, most }: { readonly after: { readonly at: string; readonly id: string } | undefined; readonly most: number },
): Promise<DeliveryPage> {
  const any = app === undefined && outcome === undefined && correlation === undefined;
  const looked = any ? most : MOST_LOOKED_AT;
  const behind =
    after === undefined ? tx`` : tx`and (d.received_at, d.delivery_id) < (${after.at}::timestamptz, ${after.id})`;
  const rows = await tx<ListedDelivery[]>`
    select d.app_id as app, a.platform, d.delivery_id as delivery, d.correlation, d.outcome, d.reason, octet_length(d.raw) as size,
      to_json(d.received_at)#>>'{}' as "receivedAt"
    from (select * from switchboard.deliveries d where d.organization_id = current_setting('switchboard.organization')::uuid ${behind}
      order by d.received_at desc, d.delivery_id desc limit ${looked}) d
    join switchboard.apps a on a.organization_id = d.organization_id and a.id = d.app_id
    where true ${app === undefined ? tx`` : tx`and d.app_id = ${app}`} ${outcome === undefined ? tx`` : tx`and d.outcome = ${outcome}`}
      ${correlation === undefined ? tx`` : tx`and d.correlation = ${correlation}`}
    order by d.received_at desc, d.delivery_id desc limit ${most}`;
  if (any || rows.length === most) return { rows, lookedTo: undefined };
  const [last] = await tx<{ at: string; id: string }[]>`
    select to_json(d.received_at)#>>'{}' as at, d.delivery_id as id from switchboard.deliveries d
    where d.organization_id = current_setting('switchboard.organization')::uuid ${behind}
    order by d.received_at desc, d.delivery_id desc offset ${looked - 1} limit 1`;
  return { rows, lookedTo: last };
}

/** One delivery, and the messages that came in it. */
export type WholeDelivery = ListedDelivery & {
  readonly raw: Uint8Array;
  readonly messages: readonly {
    readonly id: string;
    readonly thread: string;
    readonly state: string;
    readonly reason: string | null;
  }[];
};

/** @returns undefined: there is none. */
export async function readDelivery(tx: Transaction, app: string, delivery: string): Promise<WholeDelivery | undefined> {
  const [row] = await tx<WholeDelivery[]>`
    select d.app_id as app, a.platform, d.delivery_id as delivery, d.correlation, d.outcome, d.reason, octet_length(d.raw) as size,
      to_json(d.received_at)#>>'{}' as "receivedAt", d.raw, '[]'::json as messages
    from switchboard.deliveries d join switchboard.apps a on a.organization_id = d.organization_id and a.id = d.app_id
    where d.organization_id = current_setting('switchboard.organization')::uuid and d.app_id = ${app} and d.delivery_id = ${delivery}`;
  if (row === undefined) return undefined;
  // Those of the same moment: there is no index from a delivery to its messages, which nothing but this needs.
  const messages = await tx<WholeDelivery['messages'][number][]>`
    select m.id, m.thread_id as thread, m.state, m.reason from switchboard.threads t
    join switchboard.messages m on m.organization_id = t.organization_id and m.thread_id = t.id
    where t.organization_id = current_setting('switchboard.organization')::uuid and t.active_at >= ${row.receivedAt}::timestamptz - interval '1 minute'
      and m.correlation = ${row.correlation} and m.delivery_ids @> array[${delivery}]::text[] limit 50`;
  return { ...row, messages: [...messages] };
}

/** A thread in which something waits: its questions, and what keeps them. */
export type Waiting = {
  readonly thread: string;
  readonly platform: string;
  readonly channel: string;
  readonly messages: number;
  /** ISO time. */
  readonly since: string;
  readonly turn: string | null;
  readonly attempts: number;
  readonly failures: number;
  /** Not before then it is tried again. */
  readonly nextAt: string | null;
  readonly error: string | null;
  /** A worker is at it. */
  readonly leased: boolean;
};

/** What waits for an answer, or is being answered; the oldest first. */
export async function listWaiting(tx: Transaction, most: number): Promise<readonly Waiting[]> {
  return tx<Waiting[]>`
    with waiting as (
      select m.thread_id, count(*)::int as messages, min(m.received_at) as since from switchboard.messages m
      where m.organization_id = current_setting('switchboard.organization')::uuid and m.state = 'waiting' group by m.thread_id
    ), running as (
      select r.* from switchboard.turns r where r.organization_id = current_setting('switchboard.organization')::uuid and r.state = 'running'
    )
    select t.id as thread, a.platform, t.channel, coalesce(w.messages, 0) as messages, to_json(least(w.since, r.started_at))#>>'{}' as since,
      r.id as turn, coalesce(r.attempts, 0) as attempts, coalesce(r.failures, 0) as failures, to_json(r.retry_at)#>>'{}' as "nextAt", r.error,
      coalesce(t.lease_until > now(), false) as leased
    from waiting w full join running r on r.thread_id = w.thread_id
    join switchboard.threads t on t.organization_id = current_setting('switchboard.organization')::uuid and t.id = coalesce(w.thread_id, r.thread_id)
    join switchboard.installs i on i.organization_id = t.organization_id and i.id = t.install_id
    join switchboard.apps a on a.organization_id = t.organization_id and a.id = i.app_id
    order by least(w.since, r.started_at) limit ${most}`;
}
