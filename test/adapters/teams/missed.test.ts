import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event } from '../../../src/model/event.ts';
import { never, openTalk } from './talk.ts';
import type { Talk } from './talk.ts';

type Heard = Event & { kind: 'message' };

async function hear(talk: Talk, utterance: Parameters<Talk['teams']['say']>[0]): Promise<Heard> {
  await talk.teams.say(utterance);
  const [event] = talk.lastEvents();
  assert.ok(event?.kind === 'message');
  return event;
}

async function missedBy(talk: Talk, heard: readonly Heard[], since: Date): Promise<readonly Heard[]> {
  const { missed } = talk.adapter;
  assert.ok(missed);
  const places = heard.map(({ place }) => place);
  const found: Heard[] = [];
  for await (const { events } of missed([{ ...talk.access, places }], since, never))
    for (const event of events) if (event.kind === 'message') found.push(event);
  return found;
}

test('what was missed in known channels and group chats is read back as it would have been delivered', async () => {
  await using talk = await openTalk();
  talk.teams.consent('channels');
  talk.teams.consent('group chat');
  const channel = await hear(talk, { text: 'before' });
  const group = await hear(talk, { text: 'before', to: 'groupChat' });
  const alone = await hear(talk, { text: 'before', to: 'personal' });
  const since = new Date(Date.now() + 1);
  await new Promise((resolve) => setTimeout(resolve, 5));
  const said = [
    await hear(talk, { text: 'a new question', as: 'bob' }),
    await hear(talk, { text: 'more of it', thread: channel.place.thread, plain: true }),
    await hear(talk, { text: 'usage', as: 'bob' }),
    await hear(talk, { text: 'in the group', to: 'groupChat' }),
  ];
  await talk.adapter.post(talk.access, talk.draft(channel.place, 'an answer of ours'), never);
  await hear(talk, { text: 'to the bot alone', to: 'personal' });
  const found = await missedBy(talk, [channel, group, alone], since);
  const byText = (text: string): Heard | undefined => found.find(({ message }) => message.text === text);
  assert.equal(found.length, said.length);
  for (const one of said) {
    const again = byText(one.message.text);
    assert.ok(again);
    const { locale: _, timeZone: __, ...author } = one.message.author;
    assert.deepEqual([again.why, again.place, again.message], [one.why, one.place, { ...one.message, author }]);
  }
  assert.deepEqual(await missedBy(talk, [channel, group], new Date(Date.now() + 10)), []);
});

test('where nobody consented nothing is found, and elsewhere it is', async () => {
  await using talk = await openTalk();
  const channel = await hear(talk, { text: 'one' });
  const group = await hear(talk, { text: 'two', to: 'groupChat' });
  assert.deepEqual(await missedBy(talk, [channel, group], new Date(0)), []);
  talk.teams.consent('group chat');
  assert.deepEqual(
    (await missedBy(talk, [channel, group], new Date(0))).map(({ message }) => message.text),
    ['two'],
  );
});

test('a limit of Graph’s is waited for as long as it says', async () => {
  await using talk = await openTalk();
  talk.teams.consent('group chat');
  const group = await hear(talk, { text: 'two', to: 'groupChat' });
  talk.teams.faults.plan({ call: 'graphChat', kind: 'refuse', status: 429, retryAfterMs: 20 });
  assert.equal((await missedBy(talk, [group], new Date(0))).length, 1);
});
