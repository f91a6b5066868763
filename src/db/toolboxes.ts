import type { Transaction } from './database.ts';
import { columnsOf, toolsIn, type Found, type SeenTool } from './mcp-servers.ts';
import { asJson } from './rows.ts';

/** What a set of tools is of: the program itself, a plugin, or a server of the configuration. */
export type BoxKind = 'built-in' | 'plugin' | 'server';

/** A set of tools that the deployment brings to every organization. */
export type BoxName = { readonly kind: BoxKind; readonly name: string };

export type ListedBox = BoxName & {
  readonly tools: readonly SeenTool[] | null;
  readonly problem: string | null;
  /** ISO time. */
  readonly seenAt: string;
};

/** Forgets what the configuration has no more. */
export async function keepBoxes(tx: Transaction, boxes: readonly BoxName[]): Promise<void> {
  const named = boxes.map(({ kind, name }) => `${kind}/${name}`);
  await tx`delete from switchboard_system.toolboxes where not kind || '/' || name = any(${named}::text[])`;
}

/** Writes down what a worker has, for those who have no tools themselves. */
export async function noteBox(tx: Transaction, { kind, name }: BoxName, found: Found): Promise<void> {
  const { tools, problem } = columnsOf(found);
  await tx`
    insert into switchboard_system.toolboxes (kind, name, tools, problem, seen_at)
    values (${kind}, ${name}, ${tools === null ? null : asJson(tx, tools)}::jsonb, ${problem}, clock_timestamp())
    on conflict (kind, name) do update set tools = excluded.tools, problem = excluded.problem, seen_at = excluded.seen_at`;
}

export async function listBoxes(tx: Transaction): Promise<readonly ListedBox[]> {
  const rows = await tx<(BoxName & { tools: unknown; problem: string | null; seenAt: Date })[]>`
    select kind, name, tools, problem, seen_at as "seenAt" from switchboard_system.toolboxes order by kind, name`;
  return rows.map((row) => ({ ...row, tools: toolsIn(row.tools), seenAt: row.seenAt.toISOString() }));
}
