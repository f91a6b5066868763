import type { McpServer } from '../../../model/mcp-server.ts';
import { toFailure } from '../../../model/failure.ts';
import type { Log } from '../../../observe/log.ts';
import type { ConnectOptions, Link } from './connect.ts';

export type ConnectionOptions = {
  readonly log: Log;
  readonly environment: ConnectOptions['environment'];
  readonly fetch?: ConnectOptions['fetch'];
  /** The server has, or may have, other tools by now. */
  readonly changed: () => void;
};

/** The one connection to a server: made when it is needed, and anew when it is lost. */
export type Connection = {
  /** @param sure asks for a sign of life first, and makes it anew where there is none. Rejects when the server cannot be reached. */
  readonly get: (sure: boolean, signal: AbortSignal) => Promise<Link>;
  /** The next one who gets it asks for a sign of life first. */
  readonly doubt: () => void;
  /** Ends it, if it is still the one in use. */
  readonly drop: (link: Link) => void;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

/** Milliseconds: programs that fetch themselves before they start take long. */
const CONNECT_WITHIN_MS = 60_000;
/** For a sign of life; sooner from a server whose calls have less time. */
const SIGN_WITHIN_MS = 3_000;

export function openConnection(server: McpServer, { log, environment, fetch, changed }: ConnectionOptions): Connection {
  const signWithinMs = Math.min(SIGN_WITHIN_MS, server.timeoutMs / 2);
  let current: Promise<Link> | undefined;
  let link: Link | undefined;
  let doubtful = false;
  const closing = new AbortController();
  const endings = new Set<Promise<void>>();

  const drop = (dropped: Link): void => {
    if (link === dropped) {
      link = undefined;
      current = undefined;
    }
    const ending = dropped.close().finally(() => endings.delete(ending));
    endings.add(ending);
  };
  const make = async (): Promise<Link> => {
    try {
      // The protocol's client is loaded by those who use it.
      const { connect } = await import('./connect.ts');
      const { signal } = closing;
      link = await connect(server, { environment, log, changed, signal, fetch, withinMs: CONNECT_WITHIN_MS });
      doubtful = false;
      changed();
      return link;
    } catch (thrown) {
      current = undefined;
      throw thrown;
    }
  };
  return {
    async get(sure, signal) {
      if (closing.signal.aborted) throw new Error('closed');
      if (link !== undefined && !link.isOpen()) drop(link);
      const held = link;
      if (held !== undefined && (sure || doubtful) && !(await isAlive(held, signWithinMs, log))) drop(held);
      doubtful = false;
      current ??= make();
      // Whoever waits may stop waiting; the connection is made for the next one.
      current.catch(() => {});
      return unlessEnded(current, signal);
    },
    doubt: () => void (doubtful = true),
    drop,
    async [Symbol.asyncDispose]() {
      closing.abort();
      await current?.then(drop, () => {});
      await Promise.all(endings);
    },
  };
}

async function isAlive(link: Link, withinMs: number, log: Log): Promise<boolean> {
  try {
    await link.ping(withinMs);
    return true;
  } catch (thrown) {
    log.info({ reason: toFailure(thrown, 'unavailable').message }, 'a server of tools gives no sign of life');
    return false;
  }
}

/** Rejects when the signal ends the wait. */
function unlessEnded<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const end = (): void => reject(new Error('ended while waiting for a server of tools'));
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', end));
  });
}
