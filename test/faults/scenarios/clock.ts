import { existsSync } from 'node:fs';
import { chmod, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from '../load.ts';
import type { Scenario } from '../scenario.ts';
import { settle } from '../settle.ts';
import type { World } from '../world.ts';

/** Where Debian's package `libfaketime` puts it; other systems name theirs. */
const LIBRARY = process.env['FAKETIME_LIBRARY'] ?? '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1';

const JUMP_S = 600;

/** A clock that processes can be given, and that can be put on and back under them. */
type Clock = {
  readonly environment: Readonly<Record<string, string>>;
  readonly set: (seconds: number) => Promise<void>;
};

async function openClock(): Promise<Clock & AsyncDisposable> {
  const file = join(tmpdir(), `switchboard-faults-clock-${process.pid}`);
  const set = async (seconds: number): Promise<void> => {
    await writeFile(file, `${seconds < 0 ? '-' : '+'}${Math.abs(seconds)}\n`);
    await chmod(file, 0o644);
  };
  await set(0);
  return {
    set,
    environment: {
      LD_PRELOAD: LIBRARY,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      // A machine's clock that is set does not move the monotonic one.
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      DONT_FAKE_MONOTONIC: '1',
    },
    [Symbol.asyncDispose]: () => rm(file, { force: true }),
  };
}

/** `whose` clock is put on and back by ten minutes under load, twice. */
function jump(name: string, seconds: number, whose: 'hub' | 'database'): Scenario {
  return {
    name,
    ...(existsSync(LIBRARY) ? {} : { pending: `libfaketime is not at ${LIBRARY}` }),
    async run(world) {
      await using clock = await openClock();
      const of = whose === 'hub' ? clock.environment : {};
      if (whose === 'database') await restartUnder(world, clock.environment);
      await world.start('web', { environment: of });
      await world.start('worker', { environment: of });
      await world.start('worker', { environment: of });
      for (const by of [seconds, 0]) {
        await load(world, { seconds: 2, perSecond: 10 });
        const going = load(world, { seconds: 5, perSecond: 10 });
        await clock.set(by);
        world.tally.faults += 1;
        await going;
      }
      await settle(world);
      await world.stopAll();
      if (whose === 'database') await restartUnder(world, {});
    },
  };
}

async function restartUnder(world: World, environment: Readonly<Record<string, string>>): Promise<void> {
  await world.postgres.stop();
  await world.postgres.start(environment);
}

export const clockScenarios: readonly Scenario[] = [
  jump('clock-jump-hub-10-min-ahead', JUMP_S, 'hub'),
  jump('clock-jump-hub-10-min-back', -JUMP_S, 'hub'),
  jump('clock-jump-database-10-min-ahead', JUMP_S, 'database'),
  jump('clock-jump-database-10-min-back', -JUMP_S, 'database'),
];
