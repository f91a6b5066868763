import assert from 'node:assert/strict';
import { receive } from '../inbox.ts';
import type { Behaviour } from '../subject.ts';
import { ask, draftOf, soon, unique } from '../tools.ts';

const text = () => unique('What is new here?');

/** What people do, and what the hub is told of it. */
export const inbound: readonly Behaviour[] = [
  {
    sentence: 'a mention is one message of a person, with the bot’s name taken out',
    async run(talk) {
      const { said, event } = await ask(talk, text());
      assert.equal(event.message.author.kind, 'human');
      assert.ok(event.message.author.id !== '' && event.message.author.name !== '');
      assert.match(event.message.text, /^What is new here\? number \d+$/);
      assert.ok(Math.abs(event.message.sentAt.getTime() - Date.now()) < 10_000);
      assert.ok(said.status === undefined || said.status === 200);
    },
  },
  {
    sentence: 'what one person writes to the bot alone is direct',
    needs: 'direct',
    async run({ people, inbox }) {
      const asked = text();
      await people.direct(asked);
      const { why, message } = await inbox.message(asked);
      assert.deepEqual([why, message.author.kind], ['direct', 'human']);
    },
  },
  {
    sentence: 'what is said in the same thread without a mention is a follow-up',
    async run(talk) {
      const { said, place } = await ask(talk);
      const more = text();
      await talk.people.followUp(said.thread, more);
      const event = await talk.inbox.message(more);
      assert.deepEqual([event.why, event.hasPast], ['follow-up', true]);
      assert.equal(event.place.thread, place.thread);
      assert.equal(event.place.install, place.install);
    },
  },
  {
    sentence: 'two mentions in two places are two conversations',
    async run(talk) {
      const [one, other] = [await ask(talk), await ask(talk)];
      assert.notEqual(one.place.thread, other.place.thread);
      assert.notEqual(one.event.message.id, other.event.message.id);
    },
  },
  {
    sentence: 'a command is a message with the command’s text',
    needs: 'command',
    async run({ people, inbox }) {
      const asked = text();
      const { status, acknowledgedInMs } = await people.command(asked);
      const { why, message } = await inbox.message(asked);
      assert.deepEqual([status, why, message.author.kind], [200, 'command', 'human']);
      assert.ok((acknowledgedInMs ?? 0) < 3_000);
    },
  },
  {
    sentence: 'an edit names its message and says the new text under a new version',
    async run(talk) {
      const { said, event } = await ask(talk);
      const changed = text();
      await talk.people.edit(said.id, changed);
      const edited = await talk.inbox.event('edited', ({ message }) => message.text === changed);
      assert.equal(edited.message.id, event.message.id);
      assert.notEqual(edited.message.version, event.message.version);
      assert.equal(edited.message.author.kind, 'human');
    },
  },
  {
    sentence: 'a deletion names its message',
    async run(talk) {
      const { said, event } = await ask(talk);
      await talk.people.remove(said.id);
      const deleted = await talk.inbox.event('deleted', ({ messageId }) => messageId === event.message.id);
      assert.equal(deleted.place.channel, event.place.channel);
    },
  },
  {
    sentence: 'a reaction is told as its emoji, when it is added and when it is taken away',
    needs: 'reactions',
    async run(talk) {
      const { said, event } = await ask(talk);
      for (const added of [true, false]) {
        await talk.people.thumb(said.id, added);
        const reaction = await talk.inbox.event(
          'reaction',
          (one) => one.messageId === event.message.id && one.added === added,
        );
        assert.deepEqual([reaction.emoji, reaction.author.kind], ['👍', 'human']);
      }
    },
  },
  {
    sentence: 'removing the app is told as the end of that install',
    alone: true,
    async run(talk) {
      const { place } = await ask(talk);
      await talk.people.uninstall();
      const { install } = await talk.inbox.event('uninstalled');
      assert.equal(install, place.install);
    },
  },
  {
    sentence: 'what the bot posts comes back as written by itself',
    needs: 'own posts',
    async run(talk) {
      const { place } = await ask(talk);
      const answer = unique('an answer');
      await talk.adapter.post(talk.access, draftOf(place, answer), soon());
      const { message, place: where } = await talk.inbox.message(answer);
      assert.equal(message.author.kind, 'self');
      assert.equal(where.thread, place.thread);
    },
  },
  {
    sentence: 'another program that mentions the bot is a bot',
    needs: 'other bots',
    async run({ people, inbox }) {
      const asked = text();
      await people.otherBot(asked);
      assert.equal((await inbox.message(asked)).message.author.kind, 'bot');
    },
  },
  {
    sentence: 'a text comes without NUL and without halves of characters',
    async run(talk) {
      const name = unique('odd');
      await talk.people.mention(`${name} a\u0000b \ud83d c`);
      const { message } = await talk.inbox.event('message', (event) => event.message.text.startsWith(name));
      assert.ok(message.text.isWellFormed());
      assert.ok(!message.text.includes('\u0000'));
      assert.ok(message.text.includes('ab'));
    },
  },
  {
    sentence: 'the same request, delivered again, has the same delivery id and means the same',
    async run(talk) {
      const { platform, people, inbox, adapter } = talk;
      // Discord's messages come at its gateway; what comes over HTTP is a command.
      if (platform === 'discord') await inbox.event('message', await saidBy(people.command));
      else await ask(talk);
      const last = inbox.requests.findLast(({ received }) => received.delivery !== undefined);
      assert.ok(last?.received.delivery);
      const again = await receive(adapter, { ...last.request, receivedAt: last.request.receivedAt });
      assert.equal(again.response.status, 200);
      assert.deepEqual(again.delivery?.id, last.received.delivery.id);
      assert.deepEqual(again.delivery?.events, last.received.delivery.events);
    },
  },
];

type Fits = (event: { readonly message: { readonly text: string } }) => boolean;

async function saidBy(act: (text: string) => Promise<unknown>): Promise<Fits> {
  const asked = text();
  await act(asked);
  return ({ message }) => message.text === asked;
}
