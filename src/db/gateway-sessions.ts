import type { AppId } from '../model/ids.ts';
import type { Transaction } from './database.ts';

/** Where a gateway socket goes on, as its adapter wrote it; undefined: anew. */
export async function loadSession(tx: Transaction, app: AppId): Promise<string | undefined> {
  const [row] = await tx<{ session: string | null }[]>`select session from switchboard.gateway_sessions
    where organization_id = current_setting('switchboard.organization')::uuid and app_id = ${app}`;
  return row?.session ?? undefined;
}

/** Written only after everything that the session covers is committed. */
export async function saveSession(tx: Transaction, app: AppId, session: string | undefined): Promise<void> {
  await tx`insert into switchboard.gateway_sessions (organization_id, app_id, session)
    values (current_setting('switchboard.organization')::uuid, ${app}, ${session ?? null})
    on conflict (organization_id, app_id) do update set session = excluded.session, updated_at = now()`;
}
