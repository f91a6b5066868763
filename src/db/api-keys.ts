import { organizationId, type OrganizationId } from '../model/ids.ts';
import type { Transaction } from './database.ts';
import type { MemberRole } from './members.ts';

/** A key as it is listed. */
export type ApiKey = {
  readonly id: string;
  readonly name: string;
  /** Its first characters. */
  readonly start: string;
  readonly role: MemberRole;
  /** Null: all that the role may. */
  readonly scopes: readonly string[] | null;
  readonly createdBy: string;
  /** ISO times. */
  readonly createdAt: string;
  readonly expiresAt: string | null;
  /** To the hour; null: never. */
  readonly usedAt: string | null;
};

/** Those that still open something, the newest first. Runs as sign-in inside a transaction of the organization. */
export async function listApiKeys(tx: Transaction): Promise<readonly ApiKey[]> {
  return tx<ApiKey[]>`
    select k.id, k.name, k.start, k.role, k.scopes, u.name as "createdBy", to_json(k.created_at)#>>'{}' as "createdAt",
      to_json(k.expires_at)#>>'{}' as "expiresAt", to_json(k.used_at)#>>'{}' as "usedAt"
    from auth.api_keys k join auth."user" u on u.id = k.created_by
    where k.organization_id = current_setting('switchboard.organization')::uuid and k.revoked_at is null order by k.created_at desc, k.id limit 500`;
}

/** What a key is made of. */
export type NewApiKey = {
  readonly name: string;
  readonly start: string;
  readonly hash: string;
  readonly role: MemberRole;
  readonly scopes: readonly string[] | undefined;
  readonly createdBy: string;
  /** Undefined: it does not end by itself. */
  readonly days: number | undefined;
};

/** @returns its id. Runs as sign-in, in the organization. */
export async function addApiKey(tx: Transaction, made: NewApiKey): Promise<string> {
  const scopes = made.scopes === undefined ? null : JSON.stringify(made.scopes);
  const [row] = await tx<{ id: string }[]>`
    insert into auth.api_keys (organization_id, name, start, hash, role, scopes, created_by, expires_at)
    values (current_setting('switchboard.organization')::uuid, ${made.name}, ${made.start}, ${made.hash}, ${made.role},
      case when ${scopes}::text is null then null else array(select jsonb_array_elements_text(${scopes}::text::jsonb)) end,
      ${made.createdBy}, now() + ${made.days ?? null}::int * interval '1 day')
    returning id`;
  return row?.id ?? '';
}

/** Its name; undefined: there is no such key. Runs as sign-in, in the organization. */
export async function revokeApiKey(tx: Transaction, id: string): Promise<string | undefined> {
  const [row] = await tx<{ name: string }[]>`update auth.api_keys set revoked_at = now()
    where organization_id = current_setting('switchboard.organization')::uuid and id = ${id} and revoked_at is null returning name`;
  return row?.name;
}

/** A key that opens something, with what whoever made it is now. */
export type UsedApiKey = {
  readonly id: string;
  readonly name: string;
  readonly organization: OrganizationId;
  readonly role: MemberRole;
  readonly makersRole: MemberRole;
  readonly scopes: readonly string[] | null;
};

/** Undefined: there is no such key, or it is over. Runs as sign-in, for no organization. */
export async function useApiKey(tx: Transaction, hash: string): Promise<UsedApiKey | undefined> {
  const [row] = await tx<
    {
      id: string;
      name: string;
      organization: string;
      role: MemberRole;
      makersRole: MemberRole;
      scopes: string[] | null;
      stale: boolean;
    }[]
  >`
    select k.id, k.name, k.organization_id as organization, k.role, m.role as "makersRole", k.scopes,
      k.used_at is null or k.used_at < now() - interval '1 hour' as stale
    from auth.api_keys k join auth.members m on m.organization_id = k.organization_id and m.user_id = k.created_by
    where k.hash = ${hash} and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())`;
  if (row === undefined) return undefined;
  const { stale, organization, ...key } = row;
  if (stale) await tx`update auth.api_keys set used_at = now() where hash = ${hash}`;
  return { ...key, organization: organizationId(organization) };
}
