import { z } from 'zod';
import { Failure } from './model/failure.ts';
import { mcpServersOf, mcpServersShape, type McpServer } from './model/mcp-server.ts';
import { pluginsOf, pluginsShape, type PluginEntry } from './model/plugin-entry.ts';
import { openVariables } from './model/variables.ts';

/** Where tools come from, beside those that are always there. */
export type ToolsConfig = {
  readonly mcpServers: readonly McpServer[];
  readonly plugins: readonly PluginEntry[];
  /** Hosts of which pages may be read. */
  readonly httpAllow: readonly string[];
  /** Where the configuration's file is: absolute. */
  readonly folder: string;
};

const host = z
  .string()
  .max(300)
  .regex(
    /^(https?:\/\/)?(\*\.)?([a-z0-9.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?\/?$/i,
    'must be a host, as docs.example.com, *.example.com, or http://example.com:8080',
  );

/** Entries of the file. */
export const toolShapes = {
  mcpServers: mcpServersShape.default({}),
  plugins: pluginsShape.default([]),
  tools: z
    .strictObject({ http: z.strictObject({ allow: z.array(host).max(200).default([]) }).default({ allow: [] }) })
    .default({ http: { allow: [] } }),
};

type Given = z.infer<z.ZodObject<typeof toolShapes>>;

/**
 * Fills in the variables that the file names.
 * @throws Failure `invalid` that names a variable which is not set.
 */
export function toolsOf(
  { mcpServers, plugins, tools }: Given,
  environment: Readonly<Record<string, string | undefined>>,
  folder: string,
): { readonly tools: ToolsConfig; readonly secrets: readonly string[] } {
  const variables = openVariables(environment);
  const config: ToolsConfig = {
    mcpServers: mcpServersOf(mcpServers, variables),
    plugins: pluginsOf(plugins, variables),
    httpAllow: tools.http.allow,
    folder,
  };
  const [missing] = variables.missing;
  if (missing !== undefined)
    throw new Failure('invalid', `the configuration names \${${missing}}, which is not set in the environment`);
  return { tools: config, secrets: variables.secrets };
}
