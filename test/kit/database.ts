import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { openDatabase, type Database } from '../../src/db/database.ts';
import { chooseAccount } from '../../src/db/embedded-account.ts';
import { startEmbedded } from '../../src/db/embedded.ts';
import { migrate } from '../../src/db/migrate.ts';
import { migrateQueue } from '../../src/queue/worker.ts';

/** One server for the whole run of the suite, in a folder that the global setup names for the test files' processes. */
const FOLDER_VARIABLE = 'SWITCHBOARD_TEST_POSTGRES';

function serverFolder(): string {
  const folder = process.env[FOLDER_VARIABLE];
  if (folder === undefined) throw new Error('run tests with --test-global-setup=test/kit/setup.ts, as npm test does');
  return folder;
}

const TEMPLATE = 'switchboard_template';

/** Starts the server and makes the migrated template that test databases are cloned from. */
export async function startTestServer(): Promise<{ stop: () => Promise<void> }> {
  // A folder of this run's own: two runs at once do not stop each other's server.
  const folder = join(tmpdir(), `switchboard-test-postgres-${process.pid}`);
  process.env[FOLDER_VARIABLE] = folder;
  const server = await startEmbedded(folder, await chooseAccount());
  const sql = postgres(server.url, { max: 1, onnotice: () => {} });
  // Nothing of it is to survive a crash of the machine, and each database that is made or dropped would wait for the disk.
  for (const setting of ['fsync', 'full_page_writes']) await sql`alter system set ${sql(setting)} = off`;
  await sql`select pg_reload_conf()`;
  await sql`create database ${sql(TEMPLATE)}`;
  await sql.end();
  await migrate(withDatabase(server.url, TEMPLATE), migrateQueue);
  return {
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A database of one's own, migrated, about 0.1 s after asking. Dropped when disposed. */
export type TestDatabase = {
  readonly url: string;
  readonly db: Database;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

export async function openTestDatabase(): Promise<TestDatabase> {
  const server = await startEmbedded(serverFolder(), await chooseAccount());
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const sql = postgres(server.url, { max: 1, onnotice: () => {} });
  // Two clones of one template at once refuse each other.
  await sql`select pg_advisory_lock(1)`;
  await sql`create database ${sql(name)} template ${sql(TEMPLATE)} strategy file_copy`;
  await sql`select pg_advisory_unlock(1)`;
  const url = withDatabase(server.url, name);
  const db = openDatabase(url, 6);
  return {
    url,
    db,
    async [Symbol.asyncDispose]() {
      await db[Symbol.asyncDispose]();
      await sql`drop database if exists ${sql(name)} with (force)`;
      await sql.end();
    },
  };
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}
