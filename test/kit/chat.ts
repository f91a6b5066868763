import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import pino from 'pino';
import { openWeb } from '../../adapters/web/index.ts';
import type { Identify, Principal } from '../../src/auth/principal.ts';
import type { Role } from '../../src/auth/roles.ts';
import { openRoom } from '../../src/chat/room.ts';
import { openChatSockets } from '../../src/chat/sockets.ts';
import { openTeller } from '../../src/chat/tell.ts';
import { openUpgrade } from '../../src/chat-upgrade.ts';
import { DEFAULT_ORGANIZATION } from '../../src/db/apps.ts';
import type { SocketLimits } from '../../src/chat/socket.ts';
import { openAccept } from '../../src/intake/accept.ts';
import type { Adapter } from '../../src/model/adapter.ts';
import type { OrganizationId } from '../../src/model/ids.ts';
import { consoleFiles } from '../../src/http/console-files.ts';
import { DIST } from './browser.ts';
import { openListener } from './listen.ts';
import { paperConnections } from './connections.ts';
import { openTestConsole } from './console.ts';
import { openTestHub, type Script, type TestHub, type TestHubOptions } from './hub.ts';
import { openPaperPlatform } from './paper-platform.ts';

/** Somebody at the chat. */
export type Chatter = { readonly id: string; readonly role?: Role; readonly organization?: OrganizationId };

export type TestChat = {
  readonly hub: TestHub;
  readonly url: string;
  /** Asks the API as somebody; a body that is no form is sent as JSON. */
  readonly ask: (who: Chatter, path: string, request?: { method?: string; body?: unknown }) => Promise<Response>;
  /** Headers by which somebody is known. */
  readonly headersOf: (who: Chatter) => Record<string, string>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

/** The API with its sockets over HTTP, and a hub that answers in the browser's chat. */
export async function openTestChat(
  script: Script,
  options: TestHubOptions & { limits?: Partial<SocketLimits>; identify?: Identify } = {},
): Promise<TestChat> {
  await using stack = new AsyncDisposableStack();
  const made: { adapter?: Adapter } = {};
  const paper = openPaperPlatform();
  const platform = Object.defineProperty({ ...paper }, 'adapter', { get: () => made.adapter ?? paper.adapter });
  const hub = stack.use(await openTestHub(platform, script, options));
  const { db } = hub.database;
  const { tell } = stack.use(openTeller(db, 20));
  made.adapter = openWeb({ CHAT_ORGANIZATION: DEFAULT_ORGANIZATION }, (id) => openRoom({ db, tell, name: 'Bot' }, id));
  const log = pino({ level: 'silent' });
  const sockets = stack.use(openChatSockets({ db, tell, log, ...(options.limits && { limits: options.limits }) }));
  const known = new Map<string, Principal>();
  const identify: Identify =
    options.identify ?? ((request) => Promise.resolve(known.get(request.headers.get('x-asker') ?? '')));
  const connections = paperConnections(db);
  const chat = { db, connections, accept: openAccept(db), tell, sockets };
  const console = stack.use(await openTestConsole({ identify, chat }, hub.database));
  const app = new Hono();
  app.all('/api/*', (c) => console.api.fetch(c.req.raw));
  app.route('/', consoleFiles(DIST));
  const answer = getRequestListener(app.fetch);
  const upgrade = openUpgrade({ api: console.api, identify, sockets, log });
  const { url } = stack.use(await openListener((incoming, outgoing) => void answer(incoming, outgoing), upgrade));
  stack.defer(sockets.hush);
  const headersOf = ({ id, role = 'viewer', organization = DEFAULT_ORGANIZATION }: Chatter): Record<string, string> => {
    known.set(`${organization}/${id}`, {
      kind: 'person',
      id,
      name: id.toUpperCase(),
      organization,
      role,
      scopes: undefined,
    });
    return { 'x-asker': `${organization}/${id}`, origin: url };
  };
  const closing = stack.move();
  return {
    hub,
    url,
    headersOf,
    ask: (who, path, { method = 'GET', body } = {}) =>
      fetch(`${url}/api/v1/chat${path}`, {
        method,
        headers: { ...headersOf(who), ...(!(body instanceof FormData) && { 'content-type': 'application/json' }) },
        ...(body !== undefined && { body: body instanceof FormData ? body : JSON.stringify(body) }),
      }),
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}
