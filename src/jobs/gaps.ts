import type { Task } from 'graphile-worker';
import type { GapsOptions } from '../intake/gaps.ts';
import { searchMissed } from '../intake/search-missed.ts';
import { toFailure } from '../model/failure.ts';

/** Once in five minutes over all processes; a run that failed is made good by the next. */
export const GAPS_CRONTAB = '*/5 * * * * gaps ?max=1';

/** Milliseconds that each run looks back, beyond the pause between two. An adapter may look further, or not at all. */
const LOOK_BACK_MS = 5 * 60_000;
const WITHIN_MS = 4 * 60_000;

/**
 * Looks for what platforms that call us could not deliver though this hub was up, as far as it can tell: a proxy before
 * it was not, or the platform had a bad moment. Cheap where a platform says itself what failed; where it would have to be
 * read back message by message, the adapter leaves so short a time to the platform's own repetitions.
 */
export function gapsTask(options: GapsOptions, stopping: AbortSignal): Task {
  return async () => {
    for (const app of options.apps) {
      if (app.adapter.missed === undefined || app.adapter.listen !== undefined) continue;
      const signal = AbortSignal.any([stopping, AbortSignal.timeout(WITHIN_MS)]);
      try {
        await searchMissed(options, app, LOOK_BACK_MS, signal);
      } catch (thrown) {
        if (stopping.aborted) return;
        const { platform } = app.adapter;
        options.log.warn(
          { platform, reason: toFailure(thrown, 'unavailable').message },
          'failed deliveries could not be asked for',
        );
      }
    }
  };
}
