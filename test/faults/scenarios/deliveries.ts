import { setTimeout as sleep } from 'node:timers/promises';
import { tokenOf } from '../answers.ts';
import { load } from '../load.ts';
import type { Scenario } from '../scenario.ts';
import { settle, standing } from '../settle.ts';
import { PLATFORMS, until, type World } from '../world.ts';

export const deliveryScenarios: readonly Scenario[] = [
  {
    name: 'slack-twins',
    async run(world) {
      await world.start('web');
      await Promise.all([world.start('worker'), world.start('worker')]);
      for (let round = 0; round < 30; round += 1) await world.ask('slack', { words: 4 });
      world.tally.extraEvents += 30;
      await settle(world);
    },
  },
  {
    name: 'slack-11-copies-under-different-ids',
    async run(world) {
      await world.start('all');
      for (let round = 0; round < 5; round += 1) await slackCopies(world, 11);
      await settle(world);
    },
  },
  {
    // The first attempt of everything fails, as Slack's log shows it for an app that is being deployed.
    name: 'slack-retry-only-delivery',
    async run(world) {
      await world.start('worker');
      world.platforms.slack.deliverTo('http://127.0.0.1:9');
      const asked = Promise.all(Array.from({ length: 8 }, () => world.ask('slack')));
      await sleep(150);
      world.tally.faults += 8;
      await world.start('web');
      await asked;
      await settle(world);
    },
  },
  {
    name: 'slack-stream-stuck',
    settings: { model: { tokensPerSecond: 40 } },
    async run(world) {
      await world.start('all');
      const { slack } = world.platforms;
      for (const call of ['chat.appendStream', 'chat.stopStream', 'chat.startStream'] as const) {
        slack.faults.plan({ call, kind: 'perform-then-hang' });
        world.tally.faults += 1;
        await world.ask('slack', { words: 90 });
        await sleep(2_000);
      }
      await settle(world);
    },
  },
  {
    name: 'slack-stream-expired',
    settings: { slack: { streamForMs: 1_500 }, model: { tokensPerSecond: 40 } },
    async run(world) {
      await world.start('all');
      for (let round = 0; round < 3; round += 1) await world.ask('slack', { words: 160 });
      world.tally.faults += 3;
      await settle(world);
    },
  },
  {
    name: 'slack-more-than-20-stream-starts-a-minute',
    settings: {
      slack: { limits: { 'chat.startStream': 20, 'chat.appendStream': 100, 'chat.update': 50 } },
      model: { tokensPerSecond: 20 },
    },
    async run(world) {
      await world.start('web');
      await Promise.all([world.start('worker'), world.start('worker')]);
      await Promise.all(Array.from({ length: 45 }, () => world.ask('slack', { words: 30 })));
      await settle(world, 240_000);
    },
  },
  {
    name: 'teams-four-copies',
    settings: { teams: { patience: { answerWithinMs: 400, retriesMs: [100, 200, 400] } } },
    async run(world) {
      const web = await world.start('web', { wired: true });
      await world.start('worker');
      await world.ask('teams');
      await settle(world);
      // The commit takes longer than Teams waits: each try comes again, and all of them are taken in the end.
      world.wire.delay(400);
      const asked = Promise.all(Array.from({ length: 4 }, () => world.ask('teams')));
      await sleep(2_500);
      world.wire.delay(0);
      await asked;
      await world.platforms.teams.settled();
      const copies = world.platforms.teams.attempts.filter(({ retry }) => retry > 0).length;
      world.tally.extraEvents += copies;
      world.tally.faults += copies;
      world.expect(copies > 0, 'Teams sent nothing twice');
      world.expect(web.isRunning(), 'the web process is gone');
      await settle(world);
    },
  },
  { name: 'teams-wrong-service-url', run: wrongServiceUrl },
  { name: 'teams-wrong-tokens', run: wrongTokens },
  {
    name: 'github-secondary-limit',
    settings: { github: { contentPerMinute: 12 } },
    async run(world) {
      await world.start('all');
      await Promise.all(Array.from({ length: 16 }, () => world.ask('github', { words: 4 })));
      world.tally.faults += 4;
      await settle(world, 200_000);
    },
  },
  {
    name: 'github-an-hour-down',
    async run(world) {
      const first = await world.start('all');
      await world.ask('github');
      await settle(world);
      // Of a hub that never said until when it heard everything, nobody knows what it missed.
      const heard = async () => (await world.sql`select from switchboard.hearing`).length > 0;
      await until('the hub has said that it hears', 30_000, heard);
      await first.kill();
      const missed = await Promise.all(Array.from({ length: 6 }, () => world.ask('github')));
      world.tally.faults += missed.length;
      await world.start('all');
      await Promise.all(missed.map((question) => world.expectAnswered(question, 90_000)));
      await settle(world);
    },
  },
  {
    name: 'backlog-of-10000-with-a-retry-storm',
    settings: { slack: { echoes: false } },
    async run(world) {
      await world.start('web');
      for (let said = 0; said < 10_000; said += 100) {
        await Promise.all(Array.from({ length: 100 }, () => world.ask('slack', { words: 3 })));
        // Slack tries again what was taken already: its own answer got lost.
        if (said % 1_000 === 0) await slackCopies(world, 11);
      }
      const before = await standing(world);
      world.expect((before?.waiting ?? 0) >= 10_000, `only ${before?.waiting ?? 0} wait`);
      await Promise.all([world.start('worker'), world.start('worker')]);
      await settle(world, 240_000);
    },
  },
  {
    name: 'poison-message',
    run: poison,
  },
  {
    name: 'deploy',
    settings: { model: { tokensPerSecond: 12 } },
    run: deploy,
  },
];

/** One message under many event ids. */
async function slackCopies(world: World, copies: number): Promise<void> {
  const { slack } = world.platforms;
  const number = 900_000 + world.tally.extraEvents;
  const ts = `17${String(number).padStart(8, '0')}.000100`;
  const event = {
    type: 'app_mention',
    user: 'U0COPIES1',
    text: `<@${slack.botUser}> ${tokenOf(number, 5)}`,
    ts,
    channel: slack.channel,
  };
  const statuses = await Promise.all(Array.from({ length: copies }, () => slack.event(event)));
  world.tally.extraEvents += copies;
  world.add({
    token: tokenOf(number, 5),
    platform: 'slack',
    thread: `${slack.channel}:${ts}`,
    id: ts,
    number,
    status: statuses[0]?.status,
  });
}

/** An activity whose address for answers is not the one that its token was made for, or not Microsoft's. */
async function wrongServiceUrl(world: World): Promise<void> {
  await world.start('all');
  const { teams } = world.platforms;
  const { thread } = await world.ask('teams');
  await settle(world);
  const activity = {
    type: 'message',
    id: '1',
    text: 'q1z1',
    channelId: 'msteams',
    from: { id: 'x' },
    conversation: { id: thread },
  };
  for (const serviceUrl of [
    'http://127.0.0.1:1/',
    'https://evil.example/',
    teams.serviceUrl.replace('127.0.0.1', 'localhost'),
  ]) {
    const { status } = await teams.activity({ ...activity, serviceUrl }, teams.signing.token(teams.serviceUrl));
    world.tally.extraEvents += 1;
    world.tally.faults += 1;
    world.expect(status !== undefined && status >= 400 && status < 500, `${serviceUrl} was answered with ${status}`);
  }
  await world.ask('teams', { thread });
  await settle(world);
}

async function wrongTokens(world: World): Promise<void> {
  await world.start('all');
  const { teams } = world.platforms;
  const { thread } = await world.ask('teams');
  await settle(world);
  const good = teams.signing.token(teams.serviceUrl);
  const [head = '', body = '', signature = ''] = good.split('.');
  const wrong = [
    '',
    'x',
    `${head}.${body}.`,
    `${head}.${body}.${signature.slice(2)}AA`,
    `${body}.${head}.${signature}`,
    head,
  ];
  const activity = {
    type: 'message',
    id: '1',
    text: 'q1z1',
    channelId: 'msteams',
    serviceUrl: teams.serviceUrl,
    from: { id: 'x' },
    conversation: { id: thread },
  };
  for (const token of wrong) {
    const { status } = await teams.activity(activity, token);
    world.tally.extraEvents += 1;
    world.tally.faults += 1;
    world.expect(status === 401 || status === 403, `a wrong token was answered with ${status}`);
  }
  await world.ask('teams', { thread });
  await settle(world);
}

/** A message that makes whoever works on it end: here the process is killed whenever the model is asked about it. */
/** A question that ends every process that asks the model about it, beside one that does no harm. */
async function poison(world: World): Promise<void> {
  await world.start('web');
  const question = await world.ask('slack');
  const healthy = await world.ask('discord');
  const environment = { NODE_OPTIONS: `--import=${import.meta.resolve('../poison.ts')}`, POISON: question.token };
  const start = () => world.start('worker', { environment, mayEnd: true });
  for (let crash = 0; crash < 3; crash += 1) {
    const worker = await start();
    await until('a worker ends', 40_000, () => !worker.isRunning());
    world.tally.faults += 1;
  }
  // From here on it is run alone, and takes nobody with it.
  const last = await start();
  const stateOf = async (): Promise<string> => {
    const [row] = await world.sql<{ state: string }[]>`select state from switchboard.messages
      where text like ${`%${question.token}%`} and author_kind = 'human'`;
    return row?.state ?? 'nowhere';
  };
  await until('it is given up', 180_000, async () => (await stateOf()) === 'dead');
  await world.expectAnswered(healthy);
  world.expect(last.isRunning(), 'a turn that was run alone ended its worker');
  await settle(world);
}

/** Old and new processes side by side, the old ones told to end while an answer of a minute is under way. */
async function deploy(world: World): Promise<void> {
  const old = [await world.start('web'), await world.start('worker'), await world.start('worker')];
  const long = await Promise.all(PLATFORMS.map((name) => world.ask(name, { words: 700 })));
  await sleep(8_000);
  const loading = load(world, { seconds: 30, perSecond: 4, words: 6 });
  await sleep(2_000);
  await world.start('worker');
  await world.start('web');
  const codes = await Promise.all(old.map((hub) => hub.stop()));
  world.expect(
    codes.every((code) => code === 0),
    `exit codes ${codes.join(', ')}`,
  );
  await loading;
  await settle(world, 180_000);
  const refused = world.questions.filter(({ status }) => status !== undefined && (status < 200 || status > 299));
  const unanswered = world.questions.filter(({ platform, status }) => platform !== 'discord' && status === undefined);
  world.expect(refused.length === 0, `${refused.length} deliveries were refused: ${refused[0]?.status}`);
  world.expect(unanswered.length === 0, `${unanswered.length} deliveries had no answer`);
  for (const question of long) await world.expectAnswered(question);
  const burnt = await world.sql<{ n: number }[]>`select count(*)::int as n from switchboard.turns where failures > 0`;
  world.expect(burnt[0]?.n === 0, `${burnt[0]?.n ?? '?'} turns burnt an attempt`);
}
