import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { isCancel, password } from '@clack/prompts';
import { z } from 'zod';
import { Failure } from '../model/failure.ts';
import type { Terminal } from './terminal.ts';

/** Where the hub is, and the key by which this person asks it. */
export type Login = { readonly url: string; readonly key: string };

const Kept = z.object({ url: z.url(), key: z.string().min(1) });

/** As the XDG Base Directory Specification has it. */
const fileOf = ({ XDG_CONFIG_HOME: folder, HOME: home = homedir() }: Terminal['environment']): string =>
  join(folder ?? join(home, '.config'), 'switchboard', 'login.json');

/**
 * By `SWITCHBOARD_URL` and `SWITCHBOARD_API_KEY`, else as it was kept.
 * @throws Failure `unauthorized` that says how to log in.
 */
export async function readLogin({ environment }: Terminal): Promise<Login> {
  const { SWITCHBOARD_URL: url, SWITCHBOARD_API_KEY: key } = environment;
  if (url !== undefined && key !== undefined) return { url, key };
  const kept = await readFile(fileOf(environment), 'utf8').catch(() => undefined);
  if (kept === undefined) throw new Failure('unauthorized', 'log in first: switchboard login https://HUB');
  return Kept.parse(JSON.parse(kept));
}

/** Readable by this user alone. */
export async function keepLogin({ environment }: Terminal, login: Login): Promise<string> {
  const path = fileOf(environment);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(path, `${JSON.stringify(login)}\n`, { mode: 0o600 });
  await chmod(path, 0o600);
  return path;
}

export const dropLogin = ({ environment }: Terminal): Promise<void> => rm(fileOf(environment), { force: true });

/** Typed where nobody sees it, or from standard input. @throws Failure `invalid`. */
export async function readKey({ stdin }: Terminal): Promise<string> {
  if (stdin.isTTY !== true) return trimmed(await text(stdin));
  const typed = await password({ message: 'API key (console: Members & keys)' });
  if (isCancel(typed)) throw new Failure('aborted', 'nothing was changed');
  return trimmed(typed);
}

function trimmed(key: string): string {
  const clean = key.trim();
  if (clean === '') throw new Failure('invalid', 'no key came: make one in the console, under Members & keys');
  return clean;
}
