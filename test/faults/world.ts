import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { openDiscordStandIn, type DiscordSettings, type DiscordStandIn } from '../../sandbox/discord/index.ts';
import { openGithubStandIn, type GithubStandIn } from '../../sandbox/github/index.ts';
import type { Utterance } from '../../sandbox/kit/stand-in.ts';
import { openLlmStandIn, type LlmStandIn, type LlmStandInOptions } from '../../sandbox/llm/index.ts';
import { openSlackStandIn, type SlackSettings, type SlackStandIn } from '../../sandbox/slack/index.ts';
import { openTeamsStandIn, type TeamsSettings, type TeamsStandIn } from '../../sandbox/teams/index.ts';
import { answering, tokenOf } from './answers.ts';
import { openHubs, type Hubs } from './hubs.ts';
import type { Postgres } from './postgres.ts';
import { openProxy, type Proxy } from '../kit/proxy.ts';
import type { Random } from './random.ts';

export type Platforms = {
  readonly slack: SlackStandIn;
  readonly discord: DiscordStandIn;
  readonly teams: TeamsStandIn;
  readonly github: GithubStandIn;
};
export type PlatformName = keyof Platforms;
export const PLATFORMS = ['slack', 'discord', 'teams', 'github'] as const;

/** Something that a person said and that has to come to an end. */
export type Question = {
  readonly token: string;
  readonly platform: PlatformName;
  readonly thread: string;
  readonly id: string;
  /** The order of saying. */
  readonly number: number;
  /** The status that the first delivery of it was answered with; undefined: none, or it went over a socket. */
  readonly status: number | undefined;
};

/** What a scenario changes in the world that it is given. */
export type WorldSettings = {
  readonly slack?: SlackSettings;
  readonly discord?: DiscordSettings;
  readonly teams?: TeamsSettings;
  readonly github?: Parameters<typeof openGithubStandIn>[0];
  readonly model?: Pick<LlmStandInOptions, 'tokensPerSecond' | 'chunkBytes'>;
  /** Where the database's tables lie: for a disk of its own. */
  readonly tablespace?: string;
};

export type Asking = Pick<Utterance, 'thread' | 'as' | 'plain'> & {
  /** Words of the answer. Default 12. */
  readonly words?: number;
};

/** Counted by whoever does it. */
export type Tally = {
  kills: number;
  databaseCrashes: number;
  faults: number;
  /** Events beyond questions: twins, copies, redeliveries, mutations. */
  extraEvents: number;
  /** Seconds from the end of the fault until all was well; the longest of them. */
  recoveryS: number | undefined;
};

/** Four platforms, a model, a database and hubs, in which anything may go wrong. */
export type World = Hubs & {
  readonly random: Random;
  readonly postgres: Postgres;
  readonly database: string;
  /** As the superuser, on a way of its own that no fault is on. */
  readonly sql: postgres.Sql;
  /** A wire to the database for hubs that are given it. */
  readonly wire: Proxy;
  readonly platforms: Platforms;
  readonly model: LlmStandIn;
  readonly questions: readonly Question[];
  readonly ask: (platform: PlatformName, asking?: Asking) => Promise<Question>;
  /**
   * Conversations in which something was said that may still be on its way: a hub that reads the platform's history finds
   * it there, answers it together with what came later, and again when it arrives. Nobody goes on talking in them.
   */
  readonly unheard: ReadonlySet<string>;
  /** Counts something that was said by other means than `ask`. */
  readonly add: (question: Question) => void;
  /** In this conversation an answer need not be visible whole: it is enough that its question came to an end. */
  readonly excuse: (platform: PlatformName, thread: string, why: string) => void;
  readonly excused: ReadonlySet<string>;
  /** Notes a problem unless this question is answered within the time. */
  readonly expectAnswered: (question: Question, withinMs?: number) => Promise<void>;
  readonly tally: Tally;
  readonly problems: string[];
  /** Notes a problem when the condition does not hold. */
  readonly expect: (condition: boolean, problem: string) => void;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

/** Milliseconds before each retry of Slack's and Teams' deliveries: the real schedules, shortened, and longer in total than any fault here. */
const RETRIES_MS = [200, 500, 1_000, 2_000, 3_000, 5_000, 5_000, 10_000, 15_000, 15_000, 30_000, 30_000];
/** People of a busy workspace are in many channels, each of which takes one new post a second. */
const CHANNELS = 200;
const DEFAULT_WORDS = 12;

export async function openWorld(server: Postgres, random: Random, settings: WorldSettings = {}): Promise<World> {
  await using stack = new AsyncDisposableStack();
  const database = await server.createDatabase(settings.tablespace);
  stack.defer(() => server.dropDatabase(database));
  const sql = postgres(server.urlOf(database), { max: 3, onnotice: () => {}, connect_timeout: 5, idle_timeout: 20 });
  stack.defer(() => sql.end({ timeout: 2 }));
  const wire = stack.use(await openProxy(server.port));
  const platforms: Platforms = {
    slack: stack.use(await openSlackStandIn({ retriesMs: RETRIES_MS, channels: CHANNELS, ...settings.slack })),
    discord: stack.use(await openDiscordStandIn({ identifyEveryMs: 500, ...settings.discord })),
    teams: stack.use(
      await openTeamsStandIn({ patience: { answerWithinMs: 5_000, retriesMs: RETRIES_MS }, ...settings.teams }),
    ),
    github: stack.use(await openGithubStandIn({ callsPerHour: 1_000_000, ...settings.github })),
  };
  const model = stack.use(await openLlmStandIn({ script: answering, ...settings.model }));
  const problems: string[] = [];
  const tally: Tally = { kills: 0, databaseCrashes: 0, faults: 0, extraEvents: 0, recoveryS: undefined };
  const hubs = stack.use(
    openHubs({
      environment: Object.assign({}, model.environment, ...PLATFORMS.map((name) => platforms[name].environment)),
      direct: server.urlOf(database),
      wired: server.urlOf(database, wire.port),
      deliverTo: (url) => PLATFORMS.forEach((name) => platforms[name].deliverTo(url)),
      problem: (text) => void problems.push(text),
      killed: () => void (tally.kills += 1),
    }),
  );
  const questions: Question[] = [];
  const unheard = new Set<string>();
  const excused = new Set<string>();
  const expect: World['expect'] = (condition, problem) => void (condition || problems.push(problem));
  const open = stack.move();
  return {
    ...hubs,
    random,
    postgres: server,
    database,
    sql,
    wire,
    platforms,
    model,
    questions,
    tally,
    problems,
    ask: openAsking(platforms, questions, unheard),
    unheard,
    add: (question) => void questions.push(question),
    excused,
    excuse: (platform, thread) => void excused.add(`${platform} ${thread}`),
    expect,
    async expectAnswered({ platform, token }, withinMs = 5_000) {
      const isAnswered = async (): Promise<boolean> =>
        (await sql`select from switchboard.messages where state = 'answered' and text like ${`%${token}%`}`).length > 0;
      await until('', withinMs, isAnswered).catch(() => expect(false, `${platform} ${token} was not answered`));
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

function openAsking(platforms: Platforms, questions: Question[], unheard: Set<string>): World['ask'] {
  let number = 0;
  return async (platform, { words = DEFAULT_WORDS, ...where } = {}) => {
    number += 1;
    const own = number;
    const token = tokenOf(own, words);
    if (where.thread !== undefined) unheard.add(where.thread);
    const said = await platforms[platform].say({ text: `what about ${token}?`, ...where });
    const question = { token, platform, thread: said.thread, id: said.id, number: own, status: said.status };
    questions.push(question);
    if (platform === 'discord' || isTaken(said.status)) unheard.delete(said.thread);
    else unheard.add(said.thread);
    return question;
  };
}

export function isTaken(status: number | undefined): boolean {
  return status !== undefined && status >= 200 && status < 300;
}

/** Waits for something to become true. @throws Error that says what did not. */
export async function until(what: string, withinMs: number, isSo: () => Promise<boolean> | boolean): Promise<void> {
  for (const end = performance.now() + withinMs; !(await isSo()); await sleep(50)) {
    if (performance.now() > end) throw new Error(`not within ${withinMs / 1000} s: ${what}`);
  }
}
