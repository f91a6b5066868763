import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, test } from 'node:test';
import { openLlmStandIn, type LlmStandIn } from '../../sandbox/llm/index.ts';
import { openSlackStandIn, type SlackStandIn } from '../../sandbox/slack/index.ts';
import { openTestDatabase, type TestDatabase } from '../kit/database.ts';
import { startRole, type HubRole } from '../kit/process.ts';

/** How often the worker is killed. The suite does it twice; `npm run kill` twenty. */
const KILLS = Number(process.env['KILLS'] ?? 2);

/** A thread has to move on so long after its worker was killed. */
const MOVES_WITHIN_MS = 30_000;

let database: TestDatabase;
let slack: SlackStandIn;
let model: LlmStandIn;
let web: HubRole;
before(async () => {
  database = await openTestDatabase();
  slack = await openSlackStandIn({ retriesMs: [200, 500, 1_000, 3_000] });
  model = await openLlmStandIn({ tokensPerSecond: 60 });
  web = await startRole('web', environment());
  slack.deliverTo(web.url ?? '');
});
after(async () => {
  await web.stop();
  await Promise.all([slack[Symbol.asyncDispose](), model[Symbol.asyncDispose]()]);
  await database[Symbol.asyncDispose]();
});

const environment = (): Record<string, string> => ({
  ...slack.environment,
  ...model.environment,
  DATABASE_URL: database.url,
});
const ANSWER = Array.from({ length: 90 }, (_, index) => `word${index}`).join(' ');
const answersIn = (thread: string): readonly string[] =>
  slack
    .visible(thread)
    .filter((message) => message.fromBot)
    .map((message) => message.text);

test(`after each of ${KILLS} kills of the worker in mid-answer, every question has exactly one whole answer`, async () => {
  model.script(ANSWER);
  let worker = await startRole('worker', environment());
  const recovered: number[] = [];
  for (let round = 0; round < KILLS; round += 1) {
    const said = await Promise.all(
      Array.from({ length: 4 }, (_, index) => slack.say({ text: `question ${round}.${index}` })),
    );
    await sleep(Math.random() * 1_800);
    const killedAt = performance.now();
    await worker.kill();
    worker = await startRole('worker', environment());
    for (const { thread } of said) {
      while (answersIn(thread).join('') !== ANSWER) {
        assert.ok(
          performance.now() - killedAt < MOVES_WITHIN_MS + 5_000,
          `not moved on: ${JSON.stringify(answersIn(thread))}\n${worker.printed()}`,
        );
        await sleep(50);
      }
    }
    recovered.push(performance.now() - killedAt);
    for (const { thread } of said) assert.deepEqual(answersIn(thread), [ANSWER]);
  }
  process.stdout.write(`# slowest recovery ${(Math.max(...recovered) / 1000).toFixed(1)} s over ${KILLS} kills\n`);
  assert.equal(await worker.stop(), 0);
});

test('a worker that is told to end hands over an answer under way, and another one completes it', async () => {
  model.script(ANSWER);
  const [first, second] = [await startRole('worker', environment()), await startRole('worker', environment())];
  const { thread } = await slack.say({ text: 'who finishes?' });
  await sleep(600);
  assert.equal(await first.stop(), 0);
  for (const until = Date.now() + 15_000; answersIn(thread).join('') !== ANSWER; await sleep(50))
    assert.ok(Date.now() < until);
  assert.equal(await second.stop(), 0);
  assert.deepEqual(answersIn(thread), [ANSWER]);
});

test('of 1,000 deliveries during which the web process is killed, every acknowledged one is stored once', async () => {
  const before = await stored();
  const sending = Array.from({ length: 1_000 }, async (_, index) => {
    await sleep(index * 1.5);
    return slack.event({
      type: 'app_mention',
      user: 'U0X',
      text: `<@${slack.botUser}> n${index}`,
      ts: `1700000000.${String(index).padStart(6, '0')}`,
      channel: slack.channel,
    });
  });
  await sleep(700);
  await web.kill();
  web = await startRole('web', environment());
  slack.deliverTo(web.url ?? '');
  await Promise.all(sending);
  await slack.settled();
  const taken = new Set(slack.attempts.filter((attempt) => attempt.status === 200).map((attempt) => attempt.id));
  const rows = await database.db.sql<
    { id: string }[]
  >`select delivery_id as id from switchboard.deliveries where delivery_id = any(${[...taken]}::text[])`;
  assert.equal(rows.length, taken.size, 'an acknowledged delivery is missing');
  assert.ok((await stored()) - before >= 900, 'too little arrived for this test to mean anything');
});

async function stored(): Promise<number> {
  const [row] = await database.db.sql<{ n: number }[]>`select count(*)::int as n from switchboard.messages`;
  return row?.n ?? 0;
}
