import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Failure } from '../model/failure.ts';
import { run, type Account } from './embedded-account.ts';
import { installBinaries } from './embedded-binaries.ts';

/** A PostgreSQL server of our own, in a data folder of ours. */
export type EmbeddedServer = {
  /** Connection string of the superuser, on 127.0.0.1. Holds a password: never log it. */
  readonly url: string;
  /** It was running already: an earlier process was killed, or another one shares the folder. */
  readonly reused: boolean;
  /** Stops the server (fast: open transactions are rolled back). */
  readonly stop: () => Promise<void>;
};

/**
 * Starts the bundled PostgreSQL in `folder`, or finds the one that runs there already.
 * The server outlives a `kill -9` of this process and is found again by the next one.
 *
 * @param folder absolute; made when missing, with the cluster, the binaries and the password inside.
 * @throws Failure `invalid` when the folder cannot serve (another major version, not reachable for the account), with the fix.
 */
export async function startEmbedded(folder: string, account: Account): Promise<EmbeddedServer> {
  const bin = await installBinaries(folder, account);
  const cluster = join(folder, 'cluster');
  const password = await superuserPassword(folder);
  await initialise(cluster, { bin, password, account });
  await checkVersion(cluster, bin, account);

  const running = await runningPort(cluster, { bin, account });
  const port = running ?? (await start(cluster, { bin, account }));
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    reused: running !== undefined,
    stop: async () => {
      await run(join(bin, 'pg_ctl'), ['-D', cluster, '-m', 'fast', '-w', 'stop'], account);
    },
  };
}

type Tools = { readonly bin: string; readonly account: Account };

async function superuserPassword(folder: string): Promise<string> {
  const file = join(folder, 'password');
  if (!existsSync(file)) await writeFile(file, randomBytes(24).toString('base64url'), { mode: 0o600 });
  return (await readFile(file, 'utf8')).trim();
}

async function initialise(cluster: string, tools: Tools & { password: string }): Promise<void> {
  if (existsSync(join(cluster, 'PG_VERSION'))) return;
  const passwordFile = `${cluster}.initial-password`;
  await mkdir(cluster, { recursive: true, mode: 0o700 });
  await writeFile(passwordFile, tools.password, { mode: 0o600 });
  await tools.account.own(cluster);
  await tools.account.own(passwordFile);
  const options = ['-D', cluster, '-U', 'postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
  const result = await run(join(tools.bin, 'initdb'), [...options, '--encoding=UTF8', '--locale=C'], tools.account);
  await writeFile(passwordFile, '');
  if (result.code !== 0) {
    throw new Failure('invalid', `PostgreSQL could not be set up in ${cluster}: ${result.output.slice(-600)}`);
  }
}

async function checkVersion(cluster: string, bin: string, account: Account): Promise<void> {
  const has = (await readFile(join(cluster, 'PG_VERSION'), 'utf8')).trim();
  const { output } = await run(join(bin, 'postgres'), ['--version'], account);
  const bundled = /(\d+)\.\d+/.exec(output)?.[1];
  if (bundled === undefined) throw new Failure('invalid', `the bundled PostgreSQL does not run: ${output.slice(-300)}`);
  if (has === bundled) return;
  throw new Failure(
    'invalid',
    `${cluster} was made by PostgreSQL ${has}, and ${bundled} is bundled: dump it with version ${has} and restore it, ` +
      'or set DATABASE_URL to a server of that version, or choose another folder with SWITCHBOARD_DATA',
  );
}

/** The port of the server that runs on this cluster; line 4 of postmaster.pid by PostgreSQL's documentation. */
async function runningPort(cluster: string, tools: Tools): Promise<number | undefined> {
  const status = await run(join(tools.bin, 'pg_ctl'), ['-D', cluster, 'status'], tools.account);
  if (status.code !== 0) return undefined;
  const lines = (await readFile(join(cluster, 'postmaster.pid'), 'utf8')).split('\n');
  const port = Number(lines[3]);
  return Number.isInteger(port) && port > 0 ? port : undefined;
}

async function start(cluster: string, tools: Tools): Promise<number> {
  const port = await freePort();
  const log = `${cluster}.log`;
  await writeFile(log, '', { flag: 'a' });
  await chmod(log, 0o600);
  await tools.account.own(log);
  // A loopback address and a password; no Unix socket, whose path may be too long (107 bytes).
  const settings = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=100 -c deadlock_timeout=100ms`;
  const arguments_ = ['-D', cluster, '-l', log, '-o', settings, '-w', '-t', '60', 'start'];
  const result = await run(join(tools.bin, 'pg_ctl'), arguments_, tools.account);
  if (result.code === 0) return port;
  // Another process may have started it in the same moment.
  const other = await runningPort(cluster, tools);
  if (other !== undefined) return other;
  const tail = (await readFile(log, 'utf8')).slice(-600);
  throw new Failure('unavailable', `PostgreSQL did not start in ${cluster}: ${tail}`);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
