import { inOrganization, type Database } from '../../../db/database.ts';
import { noteServer, type Found, type ReadServer } from '../../../db/mcp-servers.ts';
import { toFailure } from '../../../model/failure.ts';
import type { OrganizationId } from '../../../model/ids.ts';
import type { Tool, ToolResult } from '../../../model/tool.ts';
import { openCheckedFetch } from './checked-fetch.ts';
import { openMcpToolbox, type McpOptions, type Seen } from './open.ts';
import { hiding, reachOf, seenTools, unsealServer, type HttpServer, type StoredReach } from './stored-server.ts';

export type StoredServersOptions = Omit<McpOptions, 'fetch' | 'seen'> & StoredReach & { readonly db: Database };

/** A server of an organization while it is used. */
export type Opened = {
  readonly tools: () => Promise<readonly Tool[]>;
  /** Runs a call, for whose time the server stays. */
  readonly use: (call: () => Promise<ToolResult>) => Promise<ToolResult>;
  /** Closes it: when no call of it runs any more, or now. */
  readonly letGo: (now: boolean) => Promise<void>;
};

/** Nothing is connected to before its tools are asked for. Undefined: its headers cannot be opened, and the log says why. */
export async function openStored(
  options: StoredServersOptions,
  organization: OrganizationId,
  row: ReadServer,
): Promise<Opened | undefined> {
  const note = (found: Found): void => void noteFound(options, organization, row, found);
  try {
    return opened(options, organization, await unsealServer(options.keys, organization, row), note);
  } catch (thrown) {
    const { message } = toFailure(thrown, 'invalid');
    options.log.error({ server: row.name, reason: message }, 'a server of tools cannot be used');
    note({ problem: message });
    return undefined;
  }
}

function opened(
  options: StoredServersOptions,
  organization: OrganizationId,
  server: HttpServer,
  note: (found: Found) => void,
): Opened {
  const hide = hiding(server.headers);
  const reach = openCheckedFetch(reachOf(organization, options));
  const log = options.log.child({}, { serializers: { reason: (reason: unknown) => hide(String(reason)) } });
  const seen = async (found: Seen): Promise<void> => {
    if ('tools' in found) return note({ tools: seenTools(found.tools.map(hidden)) });
    const { explain } = await import('./explain.ts');
    note({ problem: hide(explain(found.thrown, server).message) });
  };
  const { clock, environment, waitMs } = options;
  const box = openMcpToolbox(server, {
    clock,
    environment,
    log,
    fetch: reach.fetch,
    seen: (_server, found) => void seen(found),
    ...(waitMs !== undefined && { waitMs }),
  });
  const hidden = (tool: Tool): Tool => ({
    ...tool,
    description: hide(tool.description),
    async run(args, use, signal) {
      const result = await tool.run(args, use, signal);
      return { ...result, text: hide(result.text) };
    },
  });
  const known = new WeakMap<Tool, Tool>();
  const close = async (): Promise<void> => {
    await box[Symbol.asyncDispose]();
    reach[Symbol.dispose]();
  };
  return {
    async tools() {
      return (await box.tools(organization)).map((tool) => {
        const one = known.get(tool) ?? hidden(tool);
        known.set(tool, one);
        return one;
      });
    },
    ...closedWhenIdle(close),
  };
}

function closedWhenIdle(close: () => Promise<void>): Pick<Opened, 'use' | 'letGo'> {
  const idle = Promise.withResolvers<void>();
  let running = 0;
  let isLeft = false;
  return {
    async use(call) {
      running += 1;
      try {
        return await call();
      } finally {
        running -= 1;
        if (isLeft && running === 0) idle.resolve();
      }
    },
    async letGo(now) {
      isLeft = true;
      if (now || running === 0) idle.resolve();
      await idle.promise;
      await close();
    },
  };
}

/** For the console, which has no connection of its own. */
async function noteFound(
  { db, log }: StoredServersOptions,
  organization: OrganizationId,
  row: ReadServer,
  found: Found,
): Promise<void> {
  try {
    await inOrganization(db, organization, (tx) => noteServer(tx, row, found));
  } catch (thrown) {
    log.debug({ reason: toFailure(thrown, 'unavailable').message }, 'what a server of tools has could not be kept');
  }
}
