import { connect } from 'node:net';
import pino from 'pino';
import { DEFAULT_ORGANIZATION, environmentApp } from '../../src/db/apps.ts';
import type { HttpLimits, HttpServer } from '../../src/http/server.ts';
import { serveHttp } from '../../src/http/server.ts';
import type { ReceiveHook } from '../../src/intake/hooks.ts';
import type { InboundRequest } from '../../src/model/adapter.ts';
import { openMetrics } from '../../src/observe/metrics.ts';
import { openPaperPlatform } from '../kit/paper-platform.ts';

export type Talk = HttpServer & { readonly port: number; readonly requests: readonly InboundRequest[] };

export type TalkSettings = {
  readonly bodyLimit?: number;
  readonly limits?: Partial<HttpLimits>;
  /** What the hub does with what came; default: it takes it. */
  readonly receive?: ReceiveHook;
};

/** The hub's HTTP server alone: what it hands on is kept, and nothing is stored. */
export async function openTalk({ bodyLimit = 1024 * 1024, limits = {}, receive }: TalkSettings = {}): Promise<Talk> {
  const requests: InboundRequest[] = [];
  const { adapter, listing } = openPaperPlatform();
  const app = { organization: DEFAULT_ORGANIZATION, app: environmentApp('web'), adapter };
  const server = await serveHttp({
    host: '127.0.0.1',
    port: 0,
    apps: [{ ...app, listing: { ...listing, bodyLimit } }],
    receive: async (connected, request) => {
      requests.push(request);
      return receive === undefined ? { status: 200, headers: {}, body: 'taken' } : receive(connected, request);
    },
    health: {
      check: () => Promise.resolve({ ready: true, writeMs: 1, lastWriteAt: undefined, oldestWaitingSeconds: 0 }),
    },
    metrics: openMetrics(),
    log: pino({ level: 'silent' }),
    limits,
  });
  return { ...server, port: Number(new URL(server.url).port), requests };
}

/** What comes back for these bytes until the server closes, or until `enough` fits. */
export function exchange(port: number, bytes: string | Uint8Array, enough = /$^/): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    const late = setTimeout(() => socket.destroy(), 5_000);
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (enough.test(text)) socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(late);
      resolve(text);
    });
  });
}

/** A request as text, with its length. */
export const post = (body: string, path = '/hooks/web', more = ''): string =>
  `POST ${path} HTTP/1.1\r\nhost: hub\r\n${more}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

/** The status codes of all answers in a text. */
export const statuses = (text: string): readonly number[] =>
  [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));

/** Asks again and again until it holds. @throws Error after two seconds. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 2_000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error('it never held');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
