import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context, Hono } from 'hono';
import { z } from 'zod';
import { openPlatformTools, type PlatformToolsOptions } from './agent/tools/platform-tools.ts';
import { AUTH_PATH, openAuth, type Auth } from './auth/open.ts';
import { openChatSockets } from './chat/sockets.ts';
import type { Tell } from './chat/tell.ts';
import { openUpgrade } from './chat-upgrade.ts';
import type { Config } from './config.ts';
import type { Connections } from './connect/connections.ts';
import { openAddress, type Address } from './console/address.ts';
import { API_PATH, describeApi, openApi } from './console/api.ts';
import { connectPages } from './console/connect-pages.ts';
import { docsPage } from './console/docs-page.ts';
import { openMcpDesk } from './console/mcp-desk.ts';
import { openModelsDesk, type DeskOptions } from './console/models-desk.ts';
import { openPulse } from './console/pulse.ts';
import type { SystemOptions } from './console/system.ts';
import type { Database } from './db/database.ts';
import { listMigrations } from './db/migrate.ts';
import { consoleFiles } from './http/console-files.ts';
import type { Health } from './http/health.ts';
import type { Env, HttpOptions } from './http/server.ts';
import type { Accept } from './intake/accept.ts';
import { systemClock } from './observe/clock.ts';
import type { Log } from './observe/log.ts';
import { switchesOf } from './switches.ts';
import { derivedKey, type KeyRing } from './vault/keys.ts';

export type ConsoleOptions = Pick<PlatformToolsOptions, 'apps' | 'accessOf'> & {
  readonly config: Config;
  readonly role: string;
  readonly db: Database;
  /** Of the same database. Holds a password. */
  readonly databaseUrl: string;
  /** Where browsers reach it. */
  readonly url: () => string;
  readonly keys: () => Promise<KeyRing>;
  readonly connections: Connections;
  readonly accept: Accept;
  readonly tellChat: Tell;
  readonly deadlines: DeskOptions['deadlines'];
  readonly fetchOf: NonNullable<DeskOptions['fetchOf']>;
  readonly learn: NonNullable<DeskOptions['learn']>;
  readonly health: Health;
  readonly log: Log;
};

/** The console: sign-in, its API, and its pages. */
export type Console = {
  readonly attach: (app: Hono<Env>) => void;
  readonly upgrade: NonNullable<HttpOptions['upgrade']>;
  /** Which hub this is, for whoever asks with a nonce. */
  readonly prove: Address['prove'];
  readonly firstRun: Auth['firstRun'];
  /** Pages that listen are told that it is over; then the server that they are connected to can close. */
  readonly hush: () => void;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

const ROOT = join(import.meta.dirname, '..');
const Package = z.object({ version: z.string() });

export async function openConsole(options: ConsoleOptions): Promise<Console> {
  const { config, db, connections, accept, tellChat: tell, log } = options;
  const auth = await openAuth({ ...options, config: config.auth });
  const { identify, people } = auth;
  const pulse = openPulse(db);
  const { version } = Package.parse(JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')));
  const configured = new Map(config.models.map(({ name, apiKey, demoAnswer }) => [name, { apiKey, demoAnswer }]));
  const models = openModelsDesk({ ...options, configured, allowPrivate: config.auth.allowPrivateIssuers });
  const mcp = openMcpDesk({
    ...options,
    configured: config.tools.mcpServers,
    allowPrivate: config.auth.allowPrivateIssuers,
    platforms: openPlatformTools({ ...options, clock: systemClock }),
  });
  const address = openAddress({ url: options.url, secret: async () => derivedKey(await options.keys(), 'address') });
  const system = systemOf(options, version, address);
  const sockets = openChatSockets({ db, tell, log });
  const chat = { db, connections, accept, tell, sockets };
  const api = openApi({ db, identify, chat, people, connections, models, mcp, pulse, system, log });
  const pages = connectPages({ connections, identify });
  const files = consoleFiles(join(ROOT, 'console', 'dist'), formsOf(connections));
  let description: ReturnType<typeof describeApi> | undefined;
  const describe = (): ReturnType<typeof describeApi> => (description ??= describeApi(api, version));
  return {
    attach(app) {
      app.all(`${AUTH_PATH}/*`, (c) => auth.handler(c.req.raw, addressOf(c, config)));
      app.all(`${API_PATH}/*`, (c) => api.fetch(c.req.raw));
      app.all('/connect/*', (c) => pages.fetch(c.req.raw));
      app.get('/openapi.json', async (c) => c.json(await describe()));
      app.route('/', docsPage(describe));
      app.route('/', files);
    },
    prove: address.prove,
    upgrade: openUpgrade({ api, identify, sockets, log }),
    firstRun: auth.firstRun,
    hush() {
      pulse[Symbol.dispose]();
      sockets.hush();
    },
    async [Symbol.asyncDispose]() {
      pulse[Symbol.dispose]();
      await sockets[Symbol.asyncDispose]();
      await auth[Symbol.asyncDispose]();
    },
  };
}

/**
 * Where pages post forms beside here: to platforms that make apps of a form. For all pages, since a page goes on to another one
 * without being loaded.
 */
const formsOf = ({ listings, settingsOf }: Connections): readonly string[] =>
  listings.flatMap((listing) => {
    const to = listing.connect?.postsTo;
    const origin = to && URL.parse(settingsOf(listing)[to.setting] ?? to.usual)?.origin;
    return origin === undefined || origin === 'null' ? [] : [origin];
  });

/** As the proxy in front of us tells it, where one is configured. Of several it is the last, which is the one that our proxy has seen. */
function addressOf(c: Context<Env>, { auth: { clientHeader } }: Config): string | undefined {
  const told = clientHeader === undefined ? undefined : c.req.header(clientHeader)?.split(',').at(-1)?.trim();
  return told === undefined || told === '' ? c.env.incoming.socket.remoteAddress : told;
}

function systemOf({ config, role, health }: ConsoleOptions, version: string, { look }: Address): SystemOptions {
  const { host, port, publicUrl, databaseUrl, dataFolder, logLevel, concurrency, models, policy, places } = config;
  return {
    version,
    startedAt: new Date().toISOString(),
    role,
    publicUrl,
    database: databaseUrl === undefined ? 'bundled' : (URL.parse(databaseUrl)?.host ?? 'own'),
    migrations: listMigrations,
    readiness: () => health.check(),
    reach: look,
    switches: switchesOf(config),
    configuration: {
      HOST: host,
      PORT: port,
      SWITCHBOARD_URL: publicUrl ?? 'not set',
      SWITCHBOARD_SECRET: config.vaultKeys === undefined ? 'not set: a key of this machine' : 'set',
      DATABASE_URL: databaseUrl === undefined ? 'not set: bundled' : 'set',
      SWITCHBOARD_DATA: dataFolder,
      LOG_LEVEL: logLevel,
      SWITCHBOARD_CONCURRENCY: concurrency,
      SMTP_URL: config.auth.smtpUrl === undefined ? 'not set' : 'set',
      apps: config.apps.map(({ listing }) => listing.title),
      models: models.map(({ name, protocol, model }) => ({ name, protocol, model })),
      policy,
      places: places.length,
    },
  };
}
