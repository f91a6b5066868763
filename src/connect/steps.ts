import { randomUUID } from 'node:crypto';
import { isPrepared, saveBegun, takeBegun } from '../db/connecting.ts';
import { inOrganization } from '../db/database.ts';
import type { ConnectField, ConnectStep, ConnectValues } from '../model/connect.ts';
import { Failure } from '../model/failure.ts';
import { appId, type AppId } from '../model/ids.ts';
import {
  aboutOf,
  appOf,
  backOf,
  connectingOf,
  credentialsOf,
  hashOf,
  listingOf,
  neededCredentials,
  newState,
  type Connections,
  type Connector,
} from './connections.ts';
import { sealStep, type SealedStep } from './keep-step.ts';

/** What somebody needs before anything is filled in. */
export type Prepared = {
  /** The id that the app will have. */
  readonly app: AppId;
  readonly hookUrl: string;
  readonly callbackUrl: string;
  /** The platform's page that makes such an app, filled in; null: there is none. */
  readonly prefilled: string | null;
};

/** Gives out an id for an app to come, so that its addresses are known before it is there. */
export async function prepare(
  connections: Connections,
  { organization, actor }: Connector,
  { platform, name }: { readonly platform: string; readonly name?: string | undefined },
): Promise<Prepared> {
  const connecting = await connectingOf(connections, platform);
  const listing = listingOf(connections, platform);
  const app = appId(randomUUID());
  const about = aboutOf(connections, platform, { app, name });
  const { hash: stateHash } = newState();
  const begun = { stateHash, actor, platform: listing.platform, app, step: 'prepared', name: about.name } as const;
  await inOrganization(connections.db, organization, (tx) => saveBegun(tx, begun));
  const { hookUrl, callbackUrl } = about;
  return { app, hookUrl, callbackUrl, prefilled: connecting.prefilled?.(about) ?? null };
}

export type Beginning = {
  readonly platform: string;
  readonly way: string;
  readonly values: ConnectValues;
  /** One that was prepared, or one that is there and gets other credentials; absent: a new one. */
  readonly app?: AppId | undefined;
  readonly name?: string | undefined;
};

/** Begins one of a platform's ways. Nothing is written yet: what is returned is kept by `keepStep`. */
export async function begin(
  connections: Connections,
  connector: Connector,
  { platform, way, values, app, name }: Beginning,
): Promise<SealedStep> {
  const listing = listingOf(connections, platform);
  const connecting = await connectingOf(connections, platform);
  const found = listing.connect?.ways.find((one) => one.id === way);
  if (found === undefined) throw new Failure('invalid', `way: ${listing.title} has no such way`);
  const filled = filledIn(found.fields, values);
  const id = app ?? appId(randomUUID());
  const before = app === undefined ? undefined : await known(connections, connector, { platform, app });
  const about = aboutOf(connections, platform, { app: id, name: name ?? before });
  const step = (state: string) => connecting.begin(way, filled, about, state);
  return sealed(connections, connector, { app: id, platform, name: about.name }, step);
}

/** The person is back from the platform. A state counts once, for whoever began it, here, and for ten minutes. */
export async function finish(
  connections: Connections,
  connector: Connector,
  { platform, query }: { readonly platform: string; readonly query: ConnectValues },
): Promise<SealedStep> {
  const listing = listingOf(connections, platform);
  const connecting = await connectingOf(connections, platform);
  const { organization, actor } = connector;
  const taken = { stateHash: hashOf(query['state'] ?? ''), actor, platform: listing.platform };
  const begun = await inOrganization(connections.db, organization, (tx) => takeBegun(tx, taken));
  if (begun === undefined)
    throw new Failure(
      'refused',
      'this way back was used, is older than ten minutes, or was begun by somebody else: begin again',
    );
  const finishing = connecting.finish;
  if (finishing === undefined) throw new Failure('refused', `nobody comes back from ${listing.title}`);
  const credentials = await credentialsOf(connections, organization, begun.app);
  const about = aboutOf(connections, platform, begun);
  const on = { ...connector, back: backOf(query['state']) };
  return sealed(connections, on, { ...begun, platform }, (state) => finishing(query, credentials, about, state));
}

/** Leads into one more workspace, or into the same one again. */
export async function installAgain(connections: Connections, connector: Connector, app: AppId): Promise<SealedStep> {
  const { platform, name } = await appOf(connections, connector.organization, app);
  const { install } = await connectingOf(connections, platform);
  if (install === undefined) throw new Failure('refused', 'this platform has no page to install an app from here');
  const credentials = await neededCredentials(connections, connector.organization, app);
  const about = aboutOf(connections, platform, { app, name });
  return sealed(connections, connector, { app, platform, name }, (state) => install(credentials, about, state));
}

/** Tells the platform how the app looks today. */
export async function update(
  connections: Connections,
  connector: Connector,
  { app, values }: { readonly app: AppId; readonly values: ConnectValues },
): Promise<SealedStep> {
  const { platform, name, details } = await appOf(connections, connector.organization, app);
  const { title, connect } = listingOf(connections, platform);
  const { update: tell } = await connectingOf(connections, platform);
  if (tell === undefined) throw new Failure('refused', `${title} takes no changes of an app from here`);
  const credentials = await neededCredentials(connections, connector.organization, app);
  const known = Object.fromEntries(Object.entries(details).map(([key, value]) => [key, String(value)]));
  const filled = { ...known, ...filledIn(connect?.updateFields ?? [], values) };
  const about = aboutOf(connections, platform, { app, name });
  return sealed(connections, connector, { app, platform, name }, () => tell(credentials, filled, about));
}

/** Asks the platform where the app is. */
export async function lookForInstalls(connections: Connections, connector: Connector, app: AppId): Promise<SealedStep> {
  const { platform, name } = await appOf(connections, connector.organization, app);
  const { installs: list } = await connectingOf(connections, platform);
  if (list === undefined) throw new Failure('refused', 'this platform does not tell where an app is installed');
  const credentials = await neededCredentials(connections, connector.organization, app);
  const about = aboutOf(connections, platform, { app, name });
  return sealed(connections, connector, { app, platform, name }, async () => ({
    installs: await list(credentials, about),
  }));
}

async function sealed(
  connections: Connections,
  connector: Connector,
  of: { readonly app: AppId; readonly platform: string; readonly name: string },
  ask: (state: string) => Promise<ConnectStep>,
): Promise<SealedStep> {
  const { state, hash: stateHash } = newState(connector.back);
  const step = await ask(state);
  const { platform } = listingOf(connections, of.platform);
  return sealStep(await connections.keys(), step, { ...connector, ...of, platform, stateHash });
}

/** The name of an app that is there; undefined: it was prepared. @throws Failure `gone`: this person has no such app. */
async function known(
  connections: Connections,
  { organization, actor }: Connector,
  { platform, app }: { readonly platform: string; readonly app: AppId },
): Promise<string | undefined> {
  const { platform: named } = listingOf(connections, platform);
  const asked = { actor, platform: named, app };
  if (await inOrganization(connections.db, organization, (tx) => isPrepared(tx, asked))) return undefined;
  const found = await appOf(connections, organization, app);
  if (found.origin !== 'console')
    throw new Failure('refused', 'this app is connected by the environment: change its variables there');
  if (found.platform === platform) return found.name;
  throw new Failure('invalid', 'app: it is one of another platform');
}

/** Letters of one value: a private key has some 3,200. */
const MOST_LETTERS = 20_000;

/** @throws Failure `invalid` that names the field. */
function filledIn(fields: readonly ConnectField[], values: ConnectValues): ConnectValues {
  const stranger = Object.keys(values).find((name) => !fields.some((field) => field.name === name));
  if (stranger !== undefined) throw new Failure('invalid', `${stranger.slice(0, 60)}: there is no such field`);
  const filled = fields.map(({ name, label, required, options }) => {
    const value = values[name]?.trim() ?? '';
    if (value === '' && required) throw new Failure('invalid', `${name}: fill in ${label}`);
    if (value.length > MOST_LETTERS) throw new Failure('invalid', `${name}: at most ${MOST_LETTERS} letters`);
    if (value !== '' && options !== undefined && !options.includes(value))
      throw new Failure('invalid', `${name}: one of ${options.join(', ')}`);
    return [name, value] as const;
  });
  return Object.fromEntries(filled.filter(([, value]) => value !== ''));
}
