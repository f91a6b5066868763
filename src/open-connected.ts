import { webListing } from '../adapters/web/listing.ts';
import { openRoom } from './chat/room.ts';
import { openTeller, type Tell } from './chat/tell.ts';
import { openApps, type Apps } from './connect/apps.ts';
import { aboutOf, type Connections } from './connect/connections.ts';
import { settingsIn } from './connect/settings.ts';
import { openTokens } from './connect/tokens.ts';
import type { ModelConfig } from './config-models.ts';
import { processEnvironment, type Config } from './config.ts';
import { DEFAULT_ORGANIZATION, environmentApp, registerEnvironmentApps } from './db/apps.ts';
import { saveFileBudgets } from './db/budgets.ts';
import { inOrganization, type Database } from './db/database.ts';
import { fileBudget } from './db/file-budget.ts';
import { savePolicies } from './db/policies.ts';
import { saveFileTargets, type StoredTarget } from './db/targets.ts';
import type { ConnectedApp } from './intake/hooks.ts';
import type { AccessOf } from './model/access-of.ts';
import type { AdapterListing } from './model/adapter.ts';
import type { Log } from './observe/log.ts';
import type { Learn } from './observe/secrets.ts';
import { addTemplateFiles } from './templates.ts';
import type { KeyRing } from './vault/keys.ts';

/** What stands on the apps that are connected. */
export type Connected = {
  readonly apps: Apps;
  readonly accessOf: AccessOf;
  readonly connections: Connections;
  /** Says that something changed in a conversation of the chat. */
  readonly tellChat: Tell;
  /** Where platforms and people reach this hub, as far as it is known; without a public one it is known once it listens. */
  readonly address: { url: string };
};

type OpenConnectedOptions = {
  readonly db: Database;
  readonly keys: () => Promise<KeyRing>;
  readonly learn: Learn;
  readonly log: Log;
};

/** The apps of the environment and those that are stored, the ways into where they are installed, and how more are connected. */
export async function openConnected(
  config: Config,
  { db, keys, learn, log }: OpenConnectedOptions,
  stack: AsyncDisposableStack,
): Promise<Connected> {
  const { tell } = stack.use(openTeller(db));
  const chat = webListing((organization) => openRoom({ db, tell, name: config.persona.name }, organization));
  const connectable = [...config.apps, ...config.missing].map(({ listing }) => listing);
  const listings = [...connectable, chat];
  const settingsOf = (listing: AdapterListing) => settingsIn(processEnvironment, listing);
  const fixed = await connectApps(config, db);
  const apps = stack.use(await openApps({ db, fixed, listings, settingsOf, keys, learn, log }));
  const address = { url: config.publicUrl ?? `http://${config.host}:${config.port}` };
  const own = new Map(config.apps.map((app) => [environmentApp(app.listing.platform), app.credentials]));
  const connections: Connections = {
    db,
    log,
    keys,
    apps,
    listings: connectable,
    settingsOf,
    fixedCredentials: (app) => own.get(app),
    url: () => address.url,
    name: config.persona.name,
  };
  const about: Parameters<typeof openTokens>[0]['aboutOf'] = (app, platform, signal) => ({
    ...aboutOf(connections, platform, { app }),
    signal,
  });
  return {
    apps,
    connections,
    address,
    tellChat: tell,
    accessOf: openTokens({ db, apps, keys, aboutOf: about, learn, log }),
  };
}

async function connectApps(config: Config, db: Database): Promise<readonly ConnectedApp[]> {
  const platforms = config.apps.map((app) => app.listing.platform);
  const rows = config.places.map(({ platform, ...place }) => ({ app: environmentApp(platform), ...place }));
  await inOrganization(db, DEFAULT_ORGANIZATION, async (tx) => {
    await registerEnvironmentApps(tx, platforms, config.inDoubt);
    await savePolicies(tx, config.policy, rows);
    await saveFileBudgets(tx, config.budgets.map(fileBudget));
    await saveFileTargets(tx, config.models.map(storedOf));
    await addTemplateFiles(tx, config.templates);
  });
  const signal = AbortSignal.timeout(OPEN_WITHIN_MS);
  return Promise.all(
    config.apps.map(async ({ listing, credentials }) => ({
      organization: DEFAULT_ORGANIZATION,
      app: environmentApp(listing.platform),
      listing,
      adapter: await listing.open(credentials, signal),
    })),
  );
}

/** Milliseconds for an adapter to load and to learn its own name. */
const OPEN_WITHIN_MS = 30_000;

/** As a row: without its key, which every process has from the configuration. */
function storedOf({ apiKey: _key, demoAnswer: _answer, ...model }: ModelConfig): StoredTarget {
  const { baseUrl = null, hearingModel = null, embeddingModel = null, region = null, price = null } = model;
  return { ...model, baseUrl, hearingModel, embeddingModel, region, price, origin: 'file', sealedKey: null };
}
