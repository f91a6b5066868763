import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import type { Place } from '../../../src/model/event.ts';
import { never, openTalk, partsOf } from './talk.ts';
import { openListener } from '../../kit/listen.ts';

const talk = await openTalk();
after(() => talk[Symbol.asyncDispose]());
const { teams, adapter, access, draft, newPlace, shownIn, lastEvents } = talk;
const { show, remove } = partsOf(adapter);
beforeEach(() => {
  teams.faults.clear();
  teams.ledger.clear();
});

const calls = (): string[] => teams.ledger.entries.map(({ call }) => call);
const elsewhere = (place: Place, serviceUrl: string): Place => ({
  ...place,
  address: JSON.stringify({ ...JSON.parse(place.address), serviceUrl }),
});

test('a post is rendered and stands in its thread', async () => {
  const place = await newPlace();
  const posted = await adapter.post(access, draft(place, '# Yes\n\n<at>all</at>'), never);
  assert.deepEqual(shownIn(place), ['**Yes**\n\n&lt;at>all&lt;/at>']);
  assert.equal(teams.visible(place.thread).at(-1)?.id, posted.id);
});

test('one to one and in a group chat a post needs no thread', async () => {
  for (const [to, thread] of [
    ['personal', teams.personal],
    ['groupChat', teams.group],
  ] as const) {
    await teams.say({ text: 'hi', to });
    const [event] = lastEvents();
    assert.ok(event?.kind === 'message');
    await adapter.post(access, draft(event.place, 'answer'), never);
    assert.deepEqual(
      teams.visible(thread).map(({ text }) => text),
      ['hi', 'answer'],
    );
  }
});

test('an edit sets the text and may be done again', async () => {
  const place = await newPlace();
  const one = draft(place, 'first');
  const { id } = await adapter.post(access, one, never);
  for (let times = 0; times < 2; times += 1) await adapter.edit(access, id, { ...one, text: '_second_' }, never);
  assert.deepEqual(shownIn(place), ['*second*']);
});

test('a post is taken away once, and again without harm', async () => {
  const place = await newPlace();
  const { id } = await adapter.post(access, draft(place, 'gone soon'), never);
  await remove(access, id, place, never);
  await remove(access, id, place, never);
  assert.deepEqual(shownIn(place), []);
  await assert.rejects(adapter.edit(access, id, draft(place, 'late'), never), { code: 'gone' });
});

test('a text without anything to show is not refused', async () => {
  const place = await newPlace();
  await adapter.post(access, draft(place, '[x]: https://e.org'), never);
  assert.deepEqual(shownIn(place), ['…']);
});

test('a part as large as the limit can be posted and edited, whatever it is made of', async () => {
  const place = await newPlace();
  const { part, measure } = adapter.limits;
  for (const unit of ['x', '<', '\\*', '"', '**a** ', '- i\n', '|a|\n|-|\n|&|\n\n', '😀', '\u0001']) {
    let count = Math.floor((100 * part) / measure(unit.repeat(100)));
    while (measure(`a${unit.repeat(count)}`) > part) count = Math.floor(count * 0.98);
    const text = `a${unit.repeat(count)}`;
    assert.ok(measure(text) > part / 2, unit);
    const { id } = await adapter.post(access, draft(place, 'small'), never);
    await adapter.edit(access, id, draft(place, text), never);
  }
});

test('typing is shown while the bot works, and nothing else', async () => {
  const place = await newPlace();
  await adapter.post(access, draft(place, 'x'), never);
  teams.ledger.clear();
  for (const status of ['seen', 'working', 'done', 'failed'] as const) await show(access, place, status, never);
  assert.deepEqual(calls(), ['sendTyping']);
});

test('one token does for many calls, also at once', async () => {
  await using talk = await openTalk();
  const place = await talk.newPlace();
  await Promise.all(Array.from({ length: 5 }, () => talk.adapter.post(talk.access, talk.draft(place, 'x'), never)));
  await talk.adapter.post(talk.access, talk.draft(place, 'y'), never);
  assert.equal(talk.teams.ledger.performed('token'), 1);
});

test('a token is used up to its last minutes only', async () => {
  await using talk = await openTalk({ tokensForS: 0.02 });
  const place = await talk.newPlace();
  await talk.adapter.post(talk.access, talk.draft(place, 'x'), never);
  await new Promise((resolve) => setTimeout(resolve, 30));
  await talk.adapter.post(talk.access, talk.draft(place, 'y'), never);
  assert.equal(talk.teams.ledger.performed('token'), 2);
});

test('a token that is refused is replaced once, and the call is made', async () => {
  const place = await newPlace();
  await adapter.post(access, draft(place, 'x'), never);
  teams.revokeTokens();
  teams.ledger.clear();
  await adapter.post(access, draft(place, 'y'), never);
  assert.deepEqual(calls(), ['sendActivity', 'token', 'sendActivity']);
  assert.equal(teams.ledger.performed('sendActivity'), 1);
});

test('one who stops waiting for a token does not end it for the others', async () => {
  await using talk = await openTalk();
  const place = await talk.newPlace();
  talk.teams.faults.plan({ call: 'token', kind: 'slow', delayMs: 60 });
  const impatient = talk.adapter.post(talk.access, talk.draft(place, 'x'), AbortSignal.timeout(10));
  const patient = talk.adapter.post(talk.access, talk.draft(place, 'y'), never);
  await assert.rejects(impatient, { code: 'aborted' });
  await patient;
  assert.deepEqual(talk.shownIn(place), ['y']);
});

test('no token is asked for or sent for an address that is not allowed', async () => {
  let reached = 0;
  await using other = await openListener((_, response) => {
    reached += 1;
    response.end('{}');
  });
  const { port } = other;
  const { host } = new URL(teams.url);
  const place = await newPlace();
  teams.ledger.clear();
  for (const serviceUrl of [
    `http://127.0.0.1:${port}/`,
    `http://${host}@127.0.0.1:${port}/`,
    `http://user:password@${host}/`,
    `https://${host}.example.org/`,
    'http://smba.trafficmanager.net/',
    'file:///etc/passwd',
    'nowhere',
  ]) {
    const there = elsewhere(place, serviceUrl);
    await assert.rejects(adapter.post(access, draft(there, 'x'), never), { code: 'refused' });
    await assert.rejects(adapter.edit(access, '1', draft(there, 'x'), never), { code: 'refused' });
    await assert.rejects(remove(access, '1', there, never), { code: 'refused' });
    await assert.rejects(show(access, there, 'working', never), { code: 'refused' });
    await assert.rejects(adapter.fetchAttachment(access, `image:${serviceUrl}x`, 10, never), { code: 'refused' });
  }
  const query = elsewhere(place, `http://${host}/?x=`);
  await assert.rejects(adapter.post(access, draft(query, 'x'), never), { code: 'refused' });
  assert.deepEqual([reached, calls()], [0, []]);
});

test('files are read without the app’s token, pictures with it, and both are cut where asked', async () => {
  for (const picture of [false, true]) {
    const bytes = Buffer.from('0123456789');
    await teams.say({ text: 'see', to: 'personal', file: { name: 'a.txt', mediaType: 'text/plain', bytes, picture } });
    const [event] = lastEvents();
    assert.ok(event?.kind === 'message');
    const handle = event.message.attachments[0]?.handle ?? '';
    const whole = await adapter.fetchAttachment(access, handle, 100, never);
    assert.deepEqual([Buffer.from(whole.bytes).toString(), whole.truncated], ['0123456789', false]);
    assert.equal(whole.mediaType, 'text/plain');
    const cut = await adapter.fetchAttachment(access, handle, 4, never);
    assert.deepEqual([Buffer.from(cut.bytes).toString(), cut.truncated], ['0123', true]);
  }
});

test('files elsewhere are not read, whatever a message says', async () => {
  for (const handle of [
    'file:https://169.254.169.254/latest',
    'file:http://contoso.sharepoint.com/x',
    'file:https://contoso.sharepoint.com.example.org/x',
    'image:https://contoso.sharepoint.com/x',
  ]) {
    await assert.rejects(adapter.fetchAttachment(access, handle, 10, never), { code: 'refused' });
  }
  await assert.rejects(adapter.fetchAttachment(access, 'x', 10, never), { code: 'invalid' });
});

test('a place of another adapter is told apart', async () => {
  const place = { install: 't', channel: 'c', thread: 't', address: 'C1|2|3' };
  await assert.rejects(adapter.post(access, draft(place, 'x'), never), { code: 'invalid' });
});
