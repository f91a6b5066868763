import type { Place } from '../model/event.ts';
import type { AppId } from '../model/ids.ts';
import type { Transaction } from './database.ts';

// Moments are told as milliseconds ago: the database's clock is the only one that all processes share.

/** A time in which what a platform sent may have been missed, as it stands in the database. */
export type Gap = {
  /** Milliseconds since everything was heard. */
  readonly agoMs: number;
  /** The stored moment itself, for `closeGap`. */
  readonly since: string;
};

/**
 * Everything up to now was heard. Does nothing when the last such word is older than `shortMs`: then there is a gap to be
 * searched first. An app without any word is heard from now on.
 * @returns false when there is a gap.
 */
export async function keepHearing(tx: Transaction, app: AppId, shortMs: number): Promise<boolean> {
  const rows = await tx`insert into switchboard.hearing as h (organization_id, app_id, heard_until)
    values (current_setting('switchboard.organization')::uuid, ${app}, now())
    on conflict (organization_id, app_id) do update set heard_until = now()
      where h.heard_until > now() - make_interval(secs => ${shortMs / 1000})
    returning 1`;
  return rows.length > 0;
}

/** Since when there is a gap; undefined: the app was never heard, so nothing can have been missed. */
export async function loadGap(tx: Transaction, app: AppId): Promise<Gap | undefined> {
  const [row] = await tx<{ ago: number; since: string }[]>`
    select extract(epoch from now() - heard_until)::float8 * 1000 as ago, heard_until::text as since
    from switchboard.hearing
    where organization_id = current_setting('switchboard.organization')::uuid and app_id = ${app}`;
  return row && { agoMs: Math.max(0, row.ago), since: row.since };
}

/** Until when a gateway was heard. */
export type GatewayHearing = {
  readonly agoMs: number;
  /** Milliseconds by which that is older than the session that is saved: what lies between was not searched yet. */
  readonly behindMs: number | undefined;
};

/** Undefined: the gateway was never heard. */
export async function loadHearing(tx: Transaction, app: AppId): Promise<GatewayHearing | undefined> {
  const [row] = await tx<{ ago: number; behind: number | null }[]>`
    select extract(epoch from now() - h.heard_until)::float8 * 1000 as ago,
      extract(epoch from s.updated_at - h.heard_until)::float8 * 1000 as behind
    from switchboard.hearing h left join switchboard.gateway_sessions s
      on s.organization_id = h.organization_id and s.app_id = h.app_id and s.session is not null
    where h.organization_id = current_setting('switchboard.organization')::uuid and h.app_id = ${app}`;
  return row && { agoMs: Math.max(0, row.ago), behindMs: row.behind ?? undefined };
}

/** The gap was searched, and everything since was heard. Does nothing when it was made longer meanwhile. */
export async function closeGap(tx: Transaction, app: AppId, gap: Gap): Promise<void> {
  await tx`update switchboard.hearing set heard_until = now()
    where organization_id = current_setting('switchboard.organization')::uuid and app_id = ${app}
      and heard_until = ${gap.since}::timestamptz`;
}

/**
 * Something may have been missed since `agoMs` ago.
 * @returns false when there is an older gap already: it may have been searched in part, so this has to be said again.
 */
export async function reopenGap(tx: Transaction, app: AppId, agoMs: number): Promise<boolean> {
  const rows = await tx`update switchboard.hearing set heard_until = now() - make_interval(secs => ${agoMs / 1000})
    where organization_id = current_setting('switchboard.organization')::uuid and app_id = ${app}
      and heard_until > now() - make_interval(secs => ${agoMs / 1000})
    returning 1`;
  return rows.length > 0;
}

/** Everything up to `agoMs` ago was heard. */
export async function heardUntil(tx: Transaction, app: AppId, agoMs: number): Promise<void> {
  await tx`insert into switchboard.hearing as h (organization_id, app_id, heard_until)
    values (current_setting('switchboard.organization')::uuid, ${app}, now() - make_interval(secs => ${agoMs / 1000}))
    on conflict (organization_id, app_id) do update set heard_until = greatest(h.heard_until, excluded.heard_until)`;
}

/** The workspaces, guilds and the like in which the app is, by the platform's ids. */
export async function activeInstalls(tx: Transaction, app: AppId): Promise<readonly string[]> {
  const rows = await tx<{ external_id: string }[]>`select external_id from switchboard.installs
    where organization_id = current_setting('switchboard.organization')::uuid and app_id = ${app} and state = 'active'
    order by external_id`;
  return rows.map((row) => row.external_id);
}

/** More channels than these of one app are not looked through. */
const MOST_PLACES = 500;

/** Where something was said, in one thread of each channel: its newest. */
export async function knownPlaces(tx: Transaction, app: AppId): Promise<readonly Place[]> {
  return tx<Place[]>`
    select newest.install, newest.channel, newest.thread, said.address
    from (
      select distinct on (i.external_id, t.channel) i.external_id as install, t.channel, t.external_id as thread, t.organization_id, t.id, t.created_at
      from switchboard.threads t
      join switchboard.installs i on i.organization_id = t.organization_id and i.id = t.install_id
      where t.organization_id = current_setting('switchboard.organization')::uuid and i.app_id = ${app} and i.state = 'active'
      order by i.external_id, t.channel, t.created_at desc
    ) newest
    cross join lateral (
      select m.address from switchboard.messages m
      where m.organization_id = newest.organization_id and m.thread_id = newest.id and m.address <> '' order by m.received_at desc limit 1
    ) said
    order by newest.created_at desc limit ${MOST_PLACES}`;
}

/** Of these messages those that are stored: why they were taken to be meant for the bot, and why they are not answered. */
export async function storedMessages(
  tx: Transaction,
  ids: readonly string[],
): Promise<ReadonlyMap<string, { readonly why: string; readonly reason: string | null }>> {
  const rows = await tx<{ id: string; why: string; reason: string | null }[]>`
    select id, why, reason from switchboard.messages
    where organization_id = current_setting('switchboard.organization')::uuid and id = any(${[...ids]}::uuid[])`;
  return new Map(rows.map((row) => [row.id, row]));
}
