import type { Tool as ServerTool } from '@modelcontextprotocol/client';
import type { Tool, ToolResult, ToolUse } from '../../../model/tool.ts';
import { visible } from '../../screen.ts';
import { asDraft2020 } from './as-draft-2020.ts';
import { toolNames } from './tool-names.ts';

/** One call, as the server knows the tool. */
export type Wanted = {
  readonly name: string;
  /** It changes nothing: asked twice it is as asked once. */
  readonly reads: boolean;
  readonly args: Record<string, unknown>;
  readonly key: string;
};

/** Tools of one server, characters of a description and of a schema: more costs more than it helps. */
const MOST_TOOLS = 100;
const LONGEST_DESCRIPTION = 2_000;
const LONGEST_SCHEMA = 30_000;

/** Half as long for a second try, and so much for a server that has to be started anew before. Milliseconds. */
const MARGIN_MS = 10_000;

/** What a server offers, as tools. What it says of itself is taken for no more than a hint towards more care. */
export function serverTools(
  server: { readonly name: string; readonly timeoutMs: number },
  listed: readonly ServerTool[],
  call: (wanted: Wanted, signal: AbortSignal) => Promise<ToolResult>,
): readonly Tool[] {
  const some = listed.slice(0, MOST_TOOLS);
  const names = toolNames(
    server.name,
    some.map(({ name }) => name),
  );
  return some.flatMap((tool): readonly Tool[] => {
    const schema = visible(JSON.stringify(tool.inputSchema));
    const name = names.get(tool.name);
    if (schema.length > LONGEST_SCHEMA || name === undefined) return [];
    const reads = tool.annotations?.readOnlyHint === true;
    return [
      {
        name,
        description: visible(tool.description ?? tool.title ?? tool.name)
          .slice(0, LONGEST_DESCRIPTION)
          .toWellFormed(),
        parameters: { ...asDraft2020(asObject(JSON.parse(schema))), type: 'object' },
        effect: reads ? 'reads' : 'writes',
        idempotent: tool.annotations?.idempotentHint === true,
        origin: 'external',
        withinMs: server.timeoutMs * 1.5 + MARGIN_MS,
        run: (args: unknown, { key }: ToolUse, signal: AbortSignal) =>
          call({ name: tool.name, reads, args: asObject(args), key }, signal),
      },
    ];
  });
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
