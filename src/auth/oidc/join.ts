import { addAudit } from '../../db/audit.ts';
import { inOrganization, type Database, type Transaction } from '../../db/database.ts';
import { addMember, membershipsOf } from '../../db/members.ts';
import { asSignIn } from '../../db/sign-in.ts';
import type { UsedSsoProvider } from '../../db/sso-providers.ts';
import { addAccount, addUser, findAccount, findUserByEmail } from '../../db/users.ts';
import { Failure } from '../../model/failure.ts';
import type { Identity } from './exchange.ts';

/**
 * Whom an identity of an organization's provider means; who is new becomes somebody, and a member.
 *
 * A provider is run by one organization, and accounts are everybody's: so it is believed about its own domain only, and where
 * an account is there already, only if all that the account can reach is in this organization.
 * @returns the user's id.
 * @throws Failure `refused` that says what to do.
 */
export async function join(db: Database, provider: UsedSsoProvider, identity: Identity): Promise<string> {
  if (identity.email.split('@').at(-1) !== provider.domain)
    throw new Failure('refused', `this provider vouches for addresses of ${provider.domain} only`);
  if (identity.verified === false) throw new Failure('refused', 'the provider says that the address is not verified');
  return inOrganization(db, provider.organization, async (tx) => {
    const { user, isNew } = await inWhole(tx, (all) => findOrAdd(all, provider, identity));
    if (isNew)
      await addAudit(tx, {
        actor: `person/${user}`,
        actorName: identity.name,
        what: 'member.joined',
        subject: `member/${user}`,
        details: { by: `sso/${provider.id}`, role: provider.role },
      });
    return user;
  });
}

/** As sign-in that sees all organizations, inside a transaction of one. */
async function inWhole<Result>(tx: Transaction, work: (tx: Transaction) => Promise<Result>): Promise<Result> {
  const [before] = await tx<{ id: string }[]>`select current_setting('switchboard.organization') as id`;
  return asSignIn(tx, async (all) => {
    await all`select set_config('switchboard.organization', '', true)`;
    const result = await work(all);
    await all`select set_config('switchboard.organization', ${before?.id ?? ''}, true)`;
    return result;
  });
}

async function findOrAdd(
  tx: Transaction,
  { organization, id, role }: UsedSsoProvider,
  { subject, email, name }: Identity,
): Promise<{ readonly user: string; readonly isNew: boolean }> {
  const account = `sso/${id}`;
  const known = await findAccount(tx, account, subject);
  if (known !== undefined) {
    const places = await membershipsOf(tx, known);
    if (!places.some((place) => place.organization === organization))
      throw new Failure('refused', 'you are not in this organization any more: ask an admin to invite you');
    return { user: known, isNew: false };
  }
  // Not as verified: nobody has shown that the domain is the organization’s, and other ways in would lean on it.
  const added = await addUser(tx, { name, email, verified: false });
  const user = added ?? (await ownedHere(tx, email, organization));
  await addAccount(tx, account, subject, user);
  if (added !== undefined) await addMember(tx, organization, user, role);
  return { user, isNew: added !== undefined };
}

async function ownedHere(tx: Transaction, email: string, organization: string): Promise<string> {
  const user = await findUserByEmail(tx, email);
  const places = user === undefined ? [] : await membershipsOf(tx, user);
  if (user === undefined || places.length === 0 || places.some((place) => place.organization !== organization))
    throw new Failure(
      'refused',
      'there is an account with this address that is not of this organization alone: sign in with its password',
    );
  return user;
}
