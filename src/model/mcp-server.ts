import { z } from 'zod';
import type { Variables } from './variables.ts';

/** A server of tools that speaks the Model Context Protocol: a program that is started, or an address. */
export type McpServer = {
  /** As it is configured; its tools are named after it. */
  readonly name: string;
  /** Milliseconds that one call of a tool may take. */
  readonly timeoutMs: number;
} & (
  | {
      readonly kind: 'stdio';
      readonly command: string;
      readonly args: readonly string[];
      /** All of its environment but PATH and HOME. */
      readonly env: Readonly<Record<string, string>>;
      readonly cwd: string | undefined;
    }
  | { readonly kind: 'http'; readonly url: string; readonly headers: Readonly<Record<string, string>> }
);

const value = z.string().max(20_000);
const timeout = z.int().min(1_000).max(600_000).default(60_000);

const program = z.strictObject({
  type: z.literal('stdio').optional(),
  command: z.string().min(1),
  args: z.array(value).max(200).default([]),
  env: z.record(z.string().regex(/^[A-Za-z_]\w*$/, 'must be a variable’s name'), value).default({}),
  cwd: z.string().min(1).optional(),
  timeout,
  disabled: z.boolean().default(false),
});

const address = z.strictObject({
  type: z.enum(['http', 'streamable-http', 'streamableHttp']).optional(),
  url: z.url({ protocol: /^https?$/, error: 'must be an address: https://…' }),
  headers: z.record(z.string().regex(/^[A-Za-z0-9-]+$/, 'must be a header’s name'), value).default({}),
  timeout,
  disabled: z.boolean().default(false),
});

const one = z.unknown().transform((given, context) => {
  const isAddress = typeof given === 'object' && given !== null && 'url' in given;
  const parsed = isAddress ? address.safeParse(given) : program.safeParse(given);
  if (parsed.success) return parsed.data;
  for (const { path, message } of parsed.error.issues) context.addIssue({ code: 'custom', path, message });
  return z.NEVER;
});

/** `mcpServers` as other programs have it, too: by name, `command` or `url`. */
export const mcpServersShape = z.record(
  z.string().regex(/^[\w.-]{1,40}$/, 'must be a name of letters, digits, _ . -'),
  one,
);

/** The servers, with `${NAME}` in values of `env`, `headers` and `args` filled in. */
export function mcpServersOf(given: z.infer<typeof mcpServersShape>, { fillText }: Variables): readonly McpServer[] {
  const fillAll = (values: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(Object.entries(values).map(([name, text]) => [name, fillText(text)]));
  return Object.entries(given).flatMap(([name, server]): readonly McpServer[] => {
    if (server.disabled) return [];
    const shared = { name, timeoutMs: server.timeout };
    if ('url' in server) return [{ ...shared, kind: 'http', url: server.url, headers: fillAll(server.headers) }];
    const { command, args, env, cwd } = server;
    return [{ ...shared, kind: 'stdio', command, args: args.map(fillText), env: fillAll(env), cwd }];
  });
}
