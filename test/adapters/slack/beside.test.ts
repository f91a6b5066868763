import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { FailureCode } from '../../../src/model/failure.ts';
import { emojiOf, shortNameOf } from '../../../adapters/slack/emoji.ts';
import type { Ear } from './hear.ts';
import { moreOf, openEar } from './hear.ts';
import { never } from './signed.ts';
import { openTalk, partsOf } from './talk.ts';

const talk = await openTalk();
const { slack, adapter, access, draft, newPlace, shownIn } = talk;
const { react, whisper, reach, under, share, person } = moreOf(adapter);
const { findPost } = partsOf(adapter);
let ear: Ear;
before(async () => void (ear = await openEar(talk)));
after(async () => {
  await ear[Symbol.asyncDispose]();
  await talk[Symbol.asyncDispose]();
});
beforeEach(() => slack.ledger.clear());

const file = { name: 'a <b>.txt', mediaType: 'text/plain', bytes: Buffer.from('0123456789') };

test('a reaction is set and taken away, on their messages and ours, twice without harm', async () => {
  const place = await newPlace();
  const [question] = slack.visible(place.thread);
  const { id: ours } = await adapter.post(access, draft(place, 'answer'), never);
  for (const messageId of [question?.id ?? '', ours]) {
    for (const added of [true, true, false, false]) {
      await react(access, { place, messageId }, { emoji: '⏳', added }, never);
      assert.deepEqual(slack.reactionsOn(messageId), added ? { hourglass_flowing_sand: ['switchboard'] } : {});
    }
  }
});

test('an emoji is known by its letters, its tone or its short name, and what is none is an error that names the fix', async () => {
  assert.deepEqual(['👍', '👍🏽', '❤', '❤️', '⏹️', 'party_parrot', '🜀', 'no emoji'].map(shortNameOf), [
    '+1',
    '+1',
    'heart',
    'heart',
    'black_square_for_stop',
    'party_parrot',
    undefined,
    undefined,
  ]);
  for (const emoji of ['👀', '👍', '👎', '❌', '🛑', '🔁', '⏳', '✅', '⚠️']) {
    assert.equal(emojiOf(shortNameOf(emoji) ?? ''), emoji);
  }
  const place = await newPlace();
  const on = { place, messageId: '1.1' };
  await assert.rejects(react(access, on, { emoji: '🜀', added: true }, never), {
    code: 'invalid',
    message: /short name/,
  });
  assert.equal(slack.ledger.entries.length, 0);
});

test('a person is reached in the same direct conversation every time, and answers there', async () => {
  const bob = slack.personId('bob');
  const place = await reach(access, { person: bob }, never);
  assert.deepEqual(await reach(access, { person: bob }, never), place);
  assert.equal(place.thread, slack.openDirect('bob'));
  const { id } = await adapter.post(access, draft(place, 'Good morning.'), never);
  assert.deepEqual(under(place, id), place);
  await slack.say({ text: 'hello?', as: 'bob', direct: true });
  const answer = ear.last('message');
  assert.deepEqual([answer.why, answer.place.thread], ['direct', place.thread]);
});

test('a channel is reached at its top, with or without a title, and people answer in the thread under the post', async () => {
  const place = await reach(access, { channel: slack.channel, title: 'Weekly' }, never);
  assert.deepEqual(await reach(access, { channel: slack.channel }, never), place);
  const one = draft(place, 'The week.');
  const { id } = await adapter.post(access, one, never);
  const below = under(place, id);
  assert.equal(below.thread, `${slack.channel}:${id}`);
  assert.deepEqual(under(below, 'other'), below);
  await slack.say({ text: 'thanks', thread: below.thread, plain: true });
  assert.equal(ear.last('message').place.thread, below.thread);
  await adapter.post(access, draft(below, 'You are welcome.'), never);
  assert.deepEqual(shownIn(below), ['The week.', 'You are welcome.']);
  assert.deepEqual(await findPost(access, one, new Date(Date.now() - 1_000), never), { id });
  await assert.rejects(reach(access, { channel: '#general' }, never), { code: 'invalid', message: /by its id/ });
});

test('a whisper is seen: in the thread that goes on, and in the channel where there is none yet', async () => {
  const bob = slack.personId('bob');
  const first = await slack.say({ text: 'q', as: 'bob' });
  await whisper(access, ear.last('message').place, { person: bob, text: 'one' }, never);
  await slack.say({ text: 'more', as: 'bob', thread: first.thread });
  await whisper(access, ear.last('message').place, { person: bob, text: 'two' }, never);
  const [one, two] = slack.whispered('bob').slice(-2);
  assert.deepEqual([one?.text, one?.thread === first.thread], ['one', false]);
  assert.deepEqual([two?.text, two?.thread], ['two', first.thread]);
});

test('a person has a name, a locale and a time zone', async () => {
  slack.setProfile('eva', { name: 'Eva M.', locale: 'de-AT', timeZone: 'Europe/Vienna' });
  const id = slack.personId('eva');
  assert.deepEqual(await person(access, id, never), {
    id,
    name: 'Eva M.',
    locale: 'de-AT',
    timeZone: 'Europe/Vienna',
  });
});

test('a name calls the person it is of, the longest first, and nobody from code, links or longer words', async () => {
  const place = await newPlace();
  const calls = [
    { id: 'U1', name: 'Ann' },
    { id: 'U2', name: 'Ann Lee' },
    { id: 'W3', name: 'a & b' },
    { id: '!channel', name: 'all' },
  ];
  const text = '@Ann Lee, @Ann: **@a & b** `@Ann` [@Ann](https://e.org) @Anna x@Ann @all @Bob <@U9>\n\n```\n@Ann\n```';
  const { id } = await adapter.post(access, { ...draft(place, text), calls }, never);
  const said = '<@U2>, <@U1>: *<@W3>* `@Ann` <https://e.org|@Ann> @Anna x@Ann @all @Bob &lt;@U9&gt;\n\n```\n@Ann\n```';
  assert.deepEqual(shownIn(place), [said]);
  await adapter.edit(access, id, draft(place, text), never);
  assert.doesNotMatch(shownIn(place)[0] ?? '', /<@/);
});

test('names whose ids are too long for the message stay letters, and the message is whole', async () => {
  const place = await newPlace();
  const calls = [{ id: 'U0123456789', name: 'A' }];
  const text = '@A '.repeat(1_290).trim();
  const { id } = await adapter.post(access, draft(place, 'x'), never);
  await adapter.edit(access, id, { ...draft(place, text), calls }, never);
  assert.deepEqual(shownIn(place), [text]);
});

const errors: readonly [call: string, method: string, error: string, code: FailureCode][] = [
  ['react', 'reactions.add', 'message_not_found', 'gone'],
  ['react', 'reactions.add', 'too_many_reactions', 'refused'],
  ['react', 'reactions.add', 'missing_scope', 'unauthorized'],
  ['react', 'reactions.add', 'ratelimited', 'rate-limited'],
  ['react', 'reactions.add', 'fatal_error', 'unknown-outcome'],
  ['whisper', 'chat.postEphemeral', 'user_not_in_channel', 'refused'],
  ['whisper', 'chat.postEphemeral', 'channel_not_found', 'refused'],
  ['whisper', 'chat.postEphemeral', 'missing_scope', 'unauthorized'],
  ['reach', 'conversations.open', 'user_not_found', 'refused'],
  ['reach', 'conversations.open', 'cannot_dm_bot', 'refused'],
  ['reach', 'conversations.open', 'internal_error', 'unknown-outcome'],
  ['share', 'files.getUploadURLExternal', 'file_upload_size_restricted', 'too-large'],
  ['share', 'files.getUploadURLExternal', 'file_uploads_disabled', 'refused'],
  ['share', 'files.getUploadURLExternal', 'missing_scope', 'unauthorized'],
  ['share', 'files.completeUploadExternal', 'posting_to_channel_denied', 'refused'],
  ['share', 'files.completeUploadExternal', 'invalid_channel', 'refused'],
  ['person', 'users.info', 'user_not_found', 'refused'],
  ['person', 'users.info', 'missing_scope', 'unauthorized'],
  ['person', 'users.info', 'internal_error', 'unavailable'],
];
for (const [call, method, error, code] of errors) {
  test(`${call}: Slack’s ${error} of ${method} is ${code}, and nothing is tried twice`, async () => {
    const place = await newPlace();
    slack.refuseWith(method, error);
    const calls: Readonly<Record<string, () => Promise<unknown>>> = {
      react: () =>
        react(access, { place, messageId: slack.visible()[0]?.id ?? '' }, { emoji: '👍', added: true }, never),
      whisper: () => whisper(access, place, { person: slack.personId('bob'), text: 'x' }, never),
      reach: () => reach(access, { person: slack.personId('bob') }, never),
      share: () => share(access, draft(place, 'x'), file, never),
      person: () => person(access, slack.personId('bob'), never),
    };
    await assert.rejects(calls[call]?.() ?? Promise.resolve(), { code, message: `${method}: ${error}` });
    assert.equal(slack.ledger.entries.filter((one) => one.call === method).length, 1);
  });
}

test('every new call ends when its signal does', async () => {
  const place = await newPlace();
  const bob = slack.personId('bob');
  const soon = () => AbortSignal.timeout(20);
  const calls: readonly (() => Promise<unknown>)[] = [
    () => react(access, { place, messageId: '1.1' }, { emoji: '👍', added: true }, soon()),
    () => whisper(access, place, { person: bob, text: 'x' }, soon()),
    () => reach(access, { person: bob }, soon()),
    () => share(access, draft(place, 'x'), file, soon()),
    () => person(access, bob, soon()),
  ];
  for (const call of calls) {
    slack.faults.plan({ call: '*', kind: 'perform-then-hang' });
    await assert.rejects(call(), { code: 'aborted' });
  }
});

test('a status line says how long it stays', () => {
  assert.equal(adapter.limits.statusForMs, 120_000);
});
