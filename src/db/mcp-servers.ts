import { z } from 'zod';
import { storable } from '../model/storable.ts';
import type { Transaction } from './database.ts';
import { asJson } from './rows.ts';

/** A tool, as people are told of it. */
export const SeenTool = z.object({
  name: z.string(),
  description: z.string(),
  effect: z.enum(['reads', 'keeps', 'writes']),
});
export type SeenTool = z.infer<typeof SeenTool>;

/** What was found where tools come from: them, or why there are none. */
export type Found = { readonly tools: readonly SeenTool[] } | { readonly problem: string };

/** A server of tools that an organization has added. */
export type StoredServer = {
  /** Unique in its organization; its tools are named after it. */
  readonly name: string;
  readonly url: string;
  /** Of what is sent with every request; the values are sealed, as a JSON object by these names. */
  readonly headerNames: readonly string[];
  readonly sealedHeaders: string | null;
  /** Milliseconds that one call of a tool may take. */
  readonly timeoutMs: number;
};

/** With what is known of it. */
export type ReadServer = StoredServer & {
  readonly enabled: boolean;
  /** Another one after each change of where it is or of what it is sent. */
  readonly version: string;
};

export type ListedServer = ReadServer & {
  /** Null: nobody has connected since it was changed, or nobody could. */
  readonly tools: readonly SeenTool[] | null;
  readonly problem: string | null;
  /** ISO time. */
  readonly seenAt: string | null;
};

/** What headers are sealed for. */
export const headersPurpose = (organization: string, server: string): string => `${organization}/mcp-server/${server}`;

/** Those that are to be asked. */
export async function readServers(tx: Transaction): Promise<readonly ReadServer[]> {
  return tx<ReadServer[]>`
    select name, url, header_names as "headerNames", sealed_headers as "sealedHeaders", timeout_ms as "timeoutMs", enabled, changed_at::text as version
    from switchboard.mcp_servers where organization_id = current_setting('switchboard.organization')::uuid and enabled order by name`;
}

export async function listServers(tx: Transaction): Promise<readonly ListedServer[]> {
  const rows = await tx<(Omit<ListedServer, 'tools' | 'seenAt'> & { tools: unknown; seenAt: Date | null })[]>`
    select name, url, header_names as "headerNames", sealed_headers as "sealedHeaders", timeout_ms as "timeoutMs", enabled, changed_at::text as version,
      tools, problem, seen_at as "seenAt"
    from switchboard.mcp_servers where organization_id = current_setting('switchboard.organization')::uuid order by name`;
  return rows.map((row) => ({ ...row, tools: toolsIn(row.tools), seenAt: row.seenAt?.toISOString() ?? null }));
}

/** Tools as they were written down; null: none were. Pure. */
export const toolsIn = (value: unknown): readonly SeenTool[] | null => z.array(SeenTool).safeParse(value).data ?? null;

/** Adds a server, or changes the one of this name. What was found of another one counts no more. */
export async function saveServer(tx: Transaction, server: StoredServer): Promise<void> {
  const { name, url, headerNames, sealedHeaders, timeoutMs } = server;
  await tx`
    insert into switchboard.mcp_servers (organization_id, name, url, header_names, sealed_headers, timeout_ms)
    values (current_setting('switchboard.organization')::uuid, ${name}, ${url}, ${[...headerNames]}::text[], ${sealedHeaders}, ${timeoutMs})
    on conflict (organization_id, name) do update set url = excluded.url, header_names = excluded.header_names, sealed_headers = excluded.sealed_headers,
      timeout_ms = excluded.timeout_ms, changed_at = clock_timestamp(), tools = null, problem = null, seen_at = null`;
}

export async function enableServer(tx: Transaction, name: string, enabled: boolean): Promise<void> {
  await tx`update switchboard.mcp_servers set enabled = ${enabled}
    where organization_id = current_setting('switchboard.organization')::uuid and name = ${name}`;
}

export async function removeServer(tx: Transaction, name: string): Promise<void> {
  await tx`delete from switchboard.mcp_servers
    where organization_id = current_setting('switchboard.organization')::uuid and name = ${name}`;
}

/** Writes down what was found at a server, unless it was changed since it was asked. */
export async function noteServer(
  tx: Transaction,
  { name, version }: Pick<ReadServer, 'name' | 'version'>,
  found: Found,
): Promise<void> {
  const { tools, problem } = columnsOf(found);
  await tx`update switchboard.mcp_servers
    set tools = ${tools === null ? null : asJson(tx, tools)}::jsonb, problem = ${problem}, seen_at = clock_timestamp()
    where organization_id = current_setting('switchboard.organization')::uuid and name = ${name} and changed_at::text = ${version}`;
}

/** As a row keeps it. Pure. */
export const columnsOf = (found: Found): { tools: readonly SeenTool[] | null; problem: string | null } =>
  'tools' in found ? { tools: found.tools, problem: null } : { tools: null, problem: storable(found.problem) };
