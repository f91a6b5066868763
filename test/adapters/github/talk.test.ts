import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { Event, Place } from '../../../src/model/event.ts';
import { Failure } from '../../../src/model/failure.ts';
import type { Adapter } from '../../../src/model/adapter.ts';
import { asked, nonce, openHub, soon } from './hub.ts';
import type { Hub } from './hub.ts';

let hub: Hub;
before(async () => {
  hub = await openHub();
});
after(() => hub[Symbol.asyncDispose]());
beforeEach(() => {
  hub.github.faults.clear();
  hub.github.ledger.clear();
});

const texts = (thread: string): string[] =>
  hub.github.visible(thread).map(({ text }) => text.replace(/\n\n<!-- .* -->$/, ''));
const last = (): Event | undefined => hub.events.at(-1);
let count = 0;
const draftAt = (place: Place, text: string) => ({ place, text, nonce: nonce(`talk-${(count += 1)}`) });

/** A part that the seam lets others leave out. */
function has<Part>(part: Part | undefined): Part {
  assert.ok(part !== undefined);
  return part;
}
const react: NonNullable<Adapter['react']> = (...given) => has(hub.adapter.react)(...given);
const open = (text = 'why?') => hub.github.openDiscussion({ title: 'Ideas', text });

test('a discussion that names the bot is a mention with its title above the text, and answered by a comment', async () => {
  const event = await asked(hub, () => open());
  assert.deepEqual([event.why, event.hasPast, event.message.text], ['mention', false, '# Ideas\n\nwhy?']);
  assert.match(event.message.id, /^d\d+$/);
  assert.match(event.place.thread, /^acme\/greeter\/discussions\/\d+$/);
  const { id } = await hub.adapter.post(hub.access, draftAt(event.place, 'Because.'), soon());
  assert.match(id, /^e\d+\.\w+/);
  const there = has(hub.adapter.under)(event.place, id);
  assert.deepEqual(texts(there.thread), ['Because.']);
  const answer = await asked(hub, () => hub.github.discuss({ thread: there.thread, text: 'sure?', plain: true }));
  assert.deepEqual([answer.why, answer.place.thread], ['follow-up', there.thread]);
  await hub.adapter.post(hub.access, draftAt(there, 'Yes.'), soon());
  assert.deepEqual(texts(there.thread), ['Because.', 'sure?', 'Yes.']);
});

test('a comment of a discussion begins a conversation; answers in it stand below it, also to an answer', async () => {
  const said = await open('hello');
  const first = await asked(hub, () => hub.github.discuss({ thread: said.thread, text: 'one?' }));
  assert.deepEqual([first.why, first.hasPast], ['mention', true]);
  await hub.adapter.post(hub.access, draftAt(first.place, 'One.'), soon());
  const second = await asked(hub, () => hub.github.discuss({ thread: first.place.thread, text: 'two?' }));
  assert.equal(second.place.thread, first.place.thread);
  await hub.adapter.post(hub.access, draftAt(second.place, 'Two.'), soon());
  assert.deepEqual(texts(first.place.thread), ['@switchboard-dev one?', 'One.', '@switchboard-dev two?', 'Two.']);
  const other = await asked(hub, () => hub.github.discuss({ thread: said.thread, text: 'by the way', plain: true }));
  assert.equal(other.why, 'overheard');
});

test('what was edited or deleted in a discussion is told', async () => {
  const said = await open('first');
  const { id } = await asked(hub, () => hub.github.discuss({ thread: said.thread, text: 'x', plain: true })).then(
    ({ message }) => ({ id: message.id }),
  );
  const number = /\d+/.exec(id)?.[0] ?? '';
  await hub.github.edit(number, '@switchboard-dev and now?');
  const edited = last();
  assert.ok(edited?.kind === 'edited');
  assert.deepEqual([edited.message.id, edited.message.text, edited.why], [id, 'and now?', 'mention']);
  await hub.github.remove(number);
  assert.deepEqual([last()?.kind, JSON.stringify(last()).includes(id)], ['deleted', true]);
  await hub.github.edit(said.id, 'second');
  const changed = last();
  assert.ok(changed?.kind === 'edited');
  assert.deepEqual([changed.message.id, changed.why], [said.id, 'overheard']);
  await hub.github.remove(said.id);
  const deleted = last();
  assert.ok(deleted?.kind === 'deleted');
  assert.equal(deleted.messageId, said.id);
});

test('a comment on a commit that names the bot is a mention in the commit’s conversation', async () => {
  const event = await asked(hub, () => hub.github.commentCommit({ text: 'why this?' }));
  assert.deepEqual([event.why, event.place.thread], ['mention', `acme/greeter@${hub.github.repository.headSha}`]);
  const { id } = await hub.adapter.post(hub.access, draftAt(event.place, 'So.'), soon());
  assert.match(id, /^k\d+$/);
  assert.deepEqual(texts(event.place.thread).slice(-2), ['@switchboard-dev why this?', 'So.']);
});

test('a comment on a line of a commit has its place in the code, and is answered there', async () => {
  const spot = { path: 'src/greet.js', position: 3 };
  const event = await asked(hub, () => hub.github.commentCommit({ text: 'here?', ...spot }));
  assert.deepEqual([event.message.anchor?.path, event.message.anchor?.line], ['src/greet.js', 3]);
  await hub.adapter.post(hub.access, draftAt(event.place, 'Here.'), soon());
  const history = await hub.history(hub.access, event.place, { after: undefined, most: 10 }, soon());
  assert.deepEqual(
    history.map(({ text }) => text),
    ['here?', 'Here.'],
  );
});

const places: readonly [what: string, ask: () => Promise<unknown>][] = [
  ['a discussion', () => open('look')],
  ['a discussion’s thread', async () => hub.github.discuss({ thread: (await open('x')).thread, text: 'look' })],
  ['a commit', () => hub.github.commentCommit({ text: 'look' })],
];
for (const [what, ask] of places) {
  test(`in ${what} a post is edited, found by its nonce, and taken away once`, async () => {
    const { place } = await asked(hub, ask);
    const since = new Date();
    const draft = draftAt(place, 'first');
    assert.equal(await hub.findPost(hub.access, draft, since, soon()), undefined);
    const posted = await hub.adapter.post(hub.access, draft, soon());
    assert.deepEqual(await hub.findPost(hub.access, draft, since, soon()), posted);
    for (let times = 0; times < 2; times += 1)
      await hub.adapter.edit(hub.access, posted.id, { ...draft, text: 'second' }, soon());
    assert.deepEqual(await hub.findPost(hub.access, draft, since, soon()), posted);
    assert.ok(texts(place.thread).includes('second') || what === 'a discussion');
    for (let times = 0; times < 2; times += 1) await hub.adapter.remove(hub.access, posted.id, place, soon());
    assert.equal(await hub.findPost(hub.access, draft, since, soon()), undefined);
    await assert.rejects(hub.adapter.edit(hub.access, posted.id, draft, soon()), { code: 'gone' });
  });

  test(`in ${what} the history has the ids of what was delivered, and our own words`, async () => {
    const event = await asked(hub, ask);
    await hub.adapter.post(hub.access, draftAt(event.place, 'Mine.'), soon());
    const history = await hub.history(hub.access, event.place, { after: undefined, most: 50 }, soon());
    assert.deepEqual(
      history.find(({ id }) => id === event.message.id),
      event.message,
    );
    const own = history.at(-1);
    assert.deepEqual([own?.text, own?.author.kind], ['Mine.', 'self']);
    const later = { after: new Date(Date.now() + 2000), most: 9 };
    assert.deepEqual(await hub.history(hub.access, event.place, later, soon()), []);
  });

  test(`in ${what} a reaction is set once and taken away once`, async () => {
    const { place, message } = await asked(hub, ask);
    const on = { place, messageId: message.id };
    const mine = () => hub.github.reactions.map(({ content }) => content);
    const before = mine().length;
    for (let times = 0; times < 2; times += 1) await react(hub.access, on, { emoji: '🎉', added: true }, soon());
    assert.deepEqual(mine().slice(before), ['hooray']);
    for (let times = 0; times < 2; times += 1) await react(hub.access, on, { emoji: '🎉', added: false }, soon());
    assert.equal(mine().length, before);
    await hub.show(hub.access, place, 'seen', soon());
    assert.deepEqual(mine().slice(before), ['eyes']);
  });
}

test('a discussion of more than a hundred comments is read through', async () => {
  const event = await asked(hub, () => open('busy'));
  const since = new Date();
  const draft = draftAt(event.place, 'Early.');
  const posted = await hub.adapter.post(hub.access, draft, soon());
  for (let n = 0; n < 105; n += 1) await hub.github.discuss({ thread: event.place.thread, text: `n${n}`, plain: true });
  assert.deepEqual(await hub.findPost(hub.access, draft, since, soon()), posted);
  const history = await hub.history(hub.access, event.place, { after: undefined, most: 500 }, soon());
  assert.deepEqual([history.length, history[1]?.text, history.at(-1)?.text], [107, 'Early.', 'n104']);
});

const faults: readonly [what: string, fault: Parameters<Hub['github']['faults']['plan']>[0], code: string][] = [
  ['a 502 after the work', { call: 'graphql addDiscussionComment', kind: 'perform-then-fail' }, 'unknown-outcome'],
  ['a cut connection', { call: 'graphql addDiscussionComment', kind: 'reset' }, 'unknown-outcome'],
  ['a 403', { call: 'graphql addDiscussionComment', kind: 'refuse', status: 403 }, 'unauthorized'],
  ['a limit', { call: 'graphql addDiscussionComment', kind: 'refuse', status: 429 }, 'rate-limited'],
];
for (const [what, fault, code] of faults) {
  test(`${what} in a discussion is ${code}, and nothing is sent twice`, async () => {
    const { place } = await asked(hub, () => open('x'));
    hub.github.faults.plan(fault);
    await assert.rejects(hub.adapter.post(hub.access, draftAt(place, 'y'), soon()), { code });
    assert.equal(hub.github.ledger.entries.filter(({ call }) => call === fault.call).length, 1);
  });
}

test('reading a discussion fails as unavailable, and a post too long for it is too large', async () => {
  const { place } = await asked(hub, () => open('x'));
  hub.github.faults.plan({ call: 'graphql node', kind: 'refuse', status: 502 });
  await assert.rejects(hub.findPost(hub.access, draftAt(place, 'y'), new Date(), soon()), { code: 'unavailable' });
  await assert.rejects(hub.adapter.post(hub.access, draftAt(place, 'x'.repeat(65_600)), soon()), { code: 'too-large' });
});

test('a comment is not taken for deleted when its discussion does not answer either', async () => {
  const said = await open('x');
  const { place } = await asked(hub, () => hub.github.discuss({ thread: said.thread, text: 'y' }));
  const draft = draftAt(place, 'z');
  const { id } = await hub.adapter.post(hub.access, draft, soon());
  await hub.github.remove(/\d+/.exec(id)?.[0] ?? '');
  await hub.github.remove(said.id);
  await assert.rejects(hub.adapter.edit(hub.access, id, draft, soon()), { code: 'refused' });
});

test('ids of one kind of message are not taken for another’s', async () => {
  const { place } = await asked(hub, () => open('x'));
  for (const id of ['d5', 'n1', 'v2'])
    await assert.rejects(async () => hub.adapter.edit(hub.access, id, draftAt(place, 'y'), soon()), {
      code: 'invalid',
    });
  for (const id of ['e5', 'c1.x', 'z1', 'e1.<>', ''])
    await assert.rejects(
      async () => hub.adapter.edit(hub.access, id, draftAt(place, 'y'), soon()),
      (thrown) => thrown instanceof Failure && thrown.code === 'invalid',
    );
});
