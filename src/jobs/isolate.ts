import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { OrganizationId, ThreadId } from '../model/ids.ts';
import type { Log } from '../observe/log.ts';

/** Works through one thread in a process of its own; resolves when that process has ended, however it did. */
export type Isolate = (organization: OrganizationId, thread: ThreadId) => Promise<void>;

/** Processes at once: after a crash all that ran together are suspects, and each takes some 150 MB. */
const AT_ONCE = 2;

/** Milliseconds after which a process that does not end is ended: longer than any turn may take. */
const ENDS_WITHIN_MS = 2.25 * 3_600_000;

/**
 * Starts this program anew for a thread whose turn seems to end processes. Whether it did is not asked here: a process that
 * ends without giving its lease back is counted by whoever takes the thread next.
 * @param command the program and its first arguments; organization and thread are added.
 * @param stopping aborts when this process stops: the other one hands its thread over.
 */
export function openIsolation(options: {
  readonly command: readonly [string, ...string[]];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly stopping: AbortSignal;
  readonly log: Log;
}): Isolate {
  const { environment, stopping, log } = options;
  const [program, ...first] = options.command;
  let running = 0;
  const waiting: (() => void)[] = [];

  const run = async (organization: OrganizationId, thread: ThreadId): Promise<void> => {
    // Over the channel it notices the end of this process, also a sudden one.
    const child = spawn(program, [...first, organization, thread], {
      env: { ...environment },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const handOver = (): void => void child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), ENDS_WITHIN_MS);
    stopping.addEventListener('abort', handOver);
    try {
      const [code, signal]: unknown[] = await once(child, 'exit');
      log.warn({ thread, code, signal }, 'a suspicious turn was run in a process of its own');
    } catch (error) {
      log.error({ thread, error }, 'no process of its own could be started for a suspicious turn');
    } finally {
      clearTimeout(late);
      stopping.removeEventListener('abort', handOver);
    }
  };

  const inTurn = async (organization: OrganizationId, thread: ThreadId): Promise<void> => {
    if (running >= AT_ONCE) await new Promise<void>((resolve) => void waiting.push(resolve));
    if (stopping.aborted) return;
    running += 1;
    try {
      await run(organization, thread);
    } finally {
      running -= 1;
      waiting.shift()?.();
    }
  };

  // Asked again while it waits or runs, a thread is not run twice.
  const asked = new Map<ThreadId, Promise<void>>();
  return (organization, thread) => {
    const known = asked.get(thread) ?? inTurn(organization, thread).finally(() => asked.delete(thread));
    asked.set(thread, known);
    return known;
  };
}
