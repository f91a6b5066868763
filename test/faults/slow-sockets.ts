import { request } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';

/** A delivery that has to be answered with 2xx. */
export type Good = {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
};

export type SlowSockets = {
  /** Slow sockets at once; half of them trickle their headers, half their bodies. Default 2,000. */
  readonly sockets: number;
  /** Milliseconds after which those that are still open count as not cut. Default 45,000. */
  readonly withinMs: number;
  /** Milliseconds between two good deliveries. Default 20. */
  readonly everyMs: number;
};

export type SlowSocketsFound = {
  /** Of good deliveries, each over a connection of its own: the wait that 99 of 100 did not exceed. */
  readonly p99Ms: number;
  readonly sent: number;
  /** Of those, with 2xx. */
  readonly answered: number;
  /** Slow sockets that the hub closed. */
  readonly cut: number;
};

const SETTINGS: SlowSockets = { sockets: 2_000, withinMs: 45_000, everyMs: 20 };
/** Milliseconds between two bytes of a slow sender. */
const BYTE_EVERY_MS = 1_000;

/**
 * Opens slow sockets at a hub and goes on delivering what `sign` gives, until the hub has closed every slow one. Each
 * socket takes a descriptor here and one at the hub.
 */
export async function slowSockets(
  hubUrl: string,
  sign: (index: number) => Good | Promise<Good>,
  settings: Partial<SlowSockets> = {},
): Promise<SlowSocketsFound> {
  const { sockets, withinMs, everyMs } = { ...SETTINGS, ...settings };
  const { path } = await sign(0);
  const slow = await openSlow(new URL(hubUrl), path, sockets);
  const until = performance.now() + withinMs;
  const good: Promise<number | undefined>[] = [];
  while (performance.now() < until && (slow.left() > 0 || good.length === 0)) {
    good.push(deliver(hubUrl, await sign(good.length)));
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  const cut = sockets - slow.left();
  slow.close();
  const tookMs = (await Promise.all(good)).filter((ms) => ms !== undefined).toSorted((one, other) => one - other);
  const p99Ms = tookMs[Math.min(tookMs.length - 1, Math.floor(tookMs.length * 0.99))] ?? Infinity;
  return { p99Ms, sent: good.length, answered: tookMs.length, cut };
}

type Slow = { readonly left: () => number; readonly close: () => void };

async function openSlow(hub: URL, path: string, count: number): Promise<Slow> {
  const open = new Set<Socket>();
  const head = `POST ${path} HTTP/1.1\r\nhost: ${hub.host}\r\n`;
  const openOne = (index: number): Promise<void> =>
    new Promise((resolve) => {
      const socket = connect(Number(hub.port), hub.hostname, () => {
        socket.write(index % 2 === 0 ? `${head}x-slow: ` : `${head}content-length: 100000\r\n\r\n{"type":"`);
        resolve();
      });
      open.add(socket);
      socket.on('data', () => undefined);
      socket.on('error', () => resolve());
      socket.on('close', () => open.delete(socket));
    });
  // In groups, so that the queue of connections that wait to be accepted does not overflow.
  for (let index = 0; index < count; index += 100)
    await Promise.all(Array.from({ length: Math.min(100, count - index) }, (_, more) => openOne(index + more)));
  const timer = setInterval(() => {
    for (const socket of open) socket.write('x');
  }, BYTE_EVERY_MS);
  return {
    left: () => open.size,
    close() {
      clearInterval(timer);
      for (const socket of open) socket.destroy();
    },
  };
}

/** Milliseconds until the whole answer; undefined: none, or no 2xx. */
function deliver(hubUrl: string, { path, headers, body }: Good): Promise<number | undefined> {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const length = Buffer.byteLength(body);
    const options = { method: 'POST', agent: false, headers: { ...headers, 'content-length': length } };
    const sent = request(new URL(path, hubUrl), options, (answer) => {
      const taken = (answer.statusCode ?? 0) >= 200 && (answer.statusCode ?? 0) < 300;
      answer.resume().once('close', () => resolve(taken ? performance.now() - startedAt : undefined));
    });
    sent.once('error', () => resolve(undefined));
    sent.end(body);
  });
}
