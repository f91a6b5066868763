import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import type { Place } from '../../../src/model/event.ts';
import { never, openTalk } from './talk.ts';

const talk = await openTalk();
after(() => talk[Symbol.asyncDispose]());
const { teams, adapter, access, draft, lastEvents } = talk;
beforeEach(() => teams.faults.clear());

async function placeOf(utterance: Parameters<typeof teams.say>[0]): Promise<Place> {
  await teams.say(utterance);
  const [event] = lastEvents();
  assert.ok(event?.kind === 'message');
  return event.place;
}

const texts = (all: readonly { readonly text: string }[]): readonly string[] => all.map(({ text }) => text);

for (const given of ['help', '/usage', 'settings', 'stop', 'retry', '/dance']) {
  test(`in a channel “${given}” is answered to its author alone, in all parts, and changed and taken away there`, async () => {
    const place = await placeOf({ text: given, as: 'bob' });
    const before = teams.whispered('bob').length;
    const whispered = (name: string) => texts(teams.whispered(name).slice(name === 'bob' ? before : 0));
    const first = draft(place, 'It cost **2 $**');
    const { id } = await adapter.post(access, first, never);
    const { id: second } = await adapter.post(access, draft(place, 'and 3 more'), never);
    assert.deepEqual(whispered('bob'), ['It cost **2 $**', 'and 3 more']);
    assert.deepEqual([whispered('ada'), talk.shownIn(place)], [[], []]);
    await adapter.edit(access, id, { ...first, text: 'It cost 2 €' }, never);
    await adapter.remove(access, second, place, never);
    assert.deepEqual([whispered('bob'), talk.shownIn(place)], [['It cost 2 €'], []]);
  });
}

test('a private command belongs to the conversation in which it is given', async () => {
  const { thread } = await teams.say({ text: 'question' });
  const place = await placeOf({ text: 'usage', thread });
  assert.equal(place.thread, thread);
});

test('what is for all is answered to all: questions, and commands like new', async () => {
  for (const text of ['help me with this', 'new', '/ask why?']) {
    const place = await placeOf({ text });
    await adapter.post(access, draft(place, `to ${text}`), never);
    assert.deepEqual(talk.shownIn(place), [`to ${text}`]);
  }
});

test('in a group chat, too, and in a chat with one person there is nobody else', async () => {
  const group = await placeOf({ text: 'help', to: 'groupChat' });
  await adapter.post(access, draft(group, 'Help!'), never);
  assert.deepEqual([talk.shownIn(group), texts(teams.whispered('ada')).at(-1)], [[], 'Help!']);
  const alone = await placeOf({ text: 'help', to: 'personal' });
  await adapter.post(access, draft(alone, 'Help!'), never);
  assert.deepEqual(talk.shownIn(alone), ['Help!']);
});

test('where Teams refuses a targeted message, its reader is answered in the chat of the two, and there alone', async () => {
  const place = await placeOf({ text: 'settings', as: 'cleo' });
  const { reach } = adapter;
  assert.ok(reach);
  const [event] = lastEvents();
  assert.ok(event?.kind === 'message');
  const chat = await reach(access, { person: event.message.author.id }, never);
  teams.refuseWith('sendActivity', 400, 'BadArgument');
  const one = draft(place, 'yours');
  const { id } = await adapter.post(access, one, never);
  assert.deepEqual([talk.shownIn(chat), talk.shownIn(place), teams.whispered('cleo')], [['yours'], [], []]);
  await adapter.edit(access, id, { ...one, text: 'changed' }, never);
  assert.deepEqual(talk.shownIn(chat), ['changed']);
  await adapter.remove(access, id, place, never);
  assert.deepEqual([talk.shownIn(chat), talk.shownIn(place)], [[], []]);
});

test('a targeted message that may have been sent is not sent again elsewhere', async () => {
  const place = await placeOf({ text: 'settings', as: 'dora' });
  teams.faults.plan({ call: 'sendActivity', kind: 'perform-then-fail' });
  await assert.rejects(adapter.post(access, draft(place, 'yours'), never), { code: 'unknown-outcome' });
  assert.equal(teams.whispered('dora').length, 1);
});
