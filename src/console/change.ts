import type { Principal } from '../auth/principal.ts';
import { addAudit } from '../db/audit.ts';
import { inOrganization, type Database, type Transaction } from '../db/database.ts';

/** What is changed, as the audit says it. Never with a secret. */
export type Changed = {
  readonly what: string;
  readonly subject: string;
  readonly details?: Readonly<Record<string, unknown>>;
};

/** Changes something and writes down who did, both or neither. `work` says what it has changed; undefined: nothing was. */
export function change<Result>(
  db: Database,
  principal: Principal,
  work: (tx: Transaction) => Promise<{ readonly result: Result; readonly changed: Changed | undefined }>,
): Promise<Result> {
  return inOrganization(db, principal.organization, async (tx) => {
    const { result, changed } = await work(tx);
    if (changed !== undefined)
      await addAudit(tx, {
        actor: `${principal.kind}/${principal.id}`,
        actorName: principal.name,
        what: changed.what,
        subject: changed.subject,
        details: changed.details ?? {},
      });
    return result;
  });
}
