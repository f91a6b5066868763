import type { Principal } from '../auth/principal.ts';
import { isAtLeast } from '../auth/roles.ts';
import { addAudit, wasDoneLately } from '../db/audit.ts';
import type { Transaction } from '../db/database.ts';
import { Failure } from '../model/failure.ts';

/** Who reads the same again within this time is written down once. */
const ONCE_IN_MINUTES = 60;

/**
 * What people said is hidden until somebody asks to see it, and that is written down.
 * @param subject what is read, as `conversation/2f…`.
 * @throws Failure `refused`: the role may not.
 */
export async function reveal(tx: Transaction, principal: Principal, subject: string): Promise<void> {
  const { kind, id, name, role } = principal;
  if (!isAtLeast(role, 'analyst'))
    throw new Failure('refused', `reading what people said needs the role analyst; yours is ${role}`);
  const deed = { actor: `${kind}/${id}`, actorName: name, what: 'text.revealed', subject, details: {} };
  if (!(await wasDoneLately(tx, deed, ONCE_IN_MINUTES))) await addAudit(tx, deed);
}
