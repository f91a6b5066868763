import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/** Answers one request. What it throws cuts the connection. */
export type Answering = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export type Listening = {
  readonly url: string;
  readonly server: Server;
  /** From now on calls are answered; there must be none before. */
  readonly serve: (answering: Answering) => void;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

/** Listens on 127.0.0.1, at a port of the system's choice unless one is given. */
export async function openServer(port = 0): Promise<Listening> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the stand-in has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    server,
    serve(answering) {
      server.on('request', (request, response) => {
        answering(request, response).catch(() => request.socket.destroy());
      });
    },
    [Symbol.asyncDispose]: () => close(server),
  };
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
