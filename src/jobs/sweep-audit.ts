import { listRetentions, pruneAudit } from '../db/audit.ts';
import { inOrganization, inSystem, type Database } from '../db/database.ts';
import { organizationId } from '../model/ids.ts';

const DAY_MS = 86_400_000;

/** Takes away what an organization does not keep any longer; what stays is still a chain. */
export async function sweepAudit(db: Database): Promise<void> {
  for (const { organization, days } of await inSystem(db, listRetentions)) {
    const before = new Date(Date.now() - days * DAY_MS);
    await inOrganization(db, organizationId(organization), (tx) => pruneAudit(tx, before));
  }
}
