import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { lookUpAnswer, keepAnswer, type Wanted } from '../../src/agent/cached.ts';
import { DEFAULT_ORGANIZATION, environmentApp } from '../../src/db/apps.ts';
import { openMemory } from '../../src/db/memory.ts';
import { organizationId, turnId } from '../../src/model/ids.ts';
import { DEFAULT_POLICY } from '../../src/model/policy.ts';
import { openMetrics } from '../../src/observe/metrics.ts';
import { openTestDatabase } from '../kit/database.ts';
import { openTestHub, type TestHubOptions } from '../kit/hub.ts';
import { openPaperPlatform, paperDelivery, paperMessage } from '../kit/paper-platform.ts';
import { calling, notedTool } from '../kit/tools.ts';

// Whole answers to the very same question, given again.

const CACHED: TestHubOptions = { policy: { ...DEFAULT_POLICY, cache: { minutes: 60 } } };

async function openTalk(options: TestHubOptions = CACHED, answer = (n: number) => `answer ${n}`) {
  const paper = openPaperPlatform();
  let calls = 0;
  const hub = await openTestHub(
    paper,
    ({ messages }) => {
      calls += 1;
      const isTold = messages.some(({ role }) => role === 'tool');
      return (options.tools?.length ?? 0) > 0 && !isTold ? calling([['look', {}]]) : answer(calls);
    },
    options,
  );
  return {
    hub,
    calls: () => calls,
    /** The answer, in a conversation of its own. */
    async ask(text: string, more: Parameters<typeof paperMessage>[1] = {}): Promise<string> {
      const thread = randomUUID();
      await hub.accept(paperDelivery(paperMessage(text, { thread, ...more })));
      await hub.settled();
      return paper.posts.findLast((post) => post.thread === (more.thread ?? thread))?.text ?? '';
    },
    [Symbol.asyncDispose]: () => hub[Symbol.asyncDispose](),
  };
}

test('the same question is answered once, for everybody in the channel, and the step says why it cost nothing', async () => {
  await using talk = await openTalk();
  assert.equal(await talk.ask('what is a quay?'), 'answer 1');
  assert.equal(await talk.ask('  what is  a quay? ', { author: 'u2' }), 'answer 1');
  assert.equal(await talk.ask('what is a pier?'), 'answer 2');
  assert.equal(talk.calls(), 2);
  const steps = await talk.hub.database.db.sql`
    select state, provider, cost_usd::float8 as cost, route->0->>'target' as target from switchboard.steps where provider = 'cache'`;
  assert.deepEqual(
    steps.map((row) => ({ ...row })),
    [{ state: 'done', provider: 'cache', cost: 0, target: 'cache' }],
  );
});

test('without a policy nothing is kept', async () => {
  await using talk = await openTalk({});
  await talk.ask('what is a quay?');
  assert.equal(await talk.ask('what is a quay?'), 'answer 2');
  assert.equal((await talk.hub.database.db.sql`select 1 from switchboard.answer_cache`).length, 0);
});

test('what depends on more than the question is never taken from what is kept, and never kept', async () => {
  await using talk = await openTalk();
  await talk.ask('first', { thread: 'one' });
  assert.equal(await talk.ask('what is a quay?', { thread: 'one' }), 'answer 2');
  assert.equal(await talk.ask('what is a quay?'), 'answer 3');
  // Somebody of whom something is remembered is answered with that in mind.
  await openMemory(talk.hub.database.db).keep(DEFAULT_ORGANIZATION, {
    whose: { scope: 'person', app: environmentApp('web'), person: 'u9' },
    kind: 'preference',
    text: 'likes French',
    pinned: true,
    key: 'k',
    turn: undefined,
    by: 'u9',
  });
  assert.equal(await talk.ask('what is a quay?', { author: 'u9' }), 'answer 4');
  assert.equal(await talk.ask('what is a quay?', { author: 'u2' }), 'answer 3');
});

test('an answer that tools were used for, or that names who asked, is not kept', async () => {
  await using tools = await openTalk({ ...CACHED, tools: [notedTool({ name: 'look' })] });
  await tools.ask('what is a quay?');
  await tools.ask('what is a quay?');
  assert.equal(tools.calls(), 4);
  await using named = await openTalk(CACHED, (n) => `Well, Ada: answer ${n}`);
  await named.ask('what is a quay?');
  assert.equal(await named.ask('what is a quay?', { author: 'u2' }), 'Well, Ada: answer 2');
});

test('an answer that somebody dislikes, one whose question is deleted, and one that is too old are not given again', async () => {
  const ends = [
    `insert into switchboard.feedback (organization_id, turn_id, person, verdict) select organization_id, turn_id, 'u2', 'bad' from switchboard.answer_cache`,
    `update switchboard.answer_cache set expires_at = now() - interval '1 second'`,
  ];
  for (const end of ends) {
    await using talk = await openTalk();
    await talk.ask('what is a quay?');
    await talk.hub.database.db.sql.unsafe(end);
    assert.equal(await talk.ask('what is a quay?'), 'answer 2');
  }
  await using talk = await openTalk();
  await talk.ask('what is a quay?', { id: 'q1', thread: 't1' });
  const place = { install: 'w1', channel: 'c1', thread: 't1', address: 't1' };
  await talk.hub.accept(paperDelivery({ kind: 'deleted', place, messageId: 'q1' }));
  assert.equal((await talk.hub.database.db.sql`select 1 from switchboard.answer_cache`).length, 0);
  assert.equal(await talk.ask('what is a quay?'), 'answer 2');
});

test('two organizations with the same 10,000 questions never get an answer of the other', async () => {
  await using database = await openTestDatabase();
  const memory = openMemory(database.db);
  const metrics = openMetrics();
  const other = organizationId('00000000-0000-4000-8000-0000000000ee');
  const secret = Buffer.from('of the tests');
  const agent = { cacheSecret: () => Promise.resolve(secret), deeds: { memory }, metrics } as never;
  const policy = { ...DEFAULT_POLICY, cache: { minutes: 60 } };
  const mailbox = { app: environmentApp('web'), install: 'w1', channel: 'c1', policy, turn: undefined };
  const contextOf = (organization: string) =>
    ({ organization, mailbox, route: { identity: 'one model' }, log: { warn: assert.fail } }) as never;
  const wantedOf = (n: number) =>
    ({
      material: {
        asked: [{ authorKind: 'human', attachments: [], anchor: undefined, hasPast: false, text: `question ${n}?` }],
        history: [],
        files: [],
        summary: undefined,
      },
      remembered: { ofAsker: '', ofPlace: '', wording: { template: 'answer@1', system: 'You help.' } },
      prompt: { tools: [] },
      isAsComposed: true,
      claimed: 0,
    }) as unknown as Wanted;
  const questions = Array.from({ length: 10_000 }, (_none, n) => wantedOf(n));
  const lookUp = (organization: string) =>
    Promise.all(questions.map((wanted) => lookUpAnswer(agent, contextOf(organization), wanted)));
  const own = await lookUp(DEFAULT_ORGANIZATION);
  assert.equal(own.filter((one) => one?.found !== undefined).length, 0);
  await Promise.all(
    own.map(async (cacheable, n) => {
      if (cacheable === undefined) throw new Error('it is not looked up');
      const step = { seq: 0, state: 'done', error: null } as never;
      const said = { text: `secret ${n}`, steps: [step] };
      await keepAnswer(agent, contextOf(DEFAULT_ORGANIZATION), {
        cacheable,
        turn: turnId(randomUUID()),
        said,
        asker: 'Ada',
      });
    }),
  );
  const theirs = await lookUp(other);
  assert.equal(theirs.filter((one) => one?.found !== undefined).length, 0);
  const keys = new Set(own.map((one) => one?.key));
  assert.equal(theirs.filter((one) => keys.has(one?.key)).length, 0);
  // Even under the very keys of the other.
  const stolen = await Promise.all([...keys].map((key) => memory.cached(other, key ?? '')));
  assert.equal(stolen.filter((one) => one !== null).length, 0);
  assert.equal((await lookUp(DEFAULT_ORGANIZATION)).filter((one) => one?.found !== undefined).length, 10_000);
});
