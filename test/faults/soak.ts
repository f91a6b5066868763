import { setTimeout as sleep } from 'node:timers/promises';
import { openChaos, type Chaos } from './chaos.ts';
import type { Hub } from './hubs.ts';
import type { SoakLength } from './options.ts';
import type { Scenario } from './scenario.ts';
import { settle } from './settle.ts';
import { PLATFORMS, type Asking, type PlatformName, type Question, type World } from './world.ts';

/** Events between two of each kind: about 120 kills, 14 crashes and 3,000 faults in 50,000. */
const EVENTS_PER = { kill: 400, crash: 3_500, hurt: 2_500, fault: 15 } as const;

/**
 * Nobody asks more on a platform while so much waits there. Slack lets 50 posts a minute be changed, and each answer that a
 * killed worker left is changed once: there the run is only as fast as that.
 */
const MOST_WAITING = 80;
/** People who talk at the same time. */
const PEOPLE = 24;
const LOOK_EVERY_MS = 250;
const REPORT_EVERY_MS = 15_000;

/** Milliseconds for everything to come to its end after the last word: a turn that failed often waits for five minutes. */
const SETTLE_WITHIN_MS = 20 * 60_000;

/** GitHub takes 80 writes of content a minute and 500 an hour, and the hub keeps to it: that many are asked there. */
const GITHUB_EVERY_MS = 8_000;

/** All platforms, all faults, all at once, until the minutes are over or the events are said. */
export function soak({ minutes, events }: SoakLength): Scenario {
  return {
    name: 'soak',
    // Without Discord's limits, whose global one the look-ups after a kill run into: platform-429-* are about those.
    settings: { discord: { identifyEveryMs: 500, sessionsKeptMs: 600_000, limits: 'off' } },
    run: (world) => run(world, minutes * 60_000, events),
  };
}

type Going = {
  readonly world: World;
  readonly endAt: number;
  readonly events: number;
  readonly known: Question[];
  waiting: ReadonlyMap<string, number>;
  over: boolean;
  githubAt: number;
};

async function run(world: World, forMs: number, events: number): Promise<void> {
  const hubs: Hub[] = [await world.start('web'), await world.start('worker'), await world.start('worker')];
  const chaos = openChaos(world, hubs);
  const going: Going = {
    world,
    endAt: performance.now() + forMs,
    events,
    known: [],
    waiting: new Map(),
    over: false,
    githubAt: 0,
  };
  const looking = look(going);
  const reporting = report(going, chaos);
  const disturbing = disturb(going, chaos).catch((thrown: unknown) => world.expect(false, String(thrown)));
  await Promise.all(Array.from({ length: PEOPLE }, () => talk(going)));
  going.over = true;
  await disturbing;
  chaos.end();
  world.tally.faults += chaos.faultsMet();
  await settle(world, world.problems.length === 0 ? SETTLE_WITHIN_MS : undefined);
  await Promise.all([looking, reporting]);
}

const isOver = ({ world, endAt, events, over }: Going): boolean =>
  over || performance.now() > endAt || world.questions.length >= events || world.problems.length > 0;

/** One person: asks something new, or goes on in a conversation, sometimes several times in a row. */
async function talk(going: Going): Promise<void> {
  const { world } = going;
  while (!isOver(going)) {
    const platform = platformOf(going);
    if ((going.waiting.get(platform) ?? 0) > MOST_WAITING) {
      await sleep(LOOK_EVERY_MS);
      continue;
    }
    const known = world.random.chance(0.3) ? answeredOn(going, platform) : undefined;
    const asking: Asking = { words: wordsOf(world), ...(known !== undefined && { thread: known.thread }) };
    const times = known === undefined ? 1 : world.random.between(1, 3);
    for (let time = 0; time < times; time += 1) await world.ask(platform, asking);
  }
}

function platformOf(going: Going): PlatformName {
  if (performance.now() > going.githubAt) {
    going.githubAt = performance.now() + GITHUB_EVERY_MS;
    return 'github';
  }
  return going.world.random.pick(['slack', 'discord', 'teams']);
}

function wordsOf({ random }: World): number {
  if (random.chance(0.01)) return 800;
  return random.chance(0.04) ? 250 : random.between(3, 10);
}

/** A conversation in which somebody was answered lately. */
function answeredOn({ known, world }: Going, platform: PlatformName): Question | undefined {
  const on = known.filter((question) => question.platform === platform && !world.unheard.has(question.thread));
  return on[world.random.between(0, on.length - 1)];
}

/** How much waits, and who was answered lately. */
async function look(going: Going): Promise<void> {
  const { world } = going;
  while (!going.over) {
    const seen = await lookOnce(world).catch(() => undefined);
    going.waiting = seen?.waiting ?? new Map(PLATFORMS.map((name) => [name, Infinity]));
    const tokens = new Set(seen?.answered ?? []);
    going.known.splice(
      0,
      going.known.length,
      ...world.questions.slice(-3_000).filter(({ token }) => tokens.has(token)),
    );
    await sleep(LOOK_EVERY_MS);
  }
}

async function lookOnce({ sql }: World): Promise<{ waiting: Map<string, number>; answered: readonly string[] }> {
  const waiting = await sql<{ platform: string; n: number }[]>`select a.platform, count(*)::int as n
    from switchboard.messages m
    join switchboard.threads t on t.organization_id = m.organization_id and t.id = m.thread_id
    join switchboard.installs i on i.organization_id = t.organization_id and i.id = t.install_id
    join switchboard.apps a on a.organization_id = i.organization_id and a.id = i.app_id
    where m.state = 'waiting' group by a.platform`;
  const answered = await sql<{ token: string }[]>`select substring(text from 'q[0-9]+z[0-9]+') as token
    from switchboard.messages where state = 'answered' and text like '%z%'
      and received_at > now() - interval '20 s' limit 60`;
  return {
    waiting: new Map(waiting.map(({ platform, n }) => [platform, n])),
    answered: answered.map(({ token }) => token),
  };
}

/** What goes wrong goes by the events: as much of it in a slow run as in a fast one. */
async function disturb(going: Going, chaos: Chaos): Promise<void> {
  const next = { ...EVENTS_PER };
  const due = (kind: keyof typeof EVENTS_PER): boolean => {
    if (going.world.questions.length < next[kind]) return false;
    Object.assign(next, { [kind]: next[kind] + EVENTS_PER[kind] });
    return true;
  };
  while (!isOver(going)) {
    while (due('fault')) chaos.planFault();
    if (due('crash')) await chaos.crashDatabase();
    if (due('hurt')) await chaos.hurtConnections();
    if (due('kill')) await chaos.killProcess();
    await sleep(50);
  }
}

async function report(going: Going, chaos: Chaos): Promise<void> {
  const { world } = going;
  const began = performance.now();
  while (!isOver(going)) {
    await sleep(REPORT_EVERY_MS);
    const minutes = (performance.now() - began) / 60_000;
    const { kills, databaseCrashes } = world.tally;
    const said = world.questions.length;
    const memory = Math.round(process.memoryUsage().rss / 1_048_576);
    process.stdout.write(
      `    ${minutes.toFixed(1)} min: ${said} events (${Math.round(said / minutes)} a minute), ${kills} kills, ${databaseCrashes} crashes, ${chaos.faultsMet()} faults; ${memory} MB\n`,
    );
  }
}
