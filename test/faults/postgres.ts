import { randomUUID } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { chooseAccount, run } from '../../src/db/embedded-account.ts';
import { installBinaries } from '../../src/db/embedded-binaries.ts';
import { startEmbedded } from '../../src/db/embedded.ts';
import { migrate } from '../../src/db/migrate.ts';
import { migrateQueue } from '../../src/queue/worker.ts';

/** A real PostgreSQL in a folder and at a port of its own, made to be ill-treated. */
export type Postgres = {
  readonly port: number;
  /** Its superuser's address of a database. */
  readonly urlOf: (database: string, port?: number) => string;
  /** A migrated database; its name. */
  readonly createDatabase: (tablespace?: string) => Promise<string>;
  readonly dropDatabase: (name: string) => Promise<void>;
  /** SIGKILL to the postmaster and all its children, as a machine that loses its power. */
  readonly kill: () => Promise<void>;
  /** Starts again at the same port, after a crash with its recovery. Resolves when it takes connections. */
  readonly start: (environment?: Readonly<Record<string, string>>) => Promise<void>;
  /** Ends in good order (fast), for settings that need it. */
  readonly stop: () => Promise<void>;
  readonly pause: () => Promise<void>;
  readonly resume: () => Promise<void>;
  /** Runs one statement in the database `postgres`. */
  readonly command: (statement: string) => Promise<void>;
  /** Whatever a scenario left behind: it runs, takes writes, and lets everybody in. */
  readonly mend: () => Promise<void>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

const TEMPLATE = 'faults_template';
/** As the hub's own server has them, so that what holds here holds there. */
const SETTINGS =
  "-c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=100 -c deadlock_timeout=100ms";

export async function openPostgres(): Promise<Postgres> {
  const folder = join(tmpdir(), `switchboard-faults-${process.pid}`);
  const account = await chooseAccount();
  const first = await startEmbedded(folder, account);
  const control = join(await installBinaries(folder, account), 'pg_ctl');
  const cluster = join(folder, 'cluster');
  const port = await chooseQuietPort();

  const urlOf = (database: string, at = port): string => {
    const url = new URL(first.url);
    url.pathname = `/${database}`;
    url.port = String(at);
    return url.href;
  };
  const command = async (statement: string): Promise<void> => {
    const sql = postgres(urlOf('postgres'), { max: 1, onnotice: () => {} });
    try {
      await sql.unsafe(statement);
    } finally {
      await sql.end({ timeout: 2 });
    }
  };
  const postmaster = async (): Promise<number> =>
    Number((await readFile(join(cluster, 'postmaster.pid'), 'utf8')).split('\n')[0]);
  const signalAll = async (signal: NodeJS.Signals): Promise<readonly number[]> => {
    const parent = await postmaster();
    const all = [parent, ...(await childrenOf(parent))];
    for (const pid of all) tell(pid, signal);
    return all;
  };
  const stop = async (): Promise<void> => {
    await run(control, ['-D', cluster, '-m', 'fast', '-w', 'stop'], account);
  };

  const start = async (environment: Readonly<Record<string, string>> = {}): Promise<void> => {
    const log = `${cluster}.log`;
    const options = ['-D', cluster, '-l', log, '-o', `-p ${port} ${SETTINGS}`, '-w', '-t', '60', 'start'];
    const given = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
    const result = await run('/usr/bin/env', [...given, control, ...options], account);
    if (result.code !== 0) throw new Error(`PostgreSQL did not start again: ${result.output.slice(-500)}`);
  };
  await stop();
  await start();
  await command(`create database ${TEMPLATE}`);
  await migrate(urlOf(TEMPLATE), migrateQueue);
  return {
    start,
    async mend() {
      const status = await run(control, ['-D', cluster, 'status'], account);
      if (status.code === 0) await signalAll('SIGCONT');
      else await start();
      await command('alter system reset all');
      await command('select pg_reload_conf()');
    },
    port,
    urlOf,
    command,
    stop,
    async createDatabase(tablespace) {
      const name = `faults_${randomUUID().slice(0, 8)}`;
      const where = tablespace === undefined ? '' : ` tablespace ${tablespace}`;
      await command(`create database ${name} template ${TEMPLATE} strategy wal_log${where}`);
      return name;
    },
    dropDatabase: (name) => command(`drop database if exists ${name} with (force)`),
    async kill() {
      const all = await signalAll('SIGKILL');
      for (const pid of all) while (await isAlive(pid)) await sleep(10);
      // A postmaster that is dead and not reaped yet looks alive to the next one. A machine that lost its power has none.
      await rm(join(cluster, 'postmaster.pid'), { force: true });
    },
    pause: async () => void (await signalAll('SIGSTOP')),
    resume: async () => void (await signalAll('SIGCONT')),
    async [Symbol.asyncDispose]() {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Below those that the system gives to outgoing connections (from 32768 on at Linux): while the server is down its
 * clients go on trying, and one of them would be given the server's own port sooner or later.
 */
async function chooseQuietPort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

async function childrenOf(parent: number): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const parents = await Promise.all(pids.map(parentOf));
  return pids.filter((_pid, index) => parents[index] === parent);
}

async function parentOf(pid: number): Promise<number> {
  return Number((await statOf(pid))[1]);
}

/** A dead process that nobody has reaped yet counts as gone. */
async function isAlive(pid: number): Promise<boolean> {
  const [state] = await statOf(pid);
  return state !== undefined && state !== 'Z';
}

/** proc(5): the fields of `stat` from the third on, counted from behind the name, which may hold blanks. */
async function statOf(pid: number): Promise<readonly string[]> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return text === '' ? [] : text.slice(text.lastIndexOf(')') + 2).split(' ');
}

/** A process that has just ended by itself needs no signal. */
function tell(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    return;
  }
}
