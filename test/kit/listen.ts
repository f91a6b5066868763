import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';

export type Listener = AsyncDisposable & { readonly url: string; readonly port: number };

/** Answers HTTP on 127.0.0.1, at a port of the system's choice. */
export async function openListener(answer: RequestListener): Promise<Listener> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
}
