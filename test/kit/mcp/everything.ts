import { spawn, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { until } from '../until.ts';

/** The protocol's own reference server. */
export const EVERYTHING = join(
  import.meta.dirname,
  '../../../node_modules/@modelcontextprotocol/server-everything/dist/index.js',
);

/** It, over HTTP, in a process that can be killed and started again at the same address. */
export type HttpEverything = {
  readonly url: string;
  readonly kill: () => Promise<void>;
  readonly start: () => Promise<void>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

export async function startEverything(): Promise<HttpEverything> {
  const port = await freePort();
  let running: ChildProcess | undefined;
  const url = `http://127.0.0.1:${port}/mcp`;
  const start = async (): Promise<void> => {
    running = spawn(process.execPath, [EVERYTHING, 'streamableHttp'], {
      env: { PATH: process.env['PATH'], PORT: String(port) },
      stdio: 'ignore',
    });
    const answers = async (): Promise<boolean> => {
      const response = await fetch(url).catch(() => undefined);
      await response?.body?.cancel();
      return response !== undefined;
    };
    await until('the reference server answers', answers, { withinMs: 15_000 });
  };
  const kill = async (): Promise<void> => {
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
    const ended = once(running, 'exit');
    running.kill('SIGKILL');
    await ended;
  };
  await start();
  return { url, start, kill, [Symbol.asyncDispose]: kill };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
