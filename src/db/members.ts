import type { OrganizationId } from '../model/ids.ts';
import { organizationId } from '../model/ids.ts';
import type { Transaction } from './database.ts';

/** As `auth/roles` has them; the database refuses any other. */
export type MemberRole = 'viewer' | 'analyst' | 'operator' | 'admin' | 'owner';

/** Somebody who is in an organization. */
export type Member = {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: MemberRole;
  /** ISO time. */
  readonly since: string;
  /** Whether a second factor is asked of them where they sign in by password. */
  readonly twoFactor: boolean;
};

// All of these run as sign-in inside a transaction of the organization: see `asSignIn`.

/** The longest in first. */
export async function listMembers(tx: Transaction): Promise<readonly Member[]> {
  return tx<Member[]>`
    select u.id, u.name, u.email, m.role, to_json(m.created_at)#>>'{}' as since, coalesce(u."twoFactorEnabled", false) as "twoFactor"
    from auth.members m join auth."user" u on u.id = m.user_id
    where m.organization_id = current_setting('switchboard.organization')::uuid order by m.created_at, u.id`;
}

/**
 * The members' roles, held until the transaction ends: of two owners who leave at once the second one finds that they are
 * the last.
 */
export async function lockRoles(tx: Transaction): Promise<ReadonlyMap<string, MemberRole>> {
  const rows = await tx<{ id: string; role: MemberRole }[]>`select user_id as id, role from auth.members
    where organization_id = current_setting('switchboard.organization')::uuid order by user_id for update`;
  return new Map(rows.map(({ id, role }) => [id, role]));
}

export async function setRole(tx: Transaction, user: string, role: MemberRole): Promise<void> {
  await tx`update auth.members set role = ${role}
    where organization_id = current_setting('switchboard.organization')::uuid and user_id = ${user}`;
}

/** Takes somebody out, with the keys that they made and the sessions that count here alone. */
export async function removeMember(tx: Transaction, user: string): Promise<void> {
  await tx`delete from auth.members where organization_id = current_setting('switchboard.organization')::uuid and user_id = ${user}`;
  await tx`delete from auth."session"
    where "userId" = ${user} and "boundOrganizationId" = current_setting('switchboard.organization')::uuid`;
}

/** Takes somebody in; who is in already stays what they are. */
export async function addMember(
  tx: Transaction,
  organization: OrganizationId,
  user: string,
  role: MemberRole,
): Promise<void> {
  await tx`insert into auth.members (organization_id, user_id, role) values (${organization}, ${user}, ${role}) on conflict do nothing`;
}

/** Where somebody is in, the longest first. Runs as sign-in, for no organization. */
export async function membershipsOf(
  tx: Transaction,
  user: string,
): Promise<readonly { readonly organization: OrganizationId; readonly role: MemberRole }[]> {
  const rows = await tx<{ id: string; role: MemberRole }[]>`select organization_id as id, role from auth.members
    where user_id = ${user} order by created_at, organization_id`;
  return rows.map(({ id, role }) => ({ organization: organizationId(id), role }));
}
