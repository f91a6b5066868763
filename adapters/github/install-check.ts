import { z } from 'zod';
import type { ConnectAbout, Finding } from '../../src/model/connect.ts';
import { toFailure } from '../../src/model/failure.ts';
import { baseUrl } from '../kit/base-url.ts';
import { checkClock } from '../kit/clock-skew.ts';
import { call } from '../kit/http.ts';
import type { Client } from './client.ts';
import { PERMISSIONS } from './manifest.ts';

const app = z.object({
  slug: z.string(),
  events: z.array(z.string()).default([]),
  permissions: z.record(z.string(), z.string()).default({}),
});
const hook = z.object({ url: z.string().optional() });
const installations = z.array(
  z.object({
    id: z.int(),
    account: z.object({ login: z.string() }).nullish(),
    permissions: z.record(z.string(), z.string()).default({}),
    suspended_at: z.string().nullish(),
  }),
);
const LEVELS = ['none', 'read', 'write', 'admin'];

/** Looks at the app's key, where its events go, what it and each of its installations may, and the clock. */
export async function check(client: Client, about: ConnectAbout): Promise<readonly Finding[]> {
  const clock = await askClock(about);
  try {
    const self = app.parse(await client.asApp('GET /app', about.signal));
    const config = hook.parse(await client.asApp('GET /app/hook/config', about.signal));
    const places = installations.parse(await client.asApp('GET /app/installations?per_page=100', about.signal));
    return [
      { check: 'token', state: 'ok', says: `GitHub knows the app as ${self.slug}` },
      eventUrl(config.url, about),
      permissionsOf(self.permissions, `the app ${self.slug}`, 'Change them under Permissions & events of the app.'),
      ...(places.length > 0 ? places.map(installed) : [nowhere]),
      clock,
    ];
  } catch (thrown) {
    const { code, message } = toFailure(thrown, 'unavailable');
    const isOurs = code === 'unauthorized' || code === 'refused' || code === 'gone';
    const fix = isOurs
      ? 'Generate a new private key on the app’s page and rotate it here; look at the app’s id, and at the clock.'
      : 'GitHub was not reached: try again, and look at this machine’s network.';
    return [{ check: 'token', state: isOurs ? 'failed' : 'unknown', says: message, fix }, clock];
  }
}

const nowhere: Finding = {
  check: 'installations',
  state: 'failed',
  says: 'the app is installed nowhere',
  fix: 'Press “Add a workspace” and choose repositories on GitHub.',
};

function eventUrl(url: string | undefined, { hookUrl }: ConnectAbout): Finding {
  if (url === hookUrl) return { check: 'event URL', state: 'ok', says: 'events are sent here' };
  const says =
    url === undefined || url === '' ? 'GitHub sends events nowhere' : `GitHub sends events to ${url.slice(0, 200)}`;
  return { check: 'event URL', state: 'failed', says, fix: `Set the app’s Webhook URL to ${hookUrl}` };
}

function permissionsOf(granted: Readonly<Record<string, string>>, of: string, fix: string): Finding {
  const level = (name: string | undefined): number => LEVELS.indexOf(name ?? 'none');
  const missing = Object.entries(PERMISSIONS).filter(([area, wanted]) => level(granted[area]) < level(wanted));
  if (missing.length === 0) return { check: 'scopes', state: 'ok', says: `${of} may do all that is needed` };
  const says = `${of} may not: ${missing.map(([area, wanted]) => `${area} (${wanted})`).join(', ')}`;
  return { check: 'scopes', state: 'failed', says, fix };
}

function installed({ account, permissions, suspended_at }: z.output<typeof installations>[number]): Finding {
  const of = account?.login ?? 'an installation';
  if (typeof suspended_at === 'string')
    return {
      check: 'installations',
      state: 'failed',
      says: `${of} has suspended the app`,
      fix: 'Its owner takes that back under Settings → GitHub Apps.',
    };
  return permissionsOf(permissions, of, `An owner of ${of} accepts the new permissions under Settings → GitHub Apps.`);
}

/** GitHub refuses keys' signatures when the clock is wrong, so it is asked for without one. */
async function askClock(about: ConnectAbout): Promise<Finding> {
  try {
    const url = `${baseUrl(about.settings, 'GITHUB_API_URL', 'https://api.github.com')}/meta`;
    return checkClock(
      (await call({ method: 'GET', url, headers: { 'user-agent': 'switchboard' } }, about.signal)).headers,
    );
  } catch (thrown) {
    return { check: 'clock', state: 'unknown', says: toFailure(thrown, 'unavailable').message };
  }
}
