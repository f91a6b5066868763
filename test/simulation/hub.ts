import pino from 'pino';
import { openAgent } from '../../src/agent/agent.ts';
import { plan } from '../../src/agent/plan.ts';
import { drain, type DrainOptions } from '../../src/jobs/drain.ts';
import { openLeaseKeeper } from '../../src/jobs/leases.ts';
import type { Take, Taken } from '../../src/jobs/take.ts';
import { organizationId, threadId, type AppId } from '../../src/model/ids.ts';
import { openMetrics } from '../../src/observe/metrics.ts';
import { noDeeds } from '../kit/deeds.ts';
import type { SimulatedDatabase } from './database.ts';
import type { Host } from './host.ts';
import { beginTurn, takeMailbox } from './mailboxes.ts';
import type { SimulatedModel } from './model.ts';
import type { SimulatedPlatform } from './platform.ts';
import { beat, completeJob, failJob, fetchJobs, isDue, sweep } from './queue.ts';
import type { JobRow } from './rows.ts';
import { openSimulatedStore } from './store.ts';
import type { World } from './world.ts';

export const ORGANIZATION = organizationId('00000000-0000-4000-8000-0000000000aa');

/** What all processes of a run share. */
export type Surroundings = {
  readonly world: World;
  readonly database: SimulatedDatabase;
  readonly platform: SimulatedPlatform;
  readonly model: SimulatedModel;
  readonly app: AppId;
};

// The same for every run: counters that nobody reads here, and a log that nobody writes.
const metrics = openMetrics();
const log = pino({ level: 'silent' });

const CONCURRENCY = 8;
const POLL_MS = 1_000;
const BEAT_MS = 3_000;
const SWEEP_MS = 60_000;

/** Milliseconds that running turns get at SIGTERM, and that handing the others over may take; see src/jobs/work.ts. */
const GRACE_MS = 20_000;
const HANDS_OVER_WITHIN_MS = 15_000;

/** A worker; `retire` is SIGTERM: it takes nothing more, ends what it can, hands the rest over, and ends. */
export type SimulatedHub = { readonly retire: () => void };

/** Starts a worker: everything of the real one that decides, over a database and a queue that are simulated. */
export function startSimulatedHub(around: Surroundings, host: Host): SimulatedHub {
  const { database, platform, model, app } = around;
  const { clock } = host;
  const adapter = platform.adapterOf(host);
  const agent = openAgent({
    store: openSimulatedStore(database, host),
    deeds: noDeeds,
    clock,
    routeOf: () => Promise.resolve(model.routeOf(host)),
    persona: { name: 'Switchboard', instructions: '' },
    adapterOf: () => adapter,
    metrics,
    toolboxes: [],
    secretsOf: () => [],
    alone: true,
  });
  const take: Take = (_organization, request) =>
    database.transact(
      host,
      'take',
      (tables) => {
        const mailbox = takeMailbox(tables, app, request);
        if ('busyForMs' in mailbox) return mailbox;
        const taken: Taken = { mailbox, plan: plan(agent, mailbox) };
        if ('begin' in taken.plan) beginTurn(tables, taken.plan.begin);
        return taken;
      },
      false,
    );
  const leases = openLeaseKeeper({ store: agent.store, clock, log });
  const stopping = new AbortController();
  const options = { agent, take, leases, isolate: async () => {}, stopping: stopping.signal, log };
  void workForEver(around, host, options);
  void every(host, BEAT_MS, () => database.transact(host, 'beat', (tables) => beat(tables, host.name), false));
  void every(host, SWEEP_MS, () => database.transact(host, 'sweep', sweep, false));
  return {
    retire() {
      stopping.abort();
      around.world.after(GRACE_MS, () => host.deliver(() => leases.abortAll()));
      around.world.after(GRACE_MS + HANDS_OVER_WITHIN_MS, host.kill);
    },
  };
}

/** Fetches jobs, a few at a time, and runs them beside each other. */
async function workForEver({ database, world }: Surroundings, host: Host, options: DrainOptions): Promise<void> {
  let running = 0;
  const runJob = async (job: JobRow): Promise<void> => {
    running += 1;
    const ended = await drain(options, ORGANIZATION, threadId(job.thread)).then(
      () => completeJob,
      () => failJob,
    );
    running -= 1;
    await persist(host, () => database.transact(host, 'job', (tables) => ended(tables, job.id), false));
  };
  while (!options.stopping.aborted) {
    const room = CONCURRENCY - running;
    // Asking in vain changes nothing, and would be most of what happens in a run.
    if (room > 0 && isDue(database.look())) {
      const fetched = database.transact(host, 'fetch', (tables) => fetchJobs(tables, host.name, room), false);
      for (const job of await fetched.catch(() => [])) void runJob(job);
    }
    await host.clock.pause(world.between(1, POLL_MS));
  }
}

/** As the queue's patient pool: a database that is away is waited for. */
async function persist(host: Host, act: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      return await act();
    } catch {
      await host.clock.pause(250);
    }
  }
}

async function every(host: Host, ms: number, act: () => Promise<void>): Promise<void> {
  for (;;) {
    await act().catch(() => {});
    await host.clock.pause(ms);
  }
}
