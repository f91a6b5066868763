import { appId, organizationId, threadId, type AppId, type OrganizationId } from '../model/ids.ts';
import { PLATFORMS, type Platform } from '../model/platform.ts';
import { enqueueDrains } from '../queue/enqueue.ts';
import type { Transaction } from './database.ts';
import { deriveId } from './derive-id.ts';

/** The organization of a deployment that was set up by environment variables alone. */
export const DEFAULT_ORGANIZATION: OrganizationId = organizationId('00000000-0000-4000-8000-000000000001');

/** The same app for the same platform at every start. */
export function environmentApp(platform: Platform): AppId {
  return appId(deriveId('app', DEFAULT_ORGANIZATION, platform, 'environment'));
}

/** Writes down the default organization, its choice, and the apps that the environment has credentials for. */
export async function registerEnvironmentApps(
  tx: Transaction,
  platforms: readonly Platform[],
  inDoubt: 'repeat' | 'leave' = 'repeat',
): Promise<void> {
  await tx`insert into switchboard.organizations as o (organization_id, name, in_doubt) values (${DEFAULT_ORGANIZATION}, 'default', ${inDoubt})
    on conflict (organization_id) do update set in_doubt = excluded.in_doubt where o.in_doubt <> excluded.in_doubt`;
  for (const platform of platforms) {
    await tx`insert into switchboard.apps (organization_id, id, platform, name)
      values (${DEFAULT_ORGANIZATION}, ${environmentApp(platform)}, ${platform}, 'environment') on conflict do nothing`;
  }
}

/** `removed`: its secrets are gone; what was said there stays. */
export type AppState = 'active' | 'paused' | 'removed';

/** An app that was connected from the console, as all organizations' together are listed: without a secret. */
export type ListedApp = {
  readonly organization: OrganizationId;
  readonly app: AppId;
  readonly platform: Platform;
  /** When it was changed last, to the microsecond. */
  readonly changed: string;
};

/** What all processes listen to: it carries the id of an app that was changed. */
export const APPS_CHANNEL = 'switchboard_apps';

/** What the credentials of an app are sealed for. */
export const credentialsPurpose = (organization: OrganizationId, app: AppId): string => `${organization}/app/${app}`;

const isPlatform = (text: string): text is Platform => PLATFORMS.some((one) => one === text);

/** All apps that can be opened with what is stored. */
export async function listStoredApps(tx: Transaction): Promise<readonly ListedApp[]> {
  const rows = await tx<{ organization_id: string; id: string; platform: string; changed: string }[]>`
    select organization_id, id, platform, changed_at::text as changed from switchboard.apps
    where origin = 'console' and state <> 'removed' order by organization_id, id`;
  return rows.flatMap(({ organization_id, id, platform, changed }) =>
    isPlatform(platform) ? [{ organization: organizationId(organization_id), app: appId(id), platform, changed }] : [],
  );
}

/** Whether the organization has one of this id. */
export async function hasApp(tx: Transaction, app: string): Promise<boolean> {
  const rows =
    await tx`select 1 from switchboard.apps where organization_id = current_setting('switchboard.organization')::uuid and id = ${app}`;
  return rows.length > 0;
}

/** Undefined: it has none, or there is no such app. */
export async function readSealedCredentials(tx: Transaction, app: AppId): Promise<string | undefined> {
  const [row] = await tx<{ sealed: string | null }[]>`select sealed_credentials as sealed from switchboard.apps
    where organization_id = current_setting('switchboard.organization')::uuid and id = ${app} and state <> 'removed'`;
  return row?.sealed ?? undefined;
}

/** Tells all processes, once the transaction is committed. */
async function tellChange(tx: Transaction, app: AppId): Promise<void> {
  await tx`select pg_notify(${APPS_CHANNEL}, ${app})`;
}

export type SavedApp = {
  readonly app: AppId;
  readonly platform: Platform;
  readonly name: string;
  readonly sealedCredentials: string;
  readonly details: object;
};

/** Adds an app, or gives the one of this id other credentials. What was known of it stays where nothing else is said. */
export async function saveApp(tx: Transaction, saved: SavedApp): Promise<void> {
  const { app, platform, name, sealedCredentials, details } = saved;
  await tx`insert into switchboard.apps as a (organization_id, id, platform, name, origin, sealed_credentials, details)
    values (current_setting('switchboard.organization')::uuid, ${app}, ${platform}, ${name}, 'console', ${sealedCredentials}, ${JSON.stringify(details)}::text::jsonb)
    on conflict (organization_id, id) do update
      set name = excluded.name, sealed_credentials = excluded.sealed_credentials, details = a.details || excluded.details, changed_at = clock_timestamp()
      where a.origin = 'console' and a.state <> 'removed'`;
  await tellChange(tx, app);
}

/** Adds to what is known of it. */
export async function noteApp(tx: Transaction, app: AppId, details: object): Promise<void> {
  await tx`update switchboard.apps set details = details || ${JSON.stringify(details)}::text::jsonb
    where organization_id = current_setting('switchboard.organization')::uuid and id = ${app}`;
}

/** @returns false: there is no such app, or it is so already. */
export async function setAppState(tx: Transaction, app: AppId, state: 'active' | 'paused'): Promise<boolean> {
  const rows = await tx`update switchboard.apps set state = ${state}, changed_at = clock_timestamp()
    where organization_id = current_setting('switchboard.organization')::uuid and id = ${app} and state not in ('removed', ${state}) returning 1`;
  if (rows.length === 0) return false;
  if (state === 'active') await wakeThreads(tx, tx`i.app_id = ${app}`);
  await tellChange(tx, app);
  return true;
}

/** Takes its secrets away, those of its installs too, for good. @returns false: there is no such app. */
export async function removeApp(tx: Transaction, app: AppId): Promise<boolean> {
  const rows =
    await tx`update switchboard.apps set state = 'removed', sealed_credentials = null, changed_at = clock_timestamp()
    where organization_id = current_setting('switchboard.organization')::uuid and id = ${app} and origin = 'console' and state <> 'removed' returning 1`;
  if (rows.length === 0) return false;
  await tx`update switchboard.installs set state = 'uninstalled', sealed_tokens = null, changed_at = clock_timestamp()
    where organization_id = current_setting('switchboard.organization')::uuid and app_id = ${app}`;
  await tellChange(tx, app);
  return true;
}

/** What waited while an app or an install was paused is looked at. `which` is about the install `i`. */
export async function wakeThreads(tx: Transaction, which: ReturnType<Transaction>): Promise<void> {
  const rows = await tx<{ id: string }[]>`
    select t.id from switchboard.threads t join switchboard.installs i on i.organization_id = t.organization_id and i.id = t.install_id
    where t.organization_id = current_setting('switchboard.organization')::uuid and ${which}
      and (exists (select 1 from switchboard.messages m where m.organization_id = t.organization_id and m.thread_id = t.id and m.state = 'waiting')
        or exists (select 1 from switchboard.turns r where r.organization_id = t.organization_id and r.thread_id = t.id and r.state = 'running'))`;
  await enqueueDrains(
    tx,
    rows.map(({ id }) => ({ thread: threadId(id), inMs: 0 })),
  );
}

/** An app as an admin sees it. */
export type ReadApp = {
  readonly id: AppId;
  readonly platform: Platform;
  readonly name: string;
  readonly origin: 'environment' | 'console';
  readonly state: AppState;
  readonly details: Readonly<Record<string, unknown>>;
  readonly createdAt: string;
  readonly changedAt: string;
  /** ISO time of the newest delivery; null: there was none. */
  readonly lastEventAt: string | null;
  /** ISO time of the newest answer; null: there was none. */
  readonly lastReplyAt: string | null;
  readonly installs: number;
};

type AppRow = Omit<ReadApp, 'id' | 'platform'> & { readonly id: string; readonly platform: string };

/** Apps that are not removed; only one, where it is named. */
export async function readApps(tx: Transaction, only?: AppId): Promise<readonly ReadApp[]> {
  const rows = await tx<AppRow[]>`
    select a.id, a.platform, a.name, a.origin, a.state, a.details, to_json(a.created_at)#>>'{}' as "createdAt", to_json(a.changed_at)#>>'{}' as "changedAt",
      (select to_json(d.received_at)#>>'{}' from switchboard.deliveries d where d.organization_id = a.organization_id and d.app_id = a.id order by d.received_at desc limit 1) as "lastEventAt",
      (select to_json(max(r.ended_at))#>>'{}' from (
        select t.organization_id, t.id from switchboard.threads t join switchboard.installs i on i.organization_id = t.organization_id and i.id = t.install_id
        where t.organization_id = a.organization_id and i.app_id = a.id order by t.active_at desc limit 20) t
        join switchboard.turns r on r.organization_id = t.organization_id and r.thread_id = t.id and r.state = 'answered') as "lastReplyAt",
      (select count(*)::int from switchboard.installs i where i.organization_id = a.organization_id and i.app_id = a.id and i.state <> 'uninstalled') as installs
    from switchboard.apps a
    where a.organization_id = current_setting('switchboard.organization')::uuid and a.state <> 'removed' ${only === undefined ? tx`` : tx`and a.id = ${only}`}
    order by a.created_at, a.id`;
  return rows.flatMap(({ id, platform, ...row }) =>
    isPlatform(platform) ? [{ ...row, id: appId(id), platform }] : [],
  );
}
