import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure } from '../../src/model/failure.ts';
import { inPieces, openTestHub } from '../kit/hub.ts';
import { openPaperPlatform, paperDelivery, paperMessage } from '../kit/paper-platform.ts';

for (const performed of [false, true]) {
  test(`a post whose outcome is not known is looked up before it is sent again (it was ${performed ? '' : 'not '}performed)`, async () => {
    const paper = openPaperPlatform();
    paper.failNext('post', new Failure('unknown-outcome', 'no answer'), performed);
    await using hub = await openTestHub(paper, () => 'exactly once');
    await hub.accept(paperDelivery(paperMessage('x')));
    await hub.settled();
    assert.deepEqual(
      paper.posts.map((post) => post.text),
      ['exactly once'],
    );
    assert.equal(paper.calls[1], 'find');
  });
}

test('a post of an earlier try that is found again is brought up to date', async () => {
  const paper = openPaperPlatform();
  await using hub = await openTestHub(paper, (_request, signal) =>
    inPieces(['stale ', 'beginning', ' that goes on'], 300, signal),
  );
  // The first post is made, its answer is lost, and for a while the platform cannot be asked either.
  paper.failNext('post', new Failure('unknown-outcome', 'no answer'), true);
  for (let count = 0; count < 2; count += 1) paper.failNext('find', new Failure('unavailable', 'no look-up now'));
  await hub.accept(paperDelivery(paperMessage('x')));
  await hub.settled();
  assert.deepEqual(
    paper.posts.map((post) => post.text),
    ['stale beginning that goes on'],
  );
  assert.equal(paper.calls.filter((call) => call === 'post').length, 1);
});

test('a platform that never tells what became of a post is asked a few times, not for ever, and never twice at once', async () => {
  const paper = openPaperPlatform({ findable: false });
  for (let count = 0; count < 3; count += 1)
    paper.failNext('post', new Failure('unknown-outcome', 'no answer', { retryInMs: 20 }));
  await using hub = await openTestHub(paper, () => 'at last');
  await hub.accept(paperDelivery(paperMessage('x')));
  await hub.settled();
  assert.deepEqual(
    paper.posts.map((post) => post.text),
    ['at last'],
  );
});

test('an answer that was decided is only delivered again after a failure; the model is not asked twice', async () => {
  const paper = openPaperPlatform();
  let calls = 0;
  await using hub = await openTestHub(paper, (_request, signal) => {
    calls += 1;
    return inPieces(['one ', 'two ', 'three'], 250, signal);
  });
  const failing = setInterval(() => {
    // From its last piece on the platform is away for a while: more often than one turn tries.
    if (calls === 1 && paper.posts[0]?.text.includes('two') === true) {
      clearInterval(failing);
      for (let count = 0; count < 5; count += 1)
        paper.failNext('edit', new Failure('unavailable', 'away', { retryInMs: 5 }));
    }
  }, 5);
  await hub.accept(paperDelivery(paperMessage('count')));
  await hub.settled();
  clearInterval(failing);
  assert.deepEqual(
    paper.posts.map((post) => post.text),
    ['one two three'],
  );
  assert.equal(calls, 1);
  assert.ok(paper.calls.filter((call) => call === 'edit').length > 5);
});
