import { z } from 'zod';
import { Failure } from '../../../model/failure.ts';
import type { JsonSchema, Tool, ToolResult, ToolUse } from '../../../model/tool.ts';

/** A tool whose arguments are described once, for the model and for the code. */
export type Definition<Args extends z.ZodObject> = Omit<Tool, 'parameters' | 'run' | 'idempotent'> & {
  readonly args: Args;
  readonly idempotent?: boolean;
  readonly run: (args: z.infer<Args>, use: ToolUse, signal: AbortSignal) => Promise<string | ToolResult> | string;
};

/** A tool of a zod schema. Pure. */
export function defineTool<Args extends z.ZodObject>({ args, run, ...tool }: Definition<Args>): Tool {
  return {
    idempotent: false,
    ...tool,
    parameters: schemaOf(args),
    async run(given, use, signal) {
      const parsed = args.safeParse(given);
      if (!parsed.success) throw new Failure('invalid', z.prettifyError(parsed.error));
      const result = await run(parsed.data, use, signal);
      return typeof result === 'string' ? { text: result } : result;
    },
  };
}

function schemaOf(args: z.ZodObject): JsonSchema {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(args, { io: 'input' });
  return schema;
}
