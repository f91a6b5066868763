import { organizationId, type OrganizationId } from '../model/ids.ts';
import type { Transaction } from './database.ts';
import type { MemberRole } from './members.ts';

/** Somebody is asked in, by their address. */
export type Invitation = {
  readonly id: string;
  readonly email: string;
  readonly role: MemberRole;
  readonly invitedBy: string;
  /** ISO times. */
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly state: 'open' | 'accepted' | 'revoked' | 'expired';
};

/** The newest first. Runs as sign-in inside a transaction of the organization. */
export async function listInvitations(tx: Transaction): Promise<readonly Invitation[]> {
  return tx<Invitation[]>`
    select i.id, i.email, i.role, u.name as "invitedBy", to_json(i.created_at)#>>'{}' as "createdAt", to_json(i.expires_at)#>>'{}' as "expiresAt",
      case when i.accepted_at is not null then 'accepted' when i.revoked_at is not null then 'revoked' when i.expires_at < now() then 'expired' else 'open' end as state
    from auth.invitations i join auth."user" u on u.id = i.invited_by
    where i.organization_id = current_setting('switchboard.organization')::uuid order by i.created_at desc, i.id limit 500`;
}

/** What an invitation is made of. */
export type NewInvitation = {
  readonly email: string;
  readonly role: MemberRole;
  readonly tokenHash: string;
  readonly invitedBy: string;
  readonly days: number;
};

/** Adds one; an open one for the same address counts no more. @returns its id. Runs as sign-in, in the organization. */
export async function addInvitation(tx: Transaction, made: NewInvitation): Promise<string> {
  await tx`update auth.invitations set revoked_at = now() where organization_id = current_setting('switchboard.organization')::uuid
    and email = ${made.email} and accepted_at is null and revoked_at is null`;
  const [row] = await tx<{ id: string }[]>`
    insert into auth.invitations (organization_id, email, role, token_hash, invited_by, expires_at)
    values (current_setting('switchboard.organization')::uuid, ${made.email}, ${made.role}, ${made.tokenHash}, ${made.invitedBy}, now() + ${made.days}::int * interval '1 day')
    returning id`;
  return row?.id ?? '';
}

/** Whom it was for; undefined: there is no open one of this id. Runs as sign-in, in the organization. */
export async function revokeInvitation(tx: Transaction, id: string): Promise<string | undefined> {
  const [row] = await tx<{ email: string }[]>`update auth.invitations set revoked_at = now()
    where organization_id = current_setting('switchboard.organization')::uuid and id = ${id} and accepted_at is null and revoked_at is null returning email`;
  return row?.email;
}

/** An open invitation, as whoever has its token finds it. */
export type OpenInvitation = {
  readonly organization: OrganizationId;
  readonly id: string;
  readonly email: string;
  readonly role: MemberRole;
};

/** Undefined: accepted, revoked, over, or never made. Held until the transaction ends. Runs as sign-in, for no organization. */
export async function lockInvitation(tx: Transaction, hash: string): Promise<OpenInvitation | undefined> {
  const [row] = await tx<{ organization: string; id: string; email: string; role: MemberRole }[]>`
    select organization_id as organization, id, email, role from auth.invitations
    where token_hash = ${hash} and accepted_at is null and revoked_at is null and expires_at > now() for update`;
  return row === undefined ? undefined : { ...row, organization: organizationId(row.organization) };
}

/** Runs as sign-in. */
export async function acceptInvitation(tx: Transaction, { organization, id }: OpenInvitation): Promise<void> {
  await tx`update auth.invitations set accepted_at = now() where organization_id = ${organization} and id = ${id}`;
}
