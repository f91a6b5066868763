import { EventEmitter } from 'node:events';
import { Socket } from 'node:net';
import { callbackify } from 'node:util';
import { Pool, type PoolClient } from 'pg';
import type { Log } from '../observe/log.ts';

/** Milliseconds that a caller waits for a database that is away, and between two tries. */
const PATIENCE_MS = 60_000;
const PAUSE_MS = 250;

/** Milliseconds for one statement by the server's clock, and by ours, for a server that is not heard any more. */
const STATEMENT_WITHIN_MS = 10_000;
const ANSWER_WITHIN_MS = 12_000;

/** Milliseconds for connections to end when the pool does. */
const END_WITHIN_MS = 3_000;

/** Milliseconds between two looks at connections that are kept for long: that is the one which listens for jobs. */
const PROBE_EVERY_MS = 5_000;

type Callback = (error: Error | undefined, client: PoolClient | undefined, done: (release?: unknown) => void) => void;

/**
 * A pool whose `connect` waits for a database that is restarting.
 * graphile-worker takes one failed connection for the end: without this, one crash of the database stops it for good.
 */
class PatientPool extends Pool {
  readonly connected = new Set<PoolClient>();

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

  override end(): Promise<void>;
  override end(callback: () => void): void;
  override end(callback?: () => void): Promise<void> | undefined {
    const ended = this.#endSoon();
    if (callback === undefined) return ended;
    void ended.finally(callback);
    return undefined;
  }

  /** A connection on which nobody answers is not waited for. */
  async #endSoon(): Promise<void> {
    const late = setTimeout(() => this.connected.forEach(cut), END_WITHIN_MS);
    await super.end().finally(() => clearTimeout(late));
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
export function openQueuePool(url: string, connections: number, log: Log, answerWithinMs = ANSWER_WITHIN_MS): Pool {
  const pool = new PatientPool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: 5_000,
    statement_timeout: STATEMENT_WITHIN_MS,
    idle_in_transaction_session_timeout: STATEMENT_WITHIN_MS,
    query_timeout: answerWithinMs,
    keepAlive: true,
    application_name: 'switchboard-queue',
    // A lock or a completion that a crash takes back makes a job run once more, and it finds nothing left to do.
    options: '-c synchronous_commit=off',
  });
  // An idle connection that breaks is replaced at the next use; without a listener the error would end the process.
  const note = (error: Error): void => log.warn({ reason: error.message }, 'a queue connection was lost');
  pool.on('error', note);
  pool.on('connect', (client) => {
    client.on('error', note);
    pool.connected.add(client);
    endWhenDeaf(client);
  });
  pool.on('remove', (client) => void pool.connected.delete(client));
  probeKept(pool);
  return pool;
}

/**
 * pg gives up waiting for an answer and keeps the connection: every later statement on it would wait as long again. One
 * that did not answer in time is ended, and its pool opens another.
 */
function endWhenDeaf(client: PoolClient): void {
  const query: unknown = Reflect.get(client, 'query');
  if (typeof query !== 'function') return;
  const watched = (...args: readonly unknown[]): unknown => {
    const asked: unknown = Reflect.apply(query, client, args);
    if (asked instanceof Promise) asked.catch((error: unknown) => isHopeless(error) && cut(client));
    return asked;
  };
  Object.defineProperty(client, 'query', { value: watched });
}

/** Too late (by the text, because pg gives this error no code), or read-only, which this session may stay for good. */
function isHopeless(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.message === 'Query read timeout' || ('code' in error && error.code === '25006');
}

function cut(client: PoolClient): void {
  const connection: unknown = Reflect.get(client, 'connection');
  const stream: unknown = connection instanceof EventEmitter ? Reflect.get(connection, 'stream') : undefined;
  if (stream instanceof Socket) stream.destroy();
}

/** A connection that only listens never asks anything, and so would not notice that nobody is there any more. */
function probeKept(pool: Pool): void {
  const keptSince = new Map<PoolClient, number>();
  pool.on('acquire', (client) => void keptSince.set(client, Date.now()));
  pool.on('release', (_error, client) => void keptSince.delete(client));
  pool.on('remove', (client) => void keptSince.delete(client));
  const timer = setInterval(() => {
    if (pool.ending) clearInterval(timer);
    for (const [client, since] of keptSince)
      if (Date.now() - since > PROBE_EVERY_MS) client.query('select 1').catch(() => {});
  }, PROBE_EVERY_MS);
  timer.unref();
}
