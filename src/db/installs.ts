import type { AppId, OrganizationId } from '../model/ids.ts';
import { APPS_CHANNEL, wakeThreads } from './apps.ts';
import type { Transaction } from './database.ts';
import { installKey } from './keys.ts';

export type InstallState = 'active' | 'paused' | 'uninstalled';

/** What the tokens of an install are sealed for. */
export const tokensPurpose = (organization: OrganizationId, install: string): string =>
  `${organization}/install/${install}`;

/** The tokens as they are stored; undefined: it has none. */
export async function readSealedTokens(
  tx: Transaction,
  app: AppId,
  install: string,
): Promise<{ readonly id: string; readonly sealed: string } | undefined> {
  const id = installKey(app, install);
  const [row] = await tx<{ sealed: string | null }[]>`select sealed_tokens as sealed from switchboard.installs
    where organization_id = current_setting('switchboard.organization')::uuid and id = ${id} and state <> 'uninstalled'`;
  return row?.sealed ? { id, sealed: row.sealed } : undefined;
}

/** Puts new tokens in the place of those, unless these are no longer there. */
export async function replaceSealedTokens(
  tx: Transaction,
  id: string,
  { old, sealed }: { readonly old: string; readonly sealed: string },
): Promise<boolean> {
  const rows = await tx`update switchboard.installs set sealed_tokens = ${sealed}, changed_at = clock_timestamp()
    where organization_id = current_setting('switchboard.organization')::uuid and id = ${id} and sealed_tokens = ${old} and state <> 'uninstalled' returning 1`;
  return rows.length > 0;
}

export type SavedInstall = {
  readonly app: AppId;
  readonly install: string;
  readonly name: string;
  /** Null: none of its own. Those it has stay. */
  readonly sealedTokens: string | null;
  readonly details: object;
};

/** An install that was made, or made again: it is there from now on. @returns its id. */
export async function saveInstall(tx: Transaction, saved: SavedInstall): Promise<string> {
  const { app, install, name, sealedTokens, details } = saved;
  const id = installKey(app, install);
  await tx`insert into switchboard.installs as i (organization_id, id, app_id, external_id, name, sealed_tokens, details)
    values (current_setting('switchboard.organization')::uuid, ${id}, ${app}, ${install}, ${name}, ${sealedTokens}, ${JSON.stringify(details)}::text::jsonb)
    on conflict (organization_id, id) do update set name = excluded.name, sealed_tokens = coalesce(excluded.sealed_tokens, i.sealed_tokens),
      details = i.details || excluded.details, state = case when i.state = 'paused' then 'paused' else 'active' end, changed_at = clock_timestamp()`;
  await tx`select pg_notify(${APPS_CHANNEL}, ${app})`;
  return id;
}

/** Adds to what is known of it. */
export async function noteInstall(tx: Transaction, id: string, details: object): Promise<void> {
  await tx`update switchboard.installs set details = details || ${JSON.stringify(details)}::text::jsonb
    where organization_id = current_setting('switchboard.organization')::uuid and id = ${id}`;
}

/** @returns the app; undefined: there is no such install, or it is so already. */
export async function setInstallState(
  tx: Transaction,
  id: string,
  state: 'active' | 'paused',
): Promise<string | undefined> {
  const [row] = await tx<
    { app_id: string }[]
  >`update switchboard.installs set state = ${state}, changed_at = clock_timestamp()
    where organization_id = current_setting('switchboard.organization')::uuid and id = ${id} and state not in ('uninstalled', ${state}) returning app_id`;
  if (row !== undefined && state === 'active') await wakeThreads(tx, tx`i.id = ${id}`);
  return row?.app_id;
}

/** The app is there no more: its tokens go with this word. */
export async function removeInstall(tx: Transaction, id: string): Promise<string | undefined> {
  const [row] = await tx<{ app_id: string }[]>`
    update switchboard.installs set state = 'uninstalled', sealed_tokens = null, changed_at = clock_timestamp()
    where organization_id = current_setting('switchboard.organization')::uuid and id = ${id} and state <> 'uninstalled' returning app_id`;
  if (row !== undefined) await tx`select pg_notify(${APPS_CHANNEL}, ${row.app_id})`;
  return row?.app_id;
}

/** An install as an admin sees it. */
export type ReadInstall = {
  readonly id: string;
  readonly app: string;
  /** The platform's id. */
  readonly external: string;
  readonly name: string | null;
  readonly state: InstallState;
  /** Whether it has a token apart from its app's. */
  readonly hasTokens: boolean;
  readonly details: Readonly<Record<string, unknown>>;
  readonly createdAt: string;
  readonly changedAt: string;
  /** ISO time at which a worker last looked into a conversation there; null: never. */
  readonly lastActiveAt: string | null;
};

/** All of them, the newest first; of one app, or one alone, where that is named. */
export async function readInstalls(
  tx: Transaction,
  only: { readonly app?: string; readonly id?: string } = {},
  most = 1_000,
): Promise<readonly ReadInstall[]> {
  return tx<ReadInstall[]>`
    select i.id, i.app_id as app, i.external_id as external, i.name, i.state, i.sealed_tokens is not null as "hasTokens", i.details,
      to_json(i.created_at)#>>'{}' as "createdAt", to_json(i.changed_at)#>>'{}' as "changedAt",
      (select to_json(max(t.active_at))#>>'{}' from switchboard.threads t where t.organization_id = i.organization_id and t.install_id = i.id) as "lastActiveAt"
    from switchboard.installs i
    where i.organization_id = current_setting('switchboard.organization')::uuid
      ${only.app === undefined ? tx`` : tx`and i.app_id = ${only.app}`} ${only.id === undefined ? tx`` : tx`and i.id = ${only.id}`}
    order by i.created_at desc, i.id limit ${most}`;
}
