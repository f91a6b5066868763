import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { ModelRequest, PromptMessage, ToolCall, ToolSpec } from './provider.ts';

/**
 * The calls that the demo model makes: of each tool that the last question names, if nothing was called for it yet. What
 * stands behind the name is taken for the arguments: a JSON object, or words. Pure.
 */
export function demoCalls({ messages, tools = [] }: ModelRequest): readonly ToolCall[] {
  const last = messages.at(-1);
  if (last?.role !== 'user') return [];
  return tools.flatMap((tool) => {
    const rest = behindName(last.text, tool.name);
    if (rest === undefined) return [];
    const args = JSON.stringify(objectIn(rest) ?? filled(tool, rest));
    const id = createHash('sha256').update(`${messages.length} ${tool.name} ${args}`).digest('hex').slice(0, 24);
    return [{ id: `call_${id}`, name: tool.name, arguments: args }];
  });
}

/** What the tools said that were called for the last question. Pure. */
export function resultsIn(
  messages: readonly PromptMessage[],
): readonly { readonly name: string; readonly text: string; readonly failed: boolean }[] {
  const asked = messages.findLastIndex(({ role }) => role === 'user');
  const since = messages.slice(asked + 1);
  const calls = since.flatMap((message) => (message.role === 'assistant' ? (message.calls ?? []) : []));
  return since.flatMap((message) =>
    message.role === 'tool'
      ? [
          {
            name: calls.find(({ id }) => id === message.call)?.name ?? 'tool',
            text: message.text,
            failed: message.failed,
          },
        ]
      : [],
  );
}

/** A name may be written with blanks: `search_thread` is meant by “search thread” as well. */
function behindName(text: string, name: string): string | undefined {
  // A tool's name holds nothing that a pattern would understand.
  const words = name.split(/[_-]+/).join('[ _-]');
  const found = new RegExp(`(?<![\\p{L}\\p{N}_-])${words}(?![\\p{L}\\p{N}_-])`, 'iu').exec(text);
  return found === null ? undefined : text.slice(found.index + found[0].length).trim();
}

function objectIn(text: string): Record<string, unknown> | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(text.slice(0, text.lastIndexOf('}') + 1));
    return z.record(z.string(), z.unknown()).safeParse(value).data;
  } catch {
    return undefined;
  }
}

const Property = z.object({ type: z.string().optional(), enum: z.array(z.unknown()).optional() }).catch({});
const Schema = z.object({
  properties: z.record(z.string(), Property).catch({}),
  required: z.array(z.string()).catch([]),
});

/** What a tool insists on, made of the words that it was asked with. */
function filled({ parameters }: ToolSpec, words: string): Record<string, unknown> {
  const { properties, required } = Schema.parse(parameters);
  return Object.fromEntries(required.map((name) => [name, valueOf(properties[name] ?? {}, words)]));
}

function valueOf({ type, enum: allowed }: z.infer<typeof Property>, words: string): unknown {
  if (allowed !== undefined) return allowed.find((value) => words.includes(String(value))) ?? allowed[0] ?? null;
  if (type === 'number' || type === 'integer') return Number(/-?\d+/.exec(words)?.[0] ?? 0);
  if (type === 'boolean') return true;
  if (type === 'array') return words === '' ? [] : [words];
  return type === 'object' ? {} : words;
}
