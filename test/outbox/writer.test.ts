import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure } from '../../src/model/failure.ts';
import { openRoom } from './room.ts';
import { answerOf, bare, closed, delivered, grow, held, together, words } from './write.ts';

test('a 429 with a long wait in the middle of an answer is no reason to stop showing how it grows', async () => {
  for (const refused of ['edit', 'post'] as const) {
    let left = 1;
    // The second post, or the first change.
    const room = openRoom({
      fate: (call) => (call === refused && room.posts.length === 1 && left-- > 0 ? held(40_000) : undefined),
    });
    const text = words(120);
    const writer = room.write();
    grow(room, writer, text, [5, 600]);
    await room.run(2_000);
    const before = room.posts.map(({ text: shown }) => shown).join('');
    await room.run(80_000);
    const later = room.posts.map(({ text: shown }) => shown).join('');
    assert.ok(later.length > before.length + 100, `${refused}: ${before.length} and then ${later.length}`);
    await delivered(room, writer);
    assert.equal(together(room.posts), bare(text));
  }
});

test('what a post surely shows is not set again by the next writer; what nobody knows is', async () => {
  for (const isKnown of [true, false]) {
    const room = openRoom({});
    const text = words(60);
    const first = room.write();
    first.finish(text);
    await delivered(room, first);
    const known = new Map(first.posts().map(({ ordinal, text: shown = '' }) => [ordinal, shown]));
    const before = room.calls.length;
    const next = room.write(false, isKnown ? known : undefined);
    next.finish(text);
    await delivered(room, next);
    const edits = room.calls.slice(before).filter(({ call }) => call === 'edit').length;
    assert.equal(edits > 0, !isKnown, `known: ${isKnown}, edits: ${edits}`);
    assert.equal(together(room.posts), bare(text));
  }
});

test('an answer whose post can be changed no more goes on in the next one, and that again', async () => {
  const changes = new Map<string, number>();
  const room = openRoom({
    fate(call, post) {
      if (call !== 'edit' || post === undefined) return undefined;
      const count = (changes.get(post.id) ?? 0) + 1;
      changes.set(post.id, count);
      return count > 3 ? closed() : undefined;
    },
  });
  const text = words(100);
  await answerOf(room, text, [4, 300]);
  assert.equal(together(room.posts), bare(text));
  assert.ok(room.posts.length > 8, `${room.posts.length} posts`);
  assert.ok(!room.calls.some(({ call }) => call === 'remove'), 'what was shown stays');
});

test('of a post that is closed after a change that was not answered nobody knows what it says: the answer is below it', async () => {
  let edits = 0;
  const lost = { failure: new Failure('unknown-outcome', 'reset'), performed: true };
  const room = openRoom({
    fate: (call) => (call !== 'edit' || (edits += 1) > 2 ? undefined : edits === 1 ? lost : closed()),
  });
  const text = words(30);
  await answerOf(room, text, [8, 1_200]);
  assert.equal(together(room.posts), bare(text));
});

test('a stream whose post is closed when it has ended goes on in another post', async () => {
  const room = openRoom({
    limits: { appendEveryMs: 500, streamForMs: 5_000 },
    fate: (call, post) => (call === 'edit' && post?.id === 'p1' ? closed() : undefined),
  });
  const text = words(40);
  await answerOf(room, text, [4, 300]);
  assert.equal(together(room.posts), bare(text));
});

for (const { name, mayRemove } of [
  { name: 'the old one is taken away', mayRemove: true },
  { name: 'the old one stays above it where it cannot be taken away', mayRemove: false },
]) {
  test(`an answer that begins anew below a closed post is shown whole: ${name}`, async () => {
    const room = openRoom({
      fate(call, post) {
        if (post?.id !== 'p1') return undefined;
        if (call === 'edit') return closed();
        return call === 'remove' && !mayRemove ? { failure: new Failure('refused', 'too old') } : undefined;
      },
    });
    const writer = room.write();
    writer.write('An answer that is not gone on with');
    await room.run(5_000);
    const text = words(60, 'other');
    writer.write('other');
    await room.run(10_000);
    writer.finish(text);
    await delivered(room, writer);
    const [first, ...rest] = room.posts;
    assert.equal(first?.text.startsWith('An answer'), !mayRemove);
    assert.equal(together(mayRemove ? room.posts : rest), bare(text));
  });
}

test('whoever goes on with an answer knows which posts are closed, and what they say of it', async () => {
  let mayClose = true;
  const room = openRoom({
    fate: (call, post) => (mayClose && call === 'edit' && post?.id === 'p1' ? closed() : undefined),
  });
  const text = words(50);
  const first = room.write();
  first.write(text.slice(0, 100));
  await room.run(2_000);
  first.write(text.slice(0, 150));
  await room.run(6_000);
  assert.equal(room.posts.length, 2);
  mayClose = false;
  const shown = room.posts[0]?.text;
  const second = room.write();
  second.finish(text);
  await delivered(room, second);
  assert.equal(room.posts[0]?.text, shown);
  assert.equal(together(room.posts), bare(text));
  assert.deepEqual(room.posts.map(({ id }) => id).slice(0, 2), ['p1', 'p2']);
});

test('after a death between taking an overtaken post away and writing so, no answer goes on after it', async () => {
  let deadly = true;
  const room = openRoom({
    fate(call, post) {
      if (call === 'edit' && post?.id === 'p1') return closed();
      return deadly && call === 'remove' ? 'killed after' : undefined;
    },
  });
  const first = room.write();
  first.write('begin ');
  await room.run(2_000);
  first.finish('begin end');
  await delivered(room, first);
  room.write().finish('another beginning');
  await room.run(room.world.now() + 10_000);
  deadly = false;
  const third = room.write();
  third.finish('begin end');
  await delivered(room, third);
  assert.equal(together(room.posts), bare('begin end'));
});
