import { createHash, randomBytes } from 'node:crypto';
import { credentialsPurpose, readApps, readSealedCredentials, type ReadApp } from '../db/apps.ts';
import { inOrganization, type Database } from '../db/database.ts';
import type { AdapterListing, Credentials } from '../model/adapter.ts';
import type { ConnectAbout, Connecting, ConnectValues } from '../model/connect.ts';
import { Failure } from '../model/failure.ts';
import type { AppId, OrganizationId } from '../model/ids.ts';
import type { Log } from '../observe/log.ts';
import type { KeyRing } from '../vault/keys.ts';
import { unseal } from '../vault/seal.ts';
import type { Apps } from './apps.ts';
import { readCredentials } from './credentials.ts';
import { aboutApp } from './settings.ts';

/** What connecting stands on. */
export type Connections = {
  readonly db: Database;
  readonly log: Log;
  readonly keys: () => Promise<KeyRing>;
  readonly apps: Pick<Apps, 'connected' | 'problemOf' | 'refresh'>;
  readonly listings: readonly AdapterListing[];
  readonly settingsOf: (listing: AdapterListing) => Credentials;
  /** What the environment has of its own apps. */
  readonly fixedCredentials: (app: AppId) => Credentials | undefined;
  /** The hub's public base address, as far as it is known. */
  readonly url: () => string;
  /** What the bot calls itself where nobody says otherwise. */
  readonly name: string;
};

/** Who connects something. */
export type Connector = {
  readonly organization: OrganizationId;
  /** As the audit names them. */
  readonly actor: string;
  /** Which page they are led back to. */
  readonly back?: Back;
};

/** Pages to which people come back from a platform. */
export const BACKS = ['installs', 'get-started'] as const;
export type Back = (typeof BACKS)[number];

/** Milliseconds for all calls of one step. */
const STEP_WITHIN_MS = 20_000;

/** A state that nobody can guess, and what is kept of it. It names the page that it was begun on. */
export function newState(back: Back = 'installs'): { readonly state: string; readonly hash: string } {
  const state = `${back}.${randomBytes(32).toString('base64url')}`;
  return { state, hash: hashOf(state) };
}

/** The page that a state was begun on; the first one for what is no state of ours. Pure. */
export const backOf = (state: string | undefined): Back =>
  BACKS.find((back) => state?.startsWith(`${back}.`) === true) ?? BACKS[0];

export const hashOf = (state: string): string => createHash('sha256').update(state).digest('hex');

/** @throws Failure `gone`: nothing speaks for such a platform. */
export function listingOf({ listings }: Connections, platform: string): AdapterListing {
  const listing = listings.find((one) => one.platform === platform);
  if (listing === undefined) throw new Failure('gone', 'there is no such platform');
  return listing;
}

/** @throws Failure `refused`: its apps are connected by the environment alone. */
export async function connectingOf(connections: Connections, platform: string): Promise<Connecting> {
  const { connect, title } = listingOf(connections, platform);
  if (connect === undefined) throw new Failure('refused', `${title} is connected by the environment alone`);
  return connect.load();
}

/** What a platform is told of an app. */
export function aboutOf(
  connections: Connections,
  platform: string,
  { app, name }: { readonly app: AppId; readonly name?: string | undefined },
): ConnectAbout {
  const listing = listingOf(connections, platform);
  const given = name === undefined || name === '' ? connections.name : name;
  const settings = connections.settingsOf(listing);
  const about = aboutApp(
    { url: connections.url(), name: given, settings },
    { app, platform },
    AbortSignal.timeout(STEP_WITHIN_MS),
  );
  const isFixed = connections.fixedCredentials(app) !== undefined;
  return isFixed ? { ...about, hookUrl: `${about.url}${listing.paths[0] ?? `/hooks/${platform}`}` } : about;
}

/** @throws Failure `gone`: there is no such app in this organization. */
export async function appOf({ db }: Connections, organization: OrganizationId, app: AppId): Promise<ReadApp> {
  const [found] = await inOrganization(db, organization, (tx) => readApps(tx, app));
  if (found === undefined) throw new Failure('gone', 'there is no such app');
  return found;
}

/** An app's credentials; undefined: it has none yet, or there is no such app. */
export async function credentialsOf(
  { db, keys, fixedCredentials }: Connections,
  organization: OrganizationId,
  app: AppId,
): Promise<ConnectValues | undefined> {
  const sealed = await inOrganization(db, organization, (tx) => readSealedCredentials(tx, app));
  if (sealed === undefined) return fixedCredentials(app);
  return readCredentials(await unseal(await keys(), sealed, credentialsPurpose(organization, app)));
}

/** @throws Failure `refused`: it has none. */
export async function neededCredentials(
  connections: Connections,
  organization: OrganizationId,
  app: AppId,
): Promise<ConnectValues> {
  const credentials = await credentialsOf(connections, organization, app);
  if (credentials !== undefined) return credentials;
  throw new Failure('refused', 'this app has no credentials here: connect it again');
}
