import { addAudit } from '../db/audit.ts';
import { DEFAULT_ORGANIZATION } from '../db/apps.ts';
import { inOrganization, type Database, type Transaction } from '../db/database.ts';
import { takeFirstRun } from '../db/first-run.ts';
import { acceptInvitation, lockInvitation, type OpenInvitation } from '../db/invitations.ts';
import { addMember } from '../db/members.ts';
import { organizationName } from '../db/organizations.ts';
import { inSignIn, asSignIn, tokenHash } from '../db/sign-in.ts';
import { addPassword, addUser, hasUsers } from '../db/users.ts';
import { Failure } from '../model/failure.ts';
import type { OrganizationId } from '../model/ids.ts';

/** Somebody who comes in for the first time. */
export type Newcomer = {
  readonly name: string;
  readonly email: string;
  /** As better-auth hashes it. */
  readonly passwordHash: string;
};

/**
 * Makes the first owner, in one transaction with using the link up.
 * @returns the user's id.
 * @throws Failure `refused`: the link was used, is over or replaced by a later start, or somebody is in already.
 */
export async function enterFirst(db: Database, token: string, newcomer: Newcomer): Promise<string> {
  return inOrganization(db, DEFAULT_ORGANIZATION, async (tx) => {
    const user = await asSignIn(tx, async (all) => {
      // Deleting the row first: a second one at once waits here, and finds it gone.
      const isGiven = await takeFirstRun(all, tokenHash(token));
      if (!isGiven || (await hasUsers(all)))
        throw new Failure(
          'refused',
          'this link does not count any more: it counts once, for an hour, and until the next start; the server prints a new one when it starts',
        );
      return admit(all, newcomer, { organization: DEFAULT_ORGANIZATION, role: 'owner' });
    });
    await addAudit(tx, { ...by(user, newcomer.name), what: 'organization.owned', details: {} });
    return user;
  });
}

/** What an invitation says to whoever has its link. Undefined: it does not count. */
export async function lookAtInvitation(
  db: Database,
  token: string,
): Promise<(OpenInvitation & { readonly organizationName: string }) | undefined> {
  const invitation = await inSignIn(db, (tx) => lockInvitation(tx, tokenHash(token)));
  if (invitation === undefined) return undefined;
  const name = await inOrganization(db, invitation.organization, organizationName);
  return { ...invitation, organizationName: name };
}

/** Who accepts: somebody who is signed in, or somebody new. */
export type Accepting =
  | { readonly user: string; readonly name: string; readonly email: string }
  | { readonly newcomer: Omit<Newcomer, 'email'> };

/**
 * Uses an invitation up and takes the person in, in one transaction.
 * @returns the user's id, and where they are in now.
 * @throws Failure `gone`: it does not count; `refused`: it is for another address, or there is an account of this address
 * that has to sign in first.
 */
export async function enterInvited(
  db: Database,
  token: string,
  who: Accepting,
): Promise<{ readonly user: string; readonly organization: OrganizationId }> {
  const found = await lookAtInvitation(db, token);
  if (found === undefined) throw lapsed();
  const { organization } = found;
  return inOrganization(db, organization, async (tx) => {
    const user = await asSignIn(tx, (own) => accept(own, token, who));
    const name = 'newcomer' in who ? who.newcomer.name : who.name;
    await addAudit(tx, {
      ...by(user, name),
      what: 'invitation.accepted',
      details: { invitation: found.id, role: found.role },
    });
    return { user, organization };
  });
}

const lapsed = (): Failure =>
  new Failure(
    'gone',
    'this invitation does not count any more: it was used, taken back, or is over; ask for a new one',
  );

async function accept(tx: Transaction, token: string, who: Accepting): Promise<string> {
  const invitation = await lockInvitation(tx, tokenHash(token));
  if (invitation === undefined) throw lapsed();
  const { email, organization, role } = invitation;
  if (!('newcomer' in who) && who.email !== email)
    throw new Failure('refused', 'this invitation is for another address: sign in as whom it was sent to');
  await acceptInvitation(tx, invitation);
  if ('newcomer' in who) return admit(tx, { ...who.newcomer, email }, { organization, role });
  await addMember(tx, organization, who.user, role);
  return who.user;
}

async function admit(
  tx: Transaction,
  { name, email, passwordHash }: Newcomer,
  { organization, role }: Pick<OpenInvitation, 'organization' | 'role'>,
): Promise<string> {
  const user = await addUser(tx, { name, email, verified: false });
  if (user === undefined)
    throw new Failure('refused', 'there is an account with this address already: sign in, and open the link again');
  await addPassword(tx, user, passwordHash);
  await addMember(tx, organization, user, role);
  return user;
}

const by = (user: string, actorName: string) => ({ actor: `person/${user}`, actorName, subject: `member/${user}` });
