import { organizationId, type OrganizationId } from '../model/ids.ts';
import type { Transaction } from './database.ts';
import type { MemberRole } from './members.ts';

// All of these run as sign-in, for no organization: a session is a person's.

/** A session, and what the person is where it counts. */
export type OpenSession = {
  readonly id: string;
  readonly user: string;
  readonly name: string;
  readonly email: string;
  /** Undefined: the person is in no organization, or not any more in the one that the session is bound to. */
  readonly place: { readonly organization: OrganizationId; readonly role: MemberRole } | undefined;
  /** The one organization whose own provider vouches for it. */
  readonly bound: boolean;
};

type SessionRow = Pick<OpenSession, 'id' | 'user' | 'name' | 'email' | 'bound'> & {
  readonly token: string;
  readonly organization: string | null;
  readonly role: MemberRole | null;
};

/**
 * By their tokens, in the same order. Null: there is none of this token, or it is over. The place is the chosen one, else where
 * the person is in longest.
 */
export async function findSessions(
  tx: Transaction,
  tokens: readonly string[],
): Promise<readonly (OpenSession | null)[]> {
  const rows = await tx<SessionRow[]>`
    select s.token, s.id, u.id as user, u.name, u.email, s."boundOrganizationId" is not null as bound, m.organization_id as organization, m.role
    from auth."session" s join auth."user" u on u.id = s."userId"
    left join lateral (
      select m.organization_id, m.role from auth.members m
      where m.user_id = s."userId" and m.organization_id = coalesce(s."boundOrganizationId", m.organization_id)
      order by m.organization_id is distinct from s."activeOrganizationId", m.created_at, m.organization_id limit 1
    ) m on true
    where s.token = any(${tokens}::text[]) and s."expiresAt" > now()`;
  const found = new Map(rows.map((row) => [row.token, opened(row)]));
  return tokens.map((token) => found.get(token) ?? null);
}

function opened({ id, user, name, email, bound, organization, role }: SessionRow): OpenSession {
  const place =
    organization === null || role === null ? undefined : { organization: organizationId(organization), role };
  return { id, user, name, email, bound, place };
}

/** A session as its person sees it. */
export type ListedSession = {
  readonly id: string;
  readonly address: string;
  readonly agent: string;
  /** ISO times. */
  readonly createdAt: string;
  readonly usedAt: string;
  readonly expiresAt: string;
};

/** The newest first. */
export async function listSessions(tx: Transaction, user: string): Promise<readonly ListedSession[]> {
  return tx<ListedSession[]>`
    select id, coalesce("ipAddress", '') as address, left(coalesce("userAgent", ''), 300) as agent, to_json("createdAt")#>>'{}' as "createdAt",
      to_json("updatedAt")#>>'{}' as "usedAt", to_json("expiresAt")#>>'{}' as "expiresAt"
    from auth."session" where "userId" = ${user} and "expiresAt" > now() order by "createdAt" desc, id limit 200`;
}

/** Ends one session of a person. @returns whether there was one. */
export async function endSession(tx: Transaction, user: string, id: string): Promise<boolean> {
  const { count } = await tx`delete from auth."session" where "userId" = ${user} and id = ${id}`;
  return count === 1;
}

/** Ends all sessions of a person but one. @returns how many. */
export async function endOtherSessions(tx: Transaction, user: string, kept: string): Promise<number> {
  const { count } = await tx`delete from auth."session" where "userId" = ${user} and id <> ${kept}`;
  return count;
}

/** Where the person goes on, if they are in there and the session is not bound elsewhere. @returns whether they do. */
export async function chooseOrganization(
  tx: Transaction,
  session: string,
  organization: OrganizationId,
): Promise<boolean> {
  const { count } = await tx`update auth."session" s set "activeOrganizationId" = ${organization}
    where s.id = ${session} and coalesce(s."boundOrganizationId", ${organization}) = ${organization}
      and exists (select from auth.members m where m.organization_id = ${organization} and m.user_id = s."userId")`;
  return count === 1;
}
