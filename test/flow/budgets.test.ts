import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { DEFAULT_ORGANIZATION } from '../../src/db/apps.ts';
import { saveFileBudgets, type NewBudget } from '../../src/db/budgets.ts';
import { inOrganization } from '../../src/db/database.ts';
import type { RouterEvent } from '../../src/llm/route-request.ts';
import { openTestHub, type Script, type TestHub, type TestHubOptions } from '../kit/hub.ts';
import { openPaperPlatform, paperDelivery, paperMessage, type PaperPlatform } from '../kit/paper-platform.ts';
import { calling, notedTool } from '../kit/tools.ts';
import { until } from '../kit/until.ts';

const usage = { inputTokens: 10, cachedInputTokens: 0, cacheWriteTokens: 0, outputTokens: 5, reasoningTokens: 2 };

/** A model that tells what it costs. */
async function* paid(text: string, cost: number | undefined): AsyncIterable<RouterEvent> {
  yield { kind: 'chosen', target: 't', provider: 'vendor', model: 'm', attempt: 1, considered: [] };
  yield { kind: 'text', text };
  yield { kind: 'usage', target: 't', usage, cost };
  yield { kind: 'done', reason: 'stop' };
}

async function openPaidHub(
  paper: PaperPlatform,
  script: Script,
  {
    budgets = [],
    worst = 0.25,
    ...options
  }: TestHubOptions & { budgets?: readonly Partial<NewBudget>[]; worst?: number },
): Promise<TestHub> {
  const senses = { sees: false, worstCost: () => worst };
  const hub = await openTestHub(paper, script, { ...options, senses });
  const all = budgets.map((budget) => ({
    id: randomUUID(),
    scope: 'channel' as const,
    app: hub.recipient.app,
    install: 'w1',
    channel: 'c1',
    person: '',
    every: 'day' as const,
    timeZone: 'Europe/Vienna',
    dollars: 5,
    alert: undefined,
    ...budget,
  }));
  await inOrganization(hub.database.db, DEFAULT_ORGANIZATION, (tx) => saveFileBudgets(tx, all));
  return hub;
}

async function say(hub: TestHub, ...message: Parameters<typeof paperMessage>): Promise<void> {
  await hub.accept(paperDelivery(paperMessage(...message)));
  await hub.settled();
}
const texts = (paper: PaperPlatform): readonly string[] => paper.posts.map(({ text }) => text);
const money = async (hub: TestHub): Promise<unknown> => {
  const [row] = await inOrganization(
    hub.database.db,
    DEFAULT_ORGANIZATION,
    (tx) => tx`select coalesce(sum(spent), 0)::float8 as spent, coalesce(sum(held), 0)::float8 as held,
      (select count(*)::int from switchboard.holds) as holds from switchboard.budget_periods`,
  );
  return row && { ...row };
};

test('a channel’s budget is spent by what answers have really cost; then the question gets an honest sentence, and no model is asked', async () => {
  const paper = openPaperPlatform();
  let asked = 0;
  const mosts: unknown[] = [];
  const script: Script = (request) => {
    asked += 1;
    mosts.push(request.mostDollars);
    return paid('yes', 0.2);
  };
  await using hub = await openPaidHub(paper, script, { budgets: [{ dollars: 0.5 }] });
  await say(hub, 'one', { thread: 'a' });
  assert.deepEqual(await money(hub), { spent: 0.2, held: 0, holds: 0 });
  await say(hub, 'two', { thread: 'b' });
  await say(hub, 'three', { thread: 'c' });
  assert.deepEqual(texts(paper), [
    'yes',
    'yes',
    'This channel’s budget for today ($0.50) has $0.10 left, less than an answer may cost; it begins anew at 00:00 Europe/Vienna.',
  ]);
  assert.deepEqual([asked, mosts], [2, [0.25, 0.25]]);
  assert.deepEqual(await money(hub), { spent: 0.4, held: 0, holds: 0 });
  assert.ok((await hub.messages()).every(({ state }) => state === 'answered'));
});

test('with nothing left it is said that nothing is left', async () => {
  const paper = openPaperPlatform();
  await using hub = await openPaidHub(paper, () => paid('yes', 0.5), { budgets: [{ dollars: 0.5, every: 'total' }] });
  await say(hub, 'one', { thread: 'a' });
  await say(hub, 'two', { thread: 'b' });
  assert.equal(texts(paper)[1], 'This channel’s budget ($0.50) is used up.');
});

test('each person has a budget by themselves, and elsewhere nothing is counted', async () => {
  const paper = openPaperPlatform();
  const budgets = [{ scope: 'person', app: undefined, install: '', channel: '', person: '*', dollars: 0.3 }] as const;
  await using hub = await openPaidHub(paper, () => paid('yes', 0.2), { budgets });
  await say(hub, 'one', { thread: 'a', author: 'u1' });
  await say(hub, 'two', { thread: 'b', author: 'u1' });
  await say(hub, 'three', { thread: 'c', author: 'u2' });
  assert.match(texts(paper)[1] ?? '', /^Your budget for today \(\$0\.30\) has \$0\.10 left/);
  assert.deepEqual([texts(paper)[0], texts(paper)[2]], ['yes', 'yes']);
});

test('a price that nobody knows costs what was held; a model that fails before a word costs nothing', async () => {
  const paper = openPaperPlatform();
  let count = 0;
  const script: Script = async function* () {
    count += 1;
    if (count === 1) yield { kind: 'failed', fault: 'auth', message: 'the key is wrong', retryInMs: undefined };
    else yield* paid('yes', undefined);
  };
  await using hub = await openPaidHub(paper, script, { budgets: [{}] });
  await say(hub, 'one', { thread: 'a' });
  assert.deepEqual(await money(hub), { spent: 0, held: 0, holds: 0 });
  await say(hub, 'two', { thread: 'b' });
  assert.deepEqual(await money(hub), { spent: 0.25, held: 0, holds: 0 });
});

test('while calls under way hold what is left, a question waits for them, and is answered', async () => {
  const paper = openPaperPlatform();
  const first = Promise.withResolvers<void>();
  let asked = 0;
  const script: Script = async function* () {
    asked += 1;
    if (asked === 1) await first.promise;
    yield* paid('yes', 0.01);
  };
  await using hub = await openPaidHub(paper, script, { budgets: [{ dollars: 0.3 }] });
  await hub.accept(paperDelivery(paperMessage('one', { thread: 'a' })));
  await until('the first call', () => asked === 1);
  await hub.accept(paperDelivery(paperMessage('two', { thread: 'b' })));
  await sleep(100);
  assert.equal(asked, 1);
  first.resolve();
  assert.deepEqual(
    (await hub.settled(12_000)).map(({ state }) => state),
    ['answered', 'answered'],
  );
  assert.deepEqual(texts(paper), ['yes', 'yes']);
});

test('one answer stops at its own limit, with what it said before', async () => {
  const paper = openPaperPlatform();
  const tool = notedTool({ name: 'look' });
  const script: Script = async function* () {
    yield { kind: 'chosen', target: 't', provider: 'vendor', model: 'm', attempt: 1, considered: [] };
    yield { kind: 'usage', target: 't', usage, cost: 0.2 };
    yield* calling([['look', { text: 'x' }]], 'I look it up.');
  };
  const policy = { spend: { perAnswer: 0.5 } };
  await using hub = await openPaidHub(paper, script, { tools: [tool], policy });
  await say(hub, 'go');
  assert.equal(tool.uses.length, 2);
  assert.equal(
    texts(paper)[0],
    'I look it up.\n\nI look it up.\n\nOne answer may cost $0.50 here, and to go on could cost more. Ask for less at once, or ask an admin of this bot.',
  );
  assert.deepEqual(await money(hub), { spent: 0.4, held: 0, holds: 0 });
});

test('a call that is cut off for a newer message is in the journal, in the usage and in the budget', async () => {
  const paper = openPaperPlatform();
  let asked = 0;
  const script: Script = async function* (_request, signal) {
    asked += 1;
    if (asked > 1) {
      yield* paid('both', 0.01);
      return;
    }
    yield { kind: 'chosen', target: 't', provider: 'vendor', model: 'm', attempt: 1, considered: [] };
    yield { kind: 'text', text: 'well' };
    await sleep(10_000, undefined, { signal }).catch(() => {});
    yield { kind: 'failed', fault: 'aborted', message: 'aborted', retryInMs: undefined };
  };
  await using hub = await openPaidHub(paper, script, { budgets: [{}], policy: { overlap: 'steer' } });
  await hub.accept(paperDelivery(paperMessage('one')));
  await until('the first call', () => asked === 1);
  await hub.accept(paperDelivery(paperMessage('two', { sentAt: new Date(Date.now() + 5) })));
  await hub.settled();
  assert.deepEqual(texts(paper), ['both']);
  assert.deepEqual(await money(hub), { spent: 0.26, held: 0, holds: 0 });
  const [row] = await inOrganization(
    hub.database.db,
    DEFAULT_ORGANIZATION,
    (tx) =>
      tx`select provider, model, person, calls::int, failed::int, answers::int, reasoning_tokens::int as thought, dollars::float8 from switchboard.usage_days`,
  );
  assert.deepEqual(
    { ...row },
    { provider: 'vendor', model: 'm', person: 'u1', calls: 2, failed: 1, answers: 1, thought: 2, dollars: 0.01 },
  );
});

test('a channel is told when half of a budget is spent', async () => {
  const paper = openPaperPlatform();
  await using hub = await openPaidHub(paper, () => paid('yes', 0.3), {});
  const alert = { app: hub.recipient.app, install: 'w1', channel: 'money' };
  const budget = {
    id: randomUUID(),
    scope: 'organization',
    app: undefined,
    install: '',
    channel: '',
    person: '',
  } as const;
  await inOrganization(hub.database.db, DEFAULT_ORGANIZATION, (tx) =>
    saveFileBudgets(tx, [{ ...budget, every: 'month', timeZone: 'UTC', dollars: 0.5, alert }]),
  );
  await say(hub, 'one', { thread: 'a' });
  await until('the channel is told', () => paper.posts.some(({ thread }) => thread === 'money'));
  await hub.settled();
  assert.match(
    paper.posts.find(({ thread }) => thread === 'money')?.text ?? '',
    /^The budget of the organization for \d{4}-\d\d has reached 50 %: \$0\.30 of \$0\.50 are spent\./,
  );
});

test('usage shows what the last answer has cost and what is left for the person and the channel', async () => {
  const paper = openPaperPlatform();
  await using hub = await openPaidHub(paper, () => paid('yes', 0.2), { budgets: [{ dollars: 0.5 }] });
  await say(hub, 'one', { thread: 'a' });
  await say(hub, 'usage', { thread: 'a' });
  assert.deepEqual(paper.posts.at(-1)?.card?.fields, [
    { label: 'The last answer', value: '$0.20' },
    { label: 'This conversation', value: '1 answers, 10 tokens read, 5 written, $0.20' },
    { label: 'You, in 30 days', value: '1 answers, 10 tokens read, 5 written, $0.20' },
    {
      label: 'This channel’s budget for today',
      value: '$0.30 of $0.50 left; it begins anew at 00:00 Europe/Vienna',
    },
  ]);
});
