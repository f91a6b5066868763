import { spawn, type ChildProcess } from 'node:child_process';
import { ReadBuffer, serializeMessage, type JSONRPCMessage, type Transport } from '@modelcontextprotocol/client';
import type { McpServer } from '../../../model/mcp-server.ts';
import type { Log } from '../../../observe/log.ts';

/** A program that speaks the protocol over its standard streams, in a process group of its own. */
export type Child = Transport & {
  /** By these two the protocol's client knows that it speaks to a program. */
  readonly pid: number | null;
  readonly stderr: null;
};

export type ChildOptions = {
  /** PATH and HOME for it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Bytes of one message, at most: more ends it. */
  readonly mostBytes: number;
  readonly log: Log;
};

/** Milliseconds for it to end by itself once its input is closed, and then once it is told to. */
const BY_ITSELF_MS = 500;
const WHEN_TOLD_MS = 2_000;

const LINES_AT_ONCE = 5;
const LONGEST_LINE = 500;

/** Nothing is started before `start`. */
export function openChild(
  { command, args, env, cwd }: Extract<McpServer, { kind: 'stdio' }>,
  { environment, mostBytes, log }: ChildOptions,
): Child {
  let running: ChildProcess | undefined;
  let closing: Promise<void> | undefined;

  const start = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const { PATH, HOME } = environment;
      const own = Object.fromEntries(Object.entries({ PATH, HOME, ...env }).filter(([, value]) => value !== undefined));
      const started = spawn(command, args, { cwd, env: own, stdio: 'pipe', detached: process.platform !== 'win32' });
      running = started;
      started.once('spawn', resolve);
      started.once('error', (error) => {
        reject(error);
        child.onerror?.(error);
      });
      // What it has started itself is not left behind, and keeps no pipe open.
      started.once('exit', () => signal(started, 'SIGKILL'));
      started.once('close', () => child.onclose?.());
      started.stdin.on('error', () => {});
      started.stdout.on('data', hearing(child, mostBytes));
      started.stderr.on('data', (chunk: Buffer) => note(log, chunk));
    });

  const child: Child = {
    get pid() {
      return running?.pid ?? null;
    },
    stderr: null,
    start,
    send: (message: JSONRPCMessage) =>
      new Promise((resolve, reject) => {
        const input = running?.stdin;
        if (input === undefined || input === null || !input.writable) {
          reject(new Error('the program has ended'));
          return;
        }
        input.write(serializeMessage(message), (error) => (error ? reject(error) : resolve()));
      }),
    close: () => (closing ??= running === undefined ? Promise.resolve() : end(running)),
  };
  return child;
}

/** Makes messages of what comes. */
function hearing(child: Child, mostBytes: number): (chunk: Buffer) => void {
  const buffer = new ReadBuffer({ maxBufferSize: mostBytes });
  const readOne = (): boolean => {
    try {
      const message = buffer.readMessage();
      if (message !== null) child.onmessage?.(message);
      return message !== null;
    } catch (thrown) {
      // A line that is no message is passed over: some programs print words there.
      child.onerror?.(asError(thrown));
      return true;
    }
  };
  return (chunk) => {
    try {
      buffer.append(chunk);
      while (readOne());
    } catch (thrown) {
      // Too long for a message: nothing that follows can be trusted to begin where it seems to.
      child.onerror?.(asError(thrown));
      void child.close();
    }
  };
}

async function end(process: ChildProcess): Promise<void> {
  const hasEnded = (): boolean => process.exitCode !== null || process.signalCode !== null;
  if (process.pid === undefined) return;
  const ended = new Promise<void>((resolve) => {
    process.once('exit', () => resolve());
    if (hasEnded()) resolve();
  });
  process.stdin?.end();
  await within(ended, BY_ITSELF_MS);
  if (!hasEnded()) {
    signal(process, 'SIGTERM');
    await within(ended, WHEN_TOLD_MS);
  }
  signal(process, 'SIGKILL');
  await within(ended, WHEN_TOLD_MS);
  process.stdout?.destroy();
  process.stderr?.destroy();
}

async function within(ended: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([ended, new Promise((resolve) => (timer = setTimeout(resolve, ms)))]);
  clearTimeout(timer);
}

const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error('unreadable'));

/** To all of its group: a shell that starts the program does not pass signals on. */
function signal({ pid }: ChildProcess, name: 'SIGTERM' | 'SIGKILL'): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, name);
  } catch {
    // There is nobody left in it.
  }
}

function note(log: Log, chunk: Buffer): void {
  const lines = chunk
    .toString('utf8')
    .split('\n')
    .map((line) => line.trim());
  for (const line of lines.filter((text) => text !== '').slice(0, LINES_AT_ONCE))
    log.info({ said: line.slice(0, LONGEST_LINE) }, 'a server of tools says');
}
