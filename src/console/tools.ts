import { Hono } from 'hono';
import { z } from 'zod';
import { seenTools } from '../agent/tools/mcp/stored-server.ts';
import { inOrganization, inSystem, type Database } from '../db/database.ts';
import { listServers } from '../db/mcp-servers.ts';
import { listBoxes } from '../db/toolboxes.ts';
import { endpoint, type ApiEnv } from './endpoint.ts';
import type { McpDesk } from './mcp-desk.ts';
import { asksOf, ListedTool, toolPolicyOf } from './tool-shapes.ts';

const Box = z.object({
  /** Where its tools come from: the program itself, an app that is connected, a plugin, or a server (MCP). */
  kind: z.enum(['built-in', 'platform', 'plugin', 'server']),
  name: z.string(),
  tools: z.array(ListedTool),
});

/** All that a model may use. */
export const tools = ({ db, mcp }: { readonly db: Database; readonly mcp: McpDesk }) =>
  new Hono<ApiEnv>().get(
    '/',
    endpoint({
      role: 'viewer',
      scope: 'tools:read',
      summary: 'Every tool as a worker has seen it last: names are those that policies allow and trust',
      answers: z.object({ items: z.array(Box) }),
    }),
    async (c) => {
      const { organization } = c.get('principal');
      const [[rows, policy], boxes, platforms] = await Promise.all([
        inOrganization(db, organization, (tx) => Promise.all([listServers(tx), toolPolicyOf(tx)])),
        inSystem(db, listBoxes),
        mcp.platforms.tools(organization),
      ]);
      const own = rows.filter(({ enabled }) => enabled).map((row) => ({ ...row, kind: 'server' as const }));
      const all = [
        ...boxes.filter(({ kind }) => kind === 'built-in'),
        { kind: 'platform' as const, name: 'apps', tools: seenTools(platforms) },
        ...boxes.filter(({ kind }) => kind !== 'built-in'),
        ...own,
      ];
      const items = all.map(({ kind, name, tools }) => ({ kind, name, tools: asksOf(policy, tools ?? []) }));
      return c.json({ items: items.filter(({ tools }) => tools.length > 0) });
    },
  );
