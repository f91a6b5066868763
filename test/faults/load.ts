import { setTimeout as sleep } from 'node:timers/promises';
import { PLATFORMS, type PlatformName, type World } from './world.ts';

export type Load = {
  readonly seconds: number;
  readonly perSecond: number;
  /** Default 8. */
  readonly words?: number;
  /** Default all four. */
  readonly platforms?: readonly PlatformName[];
  /** How many of a hundred go into a conversation that there is already. Default 30. */
  readonly followUps?: number;
};

/** GitHub allows 80 writes a minute, and answers there are kept to it: a share that stays below. */
const GITHUB_SHARE = 0.08;

/** People who go on asking, whatever becomes of their questions. Resolves when the last has been said. */
export async function load(
  world: World,
  { seconds, perSecond, words = 8, followUps = 30, platforms = PLATFORMS }: Load,
): Promise<void> {
  const { random } = world;
  const others = platforms.filter((name) => name !== 'github');
  const saying: Promise<unknown>[] = [];
  const count = Math.round(seconds * perSecond);
  for (let index = 0; index < count; index += 1) {
    const github = platforms.includes('github') && (others.length === 0 || random.chance(GITHUB_SHARE));
    const platform = github ? 'github' : (others[random.between(0, others.length - 1)] ?? 'slack');
    const known = random.chance(followUps / 100) ? threadOn(world, platform) : undefined;
    saying.push(world.ask(platform, { words, ...(known !== undefined && { thread: known }) }));
    await sleep((1_000 / perSecond) * (0.5 + random.next()));
  }
  await Promise.all(saying);
}

/** A conversation of the last few. */
function threadOn({ questions, unheard, random }: World, platform: PlatformName): string | undefined {
  const last = questions
    .slice(-40)
    .filter((question) => question.platform === platform && !unheard.has(question.thread));
  return last[random.between(0, last.length - 1)]?.thread;
}
