import { setTimeout as sleep } from 'node:timers/promises';
import type { World } from './world.ts';

const LOOK_EVERY_MS = 200;

/** How it stands with all that was said. */
export type Standing = { readonly arrived: number; readonly waiting: number };

export async function standing({ sql }: World): Promise<Standing | undefined> {
  const counting = sql<
    Standing[]
  >`select count(*)::int as arrived, (count(*) filter (where state = 'waiting'))::int as waiting
    from switchboard.messages where author_kind = 'human'`;
  // The database may be what is away just now.
  const [row] = await counting.catch(() => []);
  return row;
}

/**
 * Waits until every question that reached the hub has come to its end, and every delivery was taken or given up. Notes
 * the seconds that it took as the recovery; what is left then is for the check to say.
 */
export async function settle(world: World, withinMs = 120_000): Promise<void> {
  const began = performance.now();
  const expected = () =>
    world.questions.filter(({ platform, status }) => platform !== 'github' || (status ?? 500) < 300);
  const end = began + withinMs;
  const delivered = Promise.all([world.platforms.slack.settled(), world.platforms.teams.settled()]);
  await Promise.race([delivered, sleep(withinMs, undefined, { ref: false })]);
  for (;;) {
    const now = await standing(world);
    if (now !== undefined && now.waiting === 0 && now.arrived >= expected().length) break;
    if (performance.now() > end) break;
    await sleep(LOOK_EVERY_MS);
  }
  const seconds = (performance.now() - began) / 1000;
  world.tally.recoveryS = Math.max(world.tally.recoveryS ?? 0, seconds);
}
