import { inOrganization, inSystem, type Database } from '../db/database.ts';
import { expireHolds } from '../db/holds.ts';
import { forgetRates } from '../db/rates.ts';
import { organizationId } from '../model/ids.ts';
import type { Log } from '../observe/log.ts';

/** Organizations of one sweep. */
const MOST = 1_000;

/** Counts as spent what nobody has settled in time, and forgets what can matter no more. */
export async function sweepMoney(db: Database, log: Log): Promise<void> {
  const rows = await inSystem(
    db,
    (tx) => tx<{ organization_id: string }[]>`
      select organization_id from switchboard.holds where expires_at < now() and (not expired or expires_at < now() - interval '4 hours')
      union select organization_id from switchboard.budget_periods where period = 'run' and updated_at < now() - interval '1 day'
      union select organization_id from switchboard.rates where full_at < now() - interval '1 day' limit ${MOST}`,
  );
  for (const row of rows) {
    const expired = await inOrganization(db, organizationId(row.organization_id), async (tx) => {
      await forgetRates(tx);
      return expireHolds(tx);
    });
    if (expired > 0)
      log.warn(
        { organization: row.organization_id, holds: expired },
        'what calls have cost was not told: it counts as spent',
      );
  }
}
