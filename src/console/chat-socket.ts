import { Hono } from 'hono';
import type { Principal } from '../auth/principal.ts';
import type { ChatSockets } from '../chat/sockets.ts';
import { Failure } from '../model/failure.ts';
import { endpoint, type ApiEnv } from './endpoint.ts';
import { isOurs } from './gate.ts';
import { forbidden } from './problem.ts';

/** Where it is, below the API's path. */
export const SOCKET_PATH = '/chat/socket';

/** Given by whoever takes a request over that asks for another protocol: called with who may. */
export type SocketBindings = { readonly welcome?: (principal: Principal) => void };

/** Lets people through as every route does; what they say then is no HTTP any more. */
export function chatSocket({ sockets }: { readonly sockets: Pick<ChatSockets, 'admit'> }) {
  return new Hono<ApiEnv & { Bindings: SocketBindings }>().get(
    '/socket',
    endpoint({
      role: 'viewer',
      scope: 'chat:read',
      summary: 'A WebSocket that tells what is new in conversations: say watch, leave and typing',
      type: 'application/websocket',
    }),
    (c) => {
      const principal = c.get('principal');
      // A page of somebody else's can open sockets with our cookies: browsers say from where, and do not ask us first.
      if (principal.kind === 'person' && !isOurs(c.req.raw))
        throw forbidden('a socket has to be opened by a page of this console; programs use an API key');
      const welcome: SocketBindings['welcome'] = c.env?.welcome;
      if (welcome === undefined) throw new Failure('invalid', 'this is a WebSocket: ask with Upgrade: websocket');
      sockets.admit(principal);
      welcome(principal);
      return c.body(null, 204);
    },
  );
}
