import { randomBytes } from 'node:crypto';
import type { WebSocket } from 'ws';

export type Dispatch = { readonly op: 0; readonly t: string; readonly s: number; readonly d: unknown };

/** What Discord keeps of one connection of the bot, also while it is away. */
export type Session = {
  readonly id: string;
  readonly intents: number;
  readonly shard: readonly [number, number];
  readonly sent: Dispatch[];
  seq: number;
  socket: WebSocket | undefined;
  /** When it was left; it is kept for a while. */
  leftAt: number | undefined;
  /** Nothing is sent on its socket, which stays open. */
  muted: boolean;
};

/** Dispatches kept for a replay; Discord states no number. */
const MOST_KEPT = 50_000;

export function newSession(socket: WebSocket, intents: number, shard: readonly [number, number]): Session {
  const id = randomBytes(16).toString('hex');
  return { id, intents, shard, sent: [], seq: 0, socket, leftAt: undefined, muted: false };
}

/** Numbers a dispatch, keeps it, and sends it when somebody is there. */
export function dispatchTo(session: Session, t: string, d: unknown): void {
  session.seq += 1;
  const dispatch: Dispatch = { op: 0, t, s: session.seq, d };
  session.sent.push(dispatch);
  if (session.sent.length > MOST_KEPT) session.sent.shift();
  if (!session.muted) session.socket?.send(JSON.stringify(dispatch));
}

/** Everything after `seq`, in order; undefined when not all of it is there any more. */
export function missedSince(session: Session, seq: number): readonly Dispatch[] | undefined {
  const [oldest] = session.sent;
  if (oldest !== undefined && seq < oldest.s - 1) return undefined;
  return session.sent.filter((dispatch) => dispatch.s > seq);
}
