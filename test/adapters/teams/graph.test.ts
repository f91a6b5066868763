import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Adapter } from '../../../src/model/adapter.ts';
import type { Event, Place } from '../../../src/model/event.ts';
import type { TeamsSettings } from '../../../sandbox/teams/index.ts';
import { manifest } from '../../../adapters/teams/manifest.ts';
import { never, openTalk } from './talk.ts';
import type { Talk } from './talk.ts';

type Reading = AsyncDisposable & {
  readonly talk: Talk;
  readonly history: (place: Place, most?: number, after?: Date) => Promise<readonly (readonly [string, string])[]>;
  readonly find: (place: Place, text: string, since?: Date) => Promise<string | undefined>;
  readonly hear: (utterance: Parameters<Talk['teams']['say']>[0]) => Promise<Event & { kind: 'message' }>;
};

/** With consent to all, unless another is named. */
async function openReading(settings: TeamsSettings = {}, consented = true): Promise<Reading> {
  const talk = await openTalk(settings);
  if (consented) for (const to of ['channels', 'group chat', 'files'] as const) talk.teams.consent(to);
  const { history, findPost }: Adapter = talk.adapter;
  assert.ok(history && findPost);
  return {
    talk,
    async history(place, most = 50, after) {
      const found = await history(talk.access, place, { after, most }, never);
      return found.map(({ author, text }) => [author.kind, text] as const);
    },
    find: async (place, text, since = new Date(0)) =>
      (await findPost(talk.access, talk.draft(place, text), since, never))?.id,
    async hear(utterance) {
      await talk.teams.say(utterance);
      const [event] = talk.lastEvents();
      assert.ok(event?.kind === 'message');
      return event;
    },
    [Symbol.asyncDispose]: () => talk[Symbol.asyncDispose](),
  };
}

test('with consent a thread of a channel is read back, page by page, and no other thread with it', async () => {
  await using reading = await openReading();
  const { talk, hear } = reading;
  const { place } = await hear({ text: 'the question' });
  await hear({ text: 'another thread' });
  await talk.adapter.post(talk.access, talk.draft(place, 'an **answer**'), never);
  for (let count = 0; count < 60; count += 1)
    await talk.teams.say({ text: `${count}`, thread: place.thread, plain: true });
  const all = await reading.history(place, 100);
  assert.deepEqual(all.slice(0, 2), [
    ['human', 'the question'],
    ['self', 'an **answer**'],
  ]);
  assert.equal(all.length, 62);
  assert.deepEqual(await reading.history(place, 2), [
    ['human', '58'],
    ['human', '59'],
  ]);
  assert.equal(talk.teams.ledger.performed('graphReplies') >= 4, true);
});

test('with consent a group chat is read back as far as is asked for', async () => {
  await using reading = await openReading();
  const { place, message } = await reading.hear({ text: 'one', to: 'groupChat' });
  await reading.talk.teams.say({ text: 'two', thread: place.thread, plain: true });
  assert.deepEqual(await reading.history(place), [
    ['human', 'one'],
    ['human', 'two'],
  ]);
  const after = new Date(message.sentAt.getTime() + 1);
  assert.deepEqual(await reading.history(place, 50, after), [['human', 'two']]);
});

test('what is read back has the ids and texts that were delivered', async () => {
  await using reading = await openReading();
  const { talk } = reading;
  const { place, message } = await reading.hear({ text: 'a <b> & *c*\nd' });
  const [found] = (await talk.adapter.history?.(talk.access, place, { after: undefined, most: 5 }, never)) ?? [];
  assert.deepEqual(
    [found?.id, found?.text, found?.sentAt, found?.version],
    [message.id, message.text, message.sentAt, message.version],
  );
});

test('a post is found by its words, its writer and its conversation; of those that say the same, the newest', async () => {
  await using reading = await openReading();
  const { talk, hear, find } = reading;
  const { place } = await hear({ text: 'question' });
  const elsewhere = await hear({ text: '…' });
  await talk.adapter.post(talk.access, talk.draft(elsewhere.place, '…'), never);
  const post = (text: string) => talk.adapter.post(talk.access, talk.draft(place, text), never);
  assert.equal(await find(place, '…'), undefined);
  const [first, last] = [await post('…'), await post('…')];
  assert.equal(await find(place, '…'), last.id);
  await talk.adapter.edit(talk.access, last.id, talk.draft(place, 'gone on with'), never);
  assert.equal(await find(place, '…'), first.id);
  const rich = await post('# Title\n\n**bold** `a_b` \\*c\\*');
  assert.equal(await find(place, '# Title\n\n**bold** `a_b` \\*c\\*'), rich.id);
  assert.equal(await find(place, '…', new Date(Date.now() + 60_000)), undefined);
});

test('a post in doubt is found where the owners consented; it shows after a while', async () => {
  await using reading = await openReading({ graphLagMs: 60 });
  const { talk, hear, find } = reading;
  const { place } = await hear({ text: 'question' });
  await sleep(70);
  talk.teams.faults.plan({ call: 'sendActivity', kind: 'perform-then-fail' });
  await assert.rejects(talk.adapter.post(talk.access, talk.draft(place, '…'), never), { code: 'unknown-outcome' });
  assert.equal(await find(place, '…'), undefined);
  await sleep(70);
  assert.equal(await find(place, '…'), talk.teams.visible(place.thread).at(-1)?.id);
});

test('without consent, in a chat with the bot alone, and for targeted messages nobody can tell', async () => {
  await using reading = await openReading({}, false);
  const { talk, hear, find } = reading;
  const places = [
    (await hear({ text: 'q' })).place,
    (await hear({ text: 'q', to: 'groupChat' })).place,
    (await hear({ text: 'q', to: 'personal' })).place,
    (await hear({ text: 'help' })).place,
  ];
  for (const place of places) await assert.rejects(find(place, '…'), { code: 'unauthorized' });
  const [channel, group, alone, targeted] = places;
  assert.ok(channel && group && alone && targeted);
  await assert.rejects(reading.history(channel), { code: 'unauthorized', message: /ChannelMessage\.Read\.Group/ });
  await assert.rejects(reading.history(group), { code: 'unauthorized', message: /ChatMessage\.Read\.Chat/ });
  talk.teams.consent('channels');
  talk.teams.consent('group chat');
  assert.deepEqual([await find(channel, '…'), await find(group, '…')], [undefined, undefined]);
  for (const place of [alone, targeted]) await assert.rejects(find(place, '…'), { code: 'unauthorized' });
  talk.teams.consent('channels', false);
  await assert.rejects(find(channel, '…'), { code: 'unauthorized' });
});

test('Graph’s limits and faults are told: nothing was changed, so it may be asked again', async () => {
  await using reading = await openReading();
  const { talk, hear, find } = reading;
  const { place } = await hear({ text: 'question' });
  const { faults } = talk.teams;
  faults.plan({ call: 'graphReplies', kind: 'refuse', status: 429, retryAfterMs: 7_000 });
  await assert.rejects(find(place, 'x'), { code: 'rate-limited', retryInMs: 7_000 });
  for (const kind of ['reset', 'perform-then-fail'] as const) {
    faults.plan({ call: 'graphReplies', kind });
    await assert.rejects(find(place, 'x'), { code: 'unavailable' });
  }
  faults.plan({ call: 'graphToken', kind: 'refuse', status: 503 });
  await using fresh = await openReading();
  const other = await fresh.hear({ text: 'question' });
  fresh.talk.teams.faults.plan({ call: 'graphToken', kind: 'refuse', status: 503 });
  await assert.rejects(fresh.find(other.place, 'x'), { code: 'unavailable' });
  assert.equal(await fresh.find(other.place, 'x'), undefined);
});

test('a file that is shared in a channel or a group chat is read by Graph, whole or in part, without a token behind it', async () => {
  await using reading = await openReading();
  const { talk, hear } = reading;
  const file = { name: 'plan.txt', mediaType: 'text/plain', bytes: Buffer.from('0123456789') };
  const thread = (await hear({ text: 'question' })).place.thread;
  for (const where of [{}, { thread }, { to: 'groupChat' as const }]) {
    const { message } = await hear({ text: 'see', file, ...where });
    const [attachment, ...none] = message.attachments;
    assert.ok(attachment && none.length === 0);
    const read = (most: number) => talk.adapter.fetchAttachment(talk.access, attachment.handle, most, never);
    assert.equal(Buffer.from((await read(100)).bytes).toString(), '0123456789');
    assert.deepEqual((await read(4)).truncated, true);
  }
});

test('a shared file that the app may not read is unauthorized, and the permission is named', async () => {
  await using reading = await openReading({}, false);
  const { talk, hear } = reading;
  const file = { name: 'plan.txt', mediaType: 'text/plain', bytes: Buffer.from('x') };
  const { message } = await hear({ text: 'see', file });
  const handle = message.attachments[0]?.handle ?? '';
  const read = () => talk.adapter.fetchAttachment(talk.access, handle, 100, never);
  await assert.rejects(read(), { code: 'unauthorized', message: /ChannelMessage\.Read\.Group/ });
  talk.teams.consent('channels');
  await assert.rejects(read(), { code: 'unauthorized', message: /Files\.Read\.All/ });
  const foreign = `shared:https://169.254.169.254/latest`;
  await assert.rejects(talk.adapter.fetchAttachment(talk.access, foreign, 100, never), { code: 'refused' });
});

test('a thread that Graph does not show tells nothing of a post in it', async () => {
  await using reading = await openReading();
  const { talk, hear, find } = reading;
  const { place, message } = await hear({ text: 'question' });
  await talk.teams.remove(message.id);
  await assert.rejects(find(place, '…'), { code: 'unauthorized' });
});

test('the manifest asks for the consent that reading takes, for the app itself', () => {
  const appId = crypto.randomUUID();
  const text = JSON.stringify(manifest({ name: 'Hub', url: 'https://hub.example', appId }));
  for (const name of ['ChannelMessage.Read.Group', 'ChatMessage.Read.Chat'])
    assert.ok(text.includes(`{"type":"Application","name":"${name}"}`));
  assert.ok(text.includes(`"webApplicationInfo":{"id":"${appId}"`));
});
