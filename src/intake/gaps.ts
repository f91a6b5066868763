import { setTimeout as sleep } from 'node:timers/promises';
import { inOrganization } from '../db/database.ts';
import { closeGap, keepHearing, loadGap, reopenGap } from '../db/hearing.ts';
import { leadOne } from '../db/leadership.ts';
import { toFailure } from '../model/failure.ts';
import { mayHave, tend, type AppsView } from './apps-view.ts';
import type { ConnectedApp } from './hooks.ts';
import { isFinal, searchMissed, type SearchOptions } from './search-missed.ts';

export type GapsOptions = SearchOptions & { readonly apps: AppsView };

/** Milliseconds. */
export type GapTimes = {
  /** From a start to the first look: the server that takes what is asked for opens meanwhile. */
  readonly startMs: number;
  /** Between two words that everything was heard. */
  readonly tickMs: number;
  /** A time without such a word is no gap yet: platforms that call us try again within a minute by themselves. */
  readonly shortMs: number;
  /** Searched before a gap's beginning as well: clocks differ, and what was refused may have been a late repetition. */
  readonly overlapMs: number;
  /** Least time between two searches of one app. */
  readonly pauseMs: number;
};

/** The latest repetition that a platform makes by itself comes six minutes after the first try; the rest is for clocks. */
export const GAP_TIMES: GapTimes = {
  startMs: 1_000,
  tickMs: 15_000,
  shortMs: 45_000,
  overlapMs: 600_000,
  pauseMs: 300_000,
};

export type Gaps = {
  /** A delivery of this app could not be taken; or, with `agoMs`, may not have reached us since then. Never rejects. */
  readonly mayHaveMissed: (app: ConnectedApp, agoMs?: number) => void;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

/**
 * Finds what platforms that call us could not deliver: while no process took deliveries, while the database was away,
 * and after any delivery that was refused. One process does it at a time; each of them tells what it refused. Gateways
 * are not its business: see `openEar`.
 */
export function openGaps(options: GapsOptions, times: GapTimes = GAP_TIMES): Gaps {
  const closing = new AbortController();
  const refusals = openRefusals(options, times);
  const watch = (signal: AbortSignal) =>
    tend(options.apps, signal, isOurs, (app, until) => watchOver({ options, app, times }, until));
  const running = mayHave(options.apps, isOurs)
    ? [leadOne(options.db, 'gaps', closing.signal, watch), repeat(times.tickMs, closing.signal, refusals.write)]
    : [];
  return {
    mayHaveMissed: refusals.note,
    async [Symbol.asyncDispose]() {
      closing.abort();
      await Promise.allSettled(running);
    },
  };
}

const isOurs = ({ adapter }: ConnectedApp): boolean => adapter.missed !== undefined && adapter.listen === undefined;

type Watch = { readonly options: GapsOptions; readonly app: ConnectedApp; readonly times: GapTimes };

/** Looks, one at each tick, by whoever leads anew. */
const LOOKS_AFTER_RESTART = 4;

async function watchOver(watch: Watch, signal: AbortSignal): Promise<void> {
  const { options, app, times } = watch;
  let searchedAt = -Infinity;
  let restart: { readonly at: number; readonly agoMs: number; looks: number } | undefined;
  await repeat(times.tickMs, signal, async () => {
    // Before the database is asked how long ago it was: what that takes must not be missing from it.
    const at = performance.now();
    const gap = await inOrganization(options.db, app.organization, (tx) => loadGap(tx, app.app));
    const whole = await inOrganization(options.db, app.organization, (tx) => keepHearing(tx, app.app, times.shortMs));
    // Who leads anew may have started just now. Short as that was, some platforms try nothing twice; and what was asked for
    // may have come before this process could take it.
    const isFirst = restart === undefined;
    restart ??= { at, agoMs: gap?.agoMs ?? 0, looks: gap === undefined ? 0 : LOOKS_AFTER_RESTART };
    if (isFirst && gap !== undefined) await sleep(times.startMs, undefined, { signal });
    if (whole && restart.looks > 0) {
      restart.looks -= 1;
      await look(watch, restart.agoMs + performance.now() - restart.at, signal);
    }
    if (whole || performance.now() - searchedAt < times.pauseMs) return;
    searchedAt = performance.now();
    await fillGap(watch, signal);
  });
}

async function fillGap(watch: Watch, signal: AbortSignal): Promise<void> {
  const { options, app, times } = watch;
  const gap = await inOrganization(options.db, app.organization, (tx) => loadGap(tx, app.app));
  if (gap === undefined || !(await look(watch, gap.agoMs + times.overlapMs, signal))) return;
  await inOrganization(options.db, app.organization, (tx) => closeGap(tx, app.app, gap));
}

/** False when it has to be tried again. */
async function look({ options, app }: Watch, agoMs: number, signal: AbortSignal): Promise<boolean> {
  const { log } = options;
  const { platform } = app.adapter;
  const seconds = Math.round(agoMs / 1000);
  try {
    const found = await searchMissed(options, app, agoMs, signal);
    log.info({ platform, seconds, found }, 'a time in which deliveries may have been missed was searched');
    return true;
  } catch (thrown) {
    const failure = toFailure(thrown, 'unavailable');
    log.warn({ platform, seconds, reason: failure.message }, 'missed deliveries could not all be searched for');
    return !signal.aborted && isFinal(failure);
  }
}

type Refusals = {
  readonly note: (app: ConnectedApp, agoMs?: number) => void;
  readonly write: () => Promise<void>;
};

/** Keeps since when each app was refused something until the database, which may be the reason, has taken note of it. */
function openRefusals({ db }: GapsOptions, { shortMs }: GapTimes): Refusals {
  const noted = new Map<ConnectedApp, number>();
  const note: Refusals['note'] = (app, agoMs = 0) => {
    noted.set(app, Math.min(noted.get(app) ?? Infinity, performance.now() - agoMs));
  };
  const write: Refusals['write'] = async () => {
    for (const [app, since] of noted) {
      // Beyond what counts as short, so that it is a gap whoever keeps watch.
      const agoMs = performance.now() - since + shortMs;
      const taken = await inOrganization(db, app.organization, (tx) => reopenGap(tx, app.app, agoMs));
      if (taken && noted.get(app) === since) noted.delete(app);
    }
  };
  return { note, write };
}

/** Until the signal goes off. What fails is tried again at the next turn: the database is away, and comes back. */
export async function repeat(everyMs: number, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    await work().catch(() => {});
    await sleep(everyMs, undefined, { signal }).catch(() => {});
  }
}
