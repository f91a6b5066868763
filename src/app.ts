import { join } from 'node:path';
import { openAgent, type Agent } from './agent/agent.ts';
import { openGuardedServers, type FetchOf } from './agent/guarded-servers.ts';
import { openModels } from './agent/models.ts';
import { openTemplates, type Templates } from './agent/templates.ts';
import { openModelServer } from './agent/open-model-server.ts';
import type { Plugins } from './agent/tools/plugins.ts';
import { openTools, type Tools, type ToolsOptions } from './agent/tools/open.ts';
import { processEnvironment, type Config } from './config.ts';
import { openDatabase, type Database } from './db/database.ts';
import { openBreakers } from './db/breakers.ts';
import { openDeeds } from './db/deeds.ts';
import { migrate } from './db/migrate.ts';
import { openServer } from './db/server.ts';
import { openStore } from './db/store.ts';
import { openHealth, type Health } from './http/health.ts';
import { serveHttp } from './http/server.ts';
import { openAccept } from './intake/accept.ts';
import { openShowForm } from './intake/forms.ts';
import { openGaps, type GapsOptions } from './intake/gaps.ts';
import { openHooks, type ConnectedApp, type ReceiveHook } from './intake/hooks.ts';
import { openProbing } from './intake/probe.ts';
import { openSockets } from './intake/sockets.ts';
import { drain } from './jobs/drain.ts';
import { openLeaseKeeper } from './jobs/leases.ts';
import { openTake } from './jobs/take.ts';
import { startWork } from './jobs/work.ts';
import { openRouter } from './llm/router.ts';
import { Failure } from './model/failure.ts';
import type { OrganizationId, ThreadId } from './model/ids.ts';
import { systemClock } from './observe/clock.ts';
import { openLog, type Log } from './observe/log.ts';
import { openMetrics, type Metrics } from './observe/metrics.ts';
import { openSecrets, type Learn, type Secrets } from './observe/secrets.ts';
import { openConnected, type Connected } from './open-connected.ts';
import { openConsole, type Console, type ConsoleOptions } from './open-console.ts';
import { migrateQueue } from './queue/worker.ts';
import { derivedKey, openKeyRing, type KeyRing } from './vault/keys.ts';

/** What this process does: receive (`web`), answer (`worker`), or both. */
export type Role = 'all' | 'web' | 'worker';

/** A running hub. Disposing it closes everything in reverse order. */
export type App = {
  /** Undefined in a worker without a port of its own. */
  readonly url: string | undefined;
  readonly connected: readonly ConnectedApp[];
  /** While nobody is in: the link by which the first owner signs up. */
  readonly firstRun: string | undefined;
  readonly log: Log;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

/**
 * A model that thinks before it speaks may take two minutes to its first word; none may fall silent for one. One that goes on
 * speaking may do so for two hours: an answer of 40,000 characters at the pace of a slow model takes one.
 */
const DEADLINES = { firstTokenMs: 120_000, idleMs: 60_000, totalMs: 2 * 3_600_000 };

/** The entry, for starting this program anew. */
const MAIN = join(import.meta.dirname, 'main.ts');

/** Connections of the pool for queries; the queue has its own. */
const CONNECTIONS = 10;

/** Opens everything, in the order in which it stands on each other: config → db → queue → adapters → llm → worker → http. */
export async function openApp(config: Config, role: Role): Promise<App> {
  await using stack = new AsyncDisposableStack();
  const secrets = openSecrets(config.secrets);
  const log = openLog({ level: config.logLevel, secrets, pretty: process.stdout.isTTY });
  const server = stack.use(await openServer(config, log));
  await migrate(server.url, migrateQueue);
  const ground = stack.use(await openGround(config, server.url, { log, secrets }));
  const { db, apps, accessOf, metrics } = ground;
  const intake = { db, accept: openAccept(db), apps, accessOf, log, metrics };

  if (role !== 'web') {
    const tools = stack.use(await toolsFor(config, ground));
    const agent = agentOf(config, ground, { tools, alone: false });
    const alone = {
      command: [process.execPath, MAIN, 'alone'] as const,
      environment: { ...processEnvironment, DATABASE_URL: server.url },
    };
    const { concurrency } = config;
    stack.use(startWork({ db, url: server.url, agent, concurrency, alone, gaps: intake, log }));
  }
  const health = openHealth(db);
  if (role === 'worker') {
    const url = await serveWorker(config, { health, metrics, log }, stack);
    return opened(stack, { url, connected: [...apps], firstRun: undefined, log });
  }
  const console = stack.use(
    await consoleFor(config, ground, { role, databaseUrl: server.url, health, accept: intake.accept }),
  );
  const url = await serveWeb(config, { ...intake, health, console }, stack);
  if (config.publicUrl === undefined) ground.address.url = localOf(url);
  return opened(stack, { url, connected: [...apps], firstRun: await console.firstRun(), log });
}

/** Takes over all that the stack would close. */
function opened(stack: AsyncDisposableStack, app: Omit<App, typeof Symbol.asyncDispose>): App {
  const open = stack.move();
  return { ...app, [Symbol.asyncDispose]: () => open.disposeAsync() };
}

type Seen = { readonly health: Health; readonly metrics: Metrics; readonly log: Log };

/** Takes what platforms send, and looks for what they could not. */
async function serveWeb(
  config: Config,
  intake: GapsOptions & Seen & { readonly console: Console },
  stack: AsyncDisposableStack,
): Promise<string> {
  const { accept, log, metrics, console } = intake;
  const { attach, prove, upgrade } = console;
  const showForm = openShowForm(intake.db, log);
  stack.use(openSockets({ ...intake, showForm }));
  const { mayHaveMissed } = stack.use(openGaps(intake));
  const { host, port } = config;
  const receive = openHooks({ accept, showForm, log, metrics, refused: mayHaveMissed });
  const isSecure = (): boolean => config.publicUrl?.startsWith('https:') ?? false;
  const { url } = stack.use(await serveHttp({ ...intake, host, port, receive, isSecure, attach, prove, upgrade }));
  stack.defer(console.hush);
  stack.use(openProbing({ ...intake, url: config.publicUrl ?? localOf(url), mayHaveMissed }));
  return url;
}

/** Sign-in, and what people see of all this. */
function consoleFor(
  config: Config,
  { address, ...ground }: Ground,
  more: Pick<ConsoleOptions, 'databaseUrl' | 'health' | 'accept'> & { readonly role: Role },
): Promise<Console> {
  const url = (): string => address.url;
  return openConsole({ ...ground, ...more, config, url, deadlines: DEADLINES });
}

/** An address that means every interface is none to call. */
const localOf = (url: string): string => url.replace(/^http:\/\/(0\.0\.0\.0|::|\[::\])(?=:)/, 'http://127.0.0.1');

/** Health and metrics, and no hooks; nothing without a port of its own. */
async function serveWorker(config: Config, seen: Seen, stack: AsyncDisposableStack): Promise<string | undefined> {
  const { host, workerPort: port } = config;
  if (port === undefined) return undefined;
  const receive: ReceiveHook = () => Promise.reject(new Error('a worker receives nothing'));
  return stack.use(await serveHttp({ ...seen, host, port, apps: [], receive })).url;
}

/** Works through one thread and nothing else; see `openIsolation`. Ends early when the signal aborts, and hands over. */
export async function runAlone(
  config: Config,
  organization: OrganizationId,
  thread: ThreadId,
  signal: AbortSignal,
): Promise<void> {
  const secrets = openSecrets(config.secrets);
  const log = openLog({ level: config.logLevel, secrets, pretty: false });
  if (config.databaseUrl === undefined) throw new Failure('invalid', 'DATABASE_URL is not set: a worker sets it');
  await using ground = await openGround(config, config.databaseUrl, { log, secrets });
  await using tools = await toolsFor(config, ground);
  const agent = agentOf(config, ground, { tools, alone: true });
  await using leases = openLeaseKeeper({ store: agent.store, clock: agent.clock, log });
  signal.addEventListener('abort', () => leases.abortAll());
  const options = { agent, take: openTake(ground.db, agent), leases, stopping: signal, log };
  await drain({ ...options, isolate: async () => {} }, organization, thread);
}

/** Where things are written, and what never is. */
type Told = { readonly log: Log; readonly secrets: Secrets };

/** What every process stands on. */
type Ground = Connected & {
  readonly db: Database;
  readonly templates: Templates;
  /** How servers of models are asked that organizations have named. */
  readonly fetchOf: FetchOf;
  readonly secretsOf: Secrets['of'];
  readonly learn: Learn;
  readonly keys: () => Promise<KeyRing>;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

async function openGround(config: Config, url: string, { log, secrets }: Told): Promise<Ground> {
  await using stack = new AsyncDisposableStack();
  const db = stack.use(openDatabase(url, CONNECTIONS));
  const [keys, metrics] = [keysOf(config), openMetrics()];
  const { of: secretsOf, learn } = secrets;
  const connected = await openConnected(config, { db, keys, learn, log }, stack);
  const templates = stack.use(openTemplates({ db, clock: systemClock, log }));
  const { fetchOf } = stack.use(openGuardedServers({ allowPrivate: config.auth.allowPrivateIssuers }));
  const open = stack.move();
  const made = { db, ...connected, templates, fetchOf, secretsOf, learn, keys, metrics, log };
  return { ...made, [Symbol.asyncDispose]: () => open.disposeAsync() };
}

function agentOf(
  config: Config,
  { db, apps, accessOf, templates, secretsOf, keys, metrics }: Ground,
  { tools, alone }: { tools: Tools; alone: boolean },
): Agent {
  const { adapterOf } = apps;
  const { persona } = config;
  return openAgent({
    store: openStore(db),
    deeds: openDeeds(db),
    clock: systemClock,
    routeOf: tools.routeOf,
    persona,
    templates,
    cacheSecret: async () => derivedKey(await keys(), 'answer-cache'),
    secretsOf,
    toolboxes: tools.toolboxes,
    stages: tools.stages,
    metrics,
    adapterOf,
    accessOf,
    alone,
  });
}

/** What models can use. Programs that it takes are started when they are needed. */
function toolsFor(config: Config, { db, apps, accessOf, fetchOf, learn, keys, metrics, log }: Ground): Promise<Tools> {
  const routes: ToolsOptions['openRoutes'] = (providers) =>
    openRoutes(config, db, { log, keys, fetchOf, learn, providers });
  const shared = { db, metrics, log, keys, clock: systemClock, environment: processEnvironment };
  const { allowPrivateIssuers: allowPrivate } = config.auth;
  return openTools({ ...shared, ...config.tools, apps, accessOf, allowPrivate, openRoutes: routes });
}

/** What asks models. A model of the configuration that cannot be opened stops the start: somebody is there to mend it. */
async function openRoutes(
  config: Config,
  db: Database,
  { providers, ...more }: Pick<Ground, 'log' | 'keys' | 'fetchOf' | 'learn'> & { providers: Plugins['providers'] },
): Promise<Agent['routeOf']> {
  for (const model of config.models) await openModelServer({ ...model, deadlines: DEADLINES }, providers);
  const router = openRouter({ breakers: openBreakers(db, systemClock), totalMs: DEADLINES.totalMs });
  const configured = new Map(config.models.map(({ name, apiKey, demoAnswer }) => [name, { apiKey, demoAnswer }]));
  return openModels({ ...more, db, router, clock: systemClock, configured, providers, deadlines: DEADLINES });
}

/** Opened when the first of them is needed. */
function keysOf({ vaultKeys, dataFolder }: Config): () => Promise<KeyRing> {
  let ring: Promise<KeyRing> | undefined;
  return () => (ring ??= openKeyRing(vaultKeys, dataFolder));
}
