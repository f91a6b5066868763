import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure } from '../../src/model/failure.ts';
import { openRoom, type RoomOptions } from './room.ts';
import { answerOf, assertFile, bare, delivered, together, words } from './write.ts';

const FILES: RoomOptions = { limits: { mostPosts: 3 } };
const LONG = words(200);

test('an answer that needs more posts than there may be is a file, below as much of it as was visible', async () => {
  const room = openRoom(FILES);
  await answerOf(room, LONG, [10, 100]);
  assert.equal(room.posts.length, 4);
  assertFile(room.posts, LONG);
  const atOnce = openRoom(FILES);
  await answerOf(atOnce, LONG);
  assert.equal(atOnce.posts.length, 2);
  assertFile(atOnce.posts, LONG);
});

test('an answer within as many posts as there may be stays in posts', async () => {
  const room = openRoom(FILES);
  const text = words(60);
  await answerOf(room, text, [10, 100]);
  assert.equal(together(room.posts), bare(text));
  assert.equal(room.posts.length, 3);
});

for (const fate of ['killed before', 'killed after'] as const)
  for (const call of ['post', 'share'] as const)
    test(`a worker that is ${fate} a ${call} leaves exactly one file and nothing twice`, async () => {
      let left = 1;
      const room = openRoom({ ...FILES, fate: (called) => (called === call && left-- > 0 ? fate : undefined) });
      room.write().finish(LONG);
      await room.run(60_000);
      const next = room.write();
      next.finish(LONG);
      await delivered(room, next);
      assertFile(room.posts, LONG);
      assert.equal(room.calls.filter(({ call: made }) => made === call).length, fate === 'killed before' ? 2 : 1);
    });

test('a file whose sharing was not answered is looked up as late as files are seen, and not sent again', async () => {
  const room = openRoom({
    limits: { mostPosts: 3, readLagMs: 1_000, shareLagMs: 60_000 },
    fate: (call) => (call === 'share' ? 'killed after' : undefined),
    hidden: (post) => post.file !== undefined && room.world.now() < 40_000,
  });
  room.write().finish(LONG);
  await room.run(12_000);
  const next = room.write();
  next.finish(LONG);
  await delivered(room, next);
  assertFile(room.posts, LONG);
  assert.equal(room.calls.filter(({ call }) => call === 'share').length, 1);
});

test('an answer given again that is short takes its old file away, one that is as long has another', async () => {
  const room = openRoom(FILES);
  await answerOf(room, LONG);
  const longer = words(220, 'else');
  const second = room.write(true);
  second.write(longer.slice(0, 800));
  await room.run(room.world.now() + 5_000);
  assertFile(room.posts, LONG);
  second.finish(longer);
  await delivered(room, second);
  assertFile(room.posts, longer);
  const third = room.write(true);
  third.finish('Short.');
  await delivered(room, third);
  assert.deepEqual(
    room.posts.map(({ text, file }) => [text, file]),
    [['Short.', undefined]],
  );
});

test('where a file is refused, or there are none, a long answer goes on in posts', async () => {
  const refused = openRoom({
    ...FILES,
    fate: (call) => (call === 'share' ? { failure: new Failure('unauthorized', 'missing_scope') } : undefined),
  });
  const without = openRoom({ ...FILES, without: ['share'] });
  for (const room of [refused, without]) {
    await answerOf(room, LONG, [10, 100]);
    assert.equal(together(room.posts), bare(LONG));
  }
});
