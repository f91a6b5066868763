import { inOrganization } from '../db/database.ts';
import { readInstalls, readSealedTokens, tokensPurpose, type ReadInstall } from '../db/installs.ts';
import type { CheckedInstall, ConnectDetails } from '../model/connect.ts';
import type { AppId, OrganizationId } from '../model/ids.ts';
import { unseal } from '../vault/seal.ts';
import type { Connections } from './connections.ts';
import { readTokens } from './credentials.ts';

/** Installs of one app that are looked at, at most. */
const MOST = 50;

/** The installs of an app with their tokens, for the platform's own functions alone. */
export async function checkedInstalls(
  connections: Connections,
  organization: OrganizationId,
  app: AppId,
): Promise<readonly CheckedInstall[]> {
  const rows = await inOrganization(connections.db, organization, (tx) => readInstalls(tx, { app }, MOST));
  const there = rows.filter(({ state }) => state !== 'uninstalled');
  return Promise.all(there.map((row) => checkedInstall(connections, organization, { app, row })));
}

export async function checkedInstall(
  { db, keys }: Connections,
  organization: OrganizationId,
  { app, row }: { readonly app: AppId; readonly row: ReadInstall },
): Promise<CheckedInstall> {
  const found = await inOrganization(db, organization, (tx) => readSealedTokens(tx, app, row.external));
  const token =
    found && readTokens(await unseal(await keys(), found.sealed, tokensPurpose(organization, found.id))).token;
  return { install: row.external, name: row.name ?? row.external, token, details: detailsOf(row.details) };
}

const isDetail = (value: unknown): value is ConnectDetails[string] =>
  value === null ||
  ['string', 'number', 'boolean'].includes(typeof value) ||
  (Array.isArray(value) && value.every((one) => typeof one === 'string'));

/** As far as they are in the form in which they were written. */
export function detailsOf(stored: Readonly<Record<string, unknown>>): ConnectDetails {
  const details: Record<string, ConnectDetails[string]> = {};
  for (const [name, value] of Object.entries(stored)) if (isDetail(value)) details[name] = value;
  return details;
}
