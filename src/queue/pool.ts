import { callbackify } from 'node:util';
import { Pool, type PoolClient } from 'pg';
import type { Log } from '../observe/log.ts';

/** Milliseconds that a caller waits for a database that is away, and between two tries. */
const PATIENCE_MS = 60_000;
const PAUSE_MS = 250;

type Callback = (error: Error | undefined, client: PoolClient | undefined, done: (release?: unknown) => void) => void;

/**
 * A pool whose `connect` waits for a database that is restarting.
 * graphile-worker takes one failed connection for the end: without this, one crash of the database stops it for good.
 */
class PatientPool extends Pool {
  override connect(): Promise<PoolClient>;
  override connect(callback: Callback): void;
  override connect(callback?: Callback): Promise<PoolClient> | undefined {
    if (callback === undefined) return this.#connectPatiently();
    callbackify(() => this.#connectPatiently())((error, client) => {
      if (error !== null) callback(error, undefined, () => {});
      else callback(undefined, client, (broken) => client.release(broken instanceof Error ? broken : undefined));
    });
    return undefined;
  }

  async #connectPatiently(): Promise<PoolClient> {
    const until = Date.now() + PATIENCE_MS;
    for (;;) {
      try {
        return await super.connect();
      } catch (error) {
        if (this.ending || Date.now() > until) throw error;
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
    }
  }
}

/** @param connections at most this many at once; one of them listens for new jobs. */
export function openQueuePool(url: string, connections: number, log: Log): Pool {
  const pool = new PatientPool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    application_name: 'switchboard-queue',
    // A lock or a completion that a crash takes back makes a job run once more, and it finds nothing left to do.
    options: '-c synchronous_commit=off',
  });
  // An idle connection that breaks is replaced at the next use; without a listener the error would end the process.
  const note = (error: Error): void => log.warn({ reason: error.message }, 'a queue connection was lost');
  pool.on('error', note);
  pool.on('connect', (client) => client.on('error', note));
  return pool;
}
