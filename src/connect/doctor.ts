import { inOrganization } from '../db/database.ts';
import type { ReadApp } from '../db/apps.ts';
import { probe } from '../intake/probe.ts';
import type { Finding } from '../model/connect.ts';
import { toFailure } from '../model/failure.ts';
import type { AppId, OrganizationId } from '../model/ids.ts';
import { checkedInstalls } from './checked-installs.ts';
import { aboutOf, appOf, connectingOf, neededCredentials, type Connections } from './connections.ts';

const PROBE_WITHIN_MS = 8_000;
/** Milliseconds of a write and a read that say that a database is slow. */
const SLOW_MS = 1_000;

/** Looks at everything an app needs to answer, each by itself: what fails says how it is mended. */
export async function examine(
  connections: Connections,
  organization: OrganizationId,
  id: AppId,
): Promise<readonly Finding[]> {
  const database = await checkDatabase(connections, organization);
  const app = await appOf(connections, organization, id);
  const [reached, asked] = await Promise.all([checkWay(connections, app), askPlatform(connections, organization, app)]);
  return onceEach([database, checkState(connections, app), ...reached, ...asked, ...lastSeen(app)]);
}

async function checkDatabase({ db }: Connections, organization: OrganizationId): Promise<Finding> {
  const startedAt = performance.now();
  await inOrganization(db, organization, (tx) => tx`select 1`);
  const ms = Math.round(performance.now() - startedAt);
  if (ms < SLOW_MS) return { check: 'database', state: 'ok', says: `it answers within ${ms} ms` };
  const fix = 'Look at the load of the database and at the network to it.';
  return { check: 'database', state: 'failed', says: `it took ${ms} ms to answer`, fix };
}

function checkState({ apps }: Connections, { id, state }: ReadApp): Finding {
  const problem = apps.problemOf(id);
  if (problem !== undefined)
    return {
      check: 'credentials',
      state: 'failed',
      says: problem,
      fix: 'Rotate the app’s credentials: fill them in anew.',
    };
  if (state === 'paused')
    return {
      check: 'state',
      state: 'failed',
      says: 'the app is paused: what it is sent waits',
      fix: 'Press Resume.',
    };
  return { check: 'state', state: 'ok', says: 'the app is open' };
}

/** Sends ourselves a signed delivery by the public way. */
async function checkWay(connections: Connections, { id, platform }: ReadApp): Promise<readonly Finding[]> {
  const connected = connections.apps.connected(id);
  const { url, hookUrl } = aboutOf(connections, platform, { app: id });
  const secure = checkAddress(url);
  if (connected?.adapter.probe === undefined) return [secure];
  const why = await probe(url, connected, PROBE_WITHIN_MS, AbortSignal.timeout(PROBE_WITHIN_MS));
  if (why === undefined)
    return [secure, { check: 'signature', state: 'ok', says: 'a signed delivery arrives by the public address' }];
  const fix = `Let ${hookUrl} reach this hub: mend the proxy or tunnel before it, or set SWITCHBOARD_URL to the right address.`;
  return [secure, { check: 'signature', state: 'failed', says: `by the public address: ${why}`, fix }];
}

function checkAddress(url: string): Finding {
  const { protocol, host } = new URL(url);
  if (protocol === 'https:') return { check: 'public URL', state: 'ok', says: `${host}, by https` };
  const isLocal = /^(localhost|127\.|\[::1\])/.test(host);
  const fix = 'Set SWITCHBOARD_URL to the https address under which platforms reach this hub.';
  const says = isLocal ? `${host} is this machine alone` : `${host} is reached without https`;
  return { check: 'public URL', state: isLocal ? 'unknown' : 'failed', says, fix };
}

async function askPlatform(
  connections: Connections,
  organization: OrganizationId,
  { id, platform, name }: ReadApp,
): Promise<readonly Finding[]> {
  try {
    const { check } = await connectingOf(connections, platform);
    const credentials = await neededCredentials(connections, organization, id);
    const installs = await checkedInstalls(connections, organization, id);
    return await check(credentials, installs, aboutOf(connections, platform, { app: id, name }));
  } catch (thrown) {
    const fix = 'Rotate the app’s credentials: fill them in anew.';
    return [{ check: 'credentials', state: 'failed', says: toFailure(thrown, 'invalid').message, fix }];
  }
}

function lastSeen({ lastEventAt, lastReplyAt, name }: ReadApp): readonly Finding[] {
  if (lastEventAt === null) {
    const fix = `Mention ${name} in a channel where it is, and look here again.`;
    return [{ check: 'last event', state: 'unknown', says: 'nothing was ever delivered', fix }];
  }
  const event: Finding = { check: 'last event', state: 'ok', says: lastEventAt };
  if (lastReplyAt !== null) return [event, { check: 'last reply', state: 'ok', says: lastReplyAt }];
  const fix = 'Look at the conversation: each message says why it was not answered.';
  return [event, { check: 'last reply', state: 'unknown', says: 'nothing was ever answered', fix }];
}

/** The clock is looked at with each install; it is the same one. */
function onceEach(findings: readonly Finding[]): readonly Finding[] {
  const seen = new Set<string>();
  return findings.filter(({ check, state, says }) => {
    const key = check === 'clock' ? check : `${check}/${state}/${says}`;
    return !seen.has(key) && seen.add(key);
  });
}
