import { organizationId, type OrganizationId } from '../model/ids.ts';
import type { Transaction } from './database.ts';
import type { MemberRole } from './members.ts';

/** A provider as it is listed: its secret is not read back. */
export type SsoProvider = {
  readonly id: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly domain: string;
  readonly role: MemberRole;
  /** ISO time. */
  readonly createdAt: string;
};

/** Runs as sign-in inside a transaction of the organization. */
export async function listSsoProviders(tx: Transaction): Promise<readonly SsoProvider[]> {
  return tx<SsoProvider[]>`
    select id, issuer, client_id as "clientId", domain, role, to_json(created_at)#>>'{}' as "createdAt" from auth.sso_providers
    where organization_id = current_setting('switchboard.organization')::uuid order by domain`;
}

/** What a provider is made of. */
export type NewSsoProvider = {
  readonly id: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly sealedSecret: string;
  readonly domain: string;
  readonly role: MemberRole;
};

/** @returns false: another provider vouches for the domain. Runs as sign-in, in the organization. */
export async function addSsoProvider(tx: Transaction, made: NewSsoProvider): Promise<boolean> {
  const { count } = await tx`
    insert into auth.sso_providers (organization_id, id, issuer, client_id, sealed_secret, domain, role)
    values (current_setting('switchboard.organization')::uuid, ${made.id}, ${made.issuer}, ${made.clientId}, ${made.sealedSecret}, ${made.domain}, ${made.role})
    on conflict (domain) do nothing`;
  return count === 1;
}

/** Its domain; undefined: there is no such one. Sessions that it vouched for end. Runs as sign-in, in the organization. */
export async function removeSsoProvider(tx: Transaction, id: string): Promise<string | undefined> {
  const [row] = await tx<{ domain: string }[]>`delete from auth.sso_providers
    where organization_id = current_setting('switchboard.organization')::uuid and id = ${id} returning domain`;
  if (row === undefined) return undefined;
  await tx`delete from auth."session" s where s."boundOrganizationId" = current_setting('switchboard.organization')::uuid
    and exists (select from auth."account" a where a."userId" = s."userId" and a."providerId" = ${`sso/${id}`})`;
  await tx`delete from auth."account" where "providerId" = ${`sso/${id}`}`;
  return row.domain;
}

/** What signing in by a provider takes. */
export type UsedSsoProvider = {
  readonly organization: OrganizationId;
  readonly id: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly sealedSecret: string;
  readonly domain: string;
  readonly role: MemberRole;
};

/** By the domain that it vouches for, or by its id. Runs as sign-in, for no organization. */
export async function findSsoProvider(
  tx: Transaction,
  by: { readonly domain: string } | { readonly id: string },
): Promise<UsedSsoProvider | undefined> {
  const [row] = await tx<(Omit<UsedSsoProvider, 'organization'> & { organization: string })[]>`
    select organization_id as organization, id, issuer, client_id as "clientId", sealed_secret as "sealedSecret", domain, role
    from auth.sso_providers where ${'domain' in by ? tx`domain = ${by.domain}` : tx`id = ${by.id}`}`;
  return row === undefined ? undefined : { ...row, organization: organizationId(row.organization) };
}

/** Secrets of all providers, as they are sealed. Runs as sign-in. */
export async function listSealedProviders(
  tx: Transaction,
): Promise<readonly { readonly id: string; readonly sealed: string }[]> {
  return tx<{ id: string; sealed: string }[]>`select id, sealed_secret as sealed from auth.sso_providers`;
}

/** Puts another seal in place of one. Runs as sign-in. */
export async function replaceSealedProvider(
  tx: Transaction,
  id: string,
  seals: { readonly old: string; readonly fresh: string },
): Promise<void> {
  await tx`update auth.sso_providers set sealed_secret = ${seals.fresh} where id = ${id} and sealed_secret = ${seals.old}`;
}
