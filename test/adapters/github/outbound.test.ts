import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { asked, nonce, openHub, soon } from './hub.ts';
import type { Hub } from './hub.ts';

let hub: Hub;
before(async () => {
  hub = await openHub();
});
after(() => hub[Symbol.asyncDispose]());

const shown = (thread: string) =>
  hub.github.visible(thread).map(({ text, fromBot }) => [fromBot, text.replace(/\n\n<!-- .* -->$/, '')]);

test('a review question is answered in its thread, also when a reply asked it', async () => {
  const first = await hub.github.say({ text: 'what is wrong?' });
  const event = await asked(hub, () => hub.github.say({ text: 'and this?', thread: first.thread }));
  assert.equal(event.why, 'review');
  const draft = { place: event.place, text: 'An `=` too few.', nonce: nonce('reply') };
  const posted = await hub.adapter.post(hub.access, draft, soon());
  assert.match(posted.id, /^r\d+$/);
  assert.deepEqual(shown(first.thread), [
    [false, '@switchboard-dev what is wrong?'],
    [false, '@switchboard-dev and this?'],
    [true, 'An `=` too few.'],
  ]);
});

test('a mention in an issue is answered below it, and the answer can be made to say something else', async () => {
  const event = await asked(hub, () => hub.github.openIssue({ title: 'It breaks', text: 'why?' }));
  const draft = { place: event.place, text: 'Let me see.', nonce: nonce('edit') };
  const { id } = await hub.adapter.post(hub.access, draft, soon());
  const final = { ...draft, text: 'It is mended.' };
  await hub.adapter.edit(hub.access, id, final, soon());
  await hub.adapter.edit(hub.access, id, final, soon());
  assert.deepEqual(shown(event.place.thread), [[true, 'It is mended.']]);
});

test('what the bot wrote comes back as its own words, without the hidden mark', async () => {
  const event = await asked(hub, () => hub.github.comment({ text: 'hello' }));
  const draft = { place: event.place, text: 'Hello to you.', nonce: nonce('echo') };
  const { id } = await hub.adapter.post(hub.access, draft, soon());
  while (!hub.events.some((event) => event.kind === 'message' && event.message.id === id)) {
    await new Promise((resolve) => void setImmediate(resolve));
  }
  const echo = hub.events.find((event) => event.kind === 'message' && event.message.id === id);
  assert.ok(echo?.kind === 'message');
  assert.equal(echo.message.author.kind, 'self');
  assert.equal(echo.message.text, 'Hello to you.');
  assert.equal(echo.why, 'overheard');
});

test('a part of the full size is taken whole, and one more than GitHub holds is too large', async () => {
  const event = await asked(hub, () => hub.github.openIssue({ title: 'Long', text: 'tell me all' }));
  const { part, measure } = hub.adapter.limits;
  const text = '😀é'.repeat(Math.floor(part / 3)) + 'x'.repeat(part % 3);
  assert.equal(measure(text), part);
  await hub.adapter.post(hub.access, { place: event.place, text, nonce: nonce('long') }, soon());
  assert.deepEqual(shown(event.place.thread), [[true, text]]);
  const tooLong = { place: event.place, text: 'x'.repeat(65_600), nonce: nonce('longer') };
  await assert.rejects(hub.adapter.post(hub.access, tooLong, soon()), { code: 'too-large' });
});

test('a post is found by its nonce in both kinds of threads, and no other is taken for it', async () => {
  for (const act of [() => hub.github.say({ text: 'one?' }), () => hub.github.comment({ text: 'two?' })]) {
    const since = new Date();
    const { place } = await asked(hub, act);
    const draft = { place, text: 'Yes.', nonce: nonce('find') };
    assert.equal(await hub.findPost(hub.access, { ...draft, nonce: nonce('other') }, since, soon()), undefined);
    const posted = await hub.adapter.post(hub.access, draft, soon());
    assert.deepEqual(await hub.findPost(hub.access, draft, since, soon()), posted);
    const edited = { ...draft, text: 'Yes, and here is more.' };
    await hub.adapter.edit(hub.access, posted.id, edited, soon());
    assert.deepEqual(await hub.findPost(hub.access, draft, since, soon()), posted);
    assert.equal(await hub.findPost(hub.access, draft, new Date(Date.now() + 120_000), soon()), undefined);
  }
});

test('a person who copies the hidden mark, or a model that writes one, is not taken for a post of ours', async () => {
  const { place } = await asked(hub, () => hub.github.openIssue({ title: 'Forged', text: 'hm' }));
  const original = { place, text: 'Mine.', nonce: nonce('forged') };
  const { id } = await hub.adapter.post(hub.access, original, soon());
  const stored = hub.github.visible(place.thread).find((seen) => `c${seen.id}` === id);
  const mark = /<!-- .* -->$/.exec(stored?.text ?? '')?.[0] ?? '';
  assert.notEqual(mark, '');
  await hub.github.edit(id.slice(1), 'gone');
  const number = Number(place.thread.split('#')[1]);
  await hub.github.comment({ number, plain: true, text: `look\n\n${mark}` });
  assert.equal(await hub.findPost(hub.access, original, new Date(0), soon()), undefined);
  await hub.adapter.post(hub.access, { place, text: `said\n\n${mark}`, nonce: nonce('model') }, soon());
  assert.equal(await hub.findPost(hub.access, original, new Date(0), soon()), undefined);
});

test('a post is found on the second page', async () => {
  const since = new Date();
  const { place } = await asked(hub, () => hub.github.openIssue({ title: 'Busy', text: 'many' }));
  const number = Number(place.thread.split('#')[1]);
  for (let count = 0; count < 120; count += 1)
    await hub.github.comment({ number, text: `comment ${count}`, plain: true });
  const draft = { place, text: 'Found.', nonce: nonce('page') };
  const posted = await hub.adapter.post(hub.access, draft, soon());
  assert.deepEqual(await hub.findPost(hub.access, draft, since, soon()), posted);
  const latest = await hub.history(hub.access, place, { after: undefined, most: 3 }, soon());
  assert.deepEqual(
    latest.map((message) => message.text),
    ['comment 118', 'comment 119', 'Found.'],
  );
  const all = await hub.history(hub.access, place, { after: undefined, most: 500 }, soon());
  assert.equal(all.length, 122);
  assert.equal(all[0]?.text, '# Busy\n\nmany');
});

test('the history of a review thread is its own comments alone, oldest first, under the ids of the webhooks', async () => {
  const said = await hub.github.say({ text: 'first' });
  await hub.github.say({ text: 'elsewhere' });
  const event = await asked(hub, () => hub.github.say({ text: 'second', thread: said.thread, plain: true }));
  const history = await hub.history(hub.access, event.place, { after: undefined, most: 10 }, soon());
  assert.deepEqual(
    history.map((message) => message.text),
    ['first', 'second'],
  );
  assert.deepEqual(history[1], event.message);
  const later = { after: new Date(Date.now() + 1000), most: 10 };
  assert.deepEqual(await hub.history(hub.access, event.place, later, soon()), []);
});

test('the bot shows once that it has seen a comment, an issue or a review comment', async () => {
  for (const act of [
    () => hub.github.say({ text: 'a' }),
    () => hub.github.comment({ text: 'b' }),
    () => hub.github.openIssue({ title: 'c', text: 'c' }),
  ]) {
    const { place } = await asked(hub, act);
    const count = hub.github.reactions.length;
    await hub.show(hub.access, place, 'seen', soon());
    await hub.show(hub.access, place, 'seen', soon());
    await hub.show(hub.access, place, 'working', soon());
    assert.equal(hub.github.reactions.length, count + 1);
    assert.equal(hub.github.reactions.at(-1)?.content, 'eyes');
  }
});

test('a submitted review takes no reaction, and is answered in the conversation', async () => {
  const { place } = await asked(hub, () => hub.github.review({ text: 'please summarise' }));
  const count = hub.github.reactions.length;
  await hub.show(hub.access, place, 'seen', soon());
  assert.equal(hub.github.reactions.length, count);
  assert.match((await hub.adapter.post(hub.access, { place, text: 'ok', nonce: nonce('rv') }, soon())).id, /^c\d+$/);
});

test('an upload is fetched with the token from the page, and without it from the store behind', async () => {
  const bytes = Buffer.from('0123456789');
  const link = hub.github.upload({ name: 'log.txt', mediaType: 'text/plain', bytes });
  const event = await asked(hub, () => hub.github.comment({ text: `see ${link}` }));
  const [attachment] = event.message.attachments;
  assert.equal(attachment?.name, 'log.txt');
  const whole = await hub.adapter.fetchAttachment(hub.access, attachment.handle, 10, soon());
  assert.deepEqual(
    [Buffer.from(whole.bytes).toString(), whole.mediaType, whole.truncated],
    ['0123456789', 'text/plain', false],
  );
  const part = await hub.adapter.fetchAttachment(hub.access, attachment.handle, 4, soon());
  assert.deepEqual([Buffer.from(part.bytes).toString(), part.truncated], ['0123', true]);
  await assert.rejects(hub.adapter.fetchAttachment(hub.access, `${attachment.handle}x`, 4, soon()), { code: 'gone' });
});

for (const handle of [
  'http://169.254.169.254/latest/meta-data',
  'http://github.com/user-attachments/assets/1',
  'https://github.com.evil.example/x',
  'https://evilgithubusercontent.com/x',
  'file:///etc/passwd',
  'https://github.com:8443/x',
]) {
  test(`nothing is fetched from ${handle}`, async () => {
    await assert.rejects(hub.adapter.fetchAttachment(hub.access, handle, 10, soon()), { code: 'refused' });
  });
}

test('a comment that somebody deleted is gone, a thread that is not there refuses', async () => {
  const said = await hub.github.say({ text: 'bye' });
  const { place } = await asked(hub, () => hub.github.say({ text: 'bye', thread: said.thread }));
  const draft = { place, text: 'still there?', nonce: nonce('gone') };
  const { id } = await hub.adapter.post(hub.access, draft, soon());
  await hub.github.remove(id.slice(1));
  await assert.rejects(hub.adapter.edit(hub.access, id, draft, soon()), { code: 'gone' });
  await hub.github.remove(said.id);
  await assert.rejects(hub.adapter.post(hub.access, draft, soon()), { code: 'refused' });
});

for (const [what, message] of [
  ['the issue does not answer either', { call: 'GET /repos/:o/:r/issues/:n', kind: 'refuse', status: 404 }],
  ['the repository is blocked', { call: 'GET /repos/:o/:r/issues/:n', kind: 'refuse', status: 451 }],
] as const) {
  test(`an absent comment is not taken for deleted when ${what}`, async () => {
    const { place } = await asked(hub, () => hub.github.openIssue({ title: 'Away', text: 'say it' }));
    const draft = { place, text: 'still there?', nonce: nonce('away') };
    const { id } = await hub.adapter.post(hub.access, draft, soon());
    await hub.github.remove(id.slice(1));
    for (const touch of [
      () => hub.adapter.edit(hub.access, id, draft, soon()),
      () => hub.adapter.remove(hub.access, id, place, soon()),
    ]) {
      hub.github.faults.plan(message);
      await assert.rejects(touch(), { code: 'refused' });
    }
  });
}

test('a comment that is no longer needed is taken away, and taking it away twice is no failure', async () => {
  const event = await asked(hub, () => hub.github.openIssue({ title: 'Surplus', text: 'say much' }));
  const { id } = await hub.adapter.post(
    hub.access,
    { place: event.place, text: 'Too much.', nonce: nonce('surplus') },
    soon(),
  );
  await hub.adapter.remove(hub.access, id, event.place, soon());
  await hub.adapter.remove(hub.access, id, event.place, soon());
  assert.deepEqual(shown(event.place.thread), []);
});
