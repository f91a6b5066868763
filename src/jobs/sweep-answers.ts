import { dropOldAnswers } from '../db/answer-cache.ts';
import { inOrganization, inSystem, type Database } from '../db/database.ts';
import { organizationId } from '../model/ids.ts';

/** Organizations of one sweep. */
const MOST = 1_000;

/** Drops answers that are too old to be given again. */
export async function sweepAnswers(db: Database): Promise<void> {
  const rows = await inSystem(
    db,
    (tx) => tx<{ organization_id: string }[]>`
      select distinct organization_id from switchboard.answer_cache where expires_at < now() limit ${MOST}`,
  );
  for (const row of rows) await inOrganization(db, organizationId(row.organization_id), dropOldAnswers);
}
