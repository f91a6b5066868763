import { setTimeout as sleep } from 'node:timers/promises';
import { POST_CALLS } from '../calls.ts';
import type { Scenario } from '../scenario.ts';
import { settle } from '../settle.ts';
import { PLATFORMS, until, type PlatformName, type World } from '../world.ts';

/** Milliseconds after which a dead worker's thread has to be spoken in by another one. */
const MOVES_WITHIN_MS = 20_000;

/** An answer that takes about three seconds at the pace of `SLOWLY`. */
const LONG = 120;
const SLOWLY = { tokensPerSecond: 40 };

const askAll = (world: World, words = LONG) => Promise.all(PLATFORMS.map((name) => world.ask(name, { words })));

export const processScenarios: readonly Scenario[] = [
  {
    name: 'worker-killed',
    settings: { model: SLOWLY },
    async run(world) {
      await world.start('web');
      for (let round = 0; round < 3; round += 1) {
        const worker = await world.start('worker');
        await askAll(world);
        await sleep(world.random.between(200, 2_800));
        await worker.kill();
      }
      const before = world.model.asks.length + world.model.open();
      await world.start('worker');
      const startedAt = performance.now();
      await until(
        'a dead worker’s thread is taken over',
        MOVES_WITHIN_MS + 5_000,
        () => world.model.asks.length > before,
      );
      world.expect(performance.now() - startedAt < MOVES_WITHIN_MS, 'no thread moved within 20 s');
      await settle(world);
    },
  },
  {
    name: 'all-processes-killed',
    settings: { model: SLOWLY },
    async run(world) {
      for (let round = 0; round < 3; round += 1) {
        const web = await world.start('web');
        const workers = [await world.start('worker'), await world.start('worker')];
        await askAll(world);
        await sleep(world.random.between(100, 2_500));
        await Promise.all([web, ...workers].map((hub) => hub.kill()));
      }
      await world.start('all');
      await settle(world);
    },
  },
  {
    name: 'worker-paused',
    settings: { model: SLOWLY },
    async run(world) {
      await world.start('web');
      const first = await world.start('worker');
      await askAll(world);
      await sleep(world.random.between(400, 2_000));
      first.pause();
      world.tally.faults += 1;
      await world.start('worker');
      await sleep(20_000);
      first.resume();
      await sleep(3_000);
      await askAll(world, 12);
      await settle(world);
    },
  },
  {
    name: 'two-workers-one-thread',
    async run(world) {
      await world.start('web');
      await Promise.all([world.start('worker'), world.start('worker')]);
      const first = await Promise.all(PLATFORMS.map((name) => world.ask(name)));
      for (let more = 0; more < 12; more += 1) {
        for (const { platform, thread } of first) await world.ask(platform, { thread, words: 6 });
        await sleep(world.random.between(0, 150));
      }
      await settle(world);
    },
  },
  {
    name: 'worker-partitioned',
    settings: { model: SLOWLY },
    async run(world) {
      await world.start('web');
      await world.start('worker', { wired: true });
      await askAll(world);
      await sleep(800);
      world.wire.blackHole(true);
      world.tally.faults += 1;
      await world.start('worker');
      await sleep(25_000);
      world.wire.blackHole(false);
      await askAll(world, 12);
      await settle(world);
    },
  },
  ...PLATFORMS.map(betweenSendAndCommit),
];

/** The platform performs the call and its answer never comes; the worker dies waiting for it. */
function betweenSendAndCommit(platform: PlatformName): Scenario {
  return {
    name: `worker-killed-between-send-and-commit-${platform}`,
    async run(world) {
      await world.start('web');
      const { faults, ledger } = world.platforms[platform];
      for (let round = 0; round < 4; round += 1) {
        const worker = await world.start('worker');
        const before = ledger.performed(POST_CALLS[platform]);
        faults.plan({ call: POST_CALLS[platform], kind: 'perform-then-hang', times: 1_000 });
        world.tally.faults += 1;
        const asked = world.ask(platform);
        await until('the post is performed', 15_000, () => ledger.performed(POST_CALLS[platform]) > before);
        await sleep(world.random.between(0, 300));
        await worker.kill();
        faults.clear();
        await asked;
      }
      await world.start('worker');
      await settle(world);
    },
  };
}
