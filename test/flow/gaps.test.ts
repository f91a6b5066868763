import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import type { JobHelpers } from 'graphile-worker';
import { listing as discordListing } from '../../adapters/discord/listing.ts';
import { listing as githubListing } from '../../adapters/github/listing.ts';
import { listing as slackListing } from '../../adapters/slack/listing.ts';
import { openDiscordStandIn } from '../../sandbox/discord/index.ts';
import { openGithubStandIn } from '../../sandbox/github/index.ts';
import type { StandIn } from '../../sandbox/kit/stand-in.ts';
import { openSlackStandIn } from '../../sandbox/slack/index.ts';
import { gapsTask } from '../../src/jobs/gaps.ts';
import type { Accept } from '../../src/intake/accept.ts';
import { Failure } from '../../src/model/failure.ts';
import { openTestDatabase, type TestDatabase } from '../kit/database.ts';
import { startRealHub } from '../kit/real-hub.ts';

const ANSWER = 'Here you are.';
/** Nobody listens there. */
const NOWHERE = 'http://127.0.0.1:9';
const WITHIN_MS = 20_000;

const quick = {
  gapTimes: { startMs: 100, tickMs: 40, shortMs: 500, pauseMs: 0 },
  earTimes: { tickMs: 40 },
};

const answersIn = (platform: StandIn, thread: string): readonly string[] =>
  platform
    .visible(thread)
    .filter(({ fromBot }) => fromBot)
    // GitHub's have a hidden mark at their end.
    .map(({ text }) => text.replace(/\s*<!--[^]*$/, ''));

async function until(is: () => boolean | Promise<boolean>, otherwise: string): Promise<void> {
  for (const end = Date.now() + WITHIN_MS; !(await is()); await sleep(20)) assert.ok(Date.now() < end, otherwise);
}

/** Nothing waits and nothing is under way. */
function settled({ db }: TestDatabase): Promise<void> {
  return until(async () => {
    const [row] = await db.sql<{ waiting: number }[]>`
      select (select count(*) from switchboard.messages where state = 'waiting')::int
        + (select count(*) from switchboard.turns where ended_at is null)::int as waiting`;
    return row?.waiting === 0;
  }, 'something still waits');
}

const stored = async ({ db }: TestDatabase): Promise<number> =>
  (await db.sql<{ n: number }[]>`select count(*)::int as n from switchboard.messages`)[0]?.n ?? 0;

test('what was asked on Discord, Slack and GitHub while the hub was down is answered once, and once only after another start', async () => {
  await using database = await openTestDatabase();
  await using discord = await openDiscordStandIn({ limits: 'off', identifyEveryMs: 0, sessionsKeptMs: 2_500 });
  await using slack = await openSlackStandIn({ retriesMs: [] });
  await using github = await openGithubStandIn();
  const platforms = [
    [discordListing, discord],
    [slackListing, slack],
    [githubListing, github],
  ] as const;
  const start = () => startRealHub({ database, platforms, answer: ANSWER, ...quick });
  const asked: { platform: StandIn; thread: string }[] = [];
  const ask = async (platform: StandIn): Promise<void> => {
    const { thread } = await platform.say({ text: 'is anybody there?' });
    asked.push({ platform, thread });
  };
  const everywhere = [discord, slack, github];
  const answeredOnce = (): boolean =>
    asked.every(({ platform, thread }) => answersIn(platform, thread).join() === ANSWER);

  await using first = await start();
  await Promise.all(everywhere.map(ask));
  await until(answeredOnce, 'the hub does not even work');
  await settled(database);
  await until(async () => {
    const [row] = await database.db.sql<{ n: number }[]>`select count(*)::int as n from switchboard.hearing`;
    return row?.n === 3;
  }, 'nobody wrote down until when it was heard');
  // A first start has missed nothing.
  assert.equal(slack.ledger.performed('users.conversations'), 0);
  assert.equal(discord.ledger.performed('GET /users/@me/guilds'), 0);
  assert.equal(github.ledger.performed('GET /app/hook/deliveries'), 0);
  await first[Symbol.asyncDispose]();

  // Discord forgets the session, Slack tries once, GitHub never again by itself.
  slack.deliverTo(NOWHERE);
  github.deliverTo(NOWHERE);
  await Promise.all([...everywhere, ...everywhere].map(ask));
  const followUp = await slack.say({
    text: 'and in an old thread',
    thread: asked.find(({ platform }) => platform === slack)?.thread ?? '',
    plain: true,
  });
  await sleep(2_550);

  await using second = await start();
  const followed = (): boolean => answersIn(slack, followUp.thread).length === 2;
  await until(
    () => asked.every(({ platform, thread }) => answersIn(platform, thread).length > 0) && followed(),
    'a question was missed',
  );
  await settled(database);
  assert.equal(discord.gateway.identifies(), 2);
  const counted = (): readonly number[] => asked.map(({ platform, thread }) => answersIn(platform, thread).length);
  const once = asked.map(({ thread }) => (thread === followUp.thread ? 2 : 1));
  assert.deepEqual(counted(), once);
  await second[Symbol.asyncDispose]();

  const before = await stored(database);
  const reads = slack.ledger.performed('conversations.history');
  await sleep(700);
  await using third = await start();
  await until(() => slack.ledger.performed('conversations.history') > reads, 'it was not searched again');
  // Discord's session went on, which leaves nothing to search for.
  assert.deepEqual([discord.gateway.identifies(), discord.ledger.performed('GET /users/@me/guilds')], [2, 1]);
  await sleep(100);
  await settled(database);
  assert.deepEqual(counted(), once);
  assert.equal(await stored(database), before);
  await third[Symbol.asyncDispose]();
});

test('a message that is delivered and found at the same time is answered once', async () => {
  await using database = await openTestDatabase();
  await using slack = await openSlackStandIn({ retriesMs: [], channels: 20 });
  await using hub = await startRealHub({ database, platforms: [[slackListing, slack]], answer: ANSWER, ...quick });
  const app = hub.intake.apps[0] ?? assert.fail();
  const searched = () => slack.ledger.performed('conversations.history');
  const threads: string[] = [];
  for (let n = 0; n < 40; n += 1) {
    hub.gaps.mayHaveMissed(app);
    threads.push((await slack.say({ text: `question ${n}` })).thread);
    await sleep(15);
  }
  await until(() => threads.every((thread) => answersIn(slack, thread).length > 0), 'a question was missed');
  await settled(database);
  assert.ok(searched() > 4, `searched ${searched()} times only`);
  for (const thread of threads) assert.deepEqual(answersIn(slack, thread), [ANSWER]);
});

test('what was refused while the database was away is found or comes again, and is answered once', async () => {
  await using database = await openTestDatabase();
  await using slack = await openSlackStandIn({ retriesMs: [] });
  await using github = await openGithubStandIn();
  let away = false;
  const accepting =
    (accept: Accept): Accept =>
    (...given) =>
      away ? Promise.reject(new Failure('unavailable', 'the database is away')) : accept(...given);
  // GitHub's deliveries are to come by the job alone: the hub's own search, which a refusal calls for, is an hour away.
  const gapTimes = { startMs: 100, tickMs: 3_600_000, shortMs: 3_600_000, pauseMs: 0 };
  await using first = await startRealHub({
    database,
    platforms: [[githubListing, github]],
    answer: ANSWER,
    gapTimes,
    accepting,
  });
  away = true;
  const { thread, status } = await github.comment({ text: 'are you there?' });
  assert.equal(status, 503);
  const run = gapsTask(first.intake, new AbortController().signal);
  away = false;
  await run({}, {} as JobHelpers);
  await until(() => answersIn(github, thread).length > 0, 'it did not come again');
  // GitHub has it on record when we have answered, which may be after the answer can be seen.
  await until(() => github.attempts.at(-1)?.statusCode === 200, 'it was not taken');
  await run({}, {} as JobHelpers);
  await settled(database);
  assert.deepEqual(answersIn(github, thread), [ANSWER]);
  assert.equal(github.ledger.performed('POST /app/hook/deliveries/:id/attempts'), 1);
  await first[Symbol.asyncDispose]();

  await using second = await startRealHub({
    database,
    platforms: [[slackListing, slack]],
    answer: ANSWER,
    ...quick,
    accepting,
  });
  away = true;
  const asked = await slack.say({ text: 'and you?' });
  assert.equal(asked.status, 503);
  // What is found at first cannot be stored either: each search reads two conversations.
  await until(() => slack.ledger.performed('conversations.history') > 2, 'it was not searched again');
  away = false;
  await until(() => answersIn(slack, asked.thread).length > 0, 'it was not found');
  await settled(database);
  assert.deepEqual(answersIn(slack, asked.thread), [ANSWER]);
  await second[Symbol.asyncDispose]();
});

test('a socket that is deaf, and a session that Discord takes away, cost no question', async () => {
  await using database = await openTestDatabase();
  await using discord = await openDiscordStandIn({ limits: 'off', identifyEveryMs: 0, sessionsKeptMs: 60_000 });
  const earTimes = { tickMs: 40, silentMs: 400, pauseMs: 0 };
  await using hub = await startRealHub({ database, platforms: [[discordListing, discord]], answer: ANSWER, earTimes });
  const once = async (thread: string): Promise<void> => {
    await until(() => answersIn(discord, thread).length > 0, 'a question was missed');
    await settled(database);
    assert.deepEqual(answersIn(discord, thread), [ANSWER]);
  };
  await once((await discord.say({ text: 'hello?' })).thread);

  discord.gateway.deafen();
  const unheard = await discord.say({ text: 'can you hear me?' });
  const resumes = discord.gateway.resumes();
  await once(unheard.thread);
  await until(() => discord.gateway.resumes() > resumes, 'the deaf socket was kept');
  await once((await discord.say({ text: 'and now?' })).thread);
  assert.equal(discord.gateway.identifies(), 1);

  discord.gateway.deafen();
  const lost = await discord.say({ text: 'for a session that ends' });
  discord.gateway.invalidate(false);
  await once(lost.thread);
  await once((await discord.say({ text: 'in the next one' })).thread);
  assert.equal(hub.intake.apps.length, 1);
});
