import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listing } from '../../adapters/teams/listing.ts';
import { openTeamsStandIn, type TeamsStandIn } from '../../sandbox/teams/index.ts';
import { openTestDatabase } from '../kit/database.ts';
import { startRealHub } from '../kit/real-hub.ts';
import { until } from '../kit/until.ts';

// What the hub makes of consent to read in Microsoft Teams.

const ANSWER = 'Here you are.';
/** Nobody listens there. */
const NOWHERE = 'http://127.0.0.1:9';
const gapTimes = { startMs: 100, tickMs: 40, shortMs: 500, pauseMs: 0 };

const answersIn = (stage: TeamsStandIn, thread: string): readonly string[] =>
  stage
    .visible(thread)
    .filter(({ fromBot }) => fromBot)
    .map(({ text }) => text);
const answered = (stage: TeamsStandIn, thread: string): Promise<void> =>
  until('it is answered', () => answersIn(stage, thread).join() === ANSWER, { withinMs: 20_000 });

test('what was asked on Teams while the hub was down is answered once, where somebody consented', async () => {
  await using database = await openTestDatabase();
  await using stage = await openTeamsStandIn({ limits: 'off', patience: { retriesMs: [] } });
  stage.consent('channels');
  const start = () => startRealHub({ database, platforms: [[listing, stage]], answer: ANSWER, gapTimes });
  {
    await using first = await start();
    assert.ok(first.url);
    const before = await stage.say({ text: 'is anybody there?' });
    const group = await stage.say({ text: 'is anybody there?', to: 'groupChat' });
    await answered(stage, before.thread);
    await answered(stage, group.thread);
  }
  stage.deliverTo(NOWHERE);
  const missed = await stage.say({ text: 'is anybody there still?' });
  await stage.say({ text: 'is anybody there still?', to: 'groupChat' });
  for (let times = 0; times < 2; times += 1) {
    await using again = await start();
    assert.ok(again.url);
    await answered(stage, missed.thread);
  }
  // Nobody consented to that there.
  assert.deepEqual(answersIn(stage, stage.group), [ANSWER]);
});

for (const consented of [true, false]) {
  const what = consented ? 'found where somebody consented, and made once' : 'made again where nobody did';
  test(`a first post in Teams whose answer is lost is ${what}`, async () => {
    await using database = await openTestDatabase();
    await using stage = await openTeamsStandIn({ limits: 'off', patience: { retriesMs: [] } });
    if (consented) stage.consent('channels');
    await using hub = await startRealHub({ database, platforms: [[listing, stage]], answer: ANSWER });
    assert.ok(hub.url);
    stage.faults.plan({ call: 'sendActivity', kind: 'perform-then-fail' });
    const { thread } = await stage.say({ text: 'hello?' });
    await until('it is answered', () => answersIn(stage, thread).includes(ANSWER), { withinMs: 20_000 });
    assert.deepEqual(answersIn(stage, thread), consented ? [ANSWER] : ['…', ANSWER]);
  });
}
