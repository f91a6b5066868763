import { setTimeout as sleep } from 'node:timers/promises';
import type { Scenario } from '../scenario.ts';
import { settle } from '../settle.ts';
import { until, type World } from '../world.ts';

const askMany = async (world: World, count: number): Promise<void> => {
  for (let index = 0; index < count; index += 1) await world.ask('discord', { words: 5 });
};

/** What is done to the gateway while people go on talking. */
function disturbed(name: string, disturb: (world: World) => Promise<void> | void): Scenario {
  return {
    name,
    async run(world) {
      await world.start('all');
      await askMany(world, 3);
      await settle(world);
      for (let round = 0; round < 3; round += 1) {
        await disturb(world);
        world.tally.faults += 1;
        await askMany(world, 5);
        await until('the gateway is connected again', 60_000, () => world.platforms.discord.gateway.isConnected());
      }
      await settle(world);
    },
  };
}

/** The hub is not there for a while and people talk; the gateway keeps its session, or has forgotten it. */
function away(name: string, seconds: number, sessionKept: boolean): Scenario {
  return {
    name,
    settings: { discord: { sessionsKeptMs: sessionKept ? 180_000 : 1_000, identifyEveryMs: 500 } },
    async run(world) {
      const first = await world.start('all');
      const known = await world.ask('discord');
      await settle(world);
      await first.kill();
      if (sessionKept) await askMany(world, 4);
      else await sayUnheard(world, known.thread);
      world.tally.faults += 1;
      await sleep(seconds * 1_000);
      await world.start('all');
      await settle(world);
    },
  };
}

export const discordScenarios: readonly Scenario[] = [
  disturbed('discord-drop', ({ platforms }) => platforms.discord.gateway.drop()),
  disturbed('discord-op-7', ({ platforms }) => platforms.discord.gateway.askToReconnect()),
  disturbed('discord-op-9-resumable', ({ platforms }) => platforms.discord.gateway.invalidate(true)),
  disturbed('discord-op-9-not-resumable', async ({ platforms: { discord } }) => {
    const before = discord.gateway.identifies();
    discord.gateway.invalidate(false);
    await until('a new session', 60_000, () => discord.gateway.identifies() > before && discord.gateway.hasSession());
  }),
  disturbed('discord-close-4000', ({ platforms }) => platforms.discord.gateway.closeWith(4000)),
  away('discord-drop-of-5-s', 5, true),
  away('discord-drop-of-60-s', 60, true),
  away('discord-drop-of-30-min', 3, false),
  {
    name: 'discord-zombie-socket',
    settings: { discord: { heartbeatMs: 2_000, identifyEveryMs: 500 } },
    async run(world) {
      await world.start('all');
      await askMany(world, 2);
      await settle(world);
      world.platforms.discord.gateway.fallSilent();
      world.tally.faults += 1;
      const resumed = world.platforms.discord.gateway.resumes();
      await askMany(world, 4);
      await until('a new socket', 30_000, () => world.platforms.discord.gateway.resumes() > resumed);
      await settle(world);
    },
  },
  {
    name: 'discord-restart-under-60-s',
    async run(world) {
      for (let round = 0; round < 3; round += 1) {
        const hub = await world.start('all');
        await askMany(world, 3);
        await sleep(world.random.between(0, 800));
        if (world.random.chance(0.5)) await hub.kill();
        else world.expect((await hub.stop()) === 0, 'the hub did not end well');
        world.tally.faults += 1;
        await askMany(world, 3);
        await sleep(world.random.between(1_000, 8_000));
      }
      await world.start('all');
      await settle(world);
    },
  },
  {
    // Many restarts in a short time: a session is resumed or identified anew, never more often than Discord allows.
    name: 'discord-identify-guard',
    settings: { discord: { identifyEveryMs: 5_000 } },
    async run(world) {
      const { gateway } = world.platforms.discord;
      await world.start('all');
      await askMany(world, 2);
      const before = gateway.identifies();
      for (let round = 0; round < 6; round += 1) {
        gateway.invalidate(false);
        world.tally.faults += 1;
        await sleep(1_500);
      }
      await until('a session again', 60_000, () => gateway.isConnected() && gateway.hasSession());
      const identifies = gateway.identifies() - before;
      world.expect(identifies <= 6, `${identifies} IDENTIFYs for 6 lost sessions`);
      await askMany(world, 3);
      await settle(world);
    },
  },
];

/** The stand-in tells nobody: no session is left to keep it for. */
async function sayUnheard(world: World, thread: string): Promise<void> {
  await sleep(1_500);
  for (let index = 0; index < 4; index += 1) await world.ask('discord', { thread, words: 5 });
}
