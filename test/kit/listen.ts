import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener } from 'node:http';
import type { Duplex } from 'node:stream';

export type Listener = AsyncDisposable & { readonly url: string; readonly port: number };

/** Answers HTTP on 127.0.0.1, at a port of the system's choice; `upgrade` takes over what asks for another protocol. */
export async function openListener(
  answer: RequestListener,
  upgrade?: (incoming: IncomingMessage, socket: Duplex, head: Buffer) => void,
): Promise<Listener> {
  const server = createServer(answer);
  if (upgrade !== undefined) server.on('upgrade', upgrade);
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
