import { getRequestListener } from '@hono/node-server';
import { createMcpHandler, fromJsonSchema, McpServer } from '@modelcontextprotocol/server';
import { openListener } from '../listen.ts';

/** A server of tools over HTTP, in this process, that lets in whoever has its key. */
export type HttpTools = AsyncDisposable & {
  readonly url: string;
  /** Each request, as method and key. */
  readonly requests: readonly string[];
  /** What its tools were given, in order: `read a`. */
  readonly done: readonly string[];
  /** The key that it wants from now on. */
  readonly want: (authorization: string | undefined) => void;
  /** Has reads wait, from now until what it returns is called. */
  readonly hold: () => () => void;
};

/** @param name is said back by its tools, so that two of them can be told apart. */
export async function openHttpTools(name: string, authorization?: string): Promise<HttpTools> {
  const requests: string[] = [];
  const done: string[] = [];
  let wanted = authorization;
  let held: Promise<void> | undefined;
  const text = (words: string) => ({ content: [{ type: 'text' as const, text: words }] });
  const schema = fromJsonSchema<{ text?: string }>({ type: 'object', properties: { text: { type: 'string' } } });
  const handler = createMcpHandler(() => {
    const server = new McpServer({ name, version: '1.0.0' });
    const reads = { readOnlyHint: true };
    server.registerTool(
      'read',
      { description: 'Reads a page', inputSchema: schema, annotations: reads },
      async (args) => {
        done.push(`read ${args.text}`);
        await held;
        return text(`${name} read ${args.text}; you sent ${wanted ?? 'nothing'}`);
      },
    );
    server.registerTool('write', { description: 'Writes a page', inputSchema: schema }, (args) => {
      done.push(`write ${args.text}`);
      return text(`${name} wrote ${args.text}`);
    });
    return server;
  });
  const answer = getRequestListener(async (request) => {
    const given = request.headers.get('authorization');
    requests.push(`${request.method} ${given}`);
    if (wanted !== undefined && given !== wanted) return new Response(`not ${given}`, { status: 401 });
    return handler.fetch(request);
  });
  const listener = await openListener((incoming, outgoing) => void answer(incoming, outgoing));
  return {
    url: `${listener.url}/mcp`,
    requests,
    done,
    want: (value) => void (wanted = value),
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = promise;
      return resolve;
    },
    async [Symbol.asyncDispose]() {
      await handler.close();
      await listener[Symbol.asyncDispose]();
    },
  };
}
