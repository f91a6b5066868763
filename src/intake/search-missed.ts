import { inOrganization, type Database } from '../db/database.ts';
import { EDITED_EARLY } from '../db/deliveries.ts';
import { activeInstalls, knownPlaces, storedMessages } from '../db/hearing.ts';
import { withoutToken, type AccessOf } from '../model/access-of.ts';
import type { Delivery } from '../model/event.ts';
import type { Failure } from '../model/failure.ts';
import type { Log } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { Accept } from './accept.ts';
import type { ConnectedApp } from './hooks.ts';
import { isAddressed, messageKey } from './translate.ts';

export type SearchOptions = {
  readonly db: Database;
  readonly accept: Accept;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Default: no install has a token of its own. */
  readonly accessOf?: AccessOf;
};

/**
 * Nothing is looked for further back: no platform keeps what it could not deliver for longer. An adapter may stop before,
 * where late answers cost more than they are worth.
 */
const FURTHEST_MS = 3 * 24 * 3_600_000;

/**
 * Asks the platform for what happened after `agoMs` ago and commits what is not known, as if it were delivered now.
 * @returns how many messages were found that nobody had told us of.
 * @throws Failure of the platform or the database; what was found before is committed.
 */
export async function searchMissed(
  options: SearchOptions,
  app: ConnectedApp,
  agoMs: number,
  signal: AbortSignal,
): Promise<number> {
  const { db, accept, metrics, accessOf = withoutToken } = options;
  const { missed, platform } = app.adapter;
  if (missed === undefined) return 0;
  const [installs, known] = await inOrganization(db, app.organization, (tx) =>
    Promise.all([activeInstalls(tx, app.app), knownPlaces(tx, app.app)]),
  );
  const access = await Promise.all(
    installs.map(async (install) => ({
      ...(await accessOf(app.organization, app.app, install)),
      places: known.filter((place) => place.install === install),
    })),
  );
  const since = new Date(Date.now() - Math.min(agoMs, FURTHEST_MS));
  let found = 0;
  for await (const delivery of missed(access, since, signal)) {
    signal.throwIfAborted();
    if (!(await isNews(db, app, delivery))) continue;
    await accept(app, delivery, new Date());
    metrics.deliveries.inc({ platform, outcome: 'found' });
    found += 1;
  }
  return found;
}

/** Whether searching again would fail in the same way. */
export const isFinal = ({ code }: Failure): boolean => FINAL.has(code);
const FINAL = new Set(['refused', 'gone', 'too-large', 'invalid']);

/**
 * Known messages are left out before their delivery is stored a second time, under the id that only a search gives it. One
 * that was taken to be for nobody, and is not, goes through: see `acceptDeliveries`.
 */
async function isNews(db: Database, app: ConnectedApp, { events }: Delivery): Promise<boolean> {
  const messages = events
    .filter((event) => event.kind === 'message')
    .map((event) => ({ id: messageKey(app.app, event.place, event.message.id), why: event.why }));
  if (messages.length === 0) return false;
  const ids = messages.map(({ id }) => id);
  const stored = await inOrganization(db, app.organization, (tx) => storedMessages(tx, ids));
  return messages.some(({ id, why }) => {
    const known = stored.get(id);
    return known === undefined || known.reason === EDITED_EARLY || (isAddressed(why) && !isAddressed(known.why));
  });
}
