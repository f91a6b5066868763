import type { SessionInfo } from '@discordjs/ws';
import type { Adapter, Heard } from '../../src/model/adapter.ts';
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
import type { DiscordInteraction } from './payload.ts';
import { interaction } from './payload.ts';
import type { Dispatch } from './read.ts';
import { read } from './read.ts';
import { readInteraction } from './read-interaction.ts';
import { sessionsIn, sessionText } from './session.ts';

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
export function openListen(options: ListenOptions): NonNullable<Adapter['listen']> {
  const hearing: Hearing = { ...options, memory: openMemory(options.bot.user) };
  return (session, signal) => listen(hearing, session, signal);
}

async function* listen(hearing: Hearing, session: string | undefined, signal: AbortSignal): AsyncGenerator<Heard> {
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
        const delivery = deliveryOf(next.dispatch, heard.get(next.shard)?.sessionId ?? '', hearing);
        yield { delivery, session: sessionText(heard) };
      }
    }
  } finally {
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

function deliveryOf(dispatch: Dispatch, session: string, hearing: Hearing): Delivery | undefined {
  learn(dispatch, hearing.memory);
  const means =
    dispatch.t === 'INTERACTION_CREATE'
      ? takeInteraction(dispatch.d, hearing)
      : read(dispatch, { bot: hearing.bot, memory: hearing.memory, session });
  return means && { ...means, raw: rawOf(dispatch) };
}

/** The socket gives no bytes, but what they said. */
export function rawOf({ t, s, d }: Dispatch): Uint8Array {
  return Buffer.from(writeJson({ t, s, d }) ?? JSON.stringify({ t, s }), 'utf8');
}

/** The route of the first answer to an interaction. */
export const callbackOf = ({ id, token }: DiscordInteraction): `/${string}` =>
  `/interactions/${encodeURIComponent(id)}/${encodeURIComponent(token)}/callback`;

/** Milliseconds: Discord waits three seconds for the first answer to an interaction. */
const CALLBACK_WITHIN_MS = 3_000;

/**
 * Interactions come over the gateway where no endpoint is set in the developer portal, as for a hub without a public
 * address. The first answer is then a call of its own, which nothing here waits for: too late, the person is told by Discord.
 */
function takeInteraction(data: unknown, { bot, client }: Hearing): Omit<Delivery, 'raw'> | undefined {
  const given = interaction.safeParse(data).data;
  if (given === undefined) return undefined;
  const { response, event } = readInteraction(given, bot);
  const within = AbortSignal.timeout(CALLBACK_WITHIN_MS);
  client
    .request({ method: 'POST', route: callbackOf(given), body: response, anonymous: true }, within)
    .catch(() => undefined);
  return event && { id: `i:${given.id}`, events: [event] };
}
