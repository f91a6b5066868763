import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../../src/model/failure.ts';
import { openSlack } from '../../../adapters/slack/index.ts';
import { placeOf } from '../../../adapters/slack/place.ts';
import { openSlackStandIn } from '../../../sandbox/slack/index.ts';
import { openListener } from '../../kit/listen.ts';
import { never } from './signed.ts';
import { openTalk, partsOf } from './talk.ts';

const talk = await openTalk();
const { slack, adapter, access, draft, newPlace, placeIn, shownIn } = talk;
const { stream, history, findPost, show, remove } = partsOf(adapter);
const grown = (more: string) => ({ text: more, more });
after(() => talk[Symbol.asyncDispose]());
beforeEach(() => slack.ledger.clear());

test('a post is rendered, threaded and found again by its nonce alone', async () => {
  const place = await newPlace();
  const since = new Date(Date.now() - 1000);
  const [one, other] = [draft(place, '**hi** <!channel>'), draft(place, 'other')];
  const posted = await adapter.post(access, one, never);
  assert.deepEqual(shownIn(place), ['*hi* &lt;!channel&gt;']);
  assert.deepEqual(await findPost(access, one, since, never), posted);
  assert.equal(await findPost(access, other, since, never), undefined);
});

test('a post in a direct conversation needs no thread and is found there', async () => {
  const place = placeIn(slack.directChannel, '');
  const one = draft(place, 'direct answer');
  const posted = await adapter.post(access, one, never);
  assert.deepEqual(await findPost(access, one, new Date(Date.now() - 1000), never), posted);
  assert.equal(slack.visible(slack.directChannel).at(-1)?.id, posted.id);
});

test('a post whose answer was lost is found and not made again', async () => {
  const place = await newPlace();
  const one = draft(place, 'once');
  slack.faults.plan({ call: 'chat.postMessage', kind: 'perform-then-fail' });
  await assert.rejects(adapter.post(access, one, never), { code: 'unknown-outcome' });
  assert.ok(await findPost(access, one, new Date(Date.now() - 1000), never));
  assert.equal(slack.ledger.performed('chat.postMessage'), 1);
});

test('an edit sets the text and may be done again', async () => {
  const place = await newPlace();
  const one = draft(place, 'first');
  const { id } = await adapter.post(access, one, never);
  for (let times = 0; times < 2; times += 1) await adapter.edit(access, id, { ...one, text: '_second_' }, never);
  assert.deepEqual(shownIn(place), ['_second_']);
  assert.deepEqual(await findPost(access, one, new Date(0), never), { id });
});

test('a part as large as the limit can be posted and edited, whatever it is made of', async () => {
  const place = await newPlace();
  const { part, measure } = adapter.limits;
  for (const unit of [
    'x',
    '&',
    '<',
    '**a** ',
    '# h\n\n',
    '- i\n',
    '[l](https://e.org/?a&b) ',
    '|a|\n|-|\n|&|\n\n',
    '😀',
  ]) {
    let text = '';
    while (measure(text + unit.repeat(50)) <= part) text += unit.repeat(50);
    assert.ok(measure(text) > part / 2, unit);
    const { id } = await adapter.post(access, draft(place, 'small'), never);
    await adapter.edit(access, id, draft(place, text), never);
  }
});

test('a text without anything to show is not refused', async () => {
  const place = await newPlace();
  await adapter.post(access, draft(place, '[x]: https://e.org'), never);
  assert.deepEqual(shownIn(place), ['…']);
});

test('a post is taken away once, and again without harm', async () => {
  const place = await newPlace();
  const { id } = await adapter.post(access, draft(place, 'gone soon'), never);
  await remove(access, id, place, never);
  await remove(access, id, place, never);
  assert.deepEqual(shownIn(place), []);
  await assert.rejects(adapter.edit(access, id, draft(place, 'late'), never), { code: 'gone' });
});

test('a stream is started, grows, ends, and can be edited then', async () => {
  const place = await newPlace();
  const one = draft(place, 'Hello **wo');
  const post = { place, id: (await stream.start(access, one, never)).id };
  await stream.append(access, post, grown('rld**'), never);
  assert.deepEqual(shownIn(place), ['Hello **world**']);
  for (let times = 0; times < 2; times += 1) await stream.stop(access, post, '', never);
  await adapter.edit(access, post.id, { ...one, text: '**done**' }, never);
  assert.deepEqual(shownIn(place), ['*done*']);
});

test('nobody can be called from a stream, not even in two pieces', async () => {
  const place = await newPlace();
  const post = { place, id: (await stream.start(access, draft(place, '<!channel> <'), never)).id };
  await stream.append(access, post, grown('!here> <@U1>'), never);
  assert.doesNotMatch(shownIn(place).join(''), /<[!@#]/);
});

test('an edit ends a stream that was left open', async () => {
  const place = await newPlace();
  const one = draft(place, 'left open');
  const { id } = await stream.start(access, one, never);
  await adapter.edit(access, id, { ...one, text: 'whole' }, never);
  assert.deepEqual(shownIn(place), ['whole']);
});

test('a started stream whose answer was lost is found by its open state, and not once it has ended', async () => {
  const place = await newPlace();
  const since = new Date(Date.now() - 1000);
  slack.faults.plan({ call: 'chat.startStream', kind: 'perform-then-fail' });
  const one = draft(place, 'lost');
  await assert.rejects(stream.start(access, one, never), { code: 'unknown-outcome' });
  const found = await findPost(access, one, since, never);
  assert.ok(found);
  await stream.stop(access, { place, id: found.id }, '', never);
  assert.equal(await findPost(access, one, since, never), undefined);
});

test('a stream that Slack has ended says that nothing was appended', async () => {
  const place = await newPlace();
  const post = { place, id: (await stream.start(access, draft(place, 'a'), never)).id };
  await stream.stop(access, post, '', never);
  await assert.rejects(stream.append(access, post, grown('b'), never), { code: 'unavailable' });
});

test('a stream that Slack ends by itself costs nothing: the append says so, the stop is done, and an edit sets the whole', async () => {
  await using short = await openSlackStandIn({ echoes: false, streamForMs: 15 });
  const adapter = await openSlack(short.environment, never);
  const { stream } = partsOf(adapter);
  const { id: threadTs } = await short.say({ text: 'q' });
  const spot = { threadTs, ts: threadTs, user: 'U1', team: short.team, botUser: '', app: '' };
  const place = placeOf({ install: short.team, channel: short.channel, ...spot });
  for (const ends of [true, false]) {
    const one = draft(place, 'a');
    const post = { place, id: (await stream.start(access, one, never)).id };
    await sleep(20);
    await assert.rejects(stream.append(access, post, grown('b'), never), (thrown) => {
      return thrown instanceof Failure && thrown.code === 'unavailable' && thrown.retryInMs === 0;
    });
    if (ends) await stream.stop(access, post, '', never);
    await adapter.edit(access, post.id, { ...one, text: 'a **b**' }, never);
    assert.equal(short.visible(place.thread).at(-1)?.text, 'a *b*');
  }
});

test('a stream that ends by itself while an edit ends it is edited all the same', async () => {
  const place = await newPlace();
  const one = draft(place, 'a');
  const { id } = await stream.start(access, one, never);
  slack.refuseWith('chat.stopStream', 'message_not_in_streaming_state');
  slack.refuseWith('chat.update', 'streaming_state_conflict');
  await assert.rejects(adapter.edit(access, id, { ...one, text: 'b' }, never), /streaming_state_conflict/);
  await adapter.edit(access, id, { ...one, text: 'b' }, never);
  assert.deepEqual(shownIn(place), ['b']);
});

test('a long append goes in pieces and arrives whole', async () => {
  const place = await newPlace();
  const post = { place, id: (await stream.start(access, draft(place, ''), never)).id };
  const text = `x${'😀'.repeat(12_000)}`;
  await stream.append(access, post, grown(text), never);
  assert.deepEqual(shownIn(place), [text]);
});

test('there is no stream without a thread, nor without a reader in a channel', async () => {
  const nobody = placeOf({
    install: 'T',
    channel: 'C1',
    threadTs: '1.1',
    ts: '',
    user: '',
    team: '',
    botUser: '',
    app: '',
  });
  for (const place of [placeIn(slack.directChannel, ''), nobody]) {
    await assert.rejects(stream.start(access, draft(place, 'a'), never), { code: 'refused' });
  }
  assert.equal(slack.ledger.entries.length, 0);
});

test('history is a thread’s messages, oldest first, with who wrote them', async () => {
  const place = await newPlace();
  // Two messages can share a millisecond.
  await sleep(2);
  await adapter.post(access, draft(place, '**answer**'), never);
  await slack.say({ text: 'and then?', thread: place.thread, plain: true });
  const all = await history(access, place, { after: undefined, most: 50 }, never);
  assert.deepEqual(
    all.map(({ text, author }) => [text, author.kind]),
    [
      ['question', 'human'],
      ['**answer**', 'self'],
      ['and then?', 'human'],
    ],
  );
  const last = await history(access, place, { after: undefined, most: 1 }, never);
  assert.deepEqual(
    last.map(({ text }) => text),
    ['and then?'],
  );
  const late = await history(access, place, { after: all[1]?.sentAt, most: 50 }, never);
  assert.deepEqual(
    late.map(({ text }) => text),
    ['**answer**', 'and then?'],
  );
});

test('history begins with the message it is asked for from, though our times are coarser than Slack’s', async () => {
  const ts = '1700000000.000700';
  let oldest = '';
  await using host = await openListener((request, response) => {
    request.on('data', (chunk: Buffer) => (oldest = new URLSearchParams(chunk.toString()).get('oldest') ?? oldest));
    request.on('end', () => response.end(JSON.stringify({ ok: true, messages: [{ ts, text: 'x', user: 'U1' }] })));
  });
  const credentials = { ...slack.environment, SLACK_API_URL: `${host.url}/api` };
  const { history } = partsOf(await openSlack(credentials, never));
  const place = placeIn('C1', ts);
  const [message] = await history(access, place, { after: undefined, most: 5 }, never);
  assert.equal(message?.sentAt.getTime(), 1_700_000_000_001);
  const again = await history(access, place, { after: message?.sentAt, most: 5 }, never);
  assert.equal(again.length, 1);
  assert.ok(Number(oldest) <= Number(ts));
});

test('history follows every page of a long thread', async () => {
  const place = await newPlace();
  for (let n = 0; n < 230; n += 1) await slack.say({ text: `m${n}`, thread: place.thread, plain: true });
  const all = await history(access, place, { after: undefined, most: 500 }, never);
  assert.equal(all.length, 231);
  assert.equal(slack.ledger.performed('conversations.replies'), 2);
});

test('a file is fetched with the token, whole or in part', async () => {
  const bytes = Buffer.from('0123456789');
  await slack.say({ text: 'see', file: { name: 'a b.txt', mimetype: 'text/plain', bytes } });
  const place = placeIn(slack.channel, slack.visible(undefined).at(-1)?.id ?? '');
  const [message] = await history(access, place, { after: undefined, most: 1 }, never);
  const handle = message?.attachments[0]?.handle ?? '';
  const whole = await adapter.fetchAttachment(access, handle, 100, never);
  assert.deepEqual(
    [Buffer.from(whole.bytes).toString(), whole.mediaType, whole.truncated],
    ['0123456789', 'text/plain', false],
  );
  const some = await adapter.fetchAttachment(access, handle, 4, never);
  assert.deepEqual([Buffer.from(some.bytes).toString(), some.truncated], ['0123', true]);

  const id = /-(F\w+)\//.exec(handle)?.[1] ?? '';
  const byId = await adapter.fetchAttachment(access, `id:${id}`, 100, never);
  assert.equal(Buffer.from(byId.bytes).toString(), '0123456789');
  const stranger = { ...access, secret: 'xoxb-stranger' };
  await assert.rejects(adapter.fetchAttachment(stranger, handle, 100, never), {
    code: 'unauthorized',
    message: /files:read/,
  });
});

test('a file is asked for at Slack’s file hosts only', async () => {
  for (const url of [
    'http://127.0.0.1:1/x',
    'https://evil.example/x',
    'https://workspace.slack.com/x',
    'http://files.slack.com/x',
  ]) {
    await assert.rejects(adapter.fetchAttachment(access, url, 100, never), { code: 'refused' });
  }
});

test('an install’s own token is used in place of the app’s', async () => {
  const place = await newPlace();
  await assert.rejects(adapter.post({ ...access, secret: 'xoxb-other' }, draft(place, 'x'), never), (thrown) => {
    return thrown instanceof Failure && thrown.code === 'unauthorized' && !thrown.message.includes('xoxb');
  });
});

test('what the bot does is shown: eyes, a status, and the eyes taken away; twice does no harm', async () => {
  const place = await newPlace();
  for (const status of ['seen', 'seen', 'working', 'done', 'failed'] as const) await show(access, place, status, never);
  assert.deepEqual(
    slack.ledger.entries.map(({ call, performed }) => [call, performed]),
    [
      ['reactions.add', true],
      ['reactions.add', false],
      ['assistant.threads.setStatus', true],
      ['reactions.remove', true],
      ['reactions.remove', false],
    ],
  );
});
