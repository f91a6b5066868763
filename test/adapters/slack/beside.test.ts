import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { FailureCode } from '../../../src/model/failure.ts';
import { Failure } from '../../../src/model/failure.ts';
import { emojiOf, shortNameOf } from '../../../adapters/slack/emoji.ts';
import { openSlack } from '../../../adapters/slack/index.ts';
import { openSlackStandIn } from '../../../sandbox/slack/index.ts';
import { openListener } from '../../kit/listen.ts';
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

test('a file is posted in the thread with its text beside it, and is found again', async () => {
  const place = await newPlace();
  const one = draft(place, '**The log** of today <!channel>');
  const { id } = await share(access, one, file, never);
  const shown = slack.visible(place.thread).at(-1);
  assert.deepEqual([shown?.id, shown?.text], [id, '*The log* of today &lt;!channel&gt;']);
  const [sent] = slack.filesOf(id);
  assert.deepEqual(
    [sent?.name, sent?.mimetype, Buffer.from(sent?.bytes ?? []).toString()],
    ['a <b>.txt', 'text/plain', '0123456789'],
  );
  assert.deepEqual(await findPost(access, one, new Date(Date.now() - 1_000), never), { id });
  assert.equal(await findPost(access, draft(place, 'other'), new Date(0), never), undefined);
  assert.deepEqual(
    slack.ledger.entries.slice(0, 4).map(({ call }) => call),
    ['files.getUploadURLExternal', 'upload', 'files.completeUploadExternal', 'files.info'],
  );
});

test('a file is posted in a direct conversation, and its message is waited for', async () => {
  await using late = await openSlackStandIn({ echoes: false, shareLagMs: 60 });
  const slow = await openSlack(late.environment, never);
  const parts = moreOf(slow);
  const place = await parts.reach(access, { person: late.personId('bob') }, never);
  const { id } = await parts.share(access, draft(place, 'x'), file, never);
  assert.equal(late.visible(late.openDirect('bob')).at(-1)?.id, id);
});

test('a text beside a file that is longer than a block goes on in the next', async () => {
  const place = await newPlace();
  const words = 'word '.repeat(1_400).trim();
  const { id } = await share(access, draft(place, words), file, never);
  assert.ok(slack.blocksOf(id).length > 1);
  assert.equal(slack.visible(place.thread).at(-1)?.text.replaceAll('\n', ' '), words);
});

const uploads: readonly [what: string, fault: Parameters<typeof slack.faults.plan>[0], code: FailureCode][] = [
  ['no place', { call: 'files.getUploadURLExternal', kind: 'refuse', status: 500 }, 'unavailable'],
  ['an upload that fails', { call: 'upload', kind: 'refuse', status: 503 }, 'unavailable'],
  ['an upload that is cut', { call: 'upload', kind: 'reset' }, 'unavailable'],
  ['an upload too much', { call: 'upload', kind: 'refuse', status: 429, retryAfterMs: 1_000 }, 'rate-limited'],
  ['an upload too large', { call: 'upload', kind: 'refuse', status: 413 }, 'too-large'],
  ['an end that is lost', { call: 'files.completeUploadExternal', kind: 'perform-then-fail' }, 'unknown-outcome'],
];
for (const [what, fault, code] of uploads) {
  test(`sharing a file with ${what} is ${code}, and no step is made twice`, async () => {
    const place = await newPlace();
    slack.faults.plan(fault);
    const one = draft(place, 'x');
    await assert.rejects(share(access, one, file, never), (thrown) => {
      return thrown instanceof Failure && thrown.code === code && !thrown.message.includes('/upload/v1/');
    });
    const calls = slack.ledger.entries.map(({ call }) => call);
    assert.equal(new Set(calls).size, calls.length);
    const found = await findPost(access, one, new Date(Date.now() - 1_000), never);
    assert.equal(found !== undefined, code === 'unknown-outcome', 'what may have been shared is found');
  });
}

test('a shared file that may not be looked at, or whose sharing is ended, is told as what may have happened', async () => {
  const place = await newPlace();
  slack.refuseWith('files.info', 'missing_scope');
  await assert.rejects(share(access, draft(place, 'x'), file, never), { code: 'unknown-outcome' });
  slack.faults.plan({ call: 'files.info', kind: 'refuse', status: 429 });
  await share(access, draft(place, 'x'), file, never);
  slack.faults.plan({ call: 'upload', kind: 'perform-then-hang' });
  await assert.rejects(share(access, draft(place, 'x'), file, AbortSignal.timeout(30)), { code: 'aborted' });
});

test('an empty file, and one for a single person, are refused before anything is sent', async () => {
  const place = await newPlace();
  const empty = { ...file, bytes: new Uint8Array() };
  await assert.rejects(share(access, draft(place, 'x'), empty, never), { code: 'invalid' });
  await slack.command('/help', '');
  const alone = draft(ear.last('message').place, 'x');
  await assert.rejects(share(access, alone, file, never), { code: 'refused' });
  assert.equal(slack.ledger.entries.length, 0);
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

test('a page to sign in at is never a file: in its place, on the way to it, or where a page was meant', async () => {
  const page = '<!DOCTYPE html><html><body>Sign in</body></html>';
  let size = page.length + 1;
  await using host = await openListener((request, response) => {
    if (request.url === '/api/files.info') {
      const file = { id: 'F1', name: 'a.html', mimetype: 'text/html', size };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ ok: true, file }));
    } else if (request.url === '/files-pri/T1-F1/moved.txt') {
      response.writeHead(302, { location: 'https://team.slack.com/?redir=x' }).end();
    } else if (request.url === '/files-pri/T1-F1/away.txt') {
      response.writeHead(302, { location: 'https://evil.example/x' }).end();
    } else response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page);
  });
  const credentials = { SLACK_SIGNING_SECRET: 's', SLACK_BOT_TOKEN: 'xoxb-1', SLACK_API_URL: `${host.url}/api` };
  const { fetchAttachment } = await openSlack(credentials, never);
  const fetch = (name: string, most = 1_000) =>
    fetchAttachment(access, `${host.url}/files-pri/T1-F1/${name}`, most, never);
  const signIn = { code: 'unauthorized', message: /files:read/ };
  await assert.rejects(fetch('a.txt'), signIn);
  await assert.rejects(fetch('moved.txt'), signIn);
  await assert.rejects(fetch('away.txt'), { code: 'refused' });
  await assert.rejects(fetch('a.html'), signIn);
  await assert.rejects(
    fetch('a.html', 10).then(() => fetch('a.html')),
    signIn,
  );
  size = page.length;
  assert.equal(Buffer.from((await fetch('a.html')).bytes).toString(), page);
});
