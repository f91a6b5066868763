import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Control } from '../../src/model/card.ts';
import type { Event } from '../../src/model/event.ts';
import { inPieces, openTestHub, type Script, type TestHub } from '../kit/hub.ts';
import { openPaperPlatform, paperDelivery, paperMessage, type PaperPlatform } from '../kit/paper-platform.ts';
import { until } from '../kit/until.ts';

/** An answer that never ends by itself, and when its request was ended. */
function endless(): { readonly script: Script; readonly asked: () => number; readonly endedAt: () => number } {
  let asked = 0;
  let endedAt = 0;
  return {
    asked: () => asked,
    endedAt: () => endedAt,
    script(request, signal) {
      asked += 1;
      if (request.messages.at(-1)?.text.includes('quick') === true) return 'quick answer';
      signal.addEventListener('abort', () => void (endedAt = Date.now()));
      return inPieces(
        Array.from({ length: 5_000 }, () => 'and '),
        10,
        signal,
      );
    },
  };
}

const ada = { id: 'u1', name: 'Ada', kind: 'human' as const };
const grace = { id: 'u2', name: 'Grace', kind: 'human' as const };
const place = { install: 'w1', channel: 'c1', thread: 't1', address: 't1' };

const reaction = (messageId: string, emoji: string, added = true, author = ada): Event => ({
  kind: 'reaction',
  // The thread is often not told.
  place: { ...place, thread: messageId },
  messageId,
  author,
  emoji,
  added,
});
const clickOn = (control: Control | undefined, over: Partial<Event & { kind: 'action' }> = {}): Event => ({
  kind: 'action',
  place,
  author: ada,
  action: control?.id ?? '',
  value: '',
  messageId: undefined,
  ...over,
});

async function grows(paper: PaperPlatform): Promise<void> {
  await until('the answer grows', () => (paper.posts[0]?.text.length ?? 0) > 20);
}

async function outcomes(hub: TestHub): Promise<readonly { state: string; reason: string }[]> {
  await until('no act waits', async () => {
    const rows = await hub.database.db.sql`select 1 from switchboard.acts where state = 'waiting'`;
    return rows.length === 0;
  });
  return hub.database.db.sql`select state, reason from switchboard.acts order by received_at, id`;
}

const ways: readonly [what: string, event: (paper: PaperPlatform) => Event][] = [
  ['a reaction to the answer', (paper) => reaction(paper.posts[0]?.id ?? '', '🛑')],
  ['a reaction to the question', () => reaction('q1', '❌')],
  ['the platform’s own button', () => ({ kind: 'pressed', button: 'stop', place, author: ada })],
  ['the word', () => paperMessage('Stop!', { why: 'follow-up' })],
  [
    'a command that has a conversation of its own',
    () => ({ ...paperMessage('', { why: 'command', thread: 'elsewhere' }), command: { name: 'stop', text: '' } }),
  ],
];

for (const [what, event] of ways) {
  test(`${what} stops a running answer: the model’s request ends within a second, what was said stays and says so`, async () => {
    const paper = openPaperPlatform();
    const model = endless();
    await using hub = await openTestHub(paper, model.script);
    await hub.accept(paperDelivery(paperMessage('tell me all', { id: 'q1' })));
    await grows(paper);
    const at = Date.now();
    await hub.accept(paperDelivery(event(paper)));
    await until('the request is ended', () => model.endedAt() > 0);
    assert.ok(model.endedAt() - at < 1_000, `after ${model.endedAt() - at} ms`);
    await hub.settled();
    const [first, second, ...more] = paper.posts.filter(({ thread }) => thread === 't1');
    assert.match(first?.text ?? '', /^(and )+(and)? ?$/);
    assert.equal(second?.text, 'Stopped by Ada.');
    assert.deepEqual(more, []);
    assert.deepEqual(
      second.card?.controls.map(({ label }) => label),
      ['Try again'],
    );
    assert.equal(model.asked(), 1);
    const [turn] = await hub.database.db.sql<{ state: string; stopped_by: string }[]>`
      select state, stopped_by from switchboard.turns order by started_at`;
    assert.deepEqual({ ...turn }, { state: 'answered', stopped_by: 'Ada' });
  });
}

test('the word in one conversation stops nothing in another one of the same person', async () => {
  const paper = openPaperPlatform();
  const model = endless();
  await using hub = await openTestHub(paper, model.script);
  await hub.accept(paperDelivery(paperMessage('tell me all', { id: 'q1' })));
  await hub.accept(paperDelivery(paperMessage('tell me more', { id: 'q2', thread: 't2' })));
  const answerIn = (thread: string): string => paper.posts.find((post) => post.thread === thread)?.text ?? '';
  const both = (): boolean => answerIn('t1').length > 20 && answerIn('t2').length > 20;
  await until('both grow', both);
  await hub.accept(paperDelivery(paperMessage('Stop!', { id: 'q3', why: 'follow-up', thread: 't2' })));
  const isSaid = (): boolean => paper.posts.some(({ thread, text }) => thread === 't2' && text === 'Stopped by Ada.');
  await until('it is stopped', isSaid);
  await until('the word was obeyed', async () => {
    const rows = await hub.database.db
      .sql`select 1 from switchboard.messages where external_id = 'q3' and state = 'answered'`;
    return rows.length === 1;
  });
  const rows = await hub.database.db.sql`select external_id, stop_by from switchboard.threads order by external_id`;
  assert.deepEqual(
    rows.map((row) => row['stop_by']),
    [null, null],
  );
  await hub.accept(paperDelivery(paperMessage('Stop!', { id: 'q4', why: 'follow-up' })));
  await hub.settled();
});

test('a stopped answer is given again by its button, in its place, once', async () => {
  const paper = openPaperPlatform();
  let asked = 0;
  await using hub = await openTestHub(paper, (_request, signal) => {
    asked += 1;
    return asked === 1
      ? inPieces(
          Array.from({ length: 1_000 }, () => 'and '),
          10,
          signal,
        )
      : 'the whole answer';
  });
  await hub.accept(paperDelivery(paperMessage('tell me all')));
  await grows(paper);
  await hub.accept(paperDelivery(reaction('p1', '🛑')));
  await hub.settled();
  const button = paper.posts[1]?.card?.controls[0];
  await hub.accept(paperDelivery(clickOn(button)));
  await until('it is answered again', () => paper.posts[0]?.text === 'the whole answer');
  await hub.accept(paperDelivery(clickOn(button, { author: grace })));
  await hub.settled();
  assert.deepEqual(
    (await outcomes(hub)).map(({ state, reason }) => [state, reason]),
    [
      ['done', 'the answer is stopped'],
      ['done', 'answered again'],
      ['refused', 'This button has been pressed already.'],
    ],
  );
  await until('the person is told', () => paper.whispers.length > 0);
  assert.deepEqual(paper.whispers, ['u2: This button has been pressed already.']);
  assert.deepEqual(
    paper.posts.map(({ text }) => text),
    ['the whole answer'],
  );
});

test('a click that is forged, foreign or late is refused, and the person is told why', async () => {
  const paper = openPaperPlatform();
  const model = endless();
  await using hub = await openTestHub(paper, model.script, { policy: { control: 'asker' } });
  await hub.accept(paperDelivery(paperMessage('tell me all')));
  await grows(paper);
  await hub.accept(paperDelivery(reaction('p1', '🛑', true, grace)));
  await outcomes(hub);
  await hub.accept(paperDelivery(reaction('p1', '🛑')));
  await hub.settled();
  const button = paper.posts[1]?.card?.controls[0];
  assert.ok(button);
  await hub.accept(paperDelivery(clickOn({ ...button, id: 'A'.repeat(22) })));
  await outcomes(hub);
  await hub.accept(paperDelivery(clickOn(button, { place: { ...place, install: 'w2' } })));
  await outcomes(hub);
  await hub.accept(paperDelivery(clickOn(button, { place: { ...place, channel: 'c2' } })));
  await outcomes(hub);
  await hub.accept(paperDelivery(clickOn(button, { author: grace })));
  await outcomes(hub);
  await hub.accept(paperDelivery(clickOn(button, { author: { ...ada, kind: 'bot' } })));
  await outcomes(hub);
  await hub.database.db.sql`update switchboard.controls set expires_at = now() - interval '1 second'`;
  await hub.accept(paperDelivery(clickOn(button)));
  const all = await outcomes(hub);
  assert.deepEqual(
    all.map(({ state, reason }) => `${state}: ${reason}`),
    [
      'refused: only who asked may do this here',
      'done: the answer is stopped',
      'refused: There is no such button any more.',
      'refused: This button belongs to another conversation.',
      'refused: This button belongs to another conversation.',
      'refused: This button is for somebody else.',
      'refused: programs press nothing here',
      'refused: This button is too old to be pressed.',
    ],
  );
  assert.equal(model.asked(), 1);
  await until('every refusal was told', () => paper.whispers.length === 6);
});

test('the same click delivered twice is one click', async () => {
  const paper = openPaperPlatform();
  await using hub = await openTestHub(paper, () => 'yes', { policy: { buttons: 'always' } });
  await hub.accept(paperDelivery(paperMessage('well?')));
  await hub.settled();
  const [good] = paper.posts[1]?.card?.controls ?? [];
  await hub.accept(paperDelivery(clickOn(good), 'the-click'));
  await hub.accept(paperDelivery(clickOn(good), 'the-click'));
  assert.deepEqual(
    (await outcomes(hub)).map(({ reason }) => reason),
    ['kept as good'],
  );
});

test('what people think is kept with the answer: by reaction, taken back, by button, and with words', async () => {
  const paper = openPaperPlatform();
  await using hub = await openTestHub(paper, () => 'yes', { policy: { buttons: 'always' } });
  await hub.accept(paperDelivery(paperMessage('well?', { id: 'q1' })));
  await hub.settled();
  const opinions = async (): Promise<unknown> => {
    await outcomes(hub);
    const rows = await hub.database.db.sql<{ person: string; verdict: string; comment: string | null }[]>`
      select person, verdict, comment from switchboard.feedback order by person`;
    return rows.map(({ person, verdict, comment }) => [person, verdict, comment]);
  };
  await hub.accept(paperDelivery(reaction('p1', '👍')));
  await hub.accept(paperDelivery(reaction('q1', '👎', true, grace)));
  assert.deepEqual(await opinions(), [
    ['u1', 'good', null],
    ['u2', 'bad', null],
  ]);
  await hub.accept(paperDelivery(reaction('p1', '👍', false)));
  assert.deepEqual(await opinions(), [['u2', 'bad', null]]);
  const [, bad] = paper.posts[1]?.card?.controls ?? [];
  await hub.accept(paperDelivery(clickOn(bad)));
  const submitted: Event = {
    kind: 'submitted',
    place,
    author: ada,
    action: bad?.id ?? '',
    values: { comment: 'too short' },
  };
  await hub.accept(paperDelivery(submitted));
  assert.deepEqual(await opinions(), [
    ['u1', 'bad', 'too short'],
    ['u2', 'bad', null],
  ]);
});

test('reactions that mean nothing, or are to nothing of ours, are kept with that reason', async () => {
  const paper = openPaperPlatform();
  await using hub = await openTestHub(paper, () => 'yes');
  await hub.accept(paperDelivery(reaction('p1', '🎉')));
  await outcomes(hub);
  await hub.accept(paperDelivery(reaction('p99', '🛑')));
  await outcomes(hub);
  await hub.accept(paperDelivery(reaction('p1', 'constructor')));
  assert.deepEqual(
    (await outcomes(hub)).map(({ reason }) => reason),
    [
      'this reaction means nothing here',
      'a reaction to no answer and no question of ours',
      'this reaction means nothing here',
    ],
  );
});
