import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import pino from 'pino';
import { listings } from '../../adapters/listings.ts';
import { openAgent } from '../../src/agent/agent.ts';
import type { Principal } from '../../src/auth/principal.ts';
import { openApps, type Apps } from '../../src/connect/apps.ts';
import { aboutOf, type Connections } from '../../src/connect/connections.ts';
import { settingsIn } from '../../src/connect/settings.ts';
import { openTokens } from '../../src/connect/tokens.ts';
import { connectPages } from '../../src/console/connect-pages.ts';
import { inOrganization } from '../../src/db/database.ts';
import { openDeeds } from '../../src/db/deeds.ts';
import { openStore } from '../../src/db/store.ts';
import { openHealth } from '../../src/http/health.ts';
import { serveHttp } from '../../src/http/server.ts';
import { openAccept } from '../../src/intake/accept.ts';
import { openShowForm } from '../../src/intake/forms.ts';
import { openHooks } from '../../src/intake/hooks.ts';
import { openSockets } from '../../src/intake/sockets.ts';
import { startWork } from '../../src/jobs/work.ts';
import type { OrganizationId } from '../../src/model/ids.ts';
import { systemClock } from '../../src/observe/clock.ts';
import { openMetrics } from '../../src/observe/metrics.ts';
import { openSecrets, type Secrets } from '../../src/observe/secrets.ts';
import { testKeys } from '../kit/connections.ts';
import { OTHER_ORGANIZATION, openTestConsole, type TestConsole } from '../kit/console.ts';
import { openTestDatabase, type TestDatabase } from '../kit/database.ts';
import { DEFAULT_ORGANIZATION } from '../../src/db/apps.ts';

export { DEFAULT_ORGANIZATION, OTHER_ORGANIZATION };

/** Somebody at the console: one person of one organization. */
export type Somebody = {
  readonly id?: string;
  readonly organization?: OrganizationId;
  readonly role?: Principal['role'];
};

/** A hub without any app: a database, intake, a worker, the API, and the pages on which people come back. */
export type ConnectHub = AsyncDisposable & {
  readonly url: string;
  readonly database: TestDatabase;
  readonly apps: Apps;
  /** What must not be written, as far as it is known. */
  readonly secrets: Secrets;
  readonly connections: Connections;
  /** Asks the API; what is answered is kept, to be looked through for secrets. */
  readonly ask: (path: string, options?: { method?: string; body?: unknown; as?: Somebody }) => Promise<Asked>;
  /** Comes back from a platform, as that person's browser; where it is led to. */
  readonly comeBack: (url: string, as?: Somebody) => Promise<URL>;
  /** All that was answered, logged and written into the audit so far. */
  readonly told: () => Promise<string>;
};

export type Asked = { readonly status: number; readonly json: Record<string, unknown> };

export async function openConnectHub(settings: Readonly<Record<string, string>>): Promise<ConnectHub> {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await openTestDatabase());
  const { db, url: databaseUrl } = database;
  const lines: string[] = [];
  const serializers = { error: pino.stdSerializers.err };
  const log = pino({ level: 'debug', serializers }, { write: (line: string) => void lines.push(line) });
  const metrics = openMetrics();
  const secrets = openSecrets([]);
  const { learn } = secrets;
  const address = { url: '' };
  const settingsOf = (listing: (typeof listings)[number]) => settingsIn(settings, listing);
  for (const organization of [DEFAULT_ORGANIZATION, OTHER_ORGANIZATION])
    await inOrganization(
      db,
      organization,
      (tx) => tx`insert into switchboard.organizations (organization_id, name) values (${organization}, 'one')`,
    );
  const apps = stack.use(
    await openApps({ db, fixed: [], listings, settingsOf, keys: testKeys, learn, log, pollMs: 60_000 }),
  );
  const connections: Connections = {
    db,
    log,
    keys: testKeys,
    apps,
    listings,
    settingsOf,
    fixedCredentials: () => undefined,
    url: () => address.url,
    name: 'Switchboard',
  };
  const about: Parameters<typeof openTokens>[0]['aboutOf'] = (app, platform, signal) => ({
    ...aboutOf(connections, platform, { app }),
    signal,
  });
  const accessOf = openTokens({ db, apps, keys: testKeys, aboutOf: about, learn, log });
  const agent = openAgent({
    store: openStore(db),
    deeds: openDeeds(db),
    clock: systemClock,
    routeOf: () => Promise.resolve({ stream: answers }),
    persona: { name: 'Switchboard', instructions: '' },
    metrics,
    adapterOf: apps.adapterOf,
    accessOf,
    toolboxes: [],
    secretsOf: secrets.of,
    alone: false,
  });
  stack.use(
    startWork({ db, url: databaseUrl, agent, concurrency: 8, alone: { command: ['true'], environment: {} }, log }),
  );
  const accept = openAccept(db);
  const showForm = openShowForm(db, log);
  stack.use(openSockets({ db, accept, apps, accessOf, showForm, log, metrics }));
  const receive = openHooks({ accept, showForm, log, metrics });
  const http = { host: '127.0.0.1', port: 0, apps, receive, health: openHealth(db), metrics, log };
  address.url = stack.use(await serveHttp(http)).url;
  const api: TestConsole = await openTestConsole({ connections }, database);
  const answered: string[] = [];
  const open = stack.move();
  return {
    url: address.url,
    database,
    apps,
    secrets,
    connections,
    async ask(path, { method = 'GET', body, as = {} } = {}) {
      const { organization = DEFAULT_ORGANIZATION, role = 'owner' } = as;
      const response = await api.ask(`/api/v1${path}`, { method, body, organization, role });
      const text = await response.text();
      answered.push(text);
      const json: Record<string, unknown> = text.startsWith('{') ? JSON.parse(text) : {};
      return { status: response.status, json };
    },
    async comeBack(url, { id = 'person-1', organization = DEFAULT_ORGANIZATION, role = 'owner' } = {}) {
      const principal: Principal = { kind: 'person', id, name: 'Ada', organization, role, scopes: undefined };
      const pages = new Hono().route('/', connectPages({ connections, identify: () => Promise.resolve(principal) }));
      const response = await pages.request(url);
      answered.push(await response.text());
      return new URL(response.headers.get('location') ?? '', address.url);
    },
    async told() {
      const audits = await Promise.all(
        [DEFAULT_ORGANIZATION, OTHER_ORGANIZATION].map((one) =>
          inOrganization(db, one, (tx) => tx`select * from switchboard.audit`),
        ),
      );
      return [...answered, ...lines, JSON.stringify(audits)].join('\n');
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

async function* answers() {
  yield { kind: 'text', text: `The answer is ${randomUUID().slice(0, 8)}.` } as const;
  yield { kind: 'done', reason: 'stop' } as const;
}
