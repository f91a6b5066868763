import { spawn } from 'node:child_process';
import { chown, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Failure } from '../model/failure.ts';

/** The operating-system account that PostgreSQL runs as. It refuses to run as root. */
export type Account = {
  /** Undefined: our own account. */
  readonly ids: { readonly uid: number; readonly gid: number } | undefined;
  /** Hands a file or folder to the account. */
  readonly own: (path: string) => Promise<void>;
};

/** Our own account, or as root `postgres` where the machine has it, else `nobody`. */
export async function chooseAccount(): Promise<Account> {
  if (process.getuid?.() !== 0) return { ids: undefined, own: async () => {} };
  const ids = (await lookUp('postgres')) ?? (await lookUp('nobody'));
  if (ids === undefined) {
    throw new Failure(
      'invalid',
      'PostgreSQL does not run as root, and there is no account postgres or nobody: add one, or set DATABASE_URL',
    );
  }
  return { ids, own: (path) => chown(path, ids.uid, ids.gid) };
}

async function lookUp(name: string): Promise<{ uid: number; gid: number } | undefined> {
  const passwd = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const fields = passwd
    .split('\n')
    .find((line) => line.startsWith(`${name}:`))
    ?.split(':');
  return fields === undefined ? undefined : { uid: Number(fields[2]), gid: Number(fields[3]) };
}

/** Whether the account may pass through every folder above `path`. Only root starts PostgreSQL as somebody else. */
export async function canReach(path: string, account: Account): Promise<boolean> {
  if (account.ids === undefined) return true;
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const entry = await stat(folder).catch(() => undefined);
    if (entry !== undefined && !passable(entry, account.ids)) return false;
    if (folder === dirname(folder)) return true;
  }
}

function passable(entry: { mode: number; uid: number; gid: number }, ids: { uid: number; gid: number }): boolean {
  if (entry.uid === ids.uid) return (entry.mode & 0o100) !== 0;
  if (entry.gid === ids.gid) return (entry.mode & 0o010) !== 0;
  return (entry.mode & 0o001) !== 0;
}

/** Runs a program as the account to its end. Its output goes through pipes that the server itself does not keep open. */
export function run(
  program: string,
  args: readonly string[],
  account: Account,
): Promise<{ code: number; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      ...account.ids,
      cwd: '/',
      // PGUSER and the like of the caller's shell are not meant for this server.
      env: { LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.once('error', (error) => reject(new Failure('invalid', `${program} does not run: ${error.message}`)));
    // 'exit', not 'close': a server that pg_ctl left behind may hold the pipes.
    child.once('exit', (code) => resolve({ code: code ?? -1, output: Buffer.concat(chunks).toString('utf8') }));
  });
}
