import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A hub in a process of its own, with a database that is thrown away. */
export type HubProcess = {
  readonly url: string;
  /** What it printed when it started: what is connected, what is missing. */
  readonly introduction: string;
  /** Rejects when it ends by itself. */
  readonly ended: Promise<never>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

const START_WITHIN_MS = 45_000;
const END_WITHIN_MS = 30_000;

/**
 * Starts `src/main.ts all` with nothing in its environment but what is given and the machine's own paths.
 * @param configuration its `switchboard.config.yaml`.
 */
export async function startHub(environment: Readonly<Record<string, string>>, configuration = ''): Promise<HubProcess> {
  // Not by mkdtemp, whose folders nobody else may enter: as root, PostgreSQL runs under another account.
  const data = join(tmpdir(), `switchboard-demo-${randomUUID()}`);
  await mkdir(data);
  await writeFile(join(data, 'switchboard.config.yaml'), configuration);
  const program = join(import.meta.dirname, '..', '..', 'src', 'main.ts');
  const child = spawn(process.execPath, [program, 'all'], {
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      HOST: '127.0.0.1',
      PORT: '0',
      LOG_LEVEL: 'warn',
      SWITCHBOARD_DATA: data,
      ...environment,
    },
    cwd: data,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  const started = Promise.withResolvers<string>();
  const exited = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<never>();
  const read = (chunk: Buffer): void => {
    printed += chunk.toString('utf8');
    const url = /listening on (http:\/\/\S+)/.exec(printed)?.[1];
    if (url !== undefined) started.resolve(url);
  };
  child.stdout.on('data', read);
  child.stderr.on('data', read);
  child.once('exit', (code) => {
    const error = new Error(`the hub ended by itself (code ${code ?? 'none'}):\n${printed.slice(-2_000)}`);
    started.reject(error);
    ended.reject(error);
    exited.resolve();
  });
  ended.promise.catch(() => {});
  const late = setTimeout(
    () => started.reject(new Error(`the hub did not start:\n${printed.slice(-2_000)}`)),
    START_WITHIN_MS,
  );
  const close = async (): Promise<void> => {
    child.kill('SIGTERM');
    const hurry = setTimeout(() => child.kill('SIGKILL'), END_WITHIN_MS);
    await exited.promise;
    clearTimeout(hurry);
    await rm(data, { recursive: true, force: true });
  };
  try {
    const url = await started.promise;
    return { url, introduction: printed, ended: ended.promise, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  } finally {
    clearTimeout(late);
  }
}
