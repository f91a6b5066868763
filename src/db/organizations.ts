import type { OrganizationId } from '../model/ids.ts';
import { inOrganization, type Database, type Transaction } from './database.ts';

// All but the last run inside a transaction of the organization.

export async function organizationName(tx: Transaction): Promise<string> {
  const [row] = await tx<{ name: string }[]>`select name from switchboard.organizations
    where organization_id = current_setting('switchboard.organization')::uuid`;
  return row?.name ?? '';
}

export async function addOrganization(tx: Transaction, name: string): Promise<void> {
  await tx`insert into switchboard.organizations (organization_id, name) values (current_setting('switchboard.organization')::uuid, ${name})`;
}

export async function renameOrganization(tx: Transaction, name: string): Promise<void> {
  await tx`update switchboard.organizations set name = ${name} where organization_id = current_setting('switchboard.organization')::uuid`;
}

/** One transaction each: none may see the names of all. */
export function organizationNames(db: Database, ids: readonly OrganizationId[]): Promise<readonly string[]> {
  return Promise.all(ids.map((id) => inOrganization(db, id, organizationName)));
}
