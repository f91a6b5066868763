import type { OrganizationId } from '../model/ids.ts';
import { addAudit } from './audit.ts';
import type { Transaction } from './database.ts';
import { membershipsOf } from './members.ts';
import { asSignIn } from './sign-in.ts';

/** Something that somebody did with their own account, or that was tried with it. */
export type AccountDeed = {
  readonly user: string;
  /** As `person.signed-in`. */
  readonly what: string;
  /** Never a secret. */
  readonly details: Readonly<Record<string, unknown>>;
  /** Whether it is known that it was they: whoever gives a wrong password may be anybody. */
  readonly isThey: boolean;
  /** The one organization that it concerns; undefined: all in which the person is. */
  readonly only: OrganizationId | undefined;
};

/**
 * Writes it down in every organization that it concerns: an account is in all of them, and each has an audit of its own.
 * In a transaction of no organization, which goes on as what it was.
 */
export async function addAccountAudit(
  tx: Transaction,
  { user, what, details, isThey, only }: AccountDeed,
): Promise<void> {
  const { name, places } = await asSignIn(tx, async (own) => {
    const [row] = await own<{ name: string }[]>`select name from auth."user" where id = ${user}`;
    return { name: row?.name ?? '', places: await membershipsOf(own, user) };
  });
  const who = isThey ? { actor: `person/${user}`, actorName: name } : { actor: 'somebody', actorName: 'Somebody' };
  const deed = { ...who, what, subject: `member/${user}`, details: isThey ? details : { ...details, member: name } };
  const concerned = places.map(({ organization }) => organization).filter((id) => only === undefined || id === only);
  const [before] = await tx<{ role: string }[]>`select current_setting('role') as role`;
  // In one order for all: each chain of the audit is locked until the transaction ends.
  for (const organization of concerned.toSorted()) {
    await tx`select set_config('role', 'switchboard_app', true), set_config('switchboard.organization', ${organization}, true)`;
    await addAudit(tx, deed);
  }
  await tx`select set_config('role', ${before?.role ?? 'none'}, true), set_config('switchboard.organization', '', true)`;
}
