import type { McpServer } from '../../../model/mcp-server.ts';
import type { Tool } from '../../../model/tool.ts';
import type { ConnectOptions } from './connect.ts';
import { serverTools } from './server-tools.ts';

/**
 * Connects to a server once, and asks it what it has.
 * @returns its tools as models are told of them, and milliseconds from the beginning to the list.
 * @throws Failure that names what to mend.
 */
export async function tryServer(
  server: McpServer,
  options: Pick<ConnectOptions, 'environment' | 'log' | 'fetch' | 'withinMs'>,
): Promise<{ readonly tools: readonly Tool[]; readonly ms: number }> {
  const [{ connect }, { explain }] = await Promise.all([import('./connect.ts'), import('./explain.ts')]);
  const begun = performance.now();
  const signal = AbortSignal.timeout(options.withinMs);
  try {
    const link = await connect(server, { ...options, signal, changed: () => {} });
    try {
      const left = Math.max(1, options.withinMs - (performance.now() - begun));
      const listed = await link.list(left);
      const ms = Math.round(performance.now() - begun);
      // They are looked at and not used.
      return { tools: serverTools(server, listed, () => Promise.reject(new Error('not connected'))), ms };
    } finally {
      await link.close();
    }
  } catch (thrown) {
    throw explain(thrown, server);
  }
}
