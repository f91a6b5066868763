import { inOrganization } from '../../../db/database.ts';
import { readServers } from '../../../db/mcp-servers.ts';
import { toFailure } from '../../../model/failure.ts';
import type { OrganizationId } from '../../../model/ids.ts';
import type { Tool, Toolbox } from '../../../model/tool.ts';
import { openStored, type Opened, type StoredServersOptions } from './open-stored.ts';

/** Milliseconds after which an organization's servers are looked at again, when they are needed. */
const FRESH_MS = 1_000;
/** Milliseconds after which the servers of an organization that nobody asks for are let go. */
const IDLE_MS = 30 * 60_000;

/** An organization's servers by their names, each with the row by which it was opened. */
type Servers = ReadonlyMap<string, { readonly row: string; readonly opened: Promise<Opened | undefined> }>;
type Shelf = { readonly readAt: number; readonly servers: Servers };

/**
 * The tools of the servers that organizations have added, each as its row says at that moment: also a turn that runs goes on with
 * what was changed, and calls nothing any more that was taken away.
 */
export function openStoredServers(options: StoredServersOptions): Toolbox {
  const { db, clock, log } = options;
  const shelves = new Map<OrganizationId, Shelf>();
  const refreshing = new Map<OrganizationId, Promise<Servers>>();
  const endings = openEndings();

  const read = async (organization: OrganizationId): Promise<Servers> => {
    const rows = await inOrganization(db, organization, readServers);
    const before: Servers = shelves.get(organization)?.servers ?? new Map();
    const servers: Servers = new Map(
      rows.map((found) => {
        const row = JSON.stringify(found);
        const held = before.get(found.name);
        return [found.name, held?.row === row ? held : { row, opened: openStored(options, organization, found) }];
      }),
    );
    shelves.set(organization, { readAt: clock.now(), servers });
    for (const [name, one] of before) if (servers.get(name) !== one) endings.end(one.opened, false);
    for (const [other, { readAt, servers: idle }] of shelves)
      if (clock.now() - readAt > IDLE_MS) {
        shelves.delete(other);
        for (const { opened } of idle.values()) endings.end(opened, false);
      }
    return servers;
  };
  const look = async (organization: OrganizationId): Promise<Servers> => {
    const known = shelves.get(organization);
    if (known !== undefined && clock.now() - known.readAt < FRESH_MS) return known.servers;
    const reading =
      refreshing.get(organization) ?? read(organization).finally(() => void refreshing.delete(organization));
    refreshing.set(organization, reading);
    return reading.catch((thrown: unknown) => {
      // A database that is away for a moment changes no servers.
      log.warn({ reason: toFailure(thrown, 'unavailable').message }, 'the servers of tools could not be read');
      return known?.servers ?? new Map();
    });
  };
  return {
    name: 'servers',
    tools: openCurrentTools(look),
    async [Symbol.asyncDispose]() {
      for (const { servers } of shelves.values()) for (const { opened } of servers.values()) endings.end(opened, true);
      shelves.clear();
      await endings.ended();
    },
  };
}

/** Servers that are let go, and are waited for. */
function openEndings() {
  const endings = new Set<Promise<void>>();
  return {
    end(opened: Promise<Opened | undefined>, now: boolean): void {
      const ending = opened
        .then((one) => one?.letGo(now))
        .catch(() => {})
        .finally(() => endings.delete(ending));
      endings.add(ending);
    },
    ended: async () => void (await Promise.all(endings)),
  };
}

const GONE = 'This tool is not there any more: its server was taken away. Nothing was done.';
const CHANGED = 'This tool is another one by now: its server was changed. Nothing was done.';

/**
 * Tools that look who they are when they are called. The same tool stays the same object as long as its server is the same one:
 * what is known of it is kept with it.
 */
function openCurrentTools(look: (organization: OrganizationId) => Promise<Servers>): Toolbox['tools'] {
  const wrapped = new WeakMap<Tool, Tool>();
  const current = (server: string, of: Opened, tool: Tool): Tool => ({
    ...tool,
    async run(args, use, signal) {
      const opened = await (await look(use.organization)).get(server)?.opened;
      if (opened === undefined) return { text: GONE, failed: true, origin: 'own' };
      return opened.use(async () => {
        if (opened === of) return tool.run(args, use, signal);
        const now = (await opened.tools()).find(({ name }) => name === tool.name);
        if (now === undefined) return { text: GONE, failed: true, origin: 'own' };
        // What was allowed was a call that only reads, or one that somebody has said yes to.
        if (now.effect !== tool.effect) return { text: CHANGED, failed: true, origin: 'own' };
        return now.run(args, use, signal);
      });
    },
  });
  return async (organization) => {
    const lists = [...(await look(organization))].map(async ([server, { opened }]) => {
      const of = await opened;
      if (of === undefined) return [];
      return (await of.tools()).map((tool) => {
        const one = wrapped.get(tool) ?? current(server, of, tool);
        wrapped.set(tool, one);
        return one;
      });
    });
    return (await Promise.all(lists)).flat();
  };
}
