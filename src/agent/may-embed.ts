import type { Embedder } from '../llm/embedder.ts';
import { RETENTIONS } from '../llm/target.ts';
import type { Policy } from '../model/policy.ts';

/** Whether a place's policy lets this target have its words, to tell what they mean. Pure. */
export function mayEmbed({ halt, memory, models }: Policy, { name, region, retention }: Embedder): boolean {
  const isNamed = models.only.length === 0 || models.only.includes(name);
  const isThere = models.regions.length === 0 || (region !== undefined && models.regions.includes(region));
  const keepsLittle = RETENTIONS.indexOf(retention) <= RETENTIONS.indexOf(models.retention);
  return memory.vectors && !halt && isNamed && isThere && keepsLittle;
}
