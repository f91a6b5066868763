import type { Task } from 'graphile-worker';
import type { Nearness } from '../agent/nearness.ts';
import { inSystem, type Database } from '../db/database.ts';
import { toFailure } from '../model/failure.ts';
import { organizationId } from '../model/ids.ts';
import type { Log } from '../observe/log.ts';

/** Once in five minutes over all processes; a run that failed is made good by the next. */
export const EMBED_CRONTAB = '*/5 * * * * embed ?max=1';

/** The job that has it looked up what was said and read means, behind everything that somebody waits for. */
export function embedTask(
  db: Database,
  nearness: Pick<Nearness, 'catchUp'>,
  { stopping, log }: { readonly stopping: AbortSignal; readonly log: Log },
): Task {
  return async () => {
    const rows = await inSystem(
      db,
      (tx) => tx<{ organization_id: string }[]>`select organization_id from switchboard.organizations`,
    );
    for (const { organization_id: organization } of rows) {
      if (stopping.aborted) return;
      try {
        const texts = await nearness.catchUp(organizationId(organization), stopping);
        if (texts > 0) log.info({ organization, texts }, 'texts were embedded');
      } catch (thrown) {
        const { message } = toFailure(thrown, 'unavailable');
        log.warn({ organization, reason: message }, 'texts could not be embedded');
      }
    }
  };
}
