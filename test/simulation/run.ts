import { deriveId } from '../../src/db/derive-id.ts';
import type { Adapter } from '../../src/model/adapter.ts';
import { appId } from '../../src/model/ids.ts';
import { violations } from './check.ts';
import { openSimulatedDatabase } from './database.ts';
import { openHost, type Host, type HostFaults } from './host.ts';
import { startSimulatedHub, type SimulatedHub, type Surroundings } from './hub.ts';
import { MANNERS, withEnds } from './manners.ts';
import { openSimulatedModel } from './model.ts';
import { letPeopleAsk, type Question } from './people.ts';
import { openSimulatedPlatform } from './platform.ts';
import { openWorld, type World } from './world.ts';

/** What a seed came to. */
export type Outcome = {
  readonly seed: number;
  readonly violations: readonly string[];
  readonly questions: number;
  readonly kills: number;
  readonly stops: number;
  readonly databaseFaults: number;
  /** Virtual milliseconds until everything was settled. */
  readonly lastedMs: number;
};

/** Faults come within this time, questions in its first half; then everything has to come to rest. */
const TROUBLE_MS = 60_000;

/** A crash that was under way when the trouble ended has happened by then. */
const LAST_CRASH_MS = 100;

/** After everything is settled, what was still under way arrives. */
const ARRIVES_MS = 20_000;
const MOST_MS = 6 * 3_600_000;

/**
 * Runs one seed to its end, and says what was wrong with it.
 * @param tamper breaks how a platform is called: for trying whether a broken hub is noticed.
 */
export async function runSeed(seed: number, tamper?: (adapter: Adapter) => Adapter): Promise<Outcome> {
  const world = openWorld(seed);
  const picked = world.pick(MANNERS);
  // Not by chance: what the other seeds once showed they go on showing.
  const manner = seed % 3 === 1 ? withEnds(picked) : picked;
  const database = openSimulatedDatabase(world);
  const honest = openSimulatedPlatform(world, manner, database);
  const platform = { ...honest, adapterOf: (host: Host) => tamper?.(honest.adapterOf(host)) ?? honest.adapterOf(host) };
  const model = openSimulatedModel(world);
  const around: Surroundings = { world, database, platform, model, app: appId(deriveId('app', 'simulated')) };

  const intake = openHost(world, 'intake', { atCall: () => {} });
  const count = world.between(1, 6);
  const questions = letPeopleAsk(around, intake, { count, forMs: TROUBLE_MS / 2, changes: seed % 4 === 2 });
  const processes = startProcesses(around, world.between(1, 3));
  const databaseFaults = troubleDatabase(world, database);
  if (world.chance(0.7)) platform.setTrouble(world.random() * 0.3);
  if (world.chance(0.3)) model.setTrouble(world.random() * 0.3);
  world.after(TROUBLE_MS, () => {
    platform.setTrouble(0);
    model.setTrouble(0);
    processes.calmDown();
    database.calmDown();
  });

  const settled = (): boolean =>
    world.now() > TROUBLE_MS + LAST_CRASH_MS && questions.every((question) => isSettled(around, question));
  await world.run(MOST_MS, settled);
  const lastedMs = world.now();
  await world.run(lastedMs + ARRIVES_MS, () => false);
  return {
    seed,
    violations: violations(database.look(), platform, manner, questions),
    questions: questions.length,
    kills: processes.kills(),
    stops: processes.stops(),
    databaseFaults,
    lastedMs,
  };
}

function isSettled({ database }: Surroundings, { name, taken, underWay }: Question): boolean {
  if (underWay > 0) return false;
  if (!taken) return true;
  const row = database
    .look()
    .all('messages')
    .find((message) => message.external_id === name);
  if (row === undefined || row.state === 'waiting') return false;
  // What was deleted is over when its answer was taken away.
  return row.turn === null || database.look().get('turns', row.turn)?.state !== 'running';
}

type Processes = { readonly calmDown: () => void; readonly kills: () => number; readonly stops: () => number };

/** Processes that are killed and stopped now and then, at any of their calls, and started again. */
function startProcesses(around: Surroundings, count: number): Processes {
  const { world } = around;
  const danger = world.chance(0.8) ? world.random() * 0.03 : 0;
  let [calm, kills, stops, started] = [false, 0, 0, 0];

  const faults: HostFaults = {
    atCall(host) {
      if (calm || !world.chance(danger)) return;
      const wait = world.between(0, 400);
      if (world.chance(0.5)) {
        kills += 1;
        // At once, which is before the call, or a little later, which is during it or after.
        if (world.chance(0.5)) end(host);
        else world.after(wait, () => end(host));
      } else {
        stops += 1;
        const ms = world.between(50, 40_000);
        if (world.chance(0.5)) host.stop(ms);
        else world.after(wait, () => host.stop(ms));
      }
      if (world.chance(0.1)) host.setClock(world.between(-600_000, 600_000));
    },
  };
  const end = (host: Host): void => {
    if (!host.isAlive()) return;
    host.kill();
    world.after(world.between(100, 20_000), start);
  };
  const start = (): void => {
    started += 1;
    const name = `worker${started}`;
    const hub = startSimulatedHub(around, openHost(world, name, faults));
    // A deploy: the next one is there before this one goes.
    if (world.chance(0.15)) world.after(world.between(0, TROUBLE_MS), () => replace(hub));
  };
  const replace = (hub: SimulatedHub): void => {
    start();
    hub.retire();
  };
  for (let index = 0; index < count; index += 1) start();
  return { calmDown: () => void (calm = true), kills: () => kills, stops: () => stops };
}

/** Crashes, refused writes, slowness and jumps of its clock, a few of them at any time. */
function troubleDatabase(world: World, database: ReturnType<typeof openSimulatedDatabase>): number {
  const count = world.chance(0.5) ? world.between(1, 4) : 0;
  for (let index = 0; index < count; index += 1)
    world.after(world.between(0, TROUBLE_MS), () => {
      const ms = world.between(100, 30_000);
      const kind = world.between(0, 6);
      if (kind === 0) database.crash(ms);
      else if (kind <= 2) database.crashAfter(world.between(1, 40), ms);
      else if (kind === 3) database.refuseWrites(ms);
      else if (kind === 4) database.setClock(world.between(-600_000, 600_000));
      else database.slowDown(ms);
    });
  return count;
}
