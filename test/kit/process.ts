import { spawn, type ChildProcess } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The real program in a process of its own. */
export type HubRole = {
  /** Undefined for a worker. */
  readonly url: string | undefined;
  /** All that it printed so far. */
  readonly printed: () => string;
  /** Its exit code once it has ended, by whatever hand; null when a signal ended it. */
  readonly ended: Promise<number | null>;
  /** Stops it in its tracks (SIGSTOP), and lets it go on as if nothing had been (SIGCONT). */
  readonly pause: () => void;
  readonly resume: () => void;
  /** `kill -9`; resolves when it is gone. */
  readonly kill: () => Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  readonly stop: () => Promise<number | null>;
};

const START_WITHIN_MS = 20_000;

/** Starts `src/main.ts` in a role; resolves when it serves. */
export async function startRole(
  role: 'all' | 'web' | 'worker',
  environment: Readonly<Record<string, string>>,
): Promise<HubRole> {
  const child: ChildProcess = spawn(process.execPath, [join(import.meta.dirname, '..', '..', 'src', 'main.ts'), role], {
    env: {
      PATH: process.env['PATH'],
      HOST: '127.0.0.1',
      PORT: '0',
      LOG_LEVEL: process.env['TEST_LOG'] ?? 'error',
      ...environment,
    },
    cwd: tmpdir(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  const started = Promise.withResolvers<void>();
  const gone = Promise.withResolvers<number | null>();
  const read = (chunk: Buffer): void => {
    printed += chunk.toString('utf8');
    if (role === 'worker' ? printed.includes('answering up to') : printed.includes('listening on')) started.resolve();
  };
  child.stdout?.on('data', read);
  child.stderr?.on('data', read);
  child.once('exit', (code) => {
    started.reject(new Error(`the ${role} ended (${code ?? 'killed'}):\n${printed}`));
    gone.resolve(code);
  });
  started.promise.catch(() => {});
  const late = setTimeout(() => started.reject(new Error(`the ${role} did not start:\n${printed}`)), START_WITHIN_MS);
  await started.promise.finally(() => clearTimeout(late));
  const end = (signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> => {
    child.kill(signal);
    return gone.promise;
  };
  return {
    url: /listening on (\S+)/.exec(printed)?.[1],
    printed: () => printed,
    ended: gone.promise,
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    kill: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
  };
}
