import { z } from 'zod';
import { matches } from '../agent/judge.ts';
import type { Transaction } from '../db/database.ts';
import { SeenTool } from '../db/mcp-servers.ts';
import { listLayers } from '../db/policies.ts';
import { policyOf, type ToolPolicy } from '../model/policy.ts';

/** A tool, and what the organization's policy says of it; places may say otherwise. */
export const ListedTool = SeenTool.extend({
  /** Whether a person is asked before it is done. `after-outside-text`: only once something was read that anybody may have written. */
  asks: z.enum(['never', 'after-outside-text', 'always']),
  /** False: `tools.allow` does not name it. */
  allowed: z.boolean(),
});
export type ListedTool = z.infer<typeof ListedTool>;

/** What the organization decides for all its places. */
export async function toolPolicyOf(tx: Transaction): Promise<ToolPolicy> {
  const own = (await listLayers(tx)).filter(({ app }) => app === null);
  return policyOf(own.map(({ policy }) => policy)).tools;
}

/** Tools as the policy has them. Pure. */
export const asksOf = ({ allow, trust }: ToolPolicy, tools: readonly SeenTool[]): ListedTool[] =>
  tools.map((tool) => ({ ...tool, asks: asks(tool, trust), allowed: matches(allow, tool.name) }));

function asks({ name, effect }: SeenTool, trust: readonly string[]): ListedTool['asks'] {
  if (effect === 'reads') return 'never';
  return effect === 'keeps' || matches(trust, name) ? 'after-outside-text' : 'always';
}
