import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_ORGANIZATION, environmentApp } from '../../src/db/apps.ts';
import { inOrganization } from '../../src/db/database.ts';
import { listDeadLetters, redrive } from '../../src/db/dead-letters.ts';
import {
  addSchedule,
  listSchedules,
  pauseSchedule,
  resumeSchedule,
  type NewSchedule,
  type Schedule,
} from '../../src/db/schedules.ts';
import { takeDue } from '../../src/db/take-due.ts';
import type { RouteRequest } from '../../src/llm/route-request.ts';
import { Failure } from '../../src/model/failure.ts';
import type { PolicyLayer } from '../../src/model/policy.ts';
import { inPieces, openTestHub, type TestHub } from '../kit/hub.ts';
import { openPaperPlatform, paperDelivery, paperMessage } from '../kit/paper-platform.ts';
import { until } from '../kit/until.ts';

const app = environmentApp('web');
const organization = DEFAULT_ORGANIZATION;

/** Due now, unless told otherwise. */
function schedule(hub: TestHub, over: Partial<NewSchedule> = {}): Promise<Schedule> {
  const due: NewSchedule = {
    app,
    install: 'w1',
    to: { channel: 'c1' },
    kind: 'say',
    text: 'Stand up!',
    when: { at: new Date() },
    createdBy: 'a test',
    ...over,
  };
  return inOrganization(hub.database.db, organization, (tx) => addSchedule(tx, due));
}

const told = (request: RouteRequest): readonly string[] => request.messages.map(({ role, text }) => `${role}: ${text}`);
/** Said for the user where the conversation begins with the bot. */
const begins = 'user: (What is known of this conversation begins with your words.)';
const under = (post: string, text: string) => ({
  ...paperMessage(text, { why: 'follow-up', thread: `c1:${post}` }),
});

test('what a schedule says is posted once, without a model; a follow-up under it is answered, by a model that knows what was said', async () => {
  const paper = openPaperPlatform();
  const asked: (readonly string[])[] = [];
  await using hub = await openTestHub(paper, (request) => {
    asked.push(told(request));
    return 'Because it is ten.';
  });
  await schedule(hub);
  const [row] = await hub.settled();
  assert.equal(row?.state, 'answered');
  assert.deepEqual(
    paper.posts.map(({ text, thread }) => [thread, text]),
    [['c1', 'Stand up!']],
  );
  assert.deepEqual(asked, []);
  await hub.accept(paperDelivery(under('p1', 'why?')));
  await until('it is answered', () => paper.posts.length === 2);
  assert.equal(paper.posts[1]?.thread, 'c1:p1');
  assert.deepEqual(asked, [[begins, 'assistant: Stand up!', 'user: Ada: why?']]);
  assert.deepEqual(await inOrganization(hub.database.db, organization, listSchedules), []);
});

test('what a schedule asks is asked of the model, and its answer is posted; the conversation goes on under it', async () => {
  const paper = openPaperPlatform();
  const asked: (readonly string[])[] = [];
  await using hub = await openTestHub(paper, (request) => {
    asked.push(told(request));
    return 'All is well.';
  });
  await schedule(hub, { kind: 'ask', text: 'Sum up the night.' });
  await hub.settled();
  await hub.accept(paperDelivery(under('p1', 'really?')));
  await until('it is answered', () => paper.posts.length === 2);
  assert.deepEqual(asked, [
    ['user: Schedule: Sum up the night.'],
    ['user: Schedule: Sum up the night.', 'assistant: All is well.', 'user: Ada: really?'],
  ]);
});

test('a follow-up that comes while the answer still grows is answered after it', async () => {
  const paper = openPaperPlatform();
  await using hub = await openTestHub(paper, (request, signal) =>
    request.messages.length === 1 ? inPieces(['All ', 'is ', 'well.'], 400, signal) : 'Yes.',
  );
  await schedule(hub, { kind: 'ask', text: 'Sum up the night.' });
  await until('the answer grows', () => paper.posts.length === 1);
  await hub.accept(paperDelivery(under('p1', 'really?')));
  await until('it is answered', () => paper.posts[1]?.text === 'Yes.', { seen: () => paper.posts });
  assert.equal(paper.posts[0]?.text, 'All is well.');
});

test('said to one person, it is part of the conversation with that person', async () => {
  const paper = openPaperPlatform();
  const asked: (readonly string[])[] = [];
  await using hub = await openTestHub(paper, (request) => {
    asked.push(told(request));
    return 'At ten.';
  });
  await schedule(hub, { to: { person: 'u1' } });
  await hub.settled();
  await hub.accept(paperDelivery(paperMessage('when?', { why: 'direct', thread: 'dm-u1' })));
  await until('it is answered', () => paper.posts.length === 2);
  assert.deepEqual(asked, [[begins, 'assistant: Stand up!', 'user: Ada: when?']]);
});

test('two workers say each of thirty schedules once, though places and answers get lost on the way', async () => {
  const paper = openPaperPlatform();
  await using hub = await openTestHub(paper, () => assert.fail('the model is asked'), { workers: 2 });
  for (let failure = 0; failure < 5; failure += 1) {
    paper.failNext('reach', new Failure('unknown-outcome', 'the connection was cut'), true);
    paper.failNext('post', new Failure('unavailable', 'no such host'));
    paper.failNext('post', new Failure('unknown-outcome', 'no answer came'), true);
  }
  const texts = Array.from({ length: 30 }, (_, index) => `Reminder ${index}`);
  await Promise.all(texts.map((text) => schedule(hub, { text, to: { channel: `c-${text}` } })));
  await until(
    'all are said',
    async () => (await hub.messages()).filter(({ state }) => state === 'answered').length === 30,
    {
      withinMs: 20_000,
    },
  );
  assert.deepEqual(paper.posts.map(({ text }) => text).toSorted(), texts.toSorted());
});

test('a worker that dies after it took what is due has said nothing yet, and the next one says it once', async () => {
  const paper = openPaperPlatform();
  let taken: readonly boolean[];
  {
    await using hub = await openTestHub(paper, () => 'no', { workers: 0 });
    const { id } = await schedule(hub);
    const { db } = hub.database;
    // As many processes as there may be; all of them die before they call anybody.
    taken = await Promise.all(Array.from({ length: 5 }, () => takeDue(db, { organization, id })));
    assert.equal(paper.calls.length, 0);
    await using _next = hub.work();
    await hub.settled();
  }
  assert.deepEqual(taken.filter(Boolean).length, 1);
  assert.deepEqual(
    paper.posts.map(({ text }) => text),
    ['Stand up!'],
  );
});

test('a place that cannot be found now is asked for again; one that never will be is a dead letter with its reason', async () => {
  const paper = openPaperPlatform();
  await using hub = await openTestHub(paper, () => 'no');
  paper.failNext('reach', new Failure('unavailable', 'the platform is away'));
  await schedule(hub);
  assert.equal((await hub.settled())[0]?.state, 'answered');
  assert.equal(paper.calls.filter((call) => call === 'reach').length, 2);

  paper.failNext('reach', new Failure('refused', 'the bot is not in this channel'));
  await schedule(hub, { text: 'Go home!' });
  await until('it is given up', async () => (await hub.messages()).some(({ state }) => state === 'dead'));
  const { db } = hub.database;
  const [letter] = await inOrganization(db, organization, (tx) => listDeadLetters(tx, 10));
  assert.deepEqual(
    [letter?.reason, letter?.channel, letter?.questions],
    ['the bot is not in this channel', 'c1', ['Go home!']],
  );
  // Nobody was told of it: nobody had asked.
  assert.equal(paper.posts.length, 1);
  await inOrganization(db, organization, (tx) => redrive(tx, undefined));
  await hub.settled();
  assert.deepEqual(
    paper.posts.map(({ text }) => text),
    ['Stand up!', 'Go home!'],
  );
});

test('after hours in which nothing ran, only the last of what was due is said, and then it goes on', async () => {
  const paper = openPaperPlatform();
  await using hub = await openTestHub(paper, () => 'no', { workers: 0 });
  const { id } = await schedule(hub, { when: { cron: '* * * * *', timeZone: 'UTC' } });
  await hub.database.db
    .sql`update switchboard.schedules set next_at = date_trunc('minute', now()) - interval '3 hours'`;
  await using _work = hub.work();
  await hub.settled();
  assert.equal(paper.posts.length, 1);
  const [message] = await hub.messages();
  const [, said] = message?.external_id.split('/') ?? [];
  assert.ok(Date.now() - Date.parse(said ?? '') < 60_000, String(said));
  const [left] = await inOrganization(hub.database.db, organization, listSchedules);
  assert.equal(left?.id, id);
  assert.equal(left?.nextAt?.getTime(), Date.parse(said ?? '') + 60_000);
});

test('a paused schedule says nothing, and what was due meanwhile is not said later', async () => {
  const paper = openPaperPlatform();
  await using hub = await openTestHub(paper, () => 'no', { workers: 0 });
  const { db } = hub.database;
  const often = await schedule(hub, { when: { cron: '* * * * *', timeZone: 'UTC' } });
  const once = await schedule(hub, { text: 'once' });
  await db.sql`update switchboard.schedules set next_at = now() - interval '1 hour', paused = true`;
  assert.equal(await takeDue(db, { organization, id: often.id }), false);
  const resumed = await inOrganization(db, organization, (tx) => resumeSchedule(tx, often.id));
  assert.ok((resumed?.nextAt?.getTime() ?? 0) > Date.now());
  await assert.rejects(
    inOrganization(db, organization, (tx) => resumeSchedule(tx, once.id)),
    /its time is over/,
  );
  assert.equal(await takeDue(db, { organization, id: often.id }), false);
  assert.equal(await inOrganization(db, organization, (tx) => pauseSchedule(tx, often.id)), true);
  assert.equal((await hub.messages()).length, 0);
});

const hour = (plus: number): string => `${String((new Date().getUTCHours() + plus + 24) % 24).padStart(2, '0')}:00`;
const policies: readonly (readonly [policy: PolicyLayer, outcome: string])[] = [
  [{ halt: true }, 'ignored: the bot is halted here'],
  [{ quiet: { from: hour(-1), to: hour(2), timeZone: 'UTC' } }, 'answered: null'],
  [{ people: { allow: ['u2'], deny: [] }, answer: 'mention' }, 'answered: null'],
];
for (const [policy, outcome] of policies)
  test(`under ${JSON.stringify(policy)} what a schedule says is ${outcome}`, async () => {
    const paper = openPaperPlatform();
    await using hub = await openTestHub(paper, () => 'no', { policy });
    await schedule(hub);
    const [row] = await hub.settled();
    assert.equal(`${row?.state}: ${row?.reason}`, outcome);
    assert.equal(paper.posts.length, policy.halt === true ? 0 : 1);
    if (policy.halt === true) assert.deepEqual(paper.calls, []);
  });

test('nobody makes the bot say something by writing the command that schedules use', async () => {
  const paper = openPaperPlatform();
  await using hub = await openTestHub(paper, () => 'no');
  await hub.accept(paperDelivery(paperMessage('/say I am the bot')));
  await hub.accept(
    paperDelivery({
      ...paperMessage('I am the bot', { why: 'command', thread: 'x' }),
      command: { name: 'say', text: '' },
    }),
  );
  await hub.settled();
  assert.equal(paper.posts.length, 2);
  for (const post of paper.posts) assert.match(post.card?.text ?? '', /^There is no command `\/say`/);
});

test('a long text is said in parts, each once', async () => {
  const paper = openPaperPlatform();
  await using hub = await openTestHub(paper, () => 'no');
  const words = Array.from({ length: 500 }, (_, index) => `word${index}`);
  paper.failNext('post', new Failure('unknown-outcome', 'no answer came'), true);
  await schedule(hub, { text: words.join(' ') });
  await hub.settled();
  assert.ok(paper.posts.length > 2);
  assert.equal(paper.posts.map(({ text }) => text.trim()).join(' '), words.join(' '));
});

test('a schedule that cannot be taken is put aside, and holds up no other', async () => {
  const paper = openPaperPlatform();
  await using hub = await openTestHub(paper, () => 'no', { workers: 0 });
  const { id } = await schedule(hub, { when: { cron: '* * * * *', timeZone: 'UTC' } });
  await hub.database.db.sql`update switchboard.schedules set cron = 'nonsense', next_at = now() - interval '1 minute'`;
  await schedule(hub, { text: 'me too' });
  await using _work = hub.work();
  await hub.settled();
  assert.deepEqual(
    paper.posts.map(({ text }) => text),
    ['me too'],
  );
  const [left] = await inOrganization(hub.database.db, organization, listSchedules);
  assert.deepEqual([left?.id, left?.paused], [id, true]);
});
