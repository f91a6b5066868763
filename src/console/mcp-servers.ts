import { Hono } from 'hono';
import { z } from 'zod';
import { isAtLeast } from '../auth/roles.ts';
import { inOrganization, inSystem, type Database, type Transaction } from '../db/database.ts';
import {
  enableServer,
  listServers,
  noteServer,
  removeServer,
  saveServer,
  SeenTool,
  type Found,
  type ListedServer,
} from '../db/mcp-servers.ts';
import { listBoxes } from '../db/toolboxes.ts';
import { Failure, toFailure } from '../model/failure.ts';
import { change } from './change.ts';
import { endpoint, takes, type ApiEnv } from './endpoint.ts';
import type { McpDesk } from './mcp-desk.ts';
import { notFound } from './problem.ts';
import { Settings } from './mcp-settings.ts';
import { ofConsole, ofFile, Server } from './mcp-shapes.ts';
import { asksOf, toolPolicyOf } from './tool-shapes.ts';

export type McpServersOptions = { readonly db: Database; readonly mcp: McpDesk };

const Name = z.string().regex(/^[\w.-]{1,40}$/, 'letters, digits, `_`, `.` and `-`, at most 40');
const NameParam = z.object({ name: Name });

/** Of one organization: more are a mistake, or meant as one. */
const MOST_SERVERS = 50;

/** Servers of tools that speak the Model Context Protocol. */
export const mcpServers = (options: McpServersOptions) =>
  new Hono<ApiEnv>().route('/', reading(options)).route('/', changing(options)).route('/', arranging(options));

function reading({ db, mcp }: McpServersOptions) {
  return new Hono<ApiEnv>()
    .get(
      '/',
      endpoint({
        role: 'viewer',
        scope: 'tools:read',
        summary: 'Servers of tools (MCP), how they are, and what they offer',
        answers: z.object({ items: z.array(Server) }),
      }),
      async (c) => {
        const { organization, role } = c.get('principal');
        const [[rows, policy], boxes] = await Promise.all([
          inOrganization(db, organization, (tx) => Promise.all([listServers(tx), toolPolicyOf(tx)])),
          inSystem(db, listBoxes),
        ]);
        const told = mcp.configured.map((server) => ofFile(server, boxes, organization));
        const own = rows.map((row) => ofConsole(row, isAtLeast(role, 'admin')));
        const items = [...told, ...own].map((item) => ({ ...item, tools: asksOf(policy, item.tools ?? []) }));
        return c.json({ items });
      },
    )
    .post(
      '/:name/test',
      endpoint({
        role: 'admin',
        scope: 'tools:write',
        summary: 'Connects to a server and lists its tools',
        answers: z.object({ tools: z.array(SeenTool), ms: z.number() }),
      }),
      takes('param', NameParam),
      async (c) => {
        const { organization } = c.get('principal');
        const row = await inOrganization(db, organization, (tx) => find(tx, mcp, c.req.valid('param').name));
        const note = (found: Found) => inOrganization(db, organization, (tx) => noteServer(tx, row, found));
        try {
          const found = await mcp.test(organization, row);
          await note(found);
          return c.json({ tools: [...found.tools], ms: found.ms });
        } catch (thrown) {
          await note({ problem: toFailure(thrown, 'unavailable').message });
          throw thrown;
        }
      },
    );
}

function changing({ db, mcp }: McpServersOptions) {
  return new Hono<ApiEnv>()
    .put(
      '/:name',
      endpoint({
        role: 'admin',
        scope: 'tools:write',
        summary: 'Adds a server that is reached by an address, or changes the one of this name',
      }),
      takes('param', NameParam),
      takes('json', Settings),
      async (c) => {
        const { name } = c.req.valid('param');
        const { headers, url, timeoutMs } = c.req.valid('json');
        const principal = c.get('principal');
        const { organization } = principal;
        if (isConfigured(mcp, name)) throw inFile(name);
        await mcp.mayReach(organization, url);
        const given = headers ?? {};
        const names = Object.keys(given);
        const sealed = names.length === 0 ? null : await mcp.seal(organization, name, given);
        await change(db, principal, async (tx) => {
          const rows = await listServers(tx);
          const before = rows.find((row) => row.name === name);
          if (before === undefined && rows.length >= MOST_SERVERS)
            throw new Failure('invalid', `there are ${MOST_SERVERS} servers already: remove one first`);
          const kept = headers === undefined ? keptHeaders(before, url) : { headerNames: names, sealedHeaders: sealed };
          await saveServer(tx, { name, url, timeoutMs, ...kept });
          const details = { at: new URL(url).origin, timeoutMs, headers: headers === undefined ? 'as before' : names };
          return { result: undefined, changed: { what: 'mcp-server.saved', subject: `mcp-server/${name}`, details } };
        });
        return c.body(null, 204);
      },
    )
    .delete(
      '/:name',
      endpoint({ role: 'admin', scope: 'tools:write', summary: 'Takes a server away, with its headers' }),
      takes('param', NameParam),
      async (c) => {
        const { name } = c.req.valid('param');
        await change(db, c.get('principal'), async (tx) => {
          await find(tx, mcp, name);
          await removeServer(tx, name);
          return { result: undefined, changed: { what: 'mcp-server.removed', subject: `mcp-server/${name}` } };
        });
        return c.body(null, 204);
      },
    );
}

function arranging({ db, mcp }: McpServersOptions) {
  return new Hono<ApiEnv>().post(
    '/:name/state',
    endpoint({
      role: 'operator',
      scope: 'tools:write',
      summary: 'Disables a server, whose tools are not there any more within two seconds, or enables it',
    }),
    takes('param', NameParam),
    takes('json', z.object({ enabled: z.boolean() })),
    async (c) => {
      const { name } = c.req.valid('param');
      const { enabled } = c.req.valid('json');
      await change(db, c.get('principal'), async (tx) => {
        await find(tx, mcp, name);
        await enableServer(tx, name, enabled);
        const what = enabled ? 'mcp-server.enabled' : 'mcp-server.disabled';
        return { result: undefined, changed: { what, subject: `mcp-server/${name}` } };
      });
      return c.body(null, 204);
    },
  );
}

const isConfigured = ({ configured }: McpDesk, name: string): boolean => configured.some((one) => one.name === name);

const inFile = (name: string): Failure =>
  new Failure('invalid', `${name} is in the configuration: it is changed there, or take another name`);

async function find(tx: Transaction, mcp: McpDesk, name: string): Promise<ListedServer> {
  const row = (await listServers(tx)).find((one) => one.name === name);
  if (row !== undefined) return row;
  throw isConfigured(mcp, name) ? inFile(name) : notFound('server');
}

/** Headers were given for one server: moved to another one, they are asked for again. */
function keptHeaders(before: ListedServer | undefined, url: string) {
  if (before === undefined) return { headerNames: [], sealedHeaders: null };
  if (before.sealedHeaders !== null && before.url !== url)
    throw new Failure('invalid', 'headers: give them again, since the server is at another address');
  return { headerNames: before.headerNames, sealedHeaders: before.sealedHeaders };
}
