import {
  Client,
  ProtocolError,
  SdkError,
  SdkErrorCode,
  SdkHttpError,
  StreamableHTTPClientTransport,
  type CallToolResult,
  type FetchLike,
  type Tool as ServerTool,
  type Transport,
} from '@modelcontextprotocol/client';
import type { McpServer } from '../../../model/mcp-server.ts';
import { boundedFetch, KEY, TooLong } from './bounded-fetch.ts';
import { openChild, type ChildOptions } from './child.ts';

/** A server that has told what it speaks. */
export type Link = {
  /** False: it has ended, or the program that it was. */
  readonly isOpen: () => boolean;
  /** Asks for a sign of life. Rejects when there is none in time. */
  readonly ping: (withinMs: number) => Promise<void>;
  readonly list: (withinMs: number) => Promise<readonly ServerTool[]>;
  readonly call: (call: Call, signal: AbortSignal) => Promise<CallToolResult>;
  readonly close: () => Promise<void>;
};

export type Call = {
  /** As the server knows it. */
  readonly name: string;
  readonly args: Record<string, unknown>;
  readonly key: string;
  readonly withinMs: number;
};

export type ConnectOptions = Omit<ChildOptions, 'mostBytes'> & {
  readonly withinMs: number;
  /** The server has other tools by now. */
  readonly changed: () => void;
  /** Ends connecting. */
  readonly signal: AbortSignal;
  /** What reaches an address. Default: `fetch`, which goes anywhere. */
  readonly fetch?: FetchLike | undefined;
};

/** Bytes of one message: of a list of tools, or of what one call returns. */
export const MOST_BYTES = 1024 * 1024;

/** Milliseconds after which a program that says nothing to the newest protocol's question is asked in the old one. */
const PROBE_MS = 8_000;

/**
 * Connects to a server in the newest protocol that both speak.
 * @throws what the program's start, the network or the protocol's client throw.
 */
export async function connect(server: McpServer, options: ConnectOptions): Promise<Link> {
  try {
    return await connectIn('auto', server, options);
  } catch (thrown) {
    // Some programs of the old protocol end when they are asked in the new one.
    const mayBeOld = server.kind === 'stdio' && thrown instanceof SdkError;
    if (!mayBeOld || options.signal.aborted) throw thrown;
    return connectIn('legacy', server, options);
  }
}

async function connectIn(mode: 'auto' | 'legacy', server: McpServer, options: ConnectOptions): Promise<Link> {
  const pending = new Map<string, (why: Error) => void>();
  const transport = transportTo(server, options, (key, why) => pending.get(key)?.(why));
  const client = new Client(
    { name: 'switchboard', version: '1' },
    {
      versionNegotiation: { mode, probe: { timeoutMs: Math.min(PROBE_MS, options.withinMs) } },
      listChanged: { tools: { autoRefresh: false, debounceMs: 0, onChanged: options.changed } },
      inputRequired: { autoFulfill: false },
    },
  );
  const stop = (): void => void transport.close().catch(() => {});
  options.signal.addEventListener('abort', stop, { once: true });
  let open = true;
  let why: Error | undefined;
  Object.assign(client, {
    onclose: () => void (open = false),
    onerror: (error: Error) => void (why = error),
  });
  try {
    await client.connect(transport, { timeout: options.withinMs });
  } catch (thrown) {
    await transport.close().catch(() => {});
    throw thrown;
  } finally {
    options.signal.removeEventListener('abort', stop);
  }
  return {
    isOpen: () => open,
    ping: async (withinMs) => {
      const isNew = client.getProtocolEra() === 'modern';
      await (isNew ? client.discover({ timeout: withinMs }) : client.ping({ timeout: withinMs }));
    },
    list: async (withinMs) => (await client.listTools(undefined, { timeout: withinMs, cacheMode: 'refresh' })).tools,
    call: (call, signal) =>
      new Promise((resolve, reject) => {
        pending.set(call.key, reject);
        const { name, args, key, withinMs } = call;
        const options = { signal, timeout: withinMs, maxTotalTimeout: withinMs };
        client
          .callTool({ name, arguments: args, _meta: { [KEY]: key } }, options)
          .then(resolve, (thrown: unknown) => reject(isTooLong(why) && !open ? why : thrown))
          .finally(() => pending.delete(key));
      }),
    close: async () => {
      open = false;
      await client.close().catch(() => {});
      await transport.close().catch(() => {});
    },
  };
}

function transportTo(server: McpServer, options: ConnectOptions, broken: (key: string, why: Error) => void): Transport {
  if (server.kind === 'stdio') return openChild(server, { ...options, mostBytes: MOST_BYTES });
  return new StreamableHTTPClientTransport(new URL(server.url), {
    requestInit: { headers: { ...server.headers } },
    fetch: boundedFetch(MOST_BYTES, broken, options.fetch),
  });
}

const isTooLong = (thrown: unknown): boolean =>
  thrown instanceof TooLong || (thrown instanceof Error && /exceeded maximum size/.test(thrown.message));

/**
 * What a failed call means. `answered`: the server itself says no. `refused`: nobody there has done it. `late`: no answer in
 * time. `long`: an answer that is too long. `lost`: nobody knows whether it arrived.
 */
export type Loss = 'answered' | 'refused' | 'late' | 'long' | 'lost';

export function lossIn(thrown: unknown): Loss {
  if (thrown instanceof ProtocolError) return 'answered';
  if (thrown instanceof SdkHttpError) return lossByStatus(thrown.status);
  if (isTooLong(thrown)) return 'long';
  if (!(thrown instanceof SdkError)) return 'lost';
  if (thrown.code === SdkErrorCode.RequestTimeout) return 'late';
  return thrown.code === SdkErrorCode.InvalidResult || thrown.code === SdkErrorCode.UnsupportedResultType
    ? 'answered'
    : 'lost';
}

/** 404, and with some servers 400, is said of a session that was forgotten: the server has been started anew. */
function lossByStatus(status: number): Loss {
  if (status === 400 || status === 404) return 'lost';
  return status > 400 && status < 500 ? 'refused' : 'lost';
}
