import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event, Why } from '../../src/model/event.ts';
import { openTestHub } from '../kit/hub.ts';
import { openPaperPlatform, paperDelivery, paperMessage } from '../kit/paper-platform.ts';

const editOf = (event: Event, text: string, why: Why = 'overheard'): Event => {
  assert.ok(event.kind === 'message');
  return { kind: 'edited', place: event.place, why, message: { ...event.message, version: '2', text } };
};
const deletionOf = (event: Event): Event => {
  assert.ok(event.kind === 'message');
  return { kind: 'deleted', place: event.place, messageId: event.message.id };
};

test('an edit that comes before its message is what is answered when the message comes', async () => {
  const paper = openPaperPlatform();
  await using hub = await openTestHub(paper, (request) => `you said: ${request.messages.at(-1)?.text ?? ''}`);
  const asked = paperMessage('frist');
  await hub.accept(paperDelivery(editOf(asked, 'first')));
  assert.deepEqual(
    (await hub.messages()).map((row) => [row.state, row.reason]),
    [['ignored', 'edited before it came']],
  );
  await hub.accept(paperDelivery(asked));
  const rows = await hub.settled();
  assert.deepEqual(
    rows.map((row) => [row.state, row.text]),
    [['answered', 'first']],
  );
  assert.match(paper.posts[0]?.text ?? '', /first$/);
});

test('a deletion that comes before its message keeps it from being answered', async () => {
  const paper = openPaperPlatform();
  await using hub = await openTestHub(paper, () => 'too late');
  const asked = paperMessage('never mind');
  await hub.accept(paperDelivery(deletionOf(asked)));
  await hub.accept(paperDelivery(asked));
  const rows = await hub.settled();
  assert.deepEqual(
    rows.map((row) => [row.state, row.reason, row.text]),
    [['ignored', 'deleted by its author before it came', '']],
  );
  assert.deepEqual(paper.posts, []);
});

test('where edited questions keep their answers, edits and deletions change what is kept, and answer nothing again', async () => {
  const paper = openPaperPlatform();
  await using hub = await openTestHub(paper, () => 'once', { policy: { edits: 'keep' } });
  const asked = paperMessage('hello');
  await hub.accept(paperDelivery(asked));
  await hub.settled();
  await hub.accept(paperDelivery(editOf(asked, 'hello again')));
  await hub.accept(paperDelivery(asked));
  await hub.accept(paperDelivery(deletionOf(asked)));
  const rows = await hub.settled();
  assert.deepEqual(
    rows.map((row) => [row.state, row.text]),
    [['answered', '']],
  );
  assert.equal(paper.posts.length, 1);
});

test('a message, its edit and its deletion in one delivery leave it unanswered', async () => {
  const paper = openPaperPlatform();
  await using hub = await openTestHub(paper, () => 'no');
  const asked = paperMessage('oops');
  await hub.accept({ ...paperDelivery(asked), events: [deletionOf(asked), editOf(asked, 'oh'), asked] });
  assert.deepEqual(
    (await hub.settled()).map((row) => row.state),
    ['ignored'],
  );
});

test('an answer stands after its question in what the model is told, also when the platform’s clock is ahead of ours', async () => {
  const paper = openPaperPlatform();
  const told: string[][] = [];
  await using hub = await openTestHub(paper, (request) => {
    told.push(request.messages.map((message) => `${message.role}: ${message.text}`));
    return 'answered';
  });
  const ahead = (ms: number): Date => new Date(Date.now() + ms);
  await hub.accept(paperDelivery(paperMessage('one', { sentAt: ahead(60_000) })));
  await hub.settled();
  await hub.accept(paperDelivery(paperMessage('two', { sentAt: ahead(61_000) })));
  await hub.settled();
  assert.deepEqual(told[1], ['user: Ada: one', 'assistant: answered', 'user: Ada: two']);
});
