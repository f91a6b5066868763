import type { Server } from 'node:http';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { z } from 'zod';
import type { Ledger } from '../kit/ledger.ts';
import { dispatchTo, missedSince, newSession } from './gateway-session.ts';
import type { Session } from './gateway-session.ts';

export type GatewaySettings = {
  readonly token: string;
  /** Least milliseconds between two IDENTIFYs of a shard; Discord: 5,000. */
  readonly identifyEveryMs: number;
  /** Milliseconds that a session is kept after its socket was lost. */
  readonly sessionsKeptMs: number;
  readonly heartbeatMs: number;
  /** Whether the Message Content intent is switched on for the application. */
  readonly messageContent: () => boolean;
  /** What a new session is told at its beginning. */
  readonly greet: () => { ready: object; after: readonly { t: string; d: unknown }[] };
};

export type Gateway = {
  readonly url: string;
  /** Tells every session that wants it: `intent` is the bit, `guild` decides the shard. */
  readonly tell: (told: { t: string; d: unknown; intent: number; guild: string | undefined }) => void;
  readonly hasSession: () => boolean;
  readonly isConnected: () => boolean;
  readonly identifies: () => number;
  readonly resumes: () => number;
  /** Cuts every socket, as a network does. */
  readonly drop: () => void;
  /** Closes every socket with this code. */
  readonly closeWith: (code: number) => void;
  /** Every socket stays open, and nothing is said on it any more, to heartbeats neither. New ones are served. */
  readonly fallSilent: () => void;
  /** Op 7: asks everybody to connect anew. */
  readonly askToReconnect: () => void;
  /** Op 9. Not resumable: the session is forgotten. */
  readonly invalidate: (resumable: boolean) => void;
  /** Sockets that are there now go on answering heartbeats, and tell nothing else any more. */
  readonly deafen: () => void;
  /** The codes that clients closed with, in order. */
  readonly closedWith: readonly number[];
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

const OP = {
  heartbeat: 1,
  identify: 2,
  presence: 3,
  voice: 4,
  resume: 6,
  reconnect: 7,
  invalid: 9,
  hello: 10,
  ack: 11,
} as const;
const MESSAGE_CONTENT = 1 << 15;

const identifyShape = z.object({
  token: z.string(),
  intents: z.int(),
  properties: z.looseObject({}),
  shard: z.tuple([z.int(), z.int()]).default([0, 1]),
});
const resumeShape = z.object({ token: z.string(), session_id: z.string(), seq: z.int() });
const frame = z.object({ op: z.int(), d: z.unknown().optional() });

type State = {
  readonly settings: GatewaySettings;
  readonly ledger: Ledger;
  readonly url: string;
  readonly sessions: Map<string, Session>;
  readonly closedWith: number[];
  identifiedAt: Map<number, number>;
  identifies: number;
  resumes: number;
  /** Sockets on which nothing is said any more. */
  readonly silent: WeakSet<WebSocket>;
};

/** A gateway that keeps sessions and replays them, on the same server as the API. */
export function openGateway(server: Server, url: string, settings: GatewaySettings, ledger: Ledger): Gateway {
  const sockets = new WebSocketServer({ server, path: '/gateway/' });
  const state: State = {
    settings,
    ledger,
    url: `${url.replace(/^http/, 'ws')}/gateway/`,
    sessions: new Map(),
    closedWith: [],
    identifiedAt: new Map(),
    identifies: 0,
    resumes: 0,
    silent: new WeakSet(),
  };
  sockets.on('connection', (socket) => serve(state, socket));
  const connected = (): Session[] => [...state.sessions.values()].filter((session) => session.socket !== undefined);
  return {
    url: state.url,
    tell: (told) => tell(state, told),
    hasSession: () => [...state.sessions.values()].some((session) => isKept(session, settings)),
    isConnected: () => connected().length > 0,
    identifies: () => state.identifies,
    resumes: () => state.resumes,
    drop: () => sockets.clients.forEach((socket) => socket.terminate()),
    closeWith: (code) => sockets.clients.forEach((socket) => socket.close(code)),
    fallSilent() {
      sockets.clients.forEach((socket) => state.silent.add(socket));
      for (const session of connected()) session.muted = true;
    },
    askToReconnect: () => sockets.clients.forEach((socket) => send(socket, { op: OP.reconnect, d: null })),
    invalidate(resumable) {
      for (const session of connected()) {
        if (session.socket !== undefined) send(session.socket, { op: OP.invalid, d: resumable });
        if (!resumable) forget(state, session);
      }
    },
    deafen: () => connected().forEach((session) => void (session.muted = true)),
    closedWith: state.closedWith,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        sockets.clients.forEach((socket) => socket.terminate());
        sockets.close(() => resolve());
      }),
  };
}

const send = (socket: WebSocket, payload: object): void => socket.send(JSON.stringify(payload));

const isKept = ({ leftAt }: Session, { sessionsKeptMs }: GatewaySettings): boolean =>
  leftAt === undefined || Date.now() - leftAt < sessionsKeptMs;

function forget(state: State, session: Session): void {
  session.socket = undefined;
  state.sessions.delete(session.id);
}

function tell(state: State, { t, d, intent, guild }: Parameters<Gateway['tell']>[0]): void {
  for (const session of state.sessions.values()) {
    if (!isKept(session, state.settings)) forget(state, session);
    else if ((session.intents & intent) !== 0 && isOnShard(session, guild)) dispatchTo(session, t, d);
  }
}

/** Docs, "Sharding": direct conversations are on the first shard. */
function isOnShard({ shard: [shard, count] }: Session, guild: string | undefined): boolean {
  return (guild === undefined ? 0 : Number((BigInt(guild) >> 22n) % BigInt(count))) === shard;
}

function serve(state: State, socket: WebSocket): void {
  let session: Session | undefined;
  const refuse: Refuse = (code) => {
    state.ledger.write({ call: 'GATEWAY CLOSE', performed: false, status: code, about: session?.id ?? '' });
    socket.close(code);
    return undefined;
  };
  socket.on('message', (data: Buffer) => {
    if (state.silent.has(socket)) return undefined;
    const given = parse(data);
    if (given === undefined) return refuse(4002);
    if (given.op === OP.heartbeat) return send(socket, { op: OP.ack, d: null });
    if (given.op === OP.identify)
      session = session === undefined ? identify(state, socket, given.d, refuse) : refuse(4005);
    else if (given.op === OP.resume) session = resume(state, socket, given.d, refuse);
    else if (session === undefined) refuse(4003);
    else if (given.op !== OP.presence && given.op !== OP.voice) refuse(4001);
  });
  socket.on('close', (code) => {
    if (code !== 1006) state.closedWith.push(code);
    if (session?.socket !== socket) return;
    session.socket = undefined;
    session.leftAt = Date.now();
    // Docs, "Initiating a Disconnect": these two say that the client will not come back.
    if (code === 1000 || code === 1001) forget(state, session);
  });
  socket.on('error', () => socket.terminate());
  send(socket, { op: OP.hello, d: { heartbeat_interval: state.settings.heartbeatMs } });
}

/** Closes the socket. */
type Refuse = (code: number) => undefined;

function identify(state: State, socket: WebSocket, d: unknown, refuse: Refuse): Session | undefined {
  const { settings, ledger } = state;
  const given = identifyShape.safeParse(d).data;
  if (given === undefined) return refuse(4002);
  state.identifies += 1;
  ledger.write({ call: 'GATEWAY IDENTIFY', performed: given.token === settings.token, status: 0, about: '' });
  if (given.token !== settings.token) return refuse(4004);
  if ((given.intents & MESSAGE_CONTENT) !== 0 && !settings.messageContent()) return refuse(4014);
  const [shard, count] = given.shard;
  if (shard >= count) return refuse(4010);
  const last = state.identifiedAt.get(shard) ?? -Infinity;
  if (Date.now() - last < settings.identifyEveryMs) return notResumable(socket);
  state.identifiedAt.set(shard, Date.now());
  const session = newSession(socket, given.intents, given.shard);
  state.sessions.set(session.id, session);
  const { ready, after } = settings.greet();
  const own = { v: 10, session_id: session.id, resume_gateway_url: state.url, shard: given.shard };
  dispatchTo(session, 'READY', { ...own, ...ready });
  for (const { t, d } of after) dispatchTo(session, t, d);
  return session;
}

function resume(state: State, socket: WebSocket, d: unknown, refuse: Refuse): Session | undefined {
  const given = resumeShape.safeParse(d).data;
  if (given === undefined) return refuse(4002);
  if (given.token !== state.settings.token) return refuse(4004);
  const session = state.sessions.get(given.session_id);
  const missed = session && isKept(session, state.settings) ? missedSince(session, given.seq) : undefined;
  const about = given.session_id;
  state.ledger.write({ call: 'GATEWAY RESUME', performed: missed !== undefined, status: 0, about });
  if (session === undefined || missed === undefined) return notResumable(socket);
  if (given.seq > session.seq) return refuse(4007);
  state.resumes += 1;
  const before = session.socket;
  session.socket = socket;
  session.leftAt = undefined;
  session.muted = false;
  if (before !== socket) before?.close(4000);
  for (const dispatch of missed) send(socket, dispatch);
  dispatchTo(session, 'RESUMED', {});
  return session;
}

function notResumable(socket: WebSocket): undefined {
  send(socket, { op: OP.invalid, d: false });
  return undefined;
}

function parse(data: Buffer): z.output<typeof frame> | undefined {
  try {
    return frame.safeParse(JSON.parse(data.toString('utf8'))).data;
  } catch {
    return undefined;
  }
}
