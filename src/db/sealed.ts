import type { Transaction } from './database.ts';

/** Something that is kept sealed, and where. */
export type Sealed = {
  readonly where: 'target' | 'mcp-server' | 'app' | 'install';
  readonly id: string;
  readonly sealed: string;
};

/** All that an organization keeps sealed, but for what sign-in has. */
export async function listSealed(tx: Transaction): Promise<readonly Sealed[]> {
  return tx<Sealed[]>`
    select 'target' as where, name as id, sealed_key as sealed from switchboard.targets
      where organization_id = current_setting('switchboard.organization')::uuid and sealed_key is not null
    union all select 'mcp-server', name, sealed_headers from switchboard.mcp_servers
      where organization_id = current_setting('switchboard.organization')::uuid and sealed_headers is not null
    union all select 'app', id::text, sealed_credentials from switchboard.apps
      where organization_id = current_setting('switchboard.organization')::uuid and sealed_credentials is not null
    union all select 'install', id::text, sealed_tokens from switchboard.installs
      where organization_id = current_setting('switchboard.organization')::uuid and sealed_tokens is not null`;
}

/** Puts another seal in place of one, unless somebody was faster. @returns whether it was there. */
export async function replaceSealed(tx: Transaction, { where, id, sealed }: Sealed, fresh: string): Promise<boolean> {
  const organization = tx`organization_id = current_setting('switchboard.organization')::uuid`;
  const change = {
    target: () =>
      tx`update switchboard.targets set sealed_key = ${fresh} where ${organization} and name = ${id} and sealed_key = ${sealed} returning 1`,
    'mcp-server': () =>
      tx`update switchboard.mcp_servers set sealed_headers = ${fresh} where ${organization} and name = ${id} and sealed_headers = ${sealed} returning 1`,
    app: () =>
      tx`update switchboard.apps set sealed_credentials = ${fresh} where ${organization} and id = ${id}::uuid and sealed_credentials = ${sealed} returning 1`,
    install: () =>
      tx`update switchboard.installs set sealed_tokens = ${fresh} where ${organization} and id = ${id}::uuid and sealed_tokens = ${sealed} returning 1`,
  };
  const rows = await change[where]();
  return rows.length > 0;
}
