import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, test } from 'node:test';
import { openDiscordStandIn, type DiscordStandIn } from '../../sandbox/discord/index.ts';
import { openGithubStandIn, type GithubStandIn } from '../../sandbox/github/index.ts';
import type { StandIn } from '../../sandbox/kit/stand-in.ts';
import type { Ask } from '../../sandbox/llm/ask.ts';
import { openLlmStandIn, type LlmStandIn } from '../../sandbox/llm/index.ts';
import { openSlackStandIn, type SlackStandIn } from '../../sandbox/slack/index.ts';
import { openTeamsStandIn, type TeamsStandIn } from '../../sandbox/teams/index.ts';
import { openTestDatabase, type TestDatabase } from '../kit/database.ts';
import { startRole, type HubRole } from '../kit/process.ts';
import { longAnswer, marksIn, marksInLinks } from '../../sandbox/kit/long-answer.ts';

// The real program on a real database, against everything it talks to.

let database: TestDatabase;
let slack: SlackStandIn;
let discord: DiscordStandIn;
let teams: TeamsStandIn;
let github: GithubStandIn;
let model: LlmStandIn;
let hub: HubRole;

const ANSWER = longAnswer(9_000);
const WITHIN_MS = 60_000;

const closers = new AsyncDisposableStack();
before(async () => {
  database = closers.use(await openTestDatabase());
  slack = closers.use(await openSlackStandIn({ retriesMs: [200, 500, 1_000] }));
  discord = closers.use(await openDiscordStandIn());
  teams = closers.use(await openTeamsStandIn());
  github = closers.use(await openGithubStandIn());
  model = closers.use(await openLlmStandIn({ tokensPerSecond: 400, script: answerTo }));
  hub = await startRole('all', {
    ...Object.assign({}, model.environment, ...platforms().map(({ environment }) => environment)),
    DATABASE_URL: database.url,
    LOG_LEVEL: 'debug',
  });
  closers.defer(async () => void (await hub.stop()));
  for (const platform of platforms()) platform.deliverTo(hub.url ?? '');
});
after(() => closers.disposeAsync());

const platforms = (): readonly StandIn[] => [slack, discord, teams, github];

function answerTo(ask: Ask): string {
  const question = ask.messages.at(-1)?.text ?? '';
  if (question.includes('the whole story')) return ANSWER;
  if (question.includes('a while')) return 'word '.repeat(700);
  return `I have read ${numbersIn(question).join(' ') || 'it'}.`;
}

test('a long answer with code, a table, lists and links arrives whole and once on all platforms at the same time', async () => {
  await Promise.all(
    platforms().map(async (platform) => {
      const { thread, status } = await platform.say({ text: 'tell me the whole story' });
      assert.ok(status === undefined || status === 200);
      const wanted = marksIn(ANSWER);
      const shown = (): string => answersIn(platform, thread).join('\n');
      await until(() => marksIn(shown()).length >= wanted.length, `${platform.name} has a part only`);
      await settled();
      assert.deepEqual(marksIn(shown()), wanted, platform.name);
      assert.deepEqual(marksInLinks(shown()), marksInLinks(ANSWER), platform.name);
    }),
  );
});

test('a follow-up after an answer reaches the model with the conversation before it', async () => {
  const converse = async (platform: StandIn): Promise<void> => {
    const question = `a first question on ${platform.name}`;
    const { thread } = await platform.say({ text: question });
    await until(() => answersIn(platform, thread).join().includes('I have read'), `${platform.name} has no answer`);
    await settled();
    const more = `a second question on ${platform.name}`;
    await platform.say({ text: more, thread, plain: true });
    await until(() => asksAbout(more).length > 0, 'the model was not asked again');
    const said = asksAbout(more).at(-1)?.messages ?? [];
    assert.deepEqual(
      said.map(({ role }) => role),
      ['user', 'assistant', 'user'],
    );
    const [first = '', answer = '', second = ''] = said.map(({ text }) => text);
    assert.ok(first.includes(question), first);
    assert.ok(answer.includes('I have read it'), answer);
    assert.ok(second.includes(more) && !second.includes(question), second);
  };
  await Promise.all([slack, teams, github].map(converse));
});

test('twenty-five follow-ups within a second in a busy thread all reach the model, in order', async () => {
  const places: readonly [StandIn, string | undefined][] = [
    [slack, undefined],
    [discord, await discord.openThread()],
    [teams, undefined],
  ];
  await Promise.all(
    places.map(async ([platform, into]) => {
      const name = `${platform.name} number`;
      const { thread } = await platform.say({
        text: `${name} 0: talk for a while`,
        ...(into && { thread: into }),
      });
      await until(() => asksAbout(`${name} 0:`).length > 0, 'the model was not asked');
      for (let n = 1; n <= 25; n += 1) {
        void platform.say({ text: `${name} ${n}:`, thread, plain: true });
        await sleep(35);
      }
      await until(() => asksAbout(`${name} 25:`).length > 0, `the last follow-up on ${platform.name} was not seen`);
      await settled();
      const last = asksAbout(`${name} 25:`).at(-1);
      const seen = (last?.messages ?? []).filter(({ role }) => role === 'user').flatMap(({ text }) => numbersIn(text));
      assert.deepEqual(
        seen,
        Array.from({ length: 26 }, (_, n) => n),
        platform.name,
      );
    }),
  );
});

test('every message ends answered or ignored with a reason, and every delivery has exactly one outcome', async () => {
  await Promise.all([slack.settled(), teams.settled()]);
  await settled();
  const { sql } = database.db;
  const messages = await sql<
    { state: string; reason: string | null; n: number }[]
  >`select state, reason, count(*)::int as n from switchboard.messages group by 1, 2`;
  for (const { state, reason } of messages) {
    assert.ok(state === 'answered' || (state === 'ignored' && reason !== null), `${state}: ${reason}`);
  }
  const answered = messages.filter(({ state }) => state === 'answered').reduce((sum, { n }) => sum + n, 0);
  // Four long ones, three conversations of two, and three threads of twenty-six.
  assert.equal(answered, 4 + 6 + 78);

  const deliveries = await sql<
    { id: string; outcome: string; reason: string | null }[]
  >`select delivery_id as id, outcome, reason from switchboard.deliveries`;
  for (const { outcome, reason } of deliveries) {
    assert.ok(['message', 'handled', 'ignored'].includes(outcome), outcome);
    assert.equal(outcome === 'ignored', reason !== null);
  }
  const stored = new Set(deliveries.map(({ id }) => id));
  assert.equal(stored.size, deliveries.length);
  const told = [...slack.attempts.map(({ id }) => id), ...github.attempts.map(({ guid }) => guid)];
  assert.ok(told.length > 40, `${told.length} deliveries`);
  assert.deepEqual(
    told.filter((id) => !stored.has(id)),
    [],
  );
  const [turns] = await sql<{ open: number }[]>`
    select count(*)::int as open from switchboard.turns where ended_at is null`;
  assert.equal(turns?.open, 0);
});

test('the log of the whole run, at its most talkative, holds none of the credentials', async () => {
  // Something to log about: a model and a platform that refuse us, and a request that nobody signed.
  model.faults.plan({ kind: 'status', status: 401 });
  slack.faults.plan({ call: 'chat.postMessage', kind: 'refuse', status: 401 });
  await slack.say({ text: 'and now?' });
  await fetch(`${hub.url}/slack/events`, { method: 'POST', body: '{}', headers: { authorization: 'Bearer x' } });
  await settled();
  const printed = hub.printed();
  for (const said of [/a delivery is committed/, /a turn is given up/, /a delivery was refused/]) {
    assert.match(printed, said);
  }
  const secret = /TOKEN$|SECRET$|PASSWORD$|Password$|_KEY$/;
  const all = Object.entries(Object.assign({}, model.environment, ...platforms().map((one) => one.environment)))
    .filter(([name]) => secret.test(name) && name !== 'DISCORD_PUBLIC_KEY')
    .flatMap(([, value]) => String(value).split('\n'))
    .filter((value) => value.length >= 16 && !value.includes('PRIVATE KEY'));
  assert.ok(all.length >= 8);
  for (const value of [...all, new URL(database.url).password]) {
    assert.ok(value === '' || !printed.includes(value), 'a credential is in the log');
  }
});

function answersIn(platform: StandIn, thread: string): readonly string[] {
  return platform
    .visible(thread)
    .filter(({ fromBot }) => fromBot)
    .map(({ text }) => text);
}

const asksAbout = (text: string): readonly Ask[] =>
  model.asks.filter((ask) => ask.messages.at(-1)?.text.includes(text));

const numbersIn = (text: string): number[] => [...text.matchAll(/number (\d+):/g)].map(([, number]) => Number(number));

async function until(is: () => boolean, otherwise: string): Promise<void> {
  for (const end = Date.now() + WITHIN_MS; !is(); await sleep(25)) {
    assert.ok(Date.now() < end, `${otherwise}\n${hub.printed().slice(-2_000)}`);
  }
}

/** Nothing waits and nothing is under way. */
async function settled(): Promise<void> {
  for (const end = Date.now() + WITHIN_MS; ; await sleep(50)) {
    const [row] = await database.db.sql<{ waiting: number }[]>`
      select (select count(*) from switchboard.messages where state = 'waiting')::int
        + (select count(*) from switchboard.turns where ended_at is null)::int as waiting`;
    if (row?.waiting === 0) return;
    assert.ok(Date.now() < end, `${row?.waiting} still wait\n${hub.printed().slice(-2_000)}`);
  }
}
