import type { RouterEvent } from '../../src/llm/route-request.ts';
import type { Tool, ToolUse } from '../../src/model/tool.ts';

/** A tool that notes how it was called. */
export type NotedTool = Tool & { readonly uses: readonly { readonly args: unknown; readonly use: ToolUse }[] };

/** @param answer what it returns; it may throw. */
export function notedTool(
  given: Partial<Tool> & { readonly name: string },
  answer: (args: unknown, signal: AbortSignal) => string | Promise<string> = () => 'ok',
): NotedTool {
  const uses: { args: unknown; use: ToolUse }[] = [];
  return {
    description: `does ${given.name}`,
    parameters: { type: 'object', properties: { text: { type: 'string' } }, additionalProperties: false },
    effect: 'reads',
    idempotent: false,
    origin: 'own',
    ...given,
    uses,
    async run(args, use, signal) {
      uses.push({ args, use });
      return { text: await answer(args, signal) };
    },
  };
}

/** A model's wish to have tools called, and the end of its words. */
export async function* calling(
  calls: readonly (readonly [name: string, args: unknown])[],
  text = '',
): AsyncGenerator<RouterEvent> {
  if (text !== '') yield { kind: 'text', text };
  for (const [index, [name, args]] of calls.entries())
    yield { kind: 'call', call: { id: `c${index}`, name, arguments: JSON.stringify(args) } };
  yield { kind: 'done', reason: 'tools' };
}
