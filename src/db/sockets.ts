import { connect, type Socket } from 'node:net';
import { z } from 'zod';

/** The sockets of one pool, told apart by whether anything was heard on them. */
export type Sockets = {
  /** For postgres.js, which asks for one per connection. */
  readonly open: (options: unknown) => Socket;
  /** What was heard so far on every open socket. */
  readonly mark: () => Mark;
  /** Destroys every socket on which nothing was heard since the mark; how many these were. */
  readonly dropSilentSince: (mark: Mark) => number;
  /** Destroys all, unless that was done within so many milliseconds before. */
  readonly dropAll: (notWithinMs?: number) => void;
};

export type Mark = ReadonlyMap<Socket, number>;

/** The part of postgres.js' parsed options that says where the server is; several hosts are tried in turn. */
const Where = z.object({
  host: z.array(z.string()).min(1),
  port: z.array(z.number()).min(1),
  path: z.union([z.string(), z.literal(false)]).optional(),
});

/**
 * postgres.js waits for ever for an answer on a connection whose other end has gone without a word (a failed-over host,
 * a forgetful NAT), and keeps it in its pool meanwhile: the system gives such a connection up after a quarter of an hour.
 * By owning the sockets we can end those that are deaf, and only those.
 */
export function openSockets(): Sockets {
  const sockets = new Set<Socket>();
  let turn = 0;
  let droppedAt = -Infinity;
  return {
    open(options) {
      const { host, port, path } = Where.parse(options);
      const at = turn++ % host.length;
      const place = { host: host[at] ?? '', port: port[at] ?? 5432 };
      const socket = typeof path === 'string' ? connect(path) : connect(place);
      tellLossFirst(socket);
      sockets.add(socket);
      // postgres.js takes every listener off when TLS begins, so a closed socket may also be found at the next opening.
      socket.once('close', () => sockets.delete(socket));
      for (const other of sockets) if (other.destroyed) sockets.delete(other);
      // postgres.js names this host to TLS.
      return Object.assign(socket, place);
    },
    mark: () => new Map(Array.from(sockets, (socket) => [socket, socket.bytesRead])),
    dropSilentSince(mark) {
      let dropped = 0;
      for (const socket of sockets) {
        if (mark.get(socket) !== socket.bytesRead) continue;
        socket.destroy();
        dropped += 1;
      }
      return dropped;
    },
    dropAll(notWithinMs = 0) {
      if (performance.now() - droppedAt < notWithinMs) return;
      droppedAt = performance.now();
      sockets.forEach((socket) => socket.destroy());
    },
  };
}

/** Milliseconds between telling that a connection is lost and that it is closed: what is written in between goes nowhere. */
const CLOSED_AFTER_MS = 20;

/**
 * postgres.js ends the process when a connection closes in the middle of a transaction: it writes its rollback on the
 * socket that it has just forgotten (`Cannot read properties of null`). So an error comes first, on which all open queries
 * fail and the rollback is still written to the dead socket, and the close a moment later.
 */
function tellLossFirst(socket: Socket): void {
  const emit = socket.emit.bind(socket);
  let told = false;
  const telling = (event: string | symbol, ...args: unknown[]): boolean => {
    if (event === 'error') told = true;
    if (event !== 'close') return emit(event, ...args);
    if (!told) emit('error', Object.assign(new Error('the connection was closed'), { code: 'CONNECTION_CLOSED' }));
    setTimeout(() => emit('close', false), CLOSED_AFTER_MS);
    return true;
  };
  Object.defineProperty(socket, 'emit', { value: telling, writable: true });
}
