import { setTimeout as sleep } from 'node:timers/promises';
import type { REST } from '@discordjs/rest';
import type { SessionInfo } from '@discordjs/ws';
import { WebSocketManager, WebSocketShardEvents, WebSocketShardStatus } from '@discordjs/ws';
import { GatewayIntentBits } from 'discord-api-types/v10';
import { Failure } from '../../src/model/failure.ts';
import { failureOf } from './errors.ts';
import { fatalCloses } from './fatal-closes.ts';
import type { IdentifyPace } from './identify-pace.ts';
import { openQueue } from './queue.ts';
import type { Dispatch } from './read.ts';
import { openResumable } from './resumable.ts';

/** What a gateway tells, in order. */
export type GatewaySignal =
  | {
      readonly kind: 'dispatch';
      readonly dispatch: Dispatch;
      readonly shard: number;
      readonly session: SessionInfo | undefined;
    }
  /** The shard's session cannot be gone on with. */
  | { readonly kind: 'void'; readonly shard: number }
  | { readonly kind: 'over'; readonly failure: Failure };

export type Gateway = {
  /** Undefined when the signal went off. */
  readonly next: (signal: AbortSignal) => Promise<GatewaySignal | undefined>;
  /** Leaves the sessions as they are, to be resumed by whoever comes next. */
  readonly close: () => Promise<void>;
};

export type GatewayOptions = { readonly rest: REST; readonly token: string; readonly pace: IdentifyPace };

/** Message Content is privileged: without it a guild's messages come empty unless they mention the bot. */
const INTENTS = [
  GatewayIntentBits.Guilds,
  GatewayIntentBits.GuildMessages,
  GatewayIntentBits.GuildMessageReactions,
  GatewayIntentBits.DirectMessages,
  GatewayIntentBits.DirectMessageReactions,
  GatewayIntentBits.MessageContent,
].reduce((all, one) => all | one);

/** Anything but 1000 and 1001, after which Discord forgets the session (docs: Gateway, "Initiating a Disconnect"). */
const CLOSE_TO_RESUME = { code: 4200, reason: 'handed over' };

/** Connects all shards, resuming where there is a session, and goes on through every disconnect. */
export function openGateway(options: GatewayOptions, sessions: ReadonlyMap<number, SessionInfo>): Gateway {
  const queue = openQueue<GatewaySignal>();
  const closing = new AbortController();
  const live = new Map(sessions);
  const resumable = openResumable();
  const manager = new WebSocketManager({
    token: options.token,
    rest: options.rest,
    intents: INTENTS,
    helloTimeout: 20_000,
    buildIdentifyThrottler: () => ({
      waitForIdentify: (shard, signal) =>
        options.pace.waitForIdentify(shard, AbortSignal.any([signal, closing.signal])),
    }),
    // The library cannot be told to stop while it pauses between two tries: without an answer it goes no further.
    retrieveSessionInfo: (shard) => (closing.signal.aborted ? new Promise(() => {}) : (live.get(shard) ?? null)),
    updateSessionInfo(shard, session) {
      if (closing.signal.aborted) return;
      if (session !== null) live.set(shard, session);
      else if (!resumable.isStill(shard) && live.delete(shard)) queue.put({ kind: 'void', shard });
    },
  });
  listenTo(manager, { queue, closing: closing.signal, live, resumable });
  manager.connect().catch((thrown: unknown) => queue.put({ kind: 'over', failure: explain(thrown) }));
  return {
    next: queue.take,
    async close() {
      closing.abort();
      await leave(manager);
    },
  };
}

type Parts = {
  readonly queue: ReturnType<typeof openQueue<GatewaySignal>>;
  readonly closing: AbortSignal;
  readonly live: ReadonlyMap<number, SessionInfo>;
  readonly resumable: ReturnType<typeof openResumable>;
};

function listenTo(manager: WebSocketManager, { queue, closing, live, resumable }: Parts): void {
  const leaveIfClosing = (): void => {
    if (closing.aborted) void manager.destroy({ ...CLOSE_TO_RESUME });
  };
  manager.on(WebSocketShardEvents.Dispatch, (dispatch, shard) => {
    queue.put({ kind: 'dispatch', dispatch, shard, session: live.get(shard) });
  });
  manager.on(WebSocketShardEvents.Hello, (shard) => {
    resumable.greeted(shard);
    leaveIfClosing();
  });
  manager.on(WebSocketShardEvents.Ready, leaveIfClosing);
  manager.on(WebSocketShardEvents.Resumed, leaveIfClosing);
  manager.on(WebSocketShardEvents.SocketError, (_error, shard) => resumable.broke(shard));
  manager.on(WebSocketShardEvents.Closed, (code, shard) => {
    resumable.closed(shard);
    const failure = fatalCloses.get(code);
    if (failure !== undefined) queue.put({ kind: 'over', failure: new Failure(...failure) });
  });
  // Told after `Closed`, which says more; without a listener it would be thrown.
  manager.on(WebSocketShardEvents.Error, (error) => {
    queue.put({ kind: 'over', failure: new Failure('unavailable', `the gateway ended: ${error.message}`) });
  });
}

const LEAVE_WITHIN_MS = 2_000;
const LOOK_EVERY_MS = 20;

/**
 * The library must not be stopped while a connection is being opened: it takes its listeners away and lets the socket's
 * error end the process. Who is still on the way then is let go as soon as it has arrived.
 */
async function leave(manager: WebSocketManager): Promise<void> {
  for (let waitedMs = 0; waitedMs < LEAVE_WITHIN_MS; waitedMs += LOOK_EVERY_MS) {
    const shards = await manager.fetchStatus();
    if (!shards.some((status) => status === WebSocketShardStatus.Connecting)) {
      const closed = Promise.resolve(manager.destroy({ ...CLOSE_TO_RESUME }));
      await Promise.race([closed, sleep(LEAVE_WITHIN_MS, undefined, { ref: false })]);
      return;
    }
    await sleep(LOOK_EVERY_MS);
  }
}

function explain(thrown: unknown): Failure {
  const noneLeft = thrown instanceof Error && thrown.message.startsWith('Not enough sessions');
  if (noneLeft) return new Failure('rate-limited', 'Discord lets this bot identify no more today');
  const failure = failureOf(thrown, 'GET /gateway/bot');
  if (failure.code === 'unauthorized') return new Failure('unauthorized', `${failure.message}: renew DISCORD_TOKEN`);
  return failure.code === 'unknown-outcome' ? new Failure('unavailable', failure.message) : failure;
}
