import assert from 'node:assert/strict';
import { COMMANDS } from '../../../src/model/commands.ts';
import type { Behaviour } from '../subject.ts';
import { ask, draftOf, fails, shown, soon, unique } from '../tools.ts';

const FILE = { name: 'plan.pdf', mediaType: 'application/pdf', bytes: Buffer.from('all\u0000of it\n\u00ff') };

/** What is done and known beside answers. */
export const beside: readonly Behaviour[] = [
  {
    sentence: 'a command is told by its name',
    needs: 'command',
    async run({ people, inbox }) {
      for (const { name, argument } of COMMANDS.filter(({ listed }) => listed)) {
        const text = argument === undefined ? '' : unique('text');
        await people.command(text, name);
        const { why } = await inbox.event('message', ({ command }) => command?.name === name && command.text === text);
        assert.equal(why, 'command');
      }
    },
  },
  {
    sentence: 'a reaction of ours is set and taken away, on theirs and on ours, done twice as done once',
    async run(talk) {
      const { said, event, place } = await ask(talk);
      const { react } = talk.adapter;
      assert.ok(react);
      const { id } = await talk.adapter.post(talk.access, draftOf(place, 'an answer'), soon());
      for (const [messageId, seenAs] of [
        [event.message.id, said.id],
        [id, id],
      ] as const) {
        for (const added of [true, true, false, false]) {
          await react(talk.access, { place, messageId }, { emoji: '👍', added }, soon());
          assert.equal(talk.sight.reactions(seenAs), added ? 1 : 0);
        }
      }
    },
  },
  {
    sentence: 'a person is reached in the same place each time, and what is said there arrives',
    needs: 'direct',
    async run(talk) {
      const { event } = await ask(talk);
      const { reach } = talk.adapter;
      assert.ok(reach);
      const to = { person: event.message.author.id };
      const place = await reach(talk.access, to, soon());
      assert.deepEqual(await reach(talk.access, to, soon()), place);
      const text = unique('good morning');
      await talk.adapter.post(talk.access, draftOf(place, text), soon());
      assert.ok(talk.standIn.visible(place.thread).some((one) => one.fromBot && one.text === text));
      const answer = unique('good morning to you');
      await talk.people.direct(answer);
      assert.equal((await talk.inbox.message(answer)).place.thread, place.thread);
    },
  },
  {
    sentence: 'a channel is reached, and what people say under the first post is one conversation with it',
    async run(talk) {
      const { reach, under } = talk.adapter;
      assert.ok(reach && under);
      const place = await reach(talk.access, { channel: await talk.channel(), title: unique('The week') }, soon());
      const text = unique('all has gone well');
      const { id } = await talk.adapter.post(talk.access, draftOf(place, text), soon());
      const there = under(place, id);
      assert.deepEqual(under(there, id), there);
      const more = unique('really?');
      await talk.people.followUp(there.thread, more);
      const heard = await talk.inbox.message(more);
      assert.deepEqual([heard.place.thread, heard.place.install], [there.thread, talk.access.install]);
      await talk.adapter.post(talk.access, draftOf(heard.place, 'really'), soon());
      const asked = { said: { id, thread: there.thread, status: 200, acknowledgedInMs: 0 }, event: heard, place };
      assert.deepEqual(
        shown(talk, asked).map((one) => one.text),
        [text, 'really'],
      );
    },
  },
  {
    sentence: 'a file goes out whole, with its name and words beside it',
    needs: 'sharing',
    async run(talk) {
      const asked = await ask(talk);
      const { share } = talk.adapter;
      assert.ok(share);
      const { id } = await share(talk.access, draftOf(asked.place, 'the whole'), FILE, soon());
      const [file, ...others] = talk.sight.files(id);
      assert.deepEqual([file?.name, Buffer.from(file?.bytes ?? [])], [FILE.name, FILE.bytes]);
      assert.equal(others.length, 0);
      assert.deepEqual(
        shown(talk, asked).map(({ text }) => text),
        ['the whole'],
      );
    },
  },
  {
    sentence: 'a page to sign in at is never taken for a file',
    alone: true,
    async run(talk) {
      const name = unique('see');
      await talk.people.shareHidden(name, FILE);
      const { message } = await talk.inbox.event('message', (event) => event.message.text.startsWith(name));
      const [attachment] = message.attachments;
      assert.ok(attachment);
      const read = talk.adapter.fetchAttachment(talk.access, attachment.handle, 1_000, soon());
      const failure = await fails(talk, read, 'unauthorized');
      assert.ok(failure.message.length > 20, 'the fix is named');
    },
  },
  {
    sentence: 'a person has the name by which others know them, and a stranger none',
    async run(talk) {
      const { event } = await ask(talk);
      const { person } = talk.adapter;
      assert.ok(person);
      const { id } = event.message.author;
      const found = await person(talk.access, id, soon());
      assert.deepEqual([found.id, /^ada\b/i.test(found.name)], [id, true]);
      await fails(talk, person(talk.access, `${id.slice(0, -1)}0${id.slice(-1)}`, soon()), 'refused', 'invalid');
    },
  },
  {
    sentence: 'of the names in a text only those who may be called are called, and none in code',
    async run(talk) {
      const asked = await ask(talk);
      const { id, name } = asked.event.message.author;
      const draft = { ...draftOf(asked.place, `@${name}, not @Linus, nor \`@${name}\``), calls: [{ id, name }] };
      const { id: posted } = await talk.adapter.post(talk.access, draft, soon());
      const called = () => shown(talk, asked).map((one) => new Set(talk.called(one)).size);
      assert.deepEqual(called(), [1]);
      await talk.adapter.edit(talk.access, posted, { ...draft, text: `${draft.text}, nor @Bob` }, soon());
      assert.deepEqual(called(), [1]);
    },
  },
];
