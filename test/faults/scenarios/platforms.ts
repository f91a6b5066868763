import { setTimeout as sleep } from 'node:timers/promises';
import type { Entry } from '../../../sandbox/kit/ledger.ts';
import type { Fault } from '../../../sandbox/kit/faults.ts';
import { load } from '../load.ts';
import { EDIT_CALLS, POST_CALLS } from '../calls.ts';
import type { Scenario } from '../scenario.ts';
import { settle } from '../settle.ts';
import { PLATFORMS, type PlatformName, type World } from '../world.ts';

/** What a platform does to a call that makes or changes a post. */
const AFTER_PERFORMING: Readonly<Record<string, Omit<Fault, 'call' | 'times'>>> = {
  '500-after-performing': { kind: 'perform-then-fail', status: 500 },
  'timeout-after-performing': { kind: 'perform-then-hang' },
  'reset-after-performing': { kind: 'perform-then-reset' },
};

/** A call that was under way when its limit was told cannot be called back; milliseconds. */
const UNDER_WAY_MS = 250;

export const platformScenarios: readonly Scenario[] = [
  ...Object.entries(AFTER_PERFORMING).map(([name, fault]) => afterPerforming(name, fault)),
  {
    name: 'reset-before-performing',
    run: (world) => withFaults(world, { kind: 'reset' }, 6),
  },
  {
    name: '503-before-performing',
    run: (world) => withFaults(world, { kind: 'refuse', status: 503 }, 6),
  },
  { name: 'platform-slow', run: (world) => withFaults(world, { kind: 'slow', delayMs: 3_000 }, 30) },
  ...PLATFORMS.map((platform) => limited(platform)),
  {
    // Every call of every platform is over a limit for a while, as at a limit that counts all of an app's calls.
    name: 'platform-429-global',
    async run(world) {
      await world.start('all');
      await load(world, { seconds: 1, perSecond: 8 });
      const marks = PLATFORMS.map((name) =>
        plan(world, name, { call: '*', kind: 'refuse', status: 429, retryAfterMs: 2_000, times: 2 }),
      );
      await load(world, { seconds: 4, perSecond: 8 });
      await settle(world);
      for (const { name, from } of marks) world.expect(refusedIn(world, name, from) > 0, `${name} never refused`);
    },
  },
  stormOf(401),
  stormOf(403),
  {
    name: 'edit-target-gone',
    settings: { model: { tokensPerSecond: 30 } },
    async run(world) {
      await world.start('all');
      const { slack, discord, teams } = world.platforms;
      for (const [name, remove] of [
        ['discord', (id: string) => discord.remove(id)],
        ['teams', (id: string) => teams.remove(id)],
        ['slack', (id: string) => slack.remove(id)],
      ] as const) {
        const { thread } = await world.ask(name, { words: 90 });
        await sleep(1_200);
        const [post] = world.platforms[name].visible(thread).filter(({ fromBot }) => fromBot);
        if (post !== undefined) await remove(post.id);
        world.tally.faults += 1;
        world.excuse(name, thread, 'a person took the answer away');
      }
      await Promise.all(PLATFORMS.map((name) => world.ask(name)));
      await settle(world);
    },
  },
  {
    name: 'archived-thread',
    async run(world) {
      await world.start('all');
      const { slack, discord } = world.platforms;
      slack.archive(true);
      const first = await world.ask('slack');
      world.excuse('slack', first.thread, 'the channel is archived');
      discord.refuseWith(POST_CALLS.discord, 400, 50_083, 'Thread is archived');
      const second = await world.ask('discord');
      world.excuse('discord', second.thread, 'the thread is archived');
      world.tally.faults += 2;
      await settle(world);
      slack.archive(false);
      await Promise.all(PLATFORMS.map((name) => world.ask(name)));
      await settle(world);
    },
  },
  {
    name: 'kicked-bot',
    async run(world) {
      await world.start('all');
      const { discord, teams, slack } = world.platforms;
      const threads = await Promise.all(PLATFORMS.map((name) => world.ask(name)));
      await settle(world);
      discord.leave();
      await teams.uninstall();
      slack.refuseWith('chat.postMessage', 'not_in_channel');
      world.tally.faults += 3;
      for (const { platform, thread } of threads.filter(({ platform }) => platform !== 'github'))
        await world.ask(platform, { thread });
      await settle(world);
      discord.join();
      await teams.install();
      await Promise.all(PLATFORMS.map((name) => world.ask(name)));
      await settle(world);
    },
  },
  {
    name: 'revoked-token-mid-answer',
    settings: { model: { tokensPerSecond: 30 } },
    async run(world) {
      await world.start('all');
      await Promise.all(PLATFORMS.map((name) => world.ask(name, { words: 60 })));
      await sleep(800);
      world.platforms.teams.revokeTokens();
      world.platforms.github.expireTokens();
      world.platforms.slack.refuseWith('chat.appendStream', 'token_revoked');
      world.tally.faults += 3;
      await settle(world);
    },
  },
  {
    name: 'uninstall-and-reinstall',
    settings: { model: { tokensPerSecond: 30 } },
    async run(world) {
      await world.start('all');
      const { teams, github, discord } = world.platforms;
      await Promise.all([
        world.ask('teams', { words: 60 }),
        world.ask('github', { words: 60 }),
        world.ask('discord', { words: 60 }),
      ]);
      await sleep(600);
      world.tally.faults += 3;
      world.tally.extraEvents += 6;
      discord.leave();
      await Promise.all([teams.uninstall(), github.uninstall()]);
      await settle(world);
      discord.join();
      await Promise.all([teams.install(), github.install()]);
      const again = await Promise.all([world.ask('teams'), world.ask('github'), world.ask('discord')]);
      await settle(world);
      for (const question of again) await world.expectAnswered(question);
    },
  },
];

/** Half of the calls that make or change posts are performed and then not answered as they should. */
function afterPerforming(name: string, fault: Omit<Fault, 'call' | 'times'>): Scenario {
  return {
    name,
    settings: { model: { tokensPerSecond: 200 } },
    async run(world) {
      await world.start('all');
      for (let round = 0; round < 4; round += 1) {
        for (const platform of PLATFORMS) {
          plan(world, platform, { call: POST_CALLS[platform], ...fault, times: world.random.between(1, 2) });
          if (platform !== 'github') plan(world, platform, { call: EDIT_CALLS[platform], ...fault, times: 1 });
        }
        await Promise.all(PLATFORMS.map((name) => world.ask(name, { words: world.random.pick([10, 200, 400]) })));
        await Promise.all(PLATFORMS.map((name) => world.ask(name)));
      }
      await settle(world, 240_000);
    },
  };
}

async function withFaults(world: World, fault: Omit<Fault, 'call'>, times: number): Promise<void> {
  await world.start('all');
  for (const platform of PLATFORMS) plan(world, platform, { call: '*', ...fault, times });
  await load(world, { seconds: 5, perSecond: 6 });
  await settle(world, 240_000);
  for (const platform of PLATFORMS) world.platforms[platform].faults.clear();
}

function plan(world: World, name: PlatformName, fault: Fault): { name: PlatformName; from: number } {
  const from = world.platforms[name].ledger.entries.length;
  world.platforms[name].faults.plan(fault);
  world.tally.faults += fault.times ?? 1;
  return { name, from };
}

const refusedIn = (world: World, name: PlatformName, from: number): number =>
  world.platforms[name].ledger.entries.slice(from).filter(({ status }) => status === 429).length;

/** A platform whose posts are refused until a moment that it names; nothing of their kind may come before it. */
function limited(platform: PlatformName): Scenario {
  const call = POST_CALLS[platform];
  return {
    name: `platform-429-${platform}`,
    async run(world) {
      await world.start('web');
      await Promise.all([world.start('worker'), world.start('worker')]);
      const { thread } = await world.ask(platform);
      await settle(world);
      for (const retryAfterMs of [1_000, 2_000, 3_000]) {
        const { from } = plan(world, platform, { call, kind: 'refuse', status: 429, retryAfterMs });
        await Promise.all([
          world.ask(platform, { thread }),
          world.ask(platform, { thread }),
          world.ask(platform, { thread }),
        ]);
        await settle(world);
        const early = callsBefore(world.platforms[platform].ledger.entries.slice(from), call, retryAfterMs);
        world.expect(early !== undefined, 'the platform never refused');
        for (const ms of early ?? [])
          world.expect(false, `a call came ${ms} ms after a refusal for ${retryAfterMs} ms`);
      }
    },
  };
}

/** Milliseconds after the refusal of each call that came too early; undefined when there was no refusal. */
function callsBefore(entries: readonly Entry[], call: string, retryAfterMs: number): readonly number[] | undefined {
  const refused = entries.find((entry) => entry.call === call && entry.status === 429);
  if (refused === undefined) return undefined;
  return entries
    .filter((entry) => entry.call === call && entry !== refused && entry.at >= refused.at)
    .map((entry) => entry.at.getTime() - refused.at.getTime())
    .filter((ms) => ms > UNDER_WAY_MS && ms < retryAfterMs);
}

/** For a while every call is refused for its credentials or rights, and then no more. */
function stormOf(status: 401 | 403): Scenario {
  return {
    name: `${status}-storm`,
    async run(world) {
      await world.start('all');
      await load(world, { seconds: 1, perSecond: 8 });
      await settle(world);
      const from = PLATFORMS.map(
        (name) => plan(world, name, { call: '*', kind: 'refuse', status, times: 100_000 }).from,
      );
      world.tally.faults = 0;
      await load(world, { seconds: 4, perSecond: 10 });
      await settle(world, 30_000);
      const refused = PLATFORMS.map((name, at) => world.platforms[name].ledger.entries.length - (from[at] ?? 0));
      world.tally.faults = refused.reduce((sum, count) => sum + count, 0);
      world.expect(Math.max(...refused) < 200, `a storm of calls: ${refused.join(', ')}`);
      for (const name of PLATFORMS) world.platforms[name].faults.clear();
      const after = await Promise.all(PLATFORMS.map((name) => world.ask(name)));
      await settle(world);
      for (const question of after) await world.expectAnswered(question);
    },
  };
}
