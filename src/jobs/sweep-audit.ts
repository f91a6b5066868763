import { listRetentions, pruneAudit } from '../db/audit.ts';
import { inOrganization, inSystem, type Database } from '../db/database.ts';
import { organizationId } from '../model/ids.ts';

/** Once a day: each time that something goes, a row says so, and that row goes some day itself. */
export const AUDIT_CRONTAB = '17 3 * * * audit ?max=1';

const DAY_MS = 86_400_000;

/** Takes away what an organization does not keep any longer; what stays is still a chain. */
export async function sweepAudit(db: Database): Promise<void> {
  for (const { organization, days } of await inSystem(db, listRetentions)) {
    const before = new Date(Date.now() - days * DAY_MS);
    await inOrganization(db, organizationId(organization), (tx) => pruneAudit(tx, before));
  }
}
