import { randomUUID } from 'node:crypto';
import type { Agent } from '../agent/agent.ts';
import { openNearness } from '../agent/nearness.ts';
import type { Database } from '../db/database.ts';
import type { GapsOptions } from '../intake/gaps.ts';
import type { Log } from '../observe/log.ts';
import { startHeartbeat } from '../queue/heartbeat.ts';
import { openQueuePool } from '../queue/pool.ts';
import { startQueueWorker } from '../queue/worker.ts';
import { actTask } from './act.ts';
import { drainTask } from './drain.ts';
import { EMBED_CRONTAB, embedTask } from './embed.ts';
import { GAPS_CRONTAB, gapsTask } from './gaps.ts';
import { openIsolation } from './isolate.ts';
import { openLeaseKeeper } from './leases.ts';
import { startSchedules } from './schedules.ts';
import { summarizeTask } from './summarize.ts';
import { AUDIT_CRONTAB, sweepAudit } from './sweep-audit.ts';
import { sweepTask } from './sweep.ts';
import { openTake } from './take.ts';

export type WorkOptions = {
  readonly db: Database;
  readonly url: string;
  readonly agent: Agent;
  readonly concurrency: number;
  /** How this program is started anew for one thread alone; see `openIsolation`. */
  readonly alone: Pick<Parameters<typeof openIsolation>[0], 'command' | 'environment'>;
  /** Whose failed deliveries are asked for; default: nobody's. */
  readonly gaps?: GapsOptions;
  readonly log: Log;
};

/** Milliseconds that running turns get to end by themselves before their threads are handed over. */
const GRACE_MS = 20_000;

/** Connections of the queue: one listens, the others fetch and complete in batches. */
const QUEUE_CONNECTIONS = 4;

const POLL_MS = 1_000;

/** Takes jobs until disposed; then lets turns end for a while and hands the rest over to other processes. */
export function startWork({ db, url, agent, concurrency, alone, gaps, log }: WorkOptions): AsyncDisposable {
  const stopping = new AbortController();
  const pool = openQueuePool(url, QUEUE_CONNECTIONS, log);
  const { store, clock, routeOf } = agent;
  const leases = openLeaseKeeper({ store, clock, log });
  const isolate = openIsolation({ ...alone, stopping: stopping.signal, log });
  const take = openTake(db, agent);
  const tasks = {
    drain: drainTask({ agent, take, leases, isolate, stopping: stopping.signal, log }),
    act: actTask(db, agent, log),
    sweep: sweepTask(db, log),
    audit: () => sweepAudit(db),
    summarize: summarizeTask(agent, stopping.signal, log),
    embed: embedTask(db, openNearness({ db, store, routeOf, log }), { stopping: stopping.signal, log }),
    ...(gaps && { gaps: gapsTask(gaps, stopping.signal) }),
  };
  const always = [AUDIT_CRONTAB, EMBED_CRONTAB];
  const crontab = ['* * * * * sweep ?max=1', ...always, ...(gaps === undefined ? [] : [GAPS_CRONTAB])].join('\n');
  const worker = startQueueWorker(pool, tasks, { concurrency, pollMs: POLL_MS, crontab }, log);
  const schedules = startSchedules(db, clock, log);
  const heartbeat = startHeartbeat(pool, randomUUID(), worker, log);
  return {
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await schedules[Symbol.asyncDispose]();
      const handOver = setTimeout(() => leases.abortAll(), GRACE_MS);
      await worker.stop(GRACE_MS);
      clearTimeout(handOver);
      await leases[Symbol.asyncDispose]();
      await heartbeat.stop();
      await pool.end();
    },
  };
}
