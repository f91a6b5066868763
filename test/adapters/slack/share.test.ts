import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { FailureCode } from '../../../src/model/failure.ts';
import { Failure } from '../../../src/model/failure.ts';
import { openSlack } from '../../../adapters/slack/index.ts';
import { openSlackStandIn } from '../../../sandbox/slack/index.ts';
import { openListener } from '../../kit/listen.ts';
import type { Ear } from './hear.ts';
import { moreOf, openEar } from './hear.ts';
import { never } from './signed.ts';
import { openTalk, partsOf } from './talk.ts';

const talk = await openTalk();
const { slack, adapter, access, draft, newPlace } = talk;
const { share } = moreOf(adapter);
const { findPost } = partsOf(adapter);
let ear: Ear;
before(async () => void (ear = await openEar(talk)));
after(async () => {
  await ear[Symbol.asyncDispose]();
  await talk[Symbol.asyncDispose]();
});
beforeEach(() => slack.ledger.clear());

const file = { name: 'a <b>.txt', mediaType: 'text/plain', bytes: Buffer.from('0123456789') };

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

test('a file that took too long on its way is not shown any more, because somebody may have looked for it', async (context) => {
  const place = await newPlace();
  let now = 0;
  context.mock.method(performance, 'now', () => (now += 31_000));
  await assert.rejects(share(access, draft(place, 'x'), file, never), { code: 'unavailable' });
  assert.ok(!slack.ledger.entries.some(({ call }) => call === 'files.completeUploadExternal'));
});

test('a message whose time for edits is over is closed, and can be taken away', async () => {
  await using strict = await openSlackStandIn({ echoes: false, editForMs: 0 });
  const { post, edit, remove } = await openSlack(strict.environment, never);
  const place = await newPlace();
  const there = { ...place, channel: strict.channel, address: place.address.replaceAll(place.channel, strict.channel) };
  const one = draft(there, 'x');
  const { id } = await post(access, one, never);
  await assert.rejects(edit(access, id, { ...one, text: 'y' }, never), { code: 'closed' });
  await remove(access, id, there, never);
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
