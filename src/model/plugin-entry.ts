import { z } from 'zod';
import type { Variables } from './variables.ts';

/** A plugin as it is configured. */
export type PluginEntry = {
  /** A package's name, or a path. */
  readonly use: string;
  readonly settings: unknown;
  /** Without a stage that fails: the answer goes on, or is refused. */
  readonly onStageFailure: 'skip' | 'refuse';
};

const use = z
  .string()
  .min(1)
  .max(500)
  .refine(
    (name) => isPath(name) || /^(@[a-z0-9][\w.-]*\/)?switchboard-plugin-[\w.-]+$/.test(name),
    'must be a package called switchboard-plugin-… or a path that begins with ./ or /',
  );

export const pluginsShape = z
  .array(
    z.union([
      use,
      z.strictObject({ use, settings: z.unknown(), onStageFailure: z.enum(['skip', 'refuse']).default('skip') }),
    ]),
  )
  .max(100);

/** Whether it names a place and not a package. Pure. */
export const isPath = (name: string): boolean => /^(\.{0,2}\/|[A-Za-z]:[\\/])/.test(name);

/** With `${NAME}` in settings filled in. */
export function pluginsOf(given: z.infer<typeof pluginsShape>, { fill }: Variables): readonly PluginEntry[] {
  return given.map((entry) =>
    typeof entry === 'string'
      ? { use: entry, settings: {}, onStageFailure: 'skip' }
      : { use: entry.use, settings: fill(entry.settings ?? {}), onStageFailure: entry.onStageFailure },
  );
}
