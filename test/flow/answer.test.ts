import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure } from '../../src/model/failure.ts';
import { inPieces, openTestHub } from '../kit/hub.ts';
import { openPaperPlatform, paperDelivery, paperMessage } from '../kit/paper-platform.ts';

test('a mention is answered once, with one call of the platform when the model is fast', async () => {
  const paper = openPaperPlatform();
  await using hub = await openTestHub(paper, () => 'Hello, Ada.');
  await hub.accept(paperDelivery(paperMessage('hi')));
  const [message] = await hub.settled();
  assert.equal(message?.state, 'answered');
  assert.deepEqual(
    paper.posts.map((post) => post.text),
    ['Hello, Ada.'],
  );
  assert.deepEqual(paper.calls, ['post']);
});

test('the same delivery twice, and the same message under another delivery id, are one question', async () => {
  const paper = openPaperPlatform();
  await using hub = await openTestHub(paper, () => 'once');
  const event = paperMessage('hi', { id: 'm-twin' });
  await Promise.all([
    hub.accept(paperDelivery(event, 'd1')),
    hub.accept(paperDelivery(event, 'd1')),
    hub.accept(paperDelivery(event, 'd2')),
  ]);
  await hub.settled();
  await hub.accept(paperDelivery(event, 'd3'));
  await hub.settled();
  assert.equal(paper.posts.length, 1);
});

test('a message first seen without its mention becomes a question when its twin arrives', async () => {
  const paper = openPaperPlatform();
  await using hub = await openTestHub(paper, () => 'yes');
  await hub.accept(paperDelivery(paperMessage('hi', { id: 'm-late', why: 'overheard' })));
  assert.equal((await hub.settled())[0]?.state, 'ignored');
  await hub.accept(paperDelivery(paperMessage('hi', { id: 'm-late', why: 'mention' })));
  assert.equal((await hub.settled())[0]?.state, 'answered');
  assert.equal(paper.posts.length, 1);
});

test('what is not for the bot is kept with the reason', async () => {
  const paper = openPaperPlatform();
  await using hub = await openTestHub(paper, () => 'no');
  await hub.accept(paperDelivery(paperMessage('a', { id: 'a', why: 'overheard' })));
  await hub.accept(paperDelivery(paperMessage('b', { id: 'b', kind: 'self' })));
  await hub.accept(paperDelivery(paperMessage('c', { id: 'c', kind: 'bot' })));
  await hub.accept(paperDelivery(paperMessage('d', { id: 'd', why: 'follow-up', thread: 'elsewhere' })));
  const reasons = Object.fromEntries((await hub.settled()).map((row) => [row.external_id, row.reason]));
  assert.deepEqual(reasons, {
    a: 'the bot was not addressed',
    b: 'written by this bot itself',
    c: 'written by another bot',
    d: 'the bot takes no part in this thread',
  });
  assert.equal(paper.posts.length, 0);
});

test('follow-ups are answered once the bot takes part, and the model is given the conversation', async () => {
  const paper = openPaperPlatform();
  const prompts: string[] = [];
  await using hub = await openTestHub(paper, (request) => {
    prompts.push(request.messages.map((message) => `${message.role}: ${message.text}`).join('\n'));
    return `answer ${prompts.length}`;
  });
  await hub.accept(paperDelivery(paperMessage('first')));
  await hub.settled();
  await hub.accept(paperDelivery(paperMessage('second', { why: 'follow-up' })));
  await hub.settled();
  assert.equal(prompts[1], 'user: Ada: first\nassistant: answer 1\nuser: Ada: second');
});

test('25 follow-ups within a second are all seen by the agent, in order', async () => {
  const paper = openPaperPlatform();
  const seen: string[] = [];
  await using hub = await openTestHub(paper, (request, signal) => {
    const last = request.messages.at(-1)?.text ?? '';
    seen.push(...(last.match(/number \d+/g) ?? []));
    return inPieces(['ok'], 50, signal);
  });
  await hub.accept(paperDelivery(paperMessage('number 0', { sentAt: new Date(1_000) })));
  const many = Array.from({ length: 25 }, (_, index) =>
    paperMessage(`number ${index + 1}`, { why: 'follow-up', sentAt: new Date(2_000 + index) }),
  );
  await Promise.all(many.toReversed().map((event) => hub.accept(paperDelivery(event))));
  const rows = await hub.settled();
  assert.ok(rows.every((row) => row.state === 'answered'));
  assert.deepEqual(
    seen.toSorted((a, b) => Number(a.slice(7)) - Number(b.slice(7))),
    Array.from({ length: 26 }, (_, index) => `number ${index}`),
  );
  // Whatever turns they were grouped into, none was answered before an earlier one that was there.
  assert.equal(new Set(seen).size, 26);
});

test('a long answer is split and, put together, is the answer', async () => {
  const paper = openPaperPlatform({ part: 200 });
  const text = Array.from({ length: 40 }, (_, index) => `Sentence number ${index} of a long answer.`).join('\n\n');
  await using hub = await openTestHub(paper, (_request, signal) => inPieces(text.match(/[^]{1,50}/g) ?? [], 5, signal));
  await hub.accept(paperDelivery(paperMessage('tell me all')));
  await hub.settled();
  assert.ok(paper.posts.length > 5);
  assert.ok(paper.posts.every((post) => post.text.length <= 200));
  assert.equal(paper.posts.map((post) => post.text).join(''), text);
});

test('a stream shows the text while it grows and ends closed', async () => {
  const paper = openPaperPlatform({ appendEveryMs: 10 });
  const pieces = Array.from({ length: 60 }, (_, index) => `word${index} `);
  await using hub = await openTestHub(paper, (_request, signal) => inPieces(pieces, 15, signal));
  await hub.accept(paperDelivery(paperMessage('stream')));
  await hub.settled();
  assert.equal(paper.posts[0]?.text, pieces.join(''));
  assert.equal(paper.posts[0]?.streaming, false);
  assert.ok(
    paper.calls.includes('start') && paper.calls.includes('append') && paper.calls.includes('stop'),
    paper.calls.join(),
  );
  assert.ok(!paper.calls.includes('post'));
});

test('a model that starts over is shown from its start, and posts it no longer needs are taken away', async () => {
  const paper = openPaperPlatform({ part: 60 });
  await using hub = await openTestHub(paper, async function* (_request, signal) {
    const talk =
      'A first try that says far too much. It goes on and on, over several posts. And on. And on, and on, without an end.';
    for await (const event of inPieces(talk.match(/[^]{1,40}/g) ?? [], 180, signal))
      if (event.kind === 'text') yield event;
    assert.ok(paper.posts.length > 1, 'the first try is visible in several posts');
    yield { kind: 'reset', after: 'connection' };
    yield* inPieces(['Short.'], 10, signal);
  });
  await hub.accept(paperDelivery(paperMessage('x')));
  await hub.settled();
  assert.deepEqual(
    paper.posts.map((post) => post.text),
    ['Short.'],
  );
});

test('where posts cannot be looked up, a placeholder goes first and is edited', async () => {
  const paper = openPaperPlatform({ findable: false });
  await using hub = await openTestHub(paper, () => 'the answer');
  await hub.accept(paperDelivery(paperMessage('x')));
  await hub.settled();
  assert.deepEqual(paper.calls, ['post', 'edit']);
  assert.deepEqual(
    paper.posts.map((post) => post.text),
    ['the answer'],
  );
});

test('a rate limit is waited for, and the answer then arrives', async () => {
  const paper = openPaperPlatform();
  paper.failNext('post', new Failure('rate-limited', 'slow down', { retryInMs: 120 }));
  await using hub = await openTestHub(paper, () => 'later');
  const startedAt = performance.now();
  await hub.accept(paperDelivery(paperMessage('x')));
  await hub.settled();
  assert.ok(performance.now() - startedAt >= 120);
  assert.deepEqual(
    paper.posts.map((post) => post.text),
    ['later'],
  );
});

test('a platform that refuses makes a dead letter with its reason', async () => {
  const paper = openPaperPlatform();
  paper.failNext('post', new Failure('refused', 'the channel is archived'));
  await using hub = await openTestHub(paper, () => 'nobody hears');
  await hub.accept(paperDelivery(paperMessage('x')));
  const [row] = await hub.settled();
  assert.deepEqual([row?.state, row?.reason], ['dead', 'the channel is archived']);
});

test('a place that is out of reach in mid-answer makes a dead letter with its reason', async () => {
  const paper = openPaperPlatform();
  await using hub = await openTestHub(paper, (_request, signal) => inPieces(['Hello, ', 'Ada', '.'], 400, signal));
  paper.failNext('edit', new Failure('refused', 'the channel is archived'));
  await hub.accept(paperDelivery(paperMessage('x')));
  const [row] = await hub.settled();
  assert.deepEqual([row?.state, row?.reason], ['dead', 'the channel is archived']);
  assert.deepEqual(
    paper.posts.map((post) => post.text),
    ['Hello, '],
  );
  assert.deepEqual(paper.calls, ['post', 'edit']);
});

test('a post that somebody deletes in mid-answer leaves nothing to say there: the question is answered', async () => {
  const paper = openPaperPlatform();
  await using hub = await openTestHub(paper, async function* (_request, signal) {
    for await (const event of inPieces(['Hello, ', 'Ada', '.'], 400, signal)) {
      if (event.kind === 'text' && event.text === '.') paper.removeAll();
      yield event;
    }
  });
  await hub.accept(paperDelivery(paperMessage('x')));
  const [row] = await hub.settled();
  assert.deepEqual([row?.state, row?.reason], ['answered', null]);
  assert.deepEqual(paper.posts, []);
  assert.deepEqual(paper.calls, ['post', 'edit', 'edit']);
});

test('a model that is set up wrongly makes a dead letter, and the person is told', async () => {
  const paper = openPaperPlatform();
  await using hub = await openTestHub(paper, async function* () {
    yield { kind: 'failed', fault: 'auth', message: 'the key was refused', retryInMs: undefined };
  });
  await hub.accept(paperDelivery(paperMessage('x')));
  const [row] = await hub.settled();
  assert.deepEqual([row?.state, row?.reason], ['dead', 'the key was refused']);
  assert.match(paper.posts[0]?.text ?? '', /could not answer/);
});

test('a model that is overloaded is asked again later, and only the answer is seen', async () => {
  const paper = openPaperPlatform();
  let calls = 0;
  await using hub = await openTestHub(paper, (_request, signal) => {
    calls += 1;
    if (calls > 1) return 'at last';
    return (async function* () {
      yield* inPieces(['half an ans'], 450, signal);
      yield { kind: 'failed', fault: 'server', message: 'overloaded', retryInMs: undefined } as const;
    })();
  });
  await hub.accept(paperDelivery(paperMessage('x')));
  await hub.settled();
  assert.equal(calls, 2);
  assert.deepEqual(
    paper.posts.map((post) => post.text),
    ['at last'],
  );
});

test('what still waits when the app is removed is ignored with that reason', async () => {
  const paper = openPaperPlatform();
  await using hub = await openTestHub(paper, () => 'nobody asked');
  const event = paperMessage('hi');
  await hub.accept({ id: 'both', raw: Buffer.from('{}'), events: [event, { kind: 'uninstalled', install: 'w1' }] });
  const [row] = await hub.settled();
  assert.deepEqual([row?.state, row?.reason], ['ignored', 'the app was removed from this workspace']);
  assert.equal(paper.posts.length, 0);
});

test('a text that grows between two edits is divided once per edit, not once per piece', async () => {
  let measured = 0;
  const measure = (markdown: string): number => {
    measured += 1;
    return markdown.length;
  };
  const paper = openPaperPlatform({ editEveryMs: 400, measure });
  const pieces = Array.from({ length: 300 }, (_, index) => `word${index} `);
  await using hub = await openTestHub(paper, (_request, signal) => inPieces(pieces, 3, signal));
  await hub.accept(paperDelivery(paperMessage('x')));
  await hub.settled();
  assert.equal(paper.posts.map((post) => post.text).join(''), pieces.join(''));
  assert.ok(measured < pieces.length, `measured ${measured} times`);
});
