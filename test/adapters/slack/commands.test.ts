import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { COMMANDS } from '../../../src/model/commands.ts';
import { Failure } from '../../../src/model/failure.ts';
import type { FailureCode } from '../../../src/model/failure.ts';
import type { Ear } from './hear.ts';
import { moreOf, openEar } from './hear.ts';
import { never } from './signed.ts';
import { openTalk, partsOf } from './talk.ts';

const talk = await openTalk();
const { slack, adapter, access, draft, shownIn } = talk;
const { whisper, under } = moreOf(adapter);
const { findPost, stream } = partsOf(adapter);
let ear: Ear;
before(async () => void (ear = await openEar(talk)));
after(async () => {
  await ear[Symbol.asyncDispose]();
  await talk[Symbol.asyncDispose]();
});

const names: readonly [given: string, name: string][] = [
  ...COMMANDS.filter(({ listed }) => listed).map(({ name }): [string, string] => [`/${name}`, name]),
  ['/switchboard-ask', 'ask'],
  ['/my-bot-help', 'help'],
  ['/ASK', 'ask'],
  ['/dance', 'dance'],
  ['/switchboard-dance', 'switchboard-dance'],
];
for (const [given, name] of names) {
  test(`${given} is the command ${name}`, async () => {
    await slack.command(given, 'a  b');
    const event = ear.last('message');
    assert.deepEqual([event.why, event.command, event.message.text], ['command', { name, text: 'a  b' }, 'a  b']);
  });
}

test('a command that everybody may see is answered in the channel, and people answer under that', async () => {
  await slack.command('/ask', 'why?');
  const { place } = ear.last('message');
  const { id } = await adapter.post(access, draft(place, 'Because.'), never);
  assert.deepEqual(slack.whispered('ada'), []);
  assert.equal(slack.visible().at(-1)?.text, 'Because.');
  const below = under(place, id);
  assert.equal(below.thread, `${slack.channel}:${id}`);
  await slack.say({ text: 'and?', thread: below.thread, plain: true });
  assert.equal(ear.last('message').place.thread, below.thread);
});

for (const given of ['/help', '/usage', '/settings', '/stop', '/retry', '/dance']) {
  test(`${given} is answered to its author alone`, async () => {
    await slack.command(given, '', 'bob');
    const { place } = ear.last('message');
    const before = slack.whispered('bob').length;
    const one = draft(place, '**Yours** <!channel>');
    const { id } = await adapter.post(access, one, never);
    const said = slack.whispered('bob').slice(before);
    assert.deepEqual(
      said.map(({ text }) => text),
      ['*Yours* &lt;!channel&gt;'],
    );
    assert.deepEqual(shownIn(place), []);
    assert.equal(await findPost(access, one, new Date(0), never), undefined);
    await assert.rejects(adapter.edit(access, id, one, never), { code: 'refused' });
    await assert.rejects(stream.start(access, one, never), { code: 'refused' });
  });
}

test('a private command in the conversation with the bot is one of that conversation, and still private', async () => {
  await slack.command('/help', '', 'bob', true);
  const { place } = ear.last('message');
  assert.equal(place.thread, slack.openDirect('bob'));
  await adapter.post(access, draft(place, 'Help!'), never);
  assert.equal(slack.whispered('bob').at(-1)?.text, 'Help!');
});

const answers: readonly [what: string, fault: Parameters<typeof slack.faults.plan>[0], code: FailureCode][] = [
  ['a 429', { call: 'response_url', kind: 'refuse', status: 429, retryAfterMs: 2_000 }, 'rate-limited'],
  ['a 500', { call: 'response_url', kind: 'refuse', status: 500 }, 'unknown-outcome'],
  ['a 404', { call: 'response_url', kind: 'refuse', status: 404 }, 'refused'],
  ['a cut connection', { call: 'response_url', kind: 'reset' }, 'unknown-outcome'],
];
for (const [what, fault, code] of answers) {
  test(`a private answer that meets ${what} is ${code}, and sent once`, async () => {
    await slack.command('/help', '');
    const { place } = ear.last('message');
    slack.ledger.clear();
    slack.faults.plan(fault);
    await assert.rejects(adapter.post(access, draft(place, 'x'), never), (thrown) => {
      return thrown instanceof Failure && thrown.code === code;
    });
    assert.equal(slack.ledger.entries.length, 1);
  });
}

test('an answering address is good five times, and ends with its signal', async () => {
  await slack.command('/help', '');
  const { place } = ear.last('message');
  for (let n = 0; n < 5; n += 1) await adapter.post(access, draft(place, 'x'), never);
  await assert.rejects(adapter.post(access, draft(place, 'x'), never), { code: 'refused', message: /used_url/ });
  slack.faults.plan({ call: 'response_url', kind: 'perform-then-hang' });
  await assert.rejects(adapter.post(access, draft(place, 'x'), AbortSignal.timeout(30)), { code: 'aborted' });
});

test('nothing is sent to an answering address that is not Slack’s', async () => {
  await slack.command('/help', '');
  const { place } = ear.last('message');
  for (const at of ['https://evil.example/commands/x', 'http://hooks.slack.com/commands/x', 'nonsense']) {
    const address = place.address.replace(/[^|]*$/, at);
    await assert.rejects(adapter.post(access, draft({ ...place, address }, 'x'), never), { code: 'refused' });
  }
});

test('a whisper is heard by one person, by a command’s address or by Slack’s own way', async () => {
  await slack.command('/help', '', 'bob');
  const { place } = ear.last('message');
  slack.ledger.clear();
  await whisper(access, place, { person: slack.personId('bob'), text: 'psst' }, never);
  await whisper(access, place, { person: slack.personId('eve'), text: '**psst** <!here>' }, never);
  assert.deepEqual(
    slack.ledger.entries.map(({ call }) => call),
    ['response_url', 'chat.postEphemeral'],
  );
  assert.equal(slack.whispered('bob').at(-1)?.text, 'psst');
  assert.equal(slack.whispered('eve').at(-1)?.text, '*psst* &lt;!here&gt;');
});
