import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Principal } from '../auth/principal.ts';
import { noteChatPresence } from '../db/chat-conversations.ts';
import { inOrganization, type Database } from '../db/database.ts';
import { Failure } from '../model/failure.ts';
import type { Log } from '../observe/log.ts';
import { actorOf } from './actor.ts';
import { openHalls } from './halls.ts';
import { openHearing } from './hear.ts';
import { openListener, type Said, type SocketLimits, type StillThere } from './socket.ts';
import { namesIn, type Tell } from './tell.ts';

export type SocketsOptions = {
  readonly db: Database;
  readonly tell: Tell;
  readonly log: Log;
  /** Default: `LIMITS`. */
  readonly limits?: Partial<SocketLimits>;
};

/** All ours. */
const LIMITS: SocketLimits = {
  most: 1_000,
  mostOfOne: 20,
  pingEveryMs: 20_000,
  askEveryMs: 60_000,
  mostWaiting: 1024 * 1024,
};

/** Bytes of one message that somebody sends: they are names of conversations. */
const MOST_PAYLOAD = 4_096;

/** The open sockets of this process. */
export type ChatSockets = {
  /** @throws Failure `rate-limited`: there are too many. */
  readonly admit: (principal: Principal) => void;
  /** Takes a request over that was let through. */
  readonly take: (request: IncomingMessage, socket: Duplex, who: Upgrading) => void;
  /** Ends all, so that the server can close. */
  readonly hush: () => void;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

export type Upgrading = { readonly principal: Principal; readonly head: Buffer; readonly still: StillThere };

export function openChatSockets(options: SocketsOptions): ChatSockets {
  const { db, log } = options;
  const limits: SocketLimits = { ...LIMITS, ...options.limits };
  const server = new WebSocketServer({ noServer: true, maxPayload: MOST_PAYLOAD, perMessageDeflate: false });
  const halls = openHalls(db);
  const hearing = openHearing(db, {
    told: (text) => namesIn(text).forEach(halls.wake),
    missed: halls.wakeAll,
  });
  const open = new Map<WebSocket, string>();
  const nameOf = (principal: Principal): string => `${principal.organization}/${actorOf(principal).actor}`;
  const welcome = (socket: WebSocket, { principal, still }: Upgrading): void => {
    open.set(socket, nameOf(principal));
    const { organization } = principal;
    const { actor } = actorOf(principal);
    const note = presence({ ...options, db }, principal);
    const listener = openListener({ socket, limits, still, log, organization, actor, note, watch: halls.watch });
    socket.on('close', () => {
      open.delete(socket);
      listener.end();
    });
  };
  return {
    admit(principal) {
      const own = [...open.values()].filter((name) => name === nameOf(principal)).length;
      if (open.size >= limits.most || own >= limits.mostOfOne)
        throw new Failure('rate-limited', 'too many pages are open: close some', { retryInMs: 5_000 });
    },
    take: (request, socket, who) => server.handleUpgrade(request, socket, who.head, (ws) => welcome(ws, who)),
    hush() {
      for (const socket of open.keys()) socket.terminate();
    },
    async [Symbol.asyncDispose]() {
      for (const socket of open.keys()) socket.terminate();
      server.close();
      await hearing[Symbol.asyncDispose]();
    },
  };
}

/** Says where somebody looks or types; others are told when they see something else by it. Never rejects. */
function presence({ db, tell }: SocketsOptions, principal: Principal) {
  const { organization } = principal;
  return async (conversation: string, said: Said): Promise<void> => {
    const at = { conversation, actor: actorOf(principal).actor };
    const changed = await inOrganization(db, organization, (tx) => noteChatPresence(tx, at, said)).catch(() => false);
    if (changed) tell(organization, conversation);
  };
}
