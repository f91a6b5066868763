import { hc } from 'hono/client';
import pino from 'pino';
import type { Principal } from '../../src/auth/principal.ts';
import type { Role, Scope } from '../../src/auth/roles.ts';
import { openApi, type Api, type ApiOptions } from '../../src/console/api.ts';
import { openMcpDesk } from '../../src/console/mcp-desk.ts';
import { openModelsDesk } from '../../src/console/models-desk.ts';
import { openPulse } from '../../src/console/pulse.ts';
import { DEFAULT_ORGANIZATION, registerEnvironmentApps } from '../../src/db/apps.ts';
import { inOrganization } from '../../src/db/database.ts';
import { openAccept } from '../../src/intake/accept.ts';
import { organizationId, type OrganizationId } from '../../src/model/ids.ts';
import { openKeyRing } from '../../src/vault/keys.ts';
import { paperConnections } from './connections.ts';
import { openTestDatabase, type TestDatabase } from './database.ts';

export const OTHER_ORGANIZATION = organizationId('00000000-0000-4000-8000-00000000000f');

/** Somebody who asks. Default: a person who owns the default organization. */
export type Asker = {
  readonly role?: Role;
  readonly kind?: Principal['kind'];
  readonly scopes?: readonly Scope[];
  readonly organization?: OrganizationId;
};

export type TestConsole = {
  readonly database: TestDatabase;
  readonly api: Api;
  /** Asks as somebody; a body is sent as JSON. */
  readonly ask: (
    path: string,
    options?: Asker & { method?: string; body?: unknown; headers?: Record<string, string> },
  ) => Promise<Response>;
  /** The typed client of somebody. */
  readonly as: (asker?: Asker) => Client;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

type Client = ReturnType<typeof hc<Api>>['api']['v1'];

/** Sign-in without anybody: no mail, no session. */
const PAPER_PEOPLE: ApiOptions['people'] = {
  url: () => 'http://console',
  keys: () => openKeyRing(Buffer.alloc(32, 7).toString('base64'), ''),
  sendMail: () => Promise.resolve('none'),
  sessionOf: () => Promise.resolve(undefined),
  checkIssuer: () => Promise.resolve(),
};

const PAPER_SYSTEM: ApiOptions['system'] = {
  version: '0.0.0',
  startedAt: '2027-01-31T00:00:00.000Z',
  role: 'all',
  publicUrl: undefined,
  database: 'bundled',
  migrations: () => Promise.resolve([{ name: '0000_roles', at: '2027-01-31T00:00:00.000Z' }]),
  readiness: () => Promise.resolve({ ready: true, writeMs: 1, oldestWaitingSeconds: 0 }),
  reach: () =>
    Promise.resolve({ url: 'http://console', state: 'local', problem: null, says: 'It is this hub.', fix: null }),
  switches: [{ name: 'Plugins', on: true, says: '1 plugin', by: 'plugins' }],
  configuration: { PORT: 3000, SLACK_BOT_TOKEN: 'set' },
};

const DEADLINES = { firstTokenMs: 2_000, idleMs: 2_000, totalMs: 5_000 };

/** The API over a database of its own; who asks stands in a header, as no real sign-in has it. */
export async function openTestConsole(
  more: Partial<ApiOptions> = {},
  /** Default: one of its own. */
  given?: TestDatabase,
): Promise<TestConsole> {
  const database = given ?? (await openTestDatabase());
  const { db } = database;
  for (const organization of [DEFAULT_ORGANIZATION, OTHER_ORGANIZATION])
    await inOrganization(
      db,
      organization,
      (tx) =>
        tx`insert into switchboard.organizations (organization_id, name) values (${organization}, 'one') on conflict do nothing`,
    );
  await inOrganization(db, DEFAULT_ORGANIZATION, (tx) => registerEnvironmentApps(tx, ['slack']));
  const askers = new Map<string, Principal>();
  const identify = (request: Request) => Promise.resolve(askers.get(request.headers.get('x-asker') ?? ''));
  const pulse = openPulse(db, 20);
  const api = openApi({
    db,
    identify,
    people: PAPER_PEOPLE,
    connections: paperConnections(db),
    chat: {
      db,
      connections: paperConnections(db),
      accept: openAccept(db),
      tell: () => {},
      sockets: { admit: () => {} },
    },
    log: pino({ level: 'silent' }),
    models: {
      ...openModelsDesk({
        configured: new Map(),
        deadlines: DEADLINES,
        keys: PAPER_PEOPLE.keys,
        allowPrivate: false,
      }),
      // The makers' own servers are nobody's to ask in a test.
      discover: () => Promise.resolve({ models: ['demo'], suggested: 'demo' }),
    },
    mcp: openMcpDesk({
      configured: [],
      platforms: { tools: () => Promise.resolve([]) },
      keys: PAPER_PEOPLE.keys,
      allowPrivate: false,
      // Nobody is looked up in a test.
      resolve: () => Promise.resolve(['93.184.215.14']),
      log: pino({ level: 'silent' }),
    }),
    pulse,
    system: PAPER_SYSTEM,
    ...more,
  });
  const headersOf = (asker: Asker): Record<string, string> => {
    const { kind = 'person', role = 'owner', scopes, organization = DEFAULT_ORGANIZATION } = asker;
    const name = JSON.stringify(asker);
    askers.set(name, { kind, id: `${kind}-1`, name: 'Ada', organization, role, scopes });
    return { 'x-asker': name, 'sec-fetch-site': 'same-origin' };
  };
  return {
    database,
    api,
    async ask(path, { method = 'GET', body, headers = {}, ...asker } = {}) {
      return api.request(path, {
        method,
        headers: { ...headersOf(asker), 'content-type': 'application/json', ...headers },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    },
    as: (asker = {}) =>
      hc<Api>('http://console', {
        headers: headersOf(asker),
        fetch: async (input: string | URL | Request, init?: RequestInit) => api.request(new Request(input, init)),
      }).api.v1,
    [Symbol.asyncDispose]: async () => {
      pulse[Symbol.dispose]();
      if (given === undefined) await database[Symbol.asyncDispose]();
    },
  };
}
