import assert from 'node:assert/strict';
import type { Adapter } from '../../../src/model/adapter.ts';
import type { Place } from '../../../src/model/event.ts';
import type { Behaviour, Talk } from '../subject.ts';
import type { Asked } from '../tools.ts';
import { ask, draftOf, fails, shown, soon, unique } from '../tools.ts';

/** What the hub says, changes and takes back. */
export const outbound: readonly Behaviour[] = [
  {
    sentence: 'an answer is one post in the conversation of the question',
    async run(talk) {
      const asked = await ask(talk);
      const answer = unique('an answer');
      await talk.adapter.post(talk.access, draftOf(asked.place, answer), soon());
      assert.deepEqual(textsIn(talk, asked), [answer]);
    },
  },
  {
    sentence: 'a direct question is answered there',
    needs: 'direct',
    async run(talk) {
      const asked = unique('a question');
      const said = await talk.people.direct(asked);
      const event = await talk.inbox.message(asked);
      await talk.adapter.post(talk.access, draftOf(event.place, 'an answer'), soon());
      assert.deepEqual(textsIn(talk, { said, event, place: event.place }).slice(-1), ['an answer']);
    },
  },
  {
    sentence: 'a command is answered, and the answer can be changed and taken away',
    needs: 'command',
    async run(talk) {
      const asked = unique('a question');
      await talk.people.command(asked);
      const { place } = await talk.inbox.message(asked);
      const said = () => talk.standIn.visible().filter((one) => one.fromBot && one.text.includes('the answer to'));
      const draft = draftOf(place, `the answer to ${asked}`);
      const { id } = await talk.adapter.post(talk.access, draft, soon());
      assert.equal(said().length, 1);
      await talk.adapter.edit(talk.access, id, { ...draft, text: `changed: the answer to ${asked}` }, soon());
      assert.deepEqual(
        said().map((one) => one.text),
        [`changed: the answer to ${asked}`],
      );
      await talk.adapter.remove(talk.access, id, place, soon());
      assert.equal(said().length, 0);
    },
  },
  {
    sentence: 'an edit makes the post say the new text, done twice as done once',
    async run(talk) {
      const asked = await ask(talk);
      const draft = draftOf(asked.place, 'first');
      const { id } = await talk.adapter.post(talk.access, draft, soon());
      for (let times = 0; times < 2; times += 1) {
        await talk.adapter.edit(talk.access, id, { ...draft, text: 'second' }, soon());
      }
      assert.deepEqual(textsIn(talk, asked), ['second']);
    },
  },
  {
    sentence: 'a post is taken away, done twice as done once, and is gone for edits then',
    async run(talk) {
      const asked = await ask(talk);
      const { remove } = talk.adapter;
      assert.ok(remove);
      const draft = draftOf(asked.place, 'gone soon');
      const { id } = await talk.adapter.post(talk.access, draft, soon());
      for (let times = 0; times < 2; times += 1) await remove(talk.access, id, asked.place, soon());
      assert.deepEqual(textsIn(talk, asked), []);
      await fails(talk, talk.adapter.edit(talk.access, id, draft, soon()), 'gone');
    },
  },
  {
    sentence: 'a part of exactly the limit is posted whole, and edited whole',
    async run(talk) {
      const asked = await ask(talk);
      const text = ofExactly(talk.adapter);
      const draft = draftOf(asked.place, text);
      const { id } = await talk.adapter.post(talk.access, draft, soon());
      assert.deepEqual(textsIn(talk, asked), [text]);
      await talk.adapter.edit(talk.access, id, { ...draft, text: 'short' }, soon());
      await talk.adapter.edit(talk.access, id, draft, soon());
      assert.deepEqual(textsIn(talk, asked), [text]);
    },
  },
  {
    sentence: 'a post is found, and what was not posted is not',
    needs: 'look-up',
    async run(talk) {
      const { place } = await ask(talk);
      const find = finderOf(talk);
      const since = new Date(Date.now() - 2_000);
      const [one, other, never] = [draftOf(place, 'one'), draftOf(place, 'other'), draftOf(place, 'never')];
      const first = await talk.adapter.post(talk.access, one, soon());
      const second = await talk.adapter.post(talk.access, other, soon());
      assert.deepEqual(await find(talk.access, one, since, soon()), first);
      assert.deepEqual(await find(talk.access, other, since, soon()), second);
      assert.equal(await find(talk.access, never, since, soon()), undefined);
    },
  },
  {
    sentence: 'of posts that say the same, each is found by its own nonce',
    needs: 'marks',
    async run(talk) {
      const { place } = await ask(talk);
      const find = finderOf(talk);
      const since = new Date(Date.now() - 2_000);
      const [one, other, never] = [draftOf(place, 'the same'), draftOf(place, 'the same'), draftOf(place, 'the same')];
      const first = await talk.adapter.post(talk.access, one, soon());
      const second = await talk.adapter.post(talk.access, other, soon());
      assert.deepEqual(await find(talk.access, one, since, soon()), first);
      assert.deepEqual(await find(talk.access, other, since, soon()), second);
      assert.equal(await find(talk.access, never, since, soon()), undefined);
    },
  },
  {
    sentence: 'a post is still found after an edit',
    needs: 'marks',
    async run(talk) {
      const { place } = await ask(talk);
      const draft = draftOf(place, 'before');
      const posted = await talk.adapter.post(talk.access, draft, soon());
      await talk.adapter.edit(talk.access, posted.id, { ...draft, text: 'after' }, soon());
      const found = await finderOf(talk)(talk.access, draft, new Date(Date.now() - 2_000), soon());
      assert.deepEqual(found, posted);
    },
  },
  {
    sentence: 'history is what was said there, oldest first, with who said it',
    needs: 'history',
    async run(talk) {
      const { said, event, place } = await ask(talk);
      await talk.adapter.post(talk.access, draftOf(place, 'an answer'), soon());
      const more = unique('and more');
      await talk.people.followUp(said.thread, more);
      const { history } = talk.adapter;
      assert.ok(history);
      const all = await history(talk.access, place, { after: undefined, most: 50 }, soon());
      assert.deepEqual(
        all.map(({ author, text }) => [author.kind, text]),
        [
          ['human', event.message.text],
          ['self', 'an answer'],
          ['human', more],
        ],
      );
      assert.equal(all[0]?.id, event.message.id);
      const last = await history(talk.access, place, { after: undefined, most: 1 }, soon());
      assert.deepEqual(
        last.map(({ text }) => text),
        [more],
      );
    },
  },
  {
    sentence: 'a stream grows in its post, ends, and can be edited then',
    needs: 'streaming',
    alone: true,
    async run(talk) {
      const { stream } = talk.adapter;
      assert.ok(stream);
      const asked = await askWhere(talk, (place) => stream.fits?.(place) !== false);
      const draft = draftOf(asked.place, 'It ');
      const post = { place: asked.place, id: (await stream.start(talk.access, draft, soon())).id };
      await stream.append(talk.access, post, { text: 'It grows', more: 'grows' }, soon());
      assert.deepEqual(textsIn(talk, asked), ['It grows']);
      for (let times = 0; times < 2; times += 1) await stream.stop(talk.access, post, 'It grows', soon());
      await talk.adapter.edit(talk.access, post.id, { ...draft, text: 'whole' }, soon());
      assert.deepEqual(textsIn(talk, asked), ['whole']);
    },
  },
  {
    sentence: 'a sign of work is shown, and no sign shown twice does harm',
    async run(talk) {
      const { place } = await ask(talk);
      const { show } = talk.adapter;
      assert.ok(show);
      talk.standIn.ledger.clear();
      for (const status of ['seen', 'seen', 'working', 'working', 'done', 'done', 'failed', 'failed'] as const) {
        await show(talk.access, place, status, soon());
      }
      assert.ok(talk.standIn.ledger.entries.some(({ performed }) => performed));
      assert.equal(talk.standIn.ledger.performed(talk.calls.post), 0);
    },
  },
];

/** In a conversation of many, or, where it does not fit, in one with the bot alone. */
async function askWhere(talk: Talk, fits: (place: Place) => boolean): Promise<Asked> {
  const asked = await ask(talk);
  if (fits(asked.place)) return asked;
  const text = unique('question');
  const said = await talk.people.direct(text);
  const event = await talk.inbox.message(text);
  assert.ok(fits(event.place));
  return { said, event, place: event.place };
}

const textsIn = (talk: Talk, asked: Asked): readonly string[] => shown(talk, asked).map(({ text }) => text);

function finderOf({ adapter }: Talk): NonNullable<Adapter['findPost']> {
  assert.ok(adapter.findPost);
  return adapter.findPost;
}

/** Plain words whose measure is the limit to the last letter. */
function ofExactly({ limits }: Adapter): string {
  const perLetter = limits.measure('xx') - limits.measure('x');
  const room = limits.part - limits.measure('x');
  assert.equal(room % perLetter, 0);
  const letters = 1 + room / perLetter;
  const text = 'word '
    .repeat(Math.ceil(letters / 5))
    .slice(0, letters)
    .replace(/ $/, 'x');
  assert.equal(limits.measure(text), limits.part);
  return text;
}
