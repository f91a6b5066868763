import type { Tool as ServerTool } from '@modelcontextprotocol/client';
import type { McpServer } from '../../../model/mcp-server.ts';
import { toFailure } from '../../../model/failure.ts';
import type { Tool, Toolbox } from '../../../model/tool.ts';
import type { Clock } from '../../../observe/clock.ts';
import type { Log } from '../../../observe/log.ts';
import { callServer } from './call-server.ts';
import { openConnection, type Connection, type ConnectionOptions } from './connection.ts';
import { serverTools } from './server-tools.ts';

export type McpOptions = {
  readonly clock: Clock;
  readonly log: Log;
  /** Of this process: PATH and HOME are handed on to programs that are started. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Milliseconds that a turn waits for a server's list; the server goes on starting behind it. Default: 5,000. */
  readonly waitMs?: number;
  /** What reaches addresses; see `ConnectOptions`. */
  readonly fetch?: ConnectionOptions['fetch'];
  /** Is told what a server has each time that it is asked, or what was thrown instead. */
  readonly seen?: (server: McpServer, found: Seen) => void;
};

/** What was found at a server. */
export type Seen = { readonly tools: readonly Tool[] } | { readonly thrown: unknown };

const WAIT_MS = 5_000;
const LIST_WITHIN_MS = 20_000;
/** After a failure a turn does not wait for the server again for so long. */
const AGAIN_AFTER_MS = 10_000;
const TELL_EVERY_MS = 60_000;

/** One toolbox for each server. Nothing is started before its tools are asked for. */
export function openMcpToolboxes(servers: readonly McpServer[], options: McpOptions): readonly Toolbox[] {
  return servers.map((server) => openMcpToolbox(server, options));
}

/** A server's tools. What cannot be reached has none, and the log says why, once a minute at most. */
export function openMcpToolbox(
  server: McpServer,
  { clock, log: root, environment, waitMs = WAIT_MS, fetch, seen }: McpOptions,
): Toolbox {
  const log = root.child({ server: server.name });
  let tools: readonly Tool[] = [];
  let fresh = false;
  let reading: Promise<void> | undefined;
  let notBefore = Number.NEGATIVE_INFINITY;
  let waitUntil = Number.NEGATIVE_INFINITY;
  const tell = openTeller(clock, log);

  const connection = openConnection(server, { log, environment, fetch, changed: () => void (fresh = false) });
  const unreachable = (thrown: unknown): void => {
    tools = [];
    fresh = false;
    notBefore = clock.now() + AGAIN_AFTER_MS;
    tell(thrown);
    seen?.(server, { thrown });
  };
  const calling = { connection, timeoutMs: server.timeoutMs, unreachable };

  const closing = new AbortController();
  const read = async (): Promise<void> => {
    const readOnce = (): Promise<readonly ServerTool[]> =>
      readList(connection, closing.signal, () => void (fresh = true));
    // A server that has died since is noticed by asking it: the second time it is a new one.
    const listed = await readOnce().catch(readOnce);
    tools = serverTools(server, listed, (wanted, signal) => callServer(calling, wanted, signal));
    log.debug({ tools: tools.length }, 'the tools of a server');
    seen?.(server, { tools });
  };
  const refresh = (): Promise<void> =>
    (reading ??= read()
      .catch((thrown: unknown) => {
        if (!closing.signal.aborted) unreachable(thrown);
      })
      .finally(() => (reading = undefined)));

  return {
    name: server.name,
    async tools() {
      if (fresh && reading === undefined) return tools;
      if (clock.now() < notBefore) return tools;
      // Others have waited for this list already.
      if (reading !== undefined && clock.now() >= waitUntil) return tools;
      if (reading === undefined) waitUntil = clock.now() + waitMs;
      const waited = new AbortController();
      await Promise.race([refresh(), clock.pause(waitUntil - clock.now(), waited.signal).catch(() => {})]);
      waited.abort();
      return tools;
    },
    async [Symbol.asyncDispose]() {
      closing.abort();
      await connection[Symbol.asyncDispose]();
      await reading;
    },
  };
}

/** @param begun what changes from now on is not in this list. */
async function readList(
  connection: Connection,
  signal: AbortSignal,
  begun: () => void,
): Promise<readonly ServerTool[]> {
  const link = await connection.get(false, signal);
  begun();
  try {
    return await link.list(LIST_WITHIN_MS);
  } catch (thrown) {
    connection.drop(link);
    throw thrown;
  }
}

/** Tells the log, once a minute at most. */
function openTeller(clock: Clock, log: Log): (thrown: unknown) => void {
  let toldAt = Number.NEGATIVE_INFINITY;
  return (thrown) => {
    if (clock.now() - toldAt < TELL_EVERY_MS) return;
    toldAt = clock.now();
    log.warn({ reason: reasonOf(thrown) }, 'a server of tools cannot be reached: its tools are not there');
  };
}

/** The reason at the bottom: `fetch failed` alone tells nobody anything. */
function reasonOf(thrown: unknown): string {
  const cause = thrown instanceof Error && thrown.cause instanceof Error ? `: ${thrown.cause.message}` : '';
  return `${toFailure(thrown, 'unavailable').message}${cause}`.slice(0, 500);
}
