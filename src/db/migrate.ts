import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as Driver from 'drizzle-orm/postgres-js';
import type * as Migrator from 'drizzle-orm/postgres-js/migrator';
import postgres from 'postgres';
import { z } from 'zod';
import { Failure } from '../model/failure.ts';

const require = createRequire(import.meta.url);

const FOLDER = join(import.meta.dirname, '..', '..', 'migrations');

/** Any number, the same in every process: who holds this advisory lock may migrate. */
const MIGRATION_LOCK = 7_294_401;

const Journal = z.object({ entries: z.array(z.object({ when: z.number(), tag: z.string() })) });

/**
 * Brings the database up to date. Processes that start together wait for each other; the later ones find nothing to do.
 * @throws Failure `invalid` when the database is newer than this program.
 */
export async function migrate(url: string, migrateQueue: (url: string) => Promise<void>): Promise<void> {
  const sql = postgres(url, { max: 1, connect_timeout: 10, onnotice: () => {} });
  try {
    await sql`select pg_advisory_lock(${MIGRATION_LOCK})`;
    await migrateQueue(url);
    if (await isBehind(sql)) {
      // Loaded only when there is something to do, and by `require`: as ES modules it costs 0.3 s and 190 MB.
      const { drizzle }: typeof Driver = require('drizzle-orm/postgres-js');
      const migrator: typeof Migrator = require('drizzle-orm/postgres-js/migrator');
      await migrator.migrate(drizzle(sql), { migrationsFolder: FOLDER });
    }
  } finally {
    await sql.end({ timeout: 5 });
  }
}

async function isBehind(sql: postgres.Sql): Promise<boolean> {
  const { entries } = await readJournal();
  const wanted = Math.max(...entries.map((entry) => entry.when));
  const [table] = await sql<
    { found: string | null }[]
  >`select to_regclass('drizzle.__drizzle_migrations')::text as found`;
  if (table?.found === null) return true;
  const [row] = await sql<
    { applied: string | null }[]
  >`select max(created_at)::text as applied from drizzle.__drizzle_migrations`;
  const applied = Number(row?.applied ?? 0);
  if (applied > wanted)
    throw new Failure(
      'invalid',
      'the database was migrated by a newer version of Switchboard: run that version, or restore a backup',
    );
  return applied < wanted;
}

const readJournal = async (): Promise<z.infer<typeof Journal>> =>
  Journal.parse(JSON.parse(await readFile(join(FOLDER, 'meta', '_journal.json'), 'utf8')));

/** All that this program has: a database that lacks one, or has more, does not get past the start. `at`: ISO, when it was written. */
export async function listMigrations(): Promise<readonly { readonly name: string; readonly at: string }[]> {
  const { entries } = await readJournal();
  return entries.map(({ tag, when }) => ({ name: tag, at: new Date(when).toISOString() }));
}
