import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Identify } from './auth/principal.ts';
import type { ChatSockets, Upgrading } from './chat/sockets.ts';
import { API_PATH, type Api } from './console/api.ts';
import { SOCKET_PATH, type SocketBindings } from './console/chat-socket.ts';
import type { Log } from './observe/log.ts';

type Options = {
  readonly api: Pick<Api, 'fetch'>;
  readonly identify: Identify;
  readonly sockets: Pick<ChatSockets, 'take'>;
  readonly log: Log;
};

/**
 * Takes over requests for a WebSocket: they are asked like every request of the API first, by the same route, so that who may
 * is said in one place.
 */
export function openUpgrade(options: Options) {
  return (incoming: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on('error', () => socket.destroy());
    upgrade(options, { incoming, socket, head }).catch((error: unknown) => {
      options.log.error({ error }, 'a socket could not be opened');
      refuse(socket, 503, '');
    });
  };
}

type Asking = { readonly incoming: IncomingMessage; readonly socket: Duplex; readonly head: Buffer };

async function upgrade({ api, identify, sockets }: Options, { incoming, socket, head }: Asking): Promise<void> {
  const request = requestOf(incoming);
  if (request === undefined) return refuse(socket, 400, 'this is no request');
  if (new URL(request.url).pathname !== API_PATH + SOCKET_PATH || incoming.method !== 'GET')
    return refuse(socket, 404, 'no socket is served here');
  let who: Upgrading | undefined;
  const env: SocketBindings = {
    welcome: (principal) => void (who = { principal, head, still: () => identify(request) }),
  };
  const response = await api.fetch(request, env);
  if (who === undefined) refuse(socket, response.status, await response.text());
  else sockets.take(incoming, socket, who);
}

/** Undefined: what it says is no address or no header. */
function requestOf({ url = '', headersDistinct }: IncomingMessage): Request | undefined {
  try {
    const headers = new Headers();
    for (const [name, values] of Object.entries(headersDistinct))
      for (const value of values ?? []) headers.append(name, value);
    return new Request(new URL(url, `http://${headers.get('host') ?? 'localhost'}`), { headers });
  } catch {
    return undefined;
  }
}

function refuse(socket: Duplex, status: number, body: string): void {
  const length = Buffer.byteLength(body);
  socket.end(
    `HTTP/1.1 ${status} Refused\r\nconnection: close\r\ncontent-type: application/problem+json\r\ncontent-length: ${length}\r\n\r\n${body}`,
  );
}
