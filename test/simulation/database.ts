import { Failure } from '../../src/model/failure.ts';
import { openTables, type Tables, type Undo } from './rows.ts';
import { EPOCH, trace, type Host } from './host.ts';
import type { World } from './world.ts';

/** PostgreSQL as far as its callers can tell: transactions that happen at one moment, and everything that can go wrong. */
export type SimulatedDatabase = {
  /** Rejects with a Failure `unavailable` when it cannot be told whether it was committed, or it surely was not. */
  readonly transact: <Result>(
    host: Host,
    label: string,
    write: (tables: Tables) => Result,
    durable: boolean,
  ) => Promise<Result>;
  /** For whoever looks on from outside. */
  readonly look: () => Tables;
  /** Down for so long; what was not on the disk is gone. */
  readonly crash: (ms: number) => void;
  /** Crashes within milliseconds of a commit, that many commits from now: what was only just written is what is lost. */
  readonly crashAfter: (commits: number, ms: number) => void;
  /** No crash that was to come comes any more. */
  readonly calmDown: () => void;
  readonly refuseWrites: (ms: number) => void;
  readonly slowDown: (ms: number) => void;
  readonly setClock: (byMs: number) => void;
  /** Until when something is, or was last, wrong with it. */
  readonly troubledUntil: () => number;
};

/** Milliseconds after which a commit that nobody waited for is on the disk. */
const WRITTEN_AFTER_MS = 600;

/** A caller waits no longer; see src/db/database.ts. */
const WITHIN_MS = 10_000;

export function openSimulatedDatabase(world: World): SimulatedDatabase {
  let clockOffset = 0;
  let clockSet = false;
  let downUntil = 0;
  let readOnlyUntil = 0;
  let slowUntil = 0;
  /** What a crash takes back, newest last. */
  let unwritten: { readonly at: number; readonly undos: readonly Undo[] }[] = [];
  const tables = openTables(() => world.now() + EPOCH + clockOffset, world.now);

  let crashIn: { commits: number; readonly ms: number } | undefined;
  const crashOnTime = (): void => {
    if (crashIn === undefined) return;
    crashIn.commits -= 1;
    const { commits, ms } = crashIn;
    if (commits > 0) return;
    crashIn = undefined;
    world.after(world.between(0, 40), () => crash(ms));
  };

  const commit = <Result>(write: (tables: Tables) => Result, durable: boolean): Result => {
    const undos: Undo[] = [];
    const result = write(tables.begin(undos));
    const at = world.now();
    crashOnTime();
    unwritten = durable ? [] : [...unwritten.filter((one) => one.at > at - WRITTEN_AFTER_MS), { at, undos }];
    return result;
  };

  const crash = (ms: number): void => {
    trace(world, `database crashes for ${ms} ms`);
    downUntil = world.now() + ms;
    for (const { at, undos } of unwritten.toReversed())
      if (at > world.now() - WRITTEN_AFTER_MS) for (const undo of undos.toReversed()) undo();
    unwritten = [];
  };

  const away = (): Failure => new Failure('unavailable', 'the database is not available: simulated');
  const latency = (): number => (world.now() < slowUntil ? world.between(500, 9_000) : world.between(0, 8));

  return {
    look: () => tables.begin([]),
    crash,
    crashAfter: (commits, ms) => void (crashIn = { commits, ms }),
    calmDown: () => void (crashIn = undefined),
    refuseWrites: (ms) => void (readOnlyUntil = world.now() + ms),
    slowDown: (ms) => void (slowUntil = world.now() + ms),
    setClock(byMs) {
      clockOffset ||= byMs;
      // What was written with a time means something else from now on.
      clockSet = true;
    },
    troubledUntil: () => (clockSet ? Infinity : Math.max(downUntil, readOnlyUntil, slowUntil)),
    transact<Result>(host: Host, label: string, write: (tables: Tables) => Result, durable: boolean): Promise<Result> {
      const { promise, resolve, reject } = Promise.withResolvers<Result>();
      host.onCall(label);
      if (!host.isAlive()) return promise;
      const startedAt = world.now();
      const fail = (): void => host.deliver(() => reject(away()));
      const answer = (result: Result): void => {
        // A crash right after the commit: it happened, and nobody was told.
        const late = world.now() - startedAt > WITHIN_MS;
        if (world.now() < downUntil || late) fail();
        else host.deliver(() => resolve(result));
      };
      world.after(latency(), () => {
        const isAway = world.now() < downUntil || world.now() < readOnlyUntil;
        // Without its process the transaction is rolled back, if the connection is lost before the commit arrives.
        if (isAway || (!host.isAlive() && world.chance(0.5))) {
          world.after(1, fail);
          return;
        }
        const result = commit(write, durable);
        world.after(latency(), () => answer(result));
      });
      return promise;
    },
  };
}
