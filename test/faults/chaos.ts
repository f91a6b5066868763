import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../../sandbox/kit/faults.ts';
import type { LlmFault } from '../../sandbox/llm/faults.ts';
import { EDIT_CALLS, POST_CALLS } from './calls.ts';
import type { Hub } from './hubs.ts';
import { PLATFORMS, type World } from './world.ts';

/** Everything that goes wrong in a soak, each at random and one after the other. */
export type Chaos = {
  /** SIGKILL to a process of the hub, and another in its place. */
  readonly killProcess: () => Promise<void>;
  /** SIGKILL to the database and all its children, and a start with recovery. */
  readonly crashDatabase: () => Promise<void>;
  /** Ends connections to the database, or some of its backends. */
  readonly hurtConnections: () => Promise<void>;
  /** Plans a fault of a platform or of the model. */
  readonly planFault: () => void;
  /** Faults that were planned and met. */
  readonly faultsMet: () => number;
  /** Nothing more goes wrong from now on. */
  readonly end: () => void;
};

const PLATFORM_FAULTS: readonly [Omit<Fault, 'call'>, ...Omit<Fault, 'call'>[]] = [
  { kind: 'perform-then-fail', status: 500 },
  { kind: 'perform-then-fail', status: 502 },
  { kind: 'perform-then-reset' },
  { kind: 'perform-then-hang' },
  { kind: 'reset' },
  { kind: 'refuse', status: 503 },
  { kind: 'refuse', status: 500 },
  { kind: 'refuse', status: 429, retryAfterMs: 1_000 },
  { kind: 'slow', delayMs: 2_000 },
];
const MODEL_FAULTS: readonly [LlmFault, ...LlmFault[]] = [
  { kind: 'status', status: 429, retryAfter: '1' },
  { kind: 'status', status: 500 },
  { kind: 'status', status: 529 },
  { kind: 'reset-at-once' },
  { kind: 'cut', afterTokens: 3 },
  { kind: 'reset', afterTokens: 3 },
  { kind: 'malformed', afterTokens: 2 },
  { kind: 'error-event', afterTokens: 2 },
  { kind: 'html' },
  { kind: 'empty' },
  { kind: 'late', delayMs: 2_000 },
];

const MODEL_SHARE = 0.3;
/** Waiting faults of one platform at most: where little is said they would pile up. */
const MOST_WAITING = 3;

export function openChaos(world: World, hubs: Hub[]): Chaos {
  const { random, platforms, model } = world;
  let planned = 0;
  let cleared = 0;
  const waiting = (): number =>
    PLATFORMS.reduce((sum, name) => sum + platforms[name].faults.left(), model.faults.left());
  return {
    async killProcess() {
      const at = random.between(0, hubs.length - 1);
      const hub = hubs[at];
      if (hub === undefined) return;
      await hub.kill();
      await sleep(random.between(0, 500));
      hubs[at] = await world.start(hub.role);
    },
    async crashDatabase() {
      await world.postgres.kill();
      world.tally.databaseCrashes += 1;
      await sleep(random.between(0, 2_000));
      await world.postgres.start();
    },
    async hurtConnections() {
      const ended = await world.sql`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = ${world.database} and application_name like 'switchboard%' and random() < 0.3`.catch(() => []);
      world.tally.faults += ended.length;
    },
    planFault() {
      if (random.chance(MODEL_SHARE)) {
        model.faults.plan(random.pick(MODEL_FAULTS));
        planned += 1;
        return;
      }
      const name = random.pick(PLATFORMS);
      const { faults } = platforms[name];
      if (faults.left() >= MOST_WAITING) return;
      faults.plan({ call: random.chance(0.7) ? POST_CALLS[name] : EDIT_CALLS[name], ...random.pick(PLATFORM_FAULTS) });
      planned += 1;
    },
    faultsMet: () => planned - cleared - waiting(),
    end() {
      cleared += waiting();
      for (const name of PLATFORMS) platforms[name].faults.clear();
      model.faults.clear();
    },
  };
}
