import type { SessionInfo } from '@discordjs/ws';
import type { Heard } from '../../src/model/adapter.ts';
import type { Delivery } from '../../src/model/event.ts';
import { writeJson } from '../kit/write-json.ts';
import type { Bot } from './bot.ts';
import type { Client } from './client.ts';
import type { GatewaySignal } from './gateway.ts';
import { openGateway } from './gateway.ts';
import type { IdentifyPace } from './identify-pace.ts';
import { learn, learnRoles } from './learn.ts';
import type { Memory } from './memory.ts';
import { openMemory } from './memory.ts';
import type { Dispatch } from './read.ts';
import { read } from './read.ts';
import { sessionsIn, sessionText } from './session.ts';
import type { Taken, Taking } from './take-interaction.ts';
import { openTaking } from './take-interaction.ts';

export { callbackOf } from './take-interaction.ts';

export type ListenOptions = {
  readonly client: Client;
  readonly token: string;
  readonly bot: Bot;
  /** Outlives every `listen`: identifies are counted over all of them. */
  readonly pace: IdentifyPace;
};

type Hearing = ListenOptions & { readonly memory: Memory };

/**
 * The gateway as what was heard. Every dispatch moves the session on, also one that means nothing to us; what is dropped
 * when the signal goes off was not given out, so it is replayed to whoever resumes.
 */
export function openListen(
  options: ListenOptions,
): (session: string | undefined, signal: AbortSignal) => AsyncIterable<Heard> {
  const hearing: Hearing = { ...options, memory: openMemory(options.bot.user) };
  return (session, signal) => listen(hearing, session, signal);
}

async function* listen(hearing: Hearing, session: string | undefined, signal: AbortSignal): AsyncGenerator<Heard> {
  const taking = openTaking(hearing.client, hearing.bot);
  const heard = sessionsIn(session);
  const lost = new Set<number>();
  const gateway = openGateway({ rest: hearing.client.rest(), token: hearing.token, pace: hearing.pace }, heard);
  try {
    for (;;) {
      const next = await gateway.next(signal);
      if (next === undefined) return;
      if (next.kind === 'over') throw next.failure;
      if (next.kind === 'void') {
        heard.delete(next.shard);
        lost.add(next.shard);
        yield { delivery: undefined, session: sessionText(heard) };
      } else if (advance(heard, next)) {
        yield* lossOf(next.shard, lost, heard);
        await learnRoles(next.dispatch, hearing.memory, hearing.client, signal);
        const means = meaningOf(next.dispatch, heard.get(next.shard)?.sessionId ?? '', hearing, taking);
        yield { ...heardOf(next.dispatch, means), session: sessionText(heard) };
      }
    }
  } finally {
    taking.close();
    await gateway.close();
  }
}

/** While other shards go on, a loss is told once there is a new session: what was missed in between has an end then. */
function* lossOf(shard: number, lost: Set<number>, heard: ReadonlyMap<number, SessionInfo>): Iterable<Heard> {
  if (lost.delete(shard) && heard.size > 1) yield { delivery: undefined, session: undefined };
}

/** Moves the shard's session on; false for a dispatch that was heard before (replayed after a short break). */
function advance(heard: Map<number, SessionInfo>, signal: GatewaySignal & { kind: 'dispatch' }): boolean {
  const { shard, session, dispatch } = signal;
  const before = heard.get(shard);
  if (session === undefined) return true;
  if (before?.sessionId === session.sessionId && dispatch.s <= before.sequence) return false;
  heard.set(shard, { ...session, sequence: dispatch.s });
  return true;
}

type Meaning = Taken | Omit<Delivery, 'raw'> | undefined;

function meaningOf(dispatch: Dispatch, session: string, { bot, memory }: Hearing, taking: Taking): Meaning {
  learn(dispatch, memory);
  return dispatch.t === 'INTERACTION_CREATE' ? taking.take(dispatch.d) : read(dispatch, { bot, memory, session });
}

function heardOf(dispatch: Dispatch, means: Meaning): Omit<Heard, 'session'> {
  if (means === undefined) return { delivery: undefined };
  const { id, events } = means;
  const click = 'click' in means && means.click !== undefined ? { click: means.click } : {};
  return { delivery: { id, events, raw: rawOf(dispatch) }, ...click };
}

/** The socket gives no bytes, but what they said. */
export function rawOf({ t, s, d }: Dispatch): Uint8Array {
  return Buffer.from(writeJson({ t, s, d }) ?? JSON.stringify({ t, s }), 'utf8');
}
