import { openAgent } from '../../src/agent/agent.ts';
import { DEFAULT_ORGANIZATION, environmentApp, registerEnvironmentApps } from '../../src/db/apps.ts';
import { inOrganization } from '../../src/db/database.ts';
import { openDeeds } from '../../src/db/deeds.ts';
import { savePolicies } from '../../src/db/policies.ts';
import { openStore } from '../../src/db/store.ts';
import { openHealth } from '../../src/http/health.ts';
import { serveHttp } from '../../src/http/server.ts';
import { openAccept, type Accept } from '../../src/intake/accept.ts';
import { EAR_TIMES, type EarTimes } from '../../src/intake/ear.ts';
import { GAP_TIMES, openGaps, type Gaps, type GapsOptions, type GapTimes } from '../../src/intake/gaps.ts';
import { openShowForm } from '../../src/intake/forms.ts';
import { openHooks, type ConnectedApp } from '../../src/intake/hooks.ts';
import { openSockets } from '../../src/intake/sockets.ts';
import { startWork } from '../../src/jobs/work.ts';
import type { Route } from '../../src/llm/route.ts';
import type { PolicyLayer } from '../../src/model/policy.ts';
import type { Adapter, AdapterListing } from '../../src/model/adapter.ts';
import { systemClock } from '../../src/observe/clock.ts';
import { openLog } from '../../src/observe/log.ts';
import { openMetrics } from '../../src/observe/metrics.ts';
import type { StandIn } from '../../sandbox/kit/stand-in.ts';
import type { TestDatabase } from './database.ts';

/** The whole hub in this process, over one database that outlives it, against stand-ins. */
export type RealHub = AsyncDisposable & {
  readonly url: string;
  readonly intake: GapsOptions & { readonly apps: readonly ConnectedApp[] };
  readonly gaps: Gaps;
};

export type RealHubOptions = {
  readonly database: TestDatabase;
  readonly platforms: readonly (readonly [AdapterListing, StandIn])[];
  /** What is said to every question; or a model. */
  readonly answer: string | Route;
  readonly policy?: PolicyLayer;
  readonly gapTimes?: Partial<GapTimes>;
  readonly earTimes?: Partial<EarTimes>;
  /** Stands between the deliveries and the database. */
  readonly accepting?: (accept: Accept) => Accept;
};

/** Starts, and tells the stand-ins where they deliver to from now on. */
export async function startRealHub(options: RealHubOptions): Promise<RealHub> {
  await using closers = new AsyncDisposableStack();
  const { db, url: databaseUrl } = options.database;
  const log = openLog({ level: process.env['TEST_LOG'] ?? 'silent', secrets: [], pretty: false });
  const metrics = openMetrics();
  const listings = options.platforms.map(([listing]) => listing);
  const names = listings.map(({ platform }) => platform);
  await inOrganization(db, DEFAULT_ORGANIZATION, async (tx) => {
    await registerEnvironmentApps(tx, names);
    await savePolicies(tx, options.policy ?? {}, []);
  });
  const apps = await Promise.all(
    options.platforms.map(async ([listing, { environment }]) => ({
      organization: DEFAULT_ORGANIZATION,
      app: environmentApp(listing.platform),
      listing,
      adapter: withoutLag(await listing.open(environment, AbortSignal.timeout(10_000))),
    })),
  );
  const accept = options.accepting?.(openAccept(db)) ?? openAccept(db);
  const intake = { db, accept, apps, log, metrics };
  const route = typeof options.answer === 'string' ? constant(options.answer) : options.answer;
  const agent = openAgent({
    store: openStore(db),
    deeds: openDeeds(db),
    clock: systemClock,
    routeOf: () => Promise.resolve(route),
    persona: { name: 'Switchboard', instructions: '' },
    metrics,
    adapterOf: (app) => apps.find((one) => one.app === app)?.adapter,
    toolboxes: [],
    secretsOf: () => [],
    alone: false,
  });
  const alone = { command: ['true'] as const, environment: {} };
  closers.use(startWork({ db, url: databaseUrl, agent, concurrency: 16, alone, log }));
  const showForm = openShowForm(db, log);
  closers.use(openSockets({ ...intake, showForm, ears: { ...EAR_TIMES, ...options.earTimes } }));
  const gaps = closers.use(openGaps(intake, { ...GAP_TIMES, ...options.gapTimes }));
  const receive = openHooks({ accept, showForm, log, metrics, refused: gaps.mayHaveMissed });
  const http = { host: '127.0.0.1', port: 0, apps, receive, health: openHealth(db), metrics, log };
  const { url } = closers.use(await serveHttp(http));
  for (const [, standIn] of options.platforms) standIn.deliverTo(url);
  const open = closers.move();
  return { url, intake, gaps, [Symbol.asyncDispose]: () => open.disposeAsync() };
}

/** Stand-ins show at once what was posted. */
const withoutLag = (adapter: Adapter): Adapter => ({ ...adapter, limits: { ...adapter.limits, readLagMs: 50 } });

function constant(text: string): Route {
  return {
    async *stream() {
      yield { kind: 'text', text };
      yield { kind: 'done', reason: 'stop' };
    },
  };
}
