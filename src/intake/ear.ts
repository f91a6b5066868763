import { inOrganization } from '../db/database.ts';
import { heardUntil, loadHearing, reopenGap } from '../db/hearing.ts';
import { toFailure } from '../model/failure.ts';
import type { Heard } from '../model/adapter.ts';
import { repeat } from './gaps.ts';
import type { ConnectedApp } from './hooks.ts';
import { isFinal, searchMissed, type SearchOptions } from './search-missed.ts';

/** Milliseconds. */
export type EarTimes = {
  /** Between two looks. */
  readonly tickMs: number;
  /** Searched before a gap's beginning as well: clocks differ, and of several shards one can be lost minutes before the others. */
  readonly overlapMs: number;
  /** A gateway that says nothing for so long may be deaf. */
  readonly silentMs: number;
  /** Least time between two searches, but for one that a lost session asks for. */
  readonly pauseMs: number;
};

export const EAR_TIMES: EarTimes = { tickMs: 5_000, overlapMs: 600_000, silentMs: 300_000, pauseMs: 60_000 };

/** A word on what was heard is written a moment after the session that goes with it; a greater distance is a gap. */
const BEHIND_MS = 30_000;

export type Ear = {
  /**
   * The deliveries of this group are committed, their session is not saved yet: otherwise a process that ends right here
   * would leave a session that can be resumed, and no word of what the one before it cost.
   */
  readonly hear: (group: readonly Heard[]) => Promise<void>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

/** All in milliseconds of this process's monotonic clock; may be before its start. */
type State = {
  /** When the last thing was heard, or was searched for in vain. */
  heardAt: number | undefined;
  /** Missed since then, unless it is searched for. */
  missedSince: number | undefined;
  /** When a session was there again after a start or a loss. */
  connectedAt: number | undefined;
  writtenAt: number | undefined;
  notBefore: number;
};

/**
 * Keeps account of what a gateway told. A session that could be resumed has missed nothing; after one that could not, what
 * happened meanwhile is searched for, if need be by the next process. So it is while a gateway is silent: when that finds
 * something new, the socket is deaf, and `reconnect` is called.
 */
export async function openEar(
  options: SearchOptions,
  app: ConnectedApp,
  reconnect: () => void,
  times: EarTimes = EAR_TIMES,
): Promise<Ear> {
  const { db } = options;
  const closing = new AbortController();
  const before = await inOrganization(db, app.organization, (tx) => loadHearing(tx, app.app));
  const heardAt = before && performance.now() - before.agoMs;
  const resumable = before?.behindMs !== undefined && before.behindMs < BEHIND_MS;
  const state: State = {
    heardAt,
    missedSince: resumable ? undefined : heardAt,
    connectedAt: undefined,
    writtenAt: heardAt,
    notBefore: 0,
  };
  const watch = { options, app, state, times, reconnect };
  const watching = repeat(times.tickMs, closing.signal, () => look(watch, closing.signal));
  return {
    async hear(group) {
      for (const { delivery, session } of group) {
        if (delivery === undefined && session === undefined) lose(state);
        else state.connectedAt ??= performance.now();
      }
      if (state.missedSince !== undefined) {
        const agoMs = performance.now() - state.missedSince + 2 * BEHIND_MS;
        await inOrganization(db, app.organization, (tx) => reopenGap(tx, app.app, agoMs));
      }
      if (state.connectedAt !== undefined) state.heardAt = performance.now();
    },
    async [Symbol.asyncDispose]() {
      closing.abort();
      await watching;
    },
  };
}

/** The session is void. Nothing of it was heard after the last thing that was. */
function lose(state: State): void {
  const since = state.heardAt ?? performance.now();
  state.missedSince = Math.min(state.missedSince ?? Infinity, since);
  state.connectedAt = undefined;
  state.notBefore = 0;
}

type Look = {
  readonly options: SearchOptions;
  readonly app: ConnectedApp;
  readonly state: State;
  readonly times: EarTimes;
  readonly reconnect: () => void;
};

async function look(look: Look, signal: AbortSignal): Promise<void> {
  const { app, state, times } = look;
  const now = performance.now();
  const { heardAt, connectedAt, missedSince } = state;
  if (heardAt === undefined || connectedAt === undefined || app.adapter.missed === undefined) return;
  if (missedSince !== undefined) {
    // What was said just before the session began may not be there to be read yet.
    if (now < connectedAt + app.adapter.limits.readLagMs || now < state.notBefore) return;
    const searched = await search(look, missedSince, signal);
    // A session that was lost meanwhile has missed more.
    if (searched !== undefined && state.connectedAt === connectedAt) state.missedSince = undefined;
  } else if (now - heardAt >= times.silentMs) {
    await listenCloser(look, heardAt, signal);
  }
  await write(look);
}

/** How many messages were found; undefined when it has to be tried again. */
async function search(
  { options, app, state, times }: Look,
  since: number,
  signal: AbortSignal,
): Promise<number | undefined> {
  const { platform } = app.adapter;
  const agoMs = performance.now() - since;
  const seconds = Math.round(agoMs / 1000);
  try {
    const found = await searchMissed(options, app, agoMs + times.overlapMs, signal);
    options.log.info({ platform, seconds, found }, 'a time in which the gateway was not heard was searched');
    return found;
  } catch (thrown) {
    const failure = toFailure(thrown, 'unavailable');
    state.notBefore = performance.now() + Math.max(times.pauseMs, failure.retryInMs ?? 0);
    options.log.warn({ platform, seconds, reason: failure.message }, 'missed messages could not all be searched for');
    return isFinal(failure) ? 0 : undefined;
  }
}

/** Nothing said is as good as nothing to say, unless a search finds more. */
async function listenCloser(look: Look, heardAt: number, signal: AbortSignal): Promise<void> {
  const { options, app, state, reconnect } = look;
  const startedAt = performance.now();
  if (startedAt < state.notBefore) return;
  const found = await search(look, heardAt, signal);
  // Something was heard meanwhile: not deaf, only quiet until now.
  if (found === undefined || state.heardAt !== heardAt) return;
  state.heardAt = startedAt;
  if (found === 0) return;
  const { platform } = app.adapter;
  options.log.warn(
    { platform, found },
    'the gateway is connected but deaf: messages came that it did not tell; it is opened again',
  );
  reconnect();
}

/** Written down only while nothing is missing, so that a search which ends with this process is made by the next one. */
async function write({ options, app, state }: Look): Promise<void> {
  const { heardAt, missedSince, writtenAt } = state;
  if (heardAt === undefined || missedSince !== undefined || heardAt === writtenAt) return;
  const agoMs = performance.now() - heardAt;
  await inOrganization(options.db, app.organization, (tx) => heardUntil(tx, app.app, agoMs));
  state.writtenAt = heardAt;
}
