import { setInterval } from 'node:timers';
import type { RawData, WebSocket } from 'ws';
import { z } from 'zod';
import type { Principal } from '../auth/principal.ts';
import type { OrganizationId } from '../model/ids.ts';
import { parseJson } from '../model/parse-json.ts';
import type { Log } from '../observe/log.ts';
import type { Halls } from './halls.ts';

/** Asks anew who is behind a socket; undefined: nobody who may. */
export type StillThere = () => Promise<Principal | undefined>;

/** What sockets may ask of this process. */
export type SocketLimits = {
  /** Sockets of this process, and of one person in it. */
  readonly most: number;
  readonly mostOfOne: number;
  /** Milliseconds between two pings; who has not answered the last one is gone. */
  readonly pingEveryMs: number;
  /** Milliseconds after which it is asked anew who they are: a session may be over. */
  readonly askEveryMs: number;
  /** Bytes that wait for a reader: a slower one is dropped, and reads anew what it has missed. */
  readonly mostWaiting: number;
};

/** What a page says. */
const Asked = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('watch'), conversation: z.uuid(), seq: z.number().int().nonnegative() }),
  z.strictObject({ type: z.literal('leave'), conversation: z.uuid() }),
  z.strictObject({ type: z.literal('typing'), conversation: z.uuid() }),
]);

/** Seconds for which somebody is there, or types, unless it is said again. */
const PRESENT_S = 45;
const TYPING_S = 6;
/** Conversations that one socket watches. */
const MOST_WATCHED = 10;
/** What a page may say within the time between two pings. */
const MOST_SAID = 120;

/** Why a socket is closed, by the codes of RFC 6455 and its registry (3000: unauthorized; 1013: try again later). */
const CLOSE = { nonsense: 1003, tooMuch: 1008, later: 1013, unauthorized: 3000 } as const;

export type Said = { readonly presentS?: number; readonly typingS?: number };

export type ListenerOptions = {
  readonly socket: WebSocket;
  readonly limits: SocketLimits;
  readonly still: StillThere;
  readonly log: Log;
  readonly organization: OrganizationId;
  readonly actor: string;
  readonly note: (conversation: string, said: Said) => Promise<void>;
  readonly watch: Halls['watch'];
};

/** Serves one socket until it is closed. */
export function openListener(options: ListenerOptions): { readonly end: () => void } {
  const { socket, limits, note } = options;
  const watched: Watched = new Map();
  let said = 0;
  socket.on('error', () => socket.terminate());
  socket.on('message', (data, isBinary) => {
    said += 1;
    if (said > MOST_SAID) return socket.close(CLOSE.tooMuch, 'too much is said');
    const asked = isBinary ? undefined : Asked.safeParse(parseJson(textOf(data))).data;
    if (asked === undefined) return socket.close(CLOSE.nonsense, 'say watch, leave or typing');
    if (asked.type === 'watch') return begin(options, watched, asked);
    if (!watched.has(asked.conversation)) return;
    if (asked.type === 'leave') leave(options, watched, asked.conversation);
    else void note(asked.conversation, { typingS: TYPING_S });
  });
  const timers = [
    openPing(options, () => {
      said = 0;
      for (const conversation of watched.keys()) void note(conversation, { presentS: PRESENT_S });
    }),
    setInterval(() => void askAgain(options), limits.askEveryMs),
  ];
  return {
    end() {
      for (const timer of timers) clearInterval(timer);
      for (const conversation of watched.keys()) leave(options, watched, conversation);
    },
  };
}

/** A look at a conversation. */
type Look = {
  /** Ends it; undefined: it is just beginning. */
  stop: (() => void) | undefined;
};
/** Where they look: one look at each. */
type Watched = Map<string, Look>;

function begin(options: ListenerOptions, watched: Watched, asked: { conversation: string; seq: number }): void {
  const { socket, organization, actor, limits } = options;
  const { conversation, seq } = asked;
  // Whoever has missed something asks again from where they are, and has looked there all the time.
  watched.get(conversation)?.stop?.();
  watched.delete(conversation);
  if (watched.size >= MOST_WATCHED) return socket.close(CLOSE.tooMuch, 'too many conversations at once');
  const look: Look = { stop: undefined };
  watched.set(conversation, look);
  const isOver = (): boolean => watched.get(conversation) !== look;
  const watcher = {
    actor,
    push(pushed: unknown) {
      if (!isOver()) send(socket, pushed ?? { type: 'reread', conversation }, limits);
    },
    drop() {
      if (isOver()) return;
      watched.delete(conversation);
      send(socket, { type: 'gone', conversation }, limits);
    },
  };
  const entering = options.watch({ organization, conversation }, watcher, seq);
  void enter(options, { conversation, entering, look, isOver });
}

type Entering = {
  readonly conversation: string;
  readonly look: Look;
  readonly entering: Promise<() => void>;
  /** They look there no more, or have asked again. */
  readonly isOver: () => boolean;
};

async function enter(
  { socket, note }: ListenerOptions,
  { conversation, look, entering, isOver }: Entering,
): Promise<void> {
  try {
    const stop = await entering;
    if (isOver()) return stop();
    look.stop = stop;
    await note(conversation, { presentS: PRESENT_S });
  } catch {
    socket.close(CLOSE.later, 'not now');
  }
}

function leave({ note }: ListenerOptions, watched: Watched, conversation: string): void {
  watched.get(conversation)?.stop?.();
  watched.delete(conversation);
  // Another page of theirs that looks says so again before long.
  void note(conversation, { presentS: 0, typingS: 0 });
}

/** Whoever reads too slowly is dropped: what waits for them is what they read anew. */
function send(socket: WebSocket, message: unknown, { mostWaiting }: SocketLimits): void {
  if (socket.readyState !== socket.OPEN) return;
  if (socket.bufferedAmount > mostWaiting) socket.terminate();
  else socket.send(JSON.stringify(message));
}

/** Ends what does not answer. */
function openPing({ socket, limits }: ListenerOptions, beat: () => void): NodeJS.Timeout {
  let isAlive = true;
  socket.on('pong', () => void (isAlive = true));
  return setInterval(() => {
    if (!isAlive) return socket.terminate();
    isAlive = false;
    socket.ping();
    beat();
  }, limits.pingEveryMs);
}

/** Whose session is over, or who is somebody else by now, is sent away. A database that is away is asked again. */
async function askAgain({ socket, still, organization, actor, log }: ListenerOptions): Promise<void> {
  try {
    const principal = await still();
    if (principal?.organization === organization && `${principal.kind}/${principal.id}` === actor) return;
    socket.close(CLOSE.unauthorized, 'sign in again');
  } catch (error) {
    log.debug({ error }, 'who is behind a socket could not be asked');
  }
}

/** As `ws` gives it: with its default settings one buffer. */
const textOf = (data: RawData): string => (Buffer.isBuffer(data) ? data.toString('utf8') : '');
