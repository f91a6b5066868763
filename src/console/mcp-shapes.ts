import { z } from 'zod';
import { DEFAULT_ORGANIZATION } from '../db/apps.ts';
import type { ListedServer, SeenTool } from '../db/mcp-servers.ts';
import type { ListedBox } from '../db/toolboxes.ts';
import type { OrganizationId } from '../model/ids.ts';
import type { McpServer } from '../model/mcp-server.ts';
import { ListedTool } from './tool-shapes.ts';

/** A server of tools, as people are told of it. */
export const Server = z.object({
  name: z.string(),
  /** `file`: of the configuration, which whoever runs the hub changes. */
  origin: z.enum(['file', 'console']),
  /** `stdio`: a program on the machine of the worker. */
  kind: z.enum(['http', 'stdio']),
  /** Admins see all of it, others its beginning; null: of a server of the configuration only its own organization is told. */
  url: z.string().nullable(),
  command: z.string().nullable(),
  /** Names of the headers that are sent: values are never shown. */
  headers: z.array(z.string()),
  timeoutMs: z.number(),
  enabled: z.boolean(),
  /** `new`: nobody has connected yet. */
  state: z.enum(['ok', 'failed', 'new', 'disabled']),
  problem: z.string().nullable(),
  /** When it was connected to last. */
  seenAt: z.string().nullable(),
  tools: z.array(ListedTool),
});

type Told = Omit<z.infer<typeof Server>, 'tools'> & { readonly tools: readonly SeenTool[] | null };

/** A server that the organization has added. */
export function ofConsole(
  { version: _at, sealedHeaders: _sealed, headerNames, ...row }: ListedServer,
  isAdmin: boolean,
): Told {
  return {
    ...row,
    origin: 'console',
    kind: 'http',
    // Some addresses are a key themselves.
    url: isAdmin ? row.url : `${new URL(row.url).origin}/…`,
    command: null,
    headers: [...headerNames],
    state: row.enabled ? stateOf(row) : 'disabled',
  };
}

/** A server of the configuration. Other organizations than the deployment's own are not told where it is. */
export function ofFile(server: McpServer, boxes: readonly ListedBox[], organization: OrganizationId): Told {
  const { name, kind, timeoutMs } = server;
  const box = boxes.find((one) => one.kind === 'server' && one.name === name);
  const found = box ?? { problem: null, seenAt: null, tools: null };
  const told = organization === DEFAULT_ORGANIZATION ? { ...whereOf(server), problem: found.problem } : UNTOLD;
  return {
    name,
    kind,
    timeoutMs,
    ...told,
    origin: 'file',
    headers: [],
    enabled: true,
    state: stateOf(found),
    seenAt: found.seenAt,
    tools: found.tools,
  };
}

const UNTOLD = { url: null, command: null, problem: null };

const whereOf = (server: McpServer) =>
  server.kind === 'http'
    ? { url: `${new URL(server.url).origin}/…`, command: null }
    : { url: null, command: server.command };

const stateOf = ({ tools, problem }: Pick<ListedBox, 'tools' | 'problem'>) =>
  problem !== null ? ('failed' as const) : tools === null ? ('new' as const) : ('ok' as const);
