import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Place } from '../../../src/model/event.ts';
import type { Streaming } from '../../../src/model/adapter.ts';
import type { Draft } from '../../../src/model/reply.ts';
import type { TeamsSettings } from '../../../sandbox/teams/index.ts';
import { never, openTalk } from './talk.ts';
import type { Talk } from './talk.ts';

type Chat = AsyncDisposable & {
  readonly talk: Talk;
  readonly place: Place;
  readonly stream: Streaming;
  readonly draft: (text: string) => Draft;
  readonly shown: () => readonly string[];
  readonly calls: () => readonly string[];
  /** The post as it grows. */
  readonly begin: (text: string) => Promise<{ readonly post: { place: Place; id: string }; readonly one: Draft }>;
  readonly grow: (post: { place: Place; id: string }, text: string, more?: string) => Promise<void>;
};

/** A chat with one person. */
async function openChat(settings: TeamsSettings = {}): Promise<Chat> {
  const talk = await openTalk(settings);
  await talk.teams.say({ text: 'hi', to: 'personal' });
  const [event] = talk.lastEvents();
  const { stream } = talk.adapter;
  assert.ok(event?.kind === 'message' && stream);
  const { place } = event;
  const draft = (text: string): Draft => talk.draft(place, text);
  talk.teams.ledger.clear();
  return {
    talk,
    place,
    stream,
    draft,
    shown: () => talk.shownIn(place),
    calls: () => talk.teams.ledger.entries.map(({ call }) => call).filter((call) => call !== 'token'),
    async begin(text) {
      const one = draft(text);
      return { post: { place, id: (await stream.start(talk.access, one, never)).id }, one };
    },
    grow: (post, text, more = text) => stream.append(talk.access, post, { text, more }, never),
    [Symbol.asyncDispose]: () => talk[Symbol.asyncDispose](),
  };
}

test('in a chat with one person a stream begins empty, grows, ends as it reads, and can be edited then', async () => {
  await using chat = await openChat();
  const { talk, stream } = chat;
  const { post, one } = await chat.begin('');
  assert.deepEqual(chat.shown(), ['']);
  await chat.grow(post, 'A brown');
  await chat.grow(post, 'A brown fox', ' fox');
  assert.deepEqual(chat.shown(), ['A brown fox']);
  for (let times = 0; times < 2; times += 1) await stream.stop(talk.access, post, 'A brown fox', never);
  await talk.adapter.edit(talk.access, post.id, { ...one, text: '# Done' }, never);
  assert.deepEqual(chat.shown(), ['**Done**']);
});

test('streams are for chats with one person: a channel and a group chat have none', async () => {
  await using chat = await openChat();
  const { talk, stream } = chat;
  assert.equal(stream.fits?.(chat.place), true);
  assert.equal(stream.fits?.({ ...chat.place, address: 'x' }), false);
  await talk.teams.say({ text: 'hi', to: 'groupChat' });
  const [heard] = talk.lastEvents();
  assert.ok(heard?.kind === 'message');
  for (const place of [await talk.newPlace(), heard.place]) {
    assert.equal(stream.fits?.(place), false);
    await assert.rejects(stream.start(talk.access, talk.draft(place, 'x'), never), { code: 'refused' });
  }
});

test('what is shown while it grows stays as it is, and at the end it is in Teams’ own form', async () => {
  await using chat = await openChat();
  const { post } = await chat.begin('# Ti');
  const text = '# Title\n\n**bold** <at>all</at> ![p](https://e.org/p.png)';
  for (let end = 5; end <= text.length; end += 3) await chat.grow(post, text.slice(0, end));
  assert.doesNotMatch(chat.shown()[0] ?? '', /<at|!\[/);
  await chat.stream.stop(chat.talk.access, post, text, never);
  assert.deepEqual(chat.shown(), ['**Title**\n\n**bold** &lt;at>all&lt;/at> [p](https://e.org/p.png)']);
});

test('no letter is torn, and the same append again changes nothing', async () => {
  await using chat = await openChat();
  const { post } = await chat.begin('a');
  for (const text of ['a\uD83D', 'a\uD83D', 'a😀', 'a😀', 'a😀b']) await chat.grow(post, text);
  await chat.stream.stop(chat.talk.access, post, 'a😀b', never);
  assert.deepEqual(chat.shown(), ['a😀b']);
  assert.ok(!chat.calls().includes('updateActivity'));
});

test('a stream that Teams ends by itself costs nothing: the append says so, the stop sets the text, and an edit the whole', async () => {
  await using chat = await openChat({ streamForMs: 20 });
  const { talk, stream } = chat;
  const { post, one } = await chat.begin('a');
  await sleep(30);
  await assert.rejects(chat.grow(post, 'a b', ' b'), { code: 'unavailable', retryInMs: 0 });
  await stream.stop(talk.access, post, 'a b', never);
  assert.deepEqual(chat.shown(), ['a b']);
  await talk.adapter.edit(talk.access, post.id, { ...one, text: 'a b c' }, never);
  assert.deepEqual(chat.shown(), ['a b c']);
});

test('one that a dead worker left open, with a text that nobody knows, is changed once Teams has ended it', async () => {
  await using chat = await openChat({ streamForMs: 60 });
  const { talk, stream } = chat;
  const { post, one } = await chat.begin('the first try of a ');
  await assert.rejects(stream.stop(talk.access, post, 'Another answer', never), {
    code: 'unavailable',
    retryInMs: 30_000,
  });
  const edit = () => talk.adapter.edit(talk.access, post.id, { ...one, text: 'Another answer' }, never);
  await assert.rejects(edit(), { code: 'unavailable', retryInMs: 30_000 });
  await sleep(70);
  await stream.stop(talk.access, post, 'Another answer', never);
  await edit();
  assert.deepEqual(chat.shown(), ['Another answer']);
});

test('one that a dead worker left open ends at once with a text that goes on from it', async () => {
  await using chat = await openChat();
  const { post } = await chat.begin('the first');
  await chat.stream.stop(chat.talk.access, post, 'the first and the last', never);
  assert.deepEqual(chat.shown(), ['the first and the last']);
});

test('the stop button of a streamed answer is told to whoever goes on with it, and nothing changes it any more', async () => {
  await using chat = await openChat();
  const { talk, stream } = chat;
  const { post, one } = await chat.begin('as far');
  talk.teams.stopStream(post.id);
  await assert.rejects(chat.grow(post, 'as far as here'), { code: 'stopped' });
  await assert.rejects(stream.stop(talk.access, post, 'as far as here', never), { code: 'stopped' });
  await assert.rejects(talk.adapter.edit(talk.access, post.id, { ...one, text: 'other' }, never), { code: 'stopped' });
  assert.deepEqual(chat.shown(), ['as far']);
});

test('one stream at a time, once a second: what is more is refused or has to wait', async () => {
  await using chat = await openChat({ limits: 'real' });
  const { post } = await chat.begin('a');
  await assert.rejects(chat.grow(post, 'ab'), { code: 'rate-limited' });
  await using other = await openChat();
  await other.begin('a');
  await assert.rejects(other.begin('b'), { code: 'refused' });
});

test('a stream that grows too large says so', async () => {
  await using chat = await openChat();
  const { post } = await chat.begin('a');
  await assert.rejects(chat.grow(post, 'a'.repeat(60_000)), { code: 'too-large' });
});

test('a start whose answer was lost has an unknown outcome', async () => {
  await using chat = await openChat();
  chat.talk.teams.faults.plan({ call: 'startStream', kind: 'perform-then-fail' });
  await assert.rejects(chat.begin(''), { code: 'unknown-outcome' });
});
