import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPolicies, savePolicies } from '../../src/db/policies.ts';
import { inOrganization } from '../../src/db/database.ts';
import type { PolicyLayer } from '../../src/model/policy.ts';
import { inPieces, openTestHub, type Script } from '../kit/hub.ts';
import { openPaperPlatform, paperDelivery, paperMessage } from '../kit/paper-platform.ts';
import { until } from '../kit/until.ts';

type Case = readonly [policy: PolicyLayer, said: Parameters<typeof paperMessage>, outcome: string];
const overheard = { why: 'overheard' } as const;
const bot = { kind: 'bot', author: 'b1' } as const;
const now = new Date().toISOString();
const hour = (plus: number): string => `${String((Number(now.slice(11, 13)) + plus + 24) % 24).padStart(2, '0')}:00`;

const cases: readonly Case[] = [
  [{}, ['hello', overheard], 'ignored: the bot was not addressed'],
  [{ answer: 'all' }, ['hello', overheard], 'answered'],
  [{ answer: 'questions' }, ['Where is the key?', overheard], 'answered'],
  [
    { answer: 'questions' },
    ['Here is the key.', overheard],
    'ignored: the bot was not addressed, and it looks like no question',
  ],
  [{ answer: 'mention' }, ['hello', { why: 'mention' }], 'answered'],
  [{ answer: 'mention' }, ['hello', { why: 'follow-up' }], 'ignored: only what names the bot is answered here'],
  [{}, ['hello', { why: 'follow-up' }], 'ignored: the bot takes no part in this thread'],
  [{ people: { allow: [], deny: ['u1'] } }, ['hello'], 'ignored: this person is not answered here'],
  [{ people: { allow: ['u2'], deny: [] } }, ['hello'], 'ignored: only certain people are answered here'],
  [{ people: { allow: ['u1'], deny: [] } }, ['hello'], 'answered'],
  [{ halt: true }, ['hello'], 'ignored: the bot is halted here'],
  [{ halt: true }, ['help'], 'ignored: the bot is halted here'],
  [{}, ['hello', bot], 'ignored: written by another bot'],
  [{ bots: ['b2'] }, ['hello', bot], 'ignored: written by another bot'],
  [{ bots: ['b1'] }, ['hello', bot], 'answered'],
  [{ bots: ['*'] }, ['hello', bot], 'answered'],
  [
    { quiet: { from: hour(-1), to: hour(2), timeZone: 'UTC' } },
    ['hello'],
    `ignored: quiet hours, ${hour(-1)} to ${hour(2)} (UTC)`,
  ],
  [{ quiet: { from: hour(-1), to: hour(2), timeZone: 'UTC' } }, ['help'], 'answered'],
  [{ quiet: { from: hour(2), to: hour(4), timeZone: 'UTC' } }, ['hello'], 'answered'],
];

for (const [policy, said, outcome] of cases) {
  test(`under ${JSON.stringify(policy)}, "${said[0]}" (${JSON.stringify(said[1] ?? {})}) is ${outcome}`, async () => {
    const paper = openPaperPlatform();
    await using hub = await openTestHub(paper, () => 'yes', { policy });
    await hub.accept(paperDelivery(paperMessage(...said)));
    const [row] = await hub.settled();
    assert.equal(row?.state === 'answered' ? row.state : `${row?.state}: ${row?.reason}`, outcome);
  });
}

test('a channel’s policy goes before its install’s, that before the app’s, and that before the organization’s', async () => {
  const paper = openPaperPlatform();
  await using hub = await openTestHub(paper, () => 'yes');
  const { organization, app } = hub.recipient;
  const rows = [
    { app, install: '', channel: '', policy: { answer: 'questions' } },
    { app, install: 'w1', channel: '', policy: { answer: 'all', edits: 'keep' } },
    { app, install: 'w1', channel: 'c1', policy: { answer: 'mention' } },
  ] as const;
  await inOrganization(hub.database.db, organization, (tx) => savePolicies(tx, { control: 'asker' }, rows));
  await hub.accept(paperDelivery(paperMessage('settings')));
  await hub.settled();
  const shown = new Map(paper.posts[0]?.card?.fields.map(({ label, value }) => [label, value]));
  assert.equal(shown.get('I answer'), 'only when I am named');
  assert.equal(shown.get('A question that is edited'), 'keeps its answer');
  assert.equal(shown.get('Who may stop an answer'), 'who asked');
});

test('quiet hours of everywhere are switched off in one channel, and a person who is told is named nowhere there', async () => {
  const paper = openPaperPlatform();
  const quiet = { from: hour(-1), to: hour(2), timeZone: 'UTC' };
  await using hub = await openTestHub(paper, () => 'yes');
  const { organization, app } = hub.recipient;
  const off = { app, install: 'w1', channel: 'c1', policy: { quiet: null, handOver: null } };
  const widest = { quiet, handOver: { person: 'u9' } };
  await inOrganization(hub.database.db, organization, (tx) => savePolicies(tx, widest, [off]));
  await hub.accept(paperDelivery(paperMessage('hello')));
  const [row] = await hub.settled();
  assert.equal(row?.state, 'answered');
  const book = await openPolicies(hub.database.db)(organization);
  assert.deepEqual(
    [book(app, { install: 'w1', channel: 'c1' }).handOver, book(app, { install: 'w1', channel: 'c2' }).quiet],
    [null, quiet],
  );
});

/** The first question takes its time; tells what was asked. */
function patient(asked: string[]): Script {
  return (request, signal) => {
    const text = (request.messages.at(-1)?.text ?? '').replaceAll('Ada: ', '').replaceAll('\n\n', '+');
    asked.push(text);
    return text === 'one' ? inPieces(['a ', 'b ', 'c'], 400, signal) : `re: ${text}`;
  };
}

const overlaps: readonly [
  overlap: 'queue' | 'merge' | 'steer' | 'interrupt',
  asked: readonly string[],
  posts: readonly string[],
][] = [
  ['queue', ['one', 'two', 'three'], ['a b c', 're: two', 're: three']],
  ['merge', ['one', 'two+three'], ['a b c', 're: two+three']],
  ['steer', ['one', 'one+two+three'], ['re: one+two+three']],
  ['interrupt', ['one', 'two+three'], ['a ', 'Stopped for what was said since.', 're: two+three']],
];

for (const [overlap, asked, posts] of overlaps) {
  test(`messages that come while an answer is written, under ${overlap}: nothing is dropped`, async () => {
    const paper = openPaperPlatform();
    const seen: string[] = [];
    await using hub = await openTestHub(paper, patient(seen), { policy: { overlap } });
    await hub.accept(paperDelivery(paperMessage('one')));
    await until('the answer grows', () => paper.posts.length > 0);
    const [two, three] = [paperMessage('two'), paperMessage('three')];
    await hub.accept({ ...paperDelivery(two), events: [two, three] });
    const rows = await hub.settled();
    assert.deepEqual(
      rows.map(({ state }) => state),
      ['answered', 'answered', 'answered'],
    );
    assert.deepEqual(seen, asked);
    assert.deepEqual(
      paper.posts.map(({ text }) => text),
      posts,
    );
  });
}

test('somebody who is not answered interrupts no answer, and steers none', async () => {
  for (const overlap of ['interrupt', 'steer'] as const) {
    const paper = openPaperPlatform();
    const seen: string[] = [];
    const policy: PolicyLayer = { overlap, people: { allow: [], deny: ['mallory'] } };
    await using hub = await openTestHub(paper, patient(seen), { policy });
    await hub.accept(paperDelivery(paperMessage('one')));
    await until('the answer grows', () => paper.posts.length > 0);
    await hub.accept(paperDelivery(paperMessage('stop that', { author: 'mallory' })));
    const rows = await hub.settled();
    assert.deepEqual(
      rows.map(({ state }) => state),
      ['answered', 'ignored'],
    );
    assert.deepEqual(seen, ['one']);
    assert.equal(paper.posts[0]?.text, 'a b c');
  }
});

test('two bots that are wired at each other stop after the number of answers that is set, until a person speaks', async () => {
  const paper = openPaperPlatform();
  await using hub = await openTestHub(paper, () => 'ping', {
    policy: { bots: ['*'], loops: { inARow: 4, perBot: 100, perMinute: 100 } },
  });
  const wired = async (): Promise<number> => {
    for (let answered = 0; answered < 20; answered += 1) {
      const before = paper.posts.length;
      await hub.accept(paperDelivery(paperMessage(`pong ${answered}`, bot)));
      await hub.settled();
      if (paper.posts.length === before) return answered;
    }
    return Infinity;
  };
  assert.equal(await wired(), 4);
  const rows = await hub.messages();
  assert.equal(rows.at(-1)?.reason, '4 answers in a row to other bots: a person has to speak before the next one');
  await hub.accept(paperDelivery(paperMessage('go on')));
  await hub.settled();
  assert.equal(await wired(), 4);
});

test('bots that open a new thread each time are stopped by how many answers one of them, and all of them, may get', async () => {
  const paper = openPaperPlatform();
  const policy: PolicyLayer = { bots: ['*'], loops: { inARow: 100, perBot: 3, perMinute: 5 } };
  await using hub = await openTestHub(paper, () => 'ping', { policy });
  for (let thread = 0; thread < 10; thread += 1) {
    const author = thread < 5 ? 'b1' : `b${thread}`;
    await hub.accept(paperDelivery(paperMessage('pong', { kind: 'bot', author, thread: `t${thread}` })));
    await hub.settled();
  }
  assert.equal(paper.posts.length, 5);
  const rows = await hub.messages();
  assert.deepEqual(
    rows.map(({ state }) => state),
    ['answered', 'answered', 'answered', 'ignored', 'ignored', 'answered', 'answered', 'ignored', 'ignored', 'ignored'],
  );
  assert.match(rows[3]?.reason ?? '', /^a loop of programs: at most 3 answers/);
  await hub.accept(paperDelivery(paperMessage('I am no bot', { thread: 'mine' })));
  await hub.settled();
  assert.equal(paper.posts.length, 6);
});

test('reactions of ours say that a question was seen and answered, where an admin has chosen some', async () => {
  const paper = openPaperPlatform();
  await using hub = await openTestHub(paper, () => 'yes', {
    policy: { signs: { seen: '👀', done: '✅', failed: '' } },
  });
  await hub.accept(paperDelivery(paperMessage('well?', { id: 'q1' })));
  await hub.settled();
  await until('the signs are shown', () => paper.reactions.length === 3);
  assert.deepEqual(paper.reactions, ['+👀 q1', '-👀 q1', '+✅ q1']);
});

test('an answer calls who asked where that is allowed, and nobody anywhere else', async () => {
  for (const calls of ['asker', 'nobody'] as const) {
    const paper = openPaperPlatform();
    await using hub = await openTestHub(paper, () => '@Ada and @Grace: yes', { policy: { calls } });
    await hub.accept(paperDelivery(paperMessage('well?')));
    await hub.settled();
    assert.deepEqual(paper.posts[0]?.calls, calls === 'asker' ? [{ id: 'u1', name: 'Ada' }] : []);
  }
});
