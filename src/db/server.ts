import { join } from 'node:path';
import postgres from 'postgres';
import { Failure } from '../model/failure.ts';
import type { Log } from '../observe/log.ts';
import { canReach, chooseAccount } from './embedded-account.ts';
import { startEmbedded } from './embedded.ts';

/** A PostgreSQL server to connect to: the user's own, or the bundled one. */
export type Server = { readonly url: string; readonly [Symbol.asyncDispose]: () => Promise<void> };

export type ServerSettings = {
  readonly databaseUrl: string | undefined;
  readonly dataFolder: string;
  /** The user named the folder, so no other may be taken in its place. */
  readonly dataFolderChosen: boolean;
};

/** Where root's data goes when the default folder lies where PostgreSQL's account cannot reach. */
const SYSTEM_FOLDER = '/var/lib/switchboard';

/** @throws Failure that names the setting to mend. */
export async function openServer(settings: ServerSettings, log: Log): Promise<Server> {
  if (settings.databaseUrl !== undefined) return { url: settings.databaseUrl, [Symbol.asyncDispose]: async () => {} };
  const account = await chooseAccount();
  const folder = await reachableFolder(settings, account);
  const server = await startEmbedded(join(folder, 'postgres'), account);
  log.info({ folder, reused: server.reused }, 'the bundled PostgreSQL runs');
  return {
    url: server.url,
    async [Symbol.asyncDispose]() {
      // Another process of ours may use it still: the last one turns off the light.
      if (!(await isShared(server.url))) await server.stop();
    },
  };
}

async function reachableFolder(
  { dataFolder, dataFolderChosen }: ServerSettings,
  account: Awaited<ReturnType<typeof chooseAccount>>,
): Promise<string> {
  if (await canReach(join(dataFolder, 'postgres', 'cluster'), account)) return dataFolder;
  if (!dataFolderChosen) return SYSTEM_FOLDER;
  throw new Failure(
    'invalid',
    `PostgreSQL does not run as root, and its account cannot reach ${dataFolder}: choose another SWITCHBOARD_DATA`,
  );
}

async function isShared(url: string): Promise<boolean> {
  const sql = postgres(url, { max: 1, connect_timeout: 5, onnotice: () => {} });
  try {
    const [row] = await sql<{ others: number }[]>`select count(*)::int as others from pg_stat_activity
      where backend_type = 'client backend' and pid <> pg_backend_pid()`;
    return (row?.others ?? 0) > 0;
  } catch {
    return false;
  } finally {
    await sql.end({ timeout: 2 });
  }
}
