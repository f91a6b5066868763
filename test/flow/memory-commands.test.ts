import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_ORGANIZATION, environmentApp } from '../../src/db/apps.ts';
import { openMemory } from '../../src/db/memory.ts';
import type { Whose } from '../../src/db/memories.ts';
import { DEFAULT_POLICY } from '../../src/model/policy.ts';
import { openTestHub, type TestHub } from '../kit/hub.ts';
import { openPaperPlatform, paperDelivery, paperMessage } from '../kit/paper-platform.ts';
import { until } from '../kit/until.ts';

// What is remembered is seen, set and taken away by whom it is of.

const app = environmentApp('web');
const ada: Whose = { scope: 'person', app, person: 'u1' };
const bob: Whose = { scope: 'person', app, person: 'u2' };
const here: Whose = { scope: 'channel', app, install: 'w1', channel: 'c1' };

async function keep(hub: TestHub, whose: Whose, ...texts: readonly string[]): Promise<void> {
  const book = openMemory(hub.database.db);
  const known = { whose, kind: 'fact', pinned: true, turn: undefined, by: 'test' } as const;
  for (const text of texts) await book.keep(DEFAULT_ORGANIZATION, { ...known, text, key: text });
}
const listed = async (hub: TestHub, whose: Whose) =>
  (await openMemory(hub.database.db).list(DEFAULT_ORGANIZATION, whose)).map(({ number, text }) => `${number} ${text}`);
async function say(hub: TestHub, text: string, more: Parameters<typeof paperMessage>[1] = {}): Promise<void> {
  await hub.accept(paperDelivery(paperMessage(text, { author: 'u1', ...more })));
  await hub.settled();
}

test('one is forgotten by its number, of oneself and of the channel, and everything of oneself alone', async () => {
  const paper = openPaperPlatform();
  await using hub = await openTestHub(paper, () => 'never asked');
  await keep(hub, ada, 'tea', 'cake', 'dogs');
  await keep(hub, bob, 'beer');
  await keep(hub, here, 'Fridays', 'Mondays');
  await say(hub, 'forget 2');
  assert.deepEqual(await listed(hub, ada), ['1 tea', '3 dogs']);
  await say(hub, 'forget c1');
  assert.deepEqual(await listed(hub, here), ['2 Mondays']);
  await say(hub, 'forget everything');
  assert.deepEqual(await listed(hub, ada), []);
  assert.deepEqual(await listed(hub, bob), ['1 beer']);
  await say(hub, 'forget 7');
  await say(hub, 'forget channel');
  assert.deepEqual(await listed(hub, here), []);
  const texts = paper.posts.map(({ text }) => text.split('. ')[0]);
  assert.deepEqual(texts, [
    'Forgotten.',
    'Forgotten.',
    'Forgotten: all that I remembered of you (1).'.replace('(1)', '(2)'),
    'I remember nothing with the number 7',
    'Forgotten: all that I remembered of this channel (1).',
  ]);
});

test('what is remembered of a person is told to that person alone, and of the channel to all', async () => {
  const paper = openPaperPlatform();
  await using hub = await openTestHub(paper, () => 'never asked');
  await keep(hub, ada, 'likes tea');
  await keep(hub, here, 'ships on Fridays');
  await say(hub, 'forget');
  await say(hub, 'settings');
  const seen = JSON.stringify(paper.posts);
  assert.doesNotMatch(seen, /likes tea/);
  assert.match(seen, /c1: ships on Fridays/);
  assert.match(paper.whispers.join(), /u1: .*1: likes tea/s);
  await say(hub, 'settings', { why: 'direct' });
  assert.match(JSON.stringify(paper.posts.at(-1)?.card), /1: likes tea \(fact\)/);
});

test('where nobody can be told alone, nothing of a person is shown in public', async () => {
  const { adapter: _adapter, ...paper } = openPaperPlatform();
  const { whisper: _whisper, ...adapter } = _adapter;
  await using hub = await openTestHub({ ...paper, adapter }, () => 'never asked');
  await keep(hub, ada, 'likes tea');
  await say(hub, 'forget');
  await say(hub, 'settings', { why: 'command' });
  assert.doesNotMatch(JSON.stringify(paper.posts), /likes tea/);
  assert.match(JSON.stringify(paper.posts), /direct message/);
});

test('instructions are set, kept in mind, and taken away', async () => {
  const paper = openPaperPlatform();
  const prompts: string[] = [];
  await using hub = await openTestHub(paper, (request) => {
    prompts.push(JSON.stringify([request.system, request.messages]));
    return 'fine';
  });
  await say(hub, 'instructions: answer in verse');
  await say(hub, 'channel instructions: we ship on Fridays');
  await say(hub, 'well?');
  assert.match(prompts[0] ?? '', /we ship on Fridays.*answer in verse/);
  await say(hub, 'well?', { author: 'u2' });
  assert.doesNotMatch(prompts[1] ?? '', /answer in verse/);
  await say(hub, '/instructions none');
  await say(hub, '/instructions channel: none');
  await say(hub, 'well?');
  assert.doesNotMatch(prompts[2] ?? '', /verse|Fridays/);
  await say(hub, `/instructions ${'x'.repeat(2_001)}`);
  assert.match(paper.posts.at(-1)?.text ?? '', /too long: 2001 characters/);
});

test('where answers are only their askers’ to stop, the channel’s memory is an admin’s', async () => {
  const paper = openPaperPlatform();
  await using hub = await openTestHub(paper, () => 'never asked', { policy: { ...DEFAULT_POLICY, control: 'asker' } });
  await keep(hub, here, 'Fridays');
  for (const text of ['forget c1', 'forget channel', '/instructions channel: be rude']) {
    await say(hub, text);
    assert.match(paper.posts.at(-1)?.text ?? '', /only an admin/);
  }
  assert.deepEqual(await listed(hub, here), ['1 Fridays']);
});

test('the button below the settings forgets everything, for the person whom it is for, once', async () => {
  const paper = openPaperPlatform();
  await using hub = await openTestHub(paper, () => 'never asked');
  await keep(hub, ada, 'tea');
  await keep(hub, bob, 'beer');
  await say(hub, 'settings');
  const [button] = paper.posts[0]?.card?.controls ?? [];
  assert.equal(button?.label, 'Forget everything about me');
  const click = (id: string) =>
    ({
      kind: 'action',
      place: { install: 'w1', channel: 'c1', thread: 't1', address: 't1' },
      author: { id, name: id, kind: 'human' },
      action: button?.id ?? '',
      value: '',
      messageId: 'p1',
    }) as const;
  await hub.accept(paperDelivery(click('u2')));
  await until('it is refused', () => paper.whispers.some((one) => one.includes('somebody else')));
  assert.deepEqual(await listed(hub, bob), ['1 beer']);
  await hub.accept(paperDelivery(click('u1')));
  await until('it is forgotten', async () => (await listed(hub, ada)).length === 0);
  assert.deepEqual(await listed(hub, bob), ['1 beer']);
});

test('help tells how something is forgotten', async () => {
  const paper = openPaperPlatform();
  await using hub = await openTestHub(paper, () => 'never asked');
  await say(hub, 'help');
  assert.match(JSON.stringify(paper.posts[0]?.card), /forget everything.*\/forget what/s);
});
