import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openWeb } from '../../../adapters/web/index.ts';
import type { Room } from '../../../adapters/web/room.ts';
import { Failure } from '../../../src/model/failure.ts';

const CONVERSATION = '7d0f1f4e-5d5e-4c42-9d3e-2f6b1c7a9e10';
const place = { install: 'chat', channel: CONVERSATION, thread: CONVERSATION, address: CONVERSATION };
const access = { install: 'chat', secret: undefined };
const nonce = 'aaaaaaaaaaaaaaaaaaaaaa';
const soon = (): AbortSignal => AbortSignal.timeout(2_000);

/** A room of paper, with the failure that a test plans. */
function openPaperRoom(failure?: Failure, late?: Promise<never>) {
  const posts = new Map<string, string>();
  const may = async (): Promise<void> => {
    if (late !== undefined) await late;
    if (failure !== undefined) throw failure;
  };
  const room: Room = {
    async put(_conversation, post) {
      await may();
      posts.set(post.nonce, post.text);
      return `post of ${post.nonce}`;
    },
    change: may,
    remove: may,
    find: async (_conversation, nonce) => (posts.has(nonce) ? `post of ${nonce}` : undefined),
    show: () => {},
    react: may,
    whisper: may,
    past: async () => [],
    isAttended: async () => {
      await may();
      return posts.size > 0;
    },
    file: () => Promise.reject(new Failure('gone', 'the file is no more')),
    async *unheard() {},
  };
  return { posts, adapter: openWeb({ CHAT_ORGANIZATION: 'one' }, () => room) };
}

test('a post is found by its nonce, and what no database takes is taken out of it', async () => {
  const { adapter, posts } = openPaperRoom();
  assert.equal(await adapter.findPost?.(access, { place, text: '', nonce }, new Date(), soon()), undefined);
  const made = await adapter.post(access, { place, text: 'a\u0000b\uD800', nonce }, soon());
  assert.deepEqual(await adapter.findPost?.(access, { place, text: '', nonce }, new Date(), soon()), made);
  assert.deepEqual([...posts.values()], ['ab\uFFFD']);
});

test('a store that is away leaves in doubt whether something was posted', async () => {
  const { adapter } = openPaperRoom(new Failure('unavailable', 'the database is away'));
  const posting = adapter.post(access, { place, text: 'x', nonce }, soon());
  await assert.rejects(posting, (thrown) => thrown instanceof Failure && thrown.code === 'unknown-outcome');
});

test('a call ends when nobody waits for it any more', async () => {
  const { adapter } = openPaperRoom(undefined, new Promise<never>(() => {}));
  const ending = new AbortController();
  const posting = adapter.post(access, { place, text: 'x', nonce }, ending.signal);
  ending.abort();
  await assert.rejects(posting, (thrown) => thrown instanceof Failure && thrown.code === 'aborted');
});

test('a place that is no conversation is refused, and a post that is gone needs no removing', async () => {
  const { adapter } = openPaperRoom(new Failure('gone', 'the post is no more'));
  const elsewhere = { ...place, channel: "'; drop table" };
  await assert.rejects(
    adapter.post(access, { place: elsewhere, text: 'x', nonce }, soon()),
    (thrown) => thrown instanceof Failure && thrown.code === 'refused',
  );
  await adapter.remove(access, 'p', place, soon());
});

test('an organization that is not named opens nothing', () => {
  assert.throws(() => openWeb({}, () => assert.fail('no room')), /CHAT_ORGANIZATION is not set/);
});

test('what is said by itself reaches a conversation with somebody in it, and no person and no other place', async () => {
  const { adapter } = openPaperRoom();
  const reach = (to: { person: string } | { channel: string }) => adapter.reach?.(access, to, soon());
  const isRefused = (thrown: unknown): boolean => thrown instanceof Failure && thrown.code === 'refused';
  for (const to of [{ channel: CONVERSATION }, { channel: 'general' }, { person: 'person/ada' }])
    await assert.rejects(async () => reach(to), isRefused);
  await adapter.post(access, { place, text: 'x', nonce }, soon());
  assert.deepEqual(await reach({ channel: CONVERSATION }), place);
});
