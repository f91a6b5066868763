import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { button, cardWith, form, select } from './cards.ts';
import { asked, nonce, openFormEndpoint, openTalk, soon, until } from './talk.ts';
import type { Talk } from './talk.ts';

let talk: Talk;
let endpoint: Awaited<ReturnType<typeof openFormEndpoint>>;
before(async () => {
  talk = await openTalk();
  endpoint = await openFormEndpoint(talk);
  endpoint.forms.set('why', form);
});
after(async () => {
  await endpoint[Symbol.asyncDispose]();
  await talk[Symbol.asyncDispose]();
});

/** A post with a card, in the conversation of a question. */
async function posted(...controls: Parameters<typeof cardWith>) {
  const { place } = await asked(talk);
  const draft = { place, text: 'x', nonce: nonce('click'), card: cardWith(...controls) };
  const { id } = await talk.adapter.post(talk.access, draft, soon());
  return { id, place, draft };
}

test('a click tells what, on which post, where and by whom, and calls nobody while it is received', async () => {
  const { id, place } = await posted(button('approve:7'));
  talk.discord.ledger.clear();
  const did = await talk.discord.click(id, 'approve:7', 'Bob');
  assert.deepEqual([did.status, did.failed], [200, false]);
  assert.ok((did.acknowledgedInMs ?? Infinity) < 1_000);
  assert.deepEqual(
    talk.discord.ledger.entries.map(({ call }) => call),
    ['INTERACTION ANSWER'],
  );
  const event = endpoint.last('action');
  assert.deepEqual([event.action, event.value, event.messageId, event.author.name], ['approve:7', '', id, 'Bob']);
  assert.deepEqual([event.place.thread, event.place.install], [place.thread, talk.discord.guild]);
});

test('what was chosen is the value', async () => {
  const { id } = await posted(select('model', 'small', 'large'));
  assert.equal((await talk.discord.choose(id, 'model', 'large')).failed, false);
  const event = endpoint.last('action');
  assert.deepEqual([event.action, event.value, event.messageId], ['model', 'large', id]);
  await assert.rejects(talk.discord.choose(id, 'model', 'huge'), /cannot be chosen/);
});

test('a click can be answered with a message of its own, and the card changed from there', async () => {
  const { id, draft } = await posted(button('go'));
  await talk.discord.click(id, 'go');
  const { place } = endpoint.last('action');
  await talk.adapter.show(talk.access, place, 'working', soon());
  assert.equal(talk.discord.ledger.performed('POST /channels/:c/typing'), 1);
  await talk.adapter.edit(talk.access, id, { ...draft, place, card: cardWith() }, soon());
  assert.deepEqual(talk.discord.card(id)?.controls, []);
  const said = await talk.adapter.post(talk.access, { place, text: 'Gone.', nonce: nonce('said') }, soon());
  assert.notEqual(said.id, id);
  assert.equal(talk.discord.visible(place.thread).at(-1)?.text, 'Gone.');
});

test('what was said before in the channel can be changed and taken away from the place of a click', async () => {
  const { id, place } = await posted(button('go'));
  const before = await talk.adapter.post(talk.access, { place, text: 'before', nonce: nonce('before') }, soon());
  await talk.discord.click(id, 'go');
  const clicked = endpoint.last('action').place;
  const draft = { place: clicked, text: 'after', nonce: nonce('before') };
  await talk.adapter.edit(talk.access, before.id, draft, soon());
  assert.equal(talk.discord.visible(place.thread).at(-1)?.text, 'after');
  await talk.adapter.remove(talk.access, before.id, clicked, soon());
  await talk.adapter.remove(talk.access, before.id, clicked, soon());
  await assert.rejects(talk.adapter.edit(talk.access, before.id, draft, soon()), { code: 'gone' });
  assert.equal(talk.discord.visible(place.thread).at(-1)?.id, id);
});

test('a click in a direct conversation has its place there', async () => {
  const said = await talk.discord.direct({ text: 'hi' });
  const { place } = await talk.ear.event('message', (event) => event.message.id === said.id);
  const draft = { place, text: 'x', nonce: nonce('dm'), card: cardWith(button('here')) };
  const { id } = await talk.adapter.post(talk.access, draft, soon());
  await talk.discord.click(id, 'here');
  assert.deepEqual([endpoint.last('action').place.install, endpoint.last('action').place.thread], ['@me', said.thread]);
});

test('a form is shown in answer to the click, and what was filled in names the same control', async () => {
  const { id, place } = await posted(button('why', { form }));
  assert.equal((await talk.discord.click(id, 'why')).failed, false);
  assert.deepEqual(talk.discord.form(), {
    title: 'Why not?',
    inputs: [
      { id: 'reason', label: 'Your reason', value: 'because', required: true, lines: 'many' },
      { id: 'name', label: 'Your name', value: '', required: false, lines: 'one' },
    ],
  });
  assert.equal((await talk.discord.submit({ name: 'Ada \u0000L.' })).failed, false);
  const event = endpoint.last('submitted');
  assert.deepEqual([event.action, event.values], ['why', { reason: 'because', name: 'Ada L.' }]);
  assert.deepEqual([event.place.thread, event.author.name], [place.thread, 'Ada']);
  await talk.adapter.post(talk.access, { place: event.place, text: 'Thanks.', nonce: nonce('f') }, soon());
  assert.equal(talk.discord.visible(place.thread).at(-1)?.text, 'Thanks.');
});

test('a form of the older kind, in rows, is read as well', async () => {
  const row = { type: 1, components: [{ type: 4, custom_id: 'reason', value: 'old' }] };
  const body = JSON.stringify({
    id: '1457536583141163186',
    type: 5,
    token: 't',
    channel_id: '1457510428359004343',
    user: { id: '1033044521375764530', username: 'ada' },
    data: { custom_id: 'why', components: [row] },
  });
  const headers = talk.discord.sign(body);
  const received = await talk.adapter.receive({
    method: 'POST',
    url: '/',
    headers,
    body: Buffer.from(body),
    receivedAt: new Date(),
  });
  const [event] = received.delivery?.events ?? [];
  assert.ok(event?.kind === 'submitted');
  assert.deepEqual(event.values, { reason: 'old' });
  // There is no message to change later: the answer is announced instead.
  assert.equal(received.response.body, '{"type":5}');
});

test('over the gateway a click is acknowledged by a call, and a form is shown by one', async () => {
  await using other = await openTalk();
  const { place } = await asked(other);
  const card = cardWith(button('plain'), button('why', { form }));
  const { id } = await other.adapter.post(other.access, { place, text: 'x', nonce: nonce('g'), card }, soon());
  const callback = 'POST /interactions/:i/:token/callback';
  await other.discord.click(id, 'plain');
  assert.equal((await other.ear.event('action', (one) => one.action === 'plain')).messageId, id);
  await until(() => other.discord.ledger.performed(callback) === 1);

  await other.discord.click(id, 'why');
  await other.ear.event('action', (one) => one.action === 'why');
  const click = other.ear.heard.flatMap((one) => one.click ?? [])[0];
  assert.equal(click?.action, 'why');
  assert.equal(other.discord.ledger.performed(callback), 1);
  await click.open(form, soon());
  assert.equal(other.discord.form()?.title, 'Why not?');
  await other.discord.submit({ reason: 'over the socket' });
  const event = await other.ear.event('submitted');
  assert.deepEqual([event.action, event.values['reason']], ['why', 'over the socket']);
});

test('over the gateway a click whose form nobody asks for is acknowledged when listening ends', async () => {
  await using other = await openTalk();
  const { place } = await asked(other);
  const card = cardWith(button('why', { form }));
  const { id } = await other.adapter.post(other.access, { place, text: 'x', nonce: nonce('h'), card }, soon());
  await other.discord.click(id, 'why');
  await other.ear.event('action');
  await other.ear.stop();
  await until(() => other.discord.ledger.performed('POST /interactions/:i/:token/callback') === 1, 1_000);
  const click = other.ear.heard.flatMap((one) => one.click ?? [])[0];
  await click?.open(form, soon());
  assert.equal(other.discord.form(), undefined);
});

test('an acknowledgement that fails over the gateway loses no click and no command', async () => {
  await using other = await openTalk();
  const { place } = await asked(other);
  const card = cardWith(button('lost'));
  const { id } = await other.adapter.post(other.access, { place, text: 'x', nonce: nonce('i'), card }, soon());
  const callback = { call: 'POST /interactions/:i/:token/callback', kind: 'refuse', status: 500 } as const;
  other.discord.faults.plan({ ...callback, times: 2 });
  await other.discord.click(id, 'lost');
  const clicked = await other.ear.event('action');
  await other.discord.ask({ text: 'still heard?', thread: place.thread });
  const heard = await other.ear.event('message', (one) => one.why === 'command');
  await until(() => other.discord.faults.left() === 0);
  for (const [index, at] of [clicked.place, heard.place].entries()) {
    const draft = { place: at, text: 'ye', nonce: nonce(`yes${index}`) };
    const { id } = await other.adapter.post(other.access, draft, soon());
    await other.adapter.edit(other.access, id, { ...draft, text: 'yes' }, soon());
  }
  assert.deepEqual(
    other.discord
      .visible(place.thread)
      .slice(-2)
      .map(({ text }) => text),
    ['yes', 'yes'],
  );
});
