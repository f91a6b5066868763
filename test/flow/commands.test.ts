import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event } from '../../src/model/event.ts';
import { openTestHub, type TestHub } from '../kit/hub.ts';
import { openPaperPlatform, paperDelivery, paperMessage, type PaperPlatform } from '../kit/paper-platform.ts';

async function say(hub: TestHub, event: Event): Promise<void> {
  await hub.accept(paperDelivery(event));
  await hub.settled();
}
const last = (paper: PaperPlatform) => paper.posts.at(-1);

test('help shows every command as a card, and so does a command that nobody knows', async () => {
  const paper = openPaperPlatform();
  await using hub = await openTestHub(paper, () => assert.fail('the model is asked'));
  await say(hub, paperMessage('help'));
  assert.deepEqual(
    last(paper)?.card?.fields.map(({ label }) => label),
    ['/ask text', '/stop', '/retry', '/new', '/help', '/usage', '/settings', '/forget what', '/link code', '/unlink'],
  );
  await say(hub, paperMessage('/frobnicate the thing'));
  assert.match(last(paper)?.card?.text ?? '', /^There is no command `\/frobnicate`\./);
  await say(hub, { ...paperMessage('', { why: 'command', thread: 'c' }), command: { name: 'ask', text: '' } });
  assert.match(last(paper)?.text ?? '', /Write your question behind the command/);
});

test('a question asked by a command is asked without the command’s name', async () => {
  const paper = openPaperPlatform();
  await using hub = await openTestHub(paper, (request) => request.messages.at(-1)?.text ?? '');
  await say(hub, paperMessage('/ask what is a quay?'));
  assert.equal(last(paper)?.text, 'Ada: what is a quay?');
});

test('new makes a thread forget what was said before, and nothing else', async () => {
  const paper = openPaperPlatform();
  const told: string[][] = [];
  await using hub = await openTestHub(paper, (request) => {
    told.push(request.messages.map(({ text }) => text));
    return 'noted';
  });
  await say(hub, paperMessage('my name is Ada', { thread: 'a' }));
  await say(hub, paperMessage('my name is Ada', { thread: 'b' }));
  await say(hub, paperMessage('new', { thread: 'a' }));
  await say(hub, paperMessage('who am I?', { thread: 'a' }));
  await say(hub, paperMessage('who am I?', { thread: 'b' }));
  assert.deepEqual(told.slice(2), [['Ada: who am I?'], ['Ada: my name is Ada', 'noted', 'Ada: who am I?']]);
});

test('retry gives the last answer of the thread again, in its place; commands are no answers', async () => {
  const paper = openPaperPlatform();
  let count = 0;
  await using hub = await openTestHub(paper, () => `answer ${(count += 1)}`);
  await say(hub, paperMessage('well?'));
  await say(hub, paperMessage('settings'));
  await say(hub, paperMessage('retry'));
  assert.deepEqual(
    paper.posts.map(({ text }) => text.split('\n')[0]),
    ['answer 2', '**How I behave here**', 'I answer the last question again, in its place.'],
  );
  await say(hub, paperMessage('retry', { thread: 'elsewhere', author: 'u9' }));
  assert.match(last(paper)?.text ?? '', /^There is no answer/);
});

test('retry as a command with a conversation of its own finds the person’s last answer in that channel', async () => {
  const paper = openPaperPlatform();
  let count = 0;
  await using hub = await openTestHub(paper, () => `answer ${(count += 1)}`);
  await say(hub, paperMessage('well?'));
  await say(hub, { ...paperMessage('', { why: 'command', thread: 'own' }), command: { name: 'retry', text: '' } });
  assert.equal(paper.posts[0]?.text, 'answer 2');
});

test('stop says when there is nothing to stop', async () => {
  const paper = openPaperPlatform();
  await using hub = await openTestHub(paper, () => 'yes');
  await say(hub, paperMessage('stop'));
  assert.equal(last(paper)?.text, 'Nothing is being answered here.');
});

test('usage counts the answers of the thread and of the person, and not the commands', async () => {
  const paper = openPaperPlatform();
  await using hub = await openTestHub(paper, () => 'yes');
  await say(hub, paperMessage('one', { thread: 'a' }));
  await say(hub, paperMessage('two', { thread: 'b' }));
  await say(hub, paperMessage('help', { thread: 'b' }));
  await say(hub, paperMessage('three', { thread: 'b', author: 'u7' }));
  await say(hub, paperMessage('usage', { thread: 'b' }));
  assert.deepEqual(last(paper)?.card?.fields, [
    { label: 'This conversation', value: '2 answers, 2 tokens read, 2 written' },
    { label: 'You, in 30 days', value: '2 answers, 2 tokens read, 2 written' },
  ]);
});

test('a command in the middle of a conversation is a turn of its own, in its order', async () => {
  const paper = openPaperPlatform();
  const told: string[] = [];
  await using hub = await openTestHub(paper, (request) => {
    told.push(request.messages.at(-1)?.text ?? '');
    return 'ok';
  });
  const events = ['one', 'two', 'help', 'three'].map((text, index) =>
    paperMessage(text, { sentAt: new Date(Date.now() + index) }),
  );
  await hub.accept({ ...paperDelivery(events[0] ?? assert.fail()), events });
  await hub.settled();
  assert.deepEqual(told, ['Ada: one\n\nAda: two', 'Ada: three']);
  assert.equal(paper.posts.length, 3);
});

test('an edited command is not given again', async () => {
  const paper = openPaperPlatform();
  await using hub = await openTestHub(paper, () => 'yes');
  const given = paperMessage('help');
  await say(hub, given);
  assert.ok(given.kind === 'message');
  const message = { ...given.message, text: 'usage', version: '2' };
  await say(hub, { kind: 'edited', place: given.place, why: 'mention', message });
  assert.equal(paper.posts.length, 1);
});
