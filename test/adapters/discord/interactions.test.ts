import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Failure } from '../../../src/model/failure.ts';
import { openEndpoint } from '../../kit/endpoint.ts';
import type { Endpoint } from '../../kit/endpoint.ts';
import { openListener } from '../../kit/listen.ts';
import { button, cardWith } from './cards.ts';
import { asked, nonce, openTalk, soon, until } from './talk.ts';
import type { Talk } from './talk.ts';

let talk: Talk;
let endpoint: Endpoint;

before(async () => {
  talk = await openTalk();
  endpoint = await openEndpoint(talk.adapter.receive);
  talk.discord.deliverTo(`${endpoint.url}/`);
});
after(async () => {
  await endpoint[Symbol.asyncDispose]();
  await talk[Symbol.asyncDispose]();
});

async function command(text = 'what is love?') {
  const said = await talk.discord.ask({ text });
  assert.equal(said.status, 200);
  const event = endpoint.events.findLast((one) => one.kind === 'message');
  assert.ok(event?.kind === 'message' && event.message.id === said.id);
  return event;
}

const shown = (thread: string) => talk.discord.visible(thread).map((message) => message.text);

test('a command is a question, deferred at once', async () => {
  const event = await command();
  assert.equal(event.why, 'command');
  assert.equal(event.message.text, 'what is love?');
  assert.equal(event.message.author.name, 'Ada');
  assert.equal(event.place.install, talk.discord.guild);
  assert.deepEqual(shown(event.place.thread), ['']);
});

test('the first part fills the deferred answer, further ones follow it, and both can be edited and taken away', async () => {
  const { place } = await command();
  const first = await talk.adapter.post(talk.access, { place, text: 'one @everyone', nonce: nonce('1') }, soon());
  const second = await talk.adapter.post(talk.access, { place, text: 'two', nonce: nonce('2') }, soon());
  assert.deepEqual(shown(place.thread), ['one @\u200Beveryone', 'two']);
  await talk.adapter.edit(talk.access, first.id, { place, text: 'ONE', nonce: nonce('1') }, soon());
  await talk.adapter.edit(talk.access, second.id, { place, text: 'TWO', nonce: nonce('2') }, soon());
  assert.deepEqual(shown(place.thread), ['ONE', 'TWO']);
  await talk.adapter.remove(talk.access, second.id, place, soon());
  await talk.adapter.remove(talk.access, second.id, place, soon());
  assert.deepEqual(shown(place.thread), ['ONE']);
});

test('a part whose answer was lost is found, the first as well as a further one', async () => {
  const { place } = await command();
  const since = new Date(Date.now() - 1000);
  const one = { place, text: 'first', nonce: nonce('1') };
  assert.equal(await talk.adapter.findPost(talk.access, one, since, soon()), undefined);
  talk.discord.faults.plan({ call: 'PATCH /webhooks/:app/:token/messages/:m', kind: 'perform-then-fail' });
  await assert.rejects(talk.adapter.post(talk.access, one, soon()), { code: 'unknown-outcome' });
  const [original] = talk.discord.visible(place.thread);
  assert.equal((await talk.adapter.findPost(talk.access, one, since, soon()))?.id, original?.id);

  const two = { place, text: 'second', nonce: nonce('2') };
  assert.equal(await talk.adapter.findPost(talk.access, two, since, soon()), undefined);
  talk.discord.faults.plan({ call: 'POST /webhooks/:app/:token', kind: 'perform-then-fail' });
  await assert.rejects(talk.adapter.post(talk.access, two, soon()), { code: 'unknown-outcome' });
  const later = talk.discord.visible(place.thread)[1];
  assert.equal((await talk.adapter.findPost(talk.access, two, since, soon()))?.id, later?.id);
});

test('after the token has ended the answer is a message in the channel', async (context) => {
  const { place } = await command();
  talk.discord.expireInteractions();
  context.mock.timers.enable({ apis: ['Date'], now: Date.now() + 15 * 60_000 });
  const posted = await talk.adapter.post(talk.access, { place, text: 'late', nonce: nonce('l') }, soon());
  await talk.adapter.edit(talk.access, posted.id, { place, text: 'late, but here', nonce: nonce('l') }, soon());
  assert.deepEqual(shown(place.thread), ['', 'late, but here']);
});

test('no failure names the token of an interaction', async () => {
  const { place } = await command();
  const token: unknown = JSON.parse(place.address).interaction.token;
  assert.ok(typeof token === 'string' && token.length > 20);
  const draft = { place, text: 'x', nonce: nonce('t') };
  const tell = (failure: Failure) => `${failure.message} ${String(failure.stack)} ${JSON.stringify(failure)}`;
  for (const fault of [{ kind: 'reset' }, { kind: 'refuse', status: 500 }, { kind: 'refuse', status: 404 }] as const) {
    talk.discord.faults.plan({ call: 'GET /webhooks/:app/:token/messages/:m', ...fault });
    await assert.rejects(talk.adapter.post(talk.access, draft, soon()), (failure: Failure) => {
      assert.equal(tell(failure).includes(token), false);
      assert.equal(tell(Object(failure.cause ?? {})).includes(token), false);
      return true;
    });
  }
});

test("the bot's own token is not sent where the interaction's token is in the address", async () => {
  const seen: (string | undefined)[] = [];
  const { openClient } = await import('../../../adapters/discord/client.ts');
  await using listener = await openListener((request, response) => {
    seen.push(request.headers.authorization);
    response.writeHead(404, { 'content-type': 'application/json' }).end('{"message":"x","code":10015}');
  });
  const client = openClient({ token: 'a.b.c', apiUrl: `${listener.url}/v10` });
  const anonymous = { method: 'GET', route: '/webhooks/1/2/messages/@original', anonymous: true } as const;
  await assert.rejects(client.request(anonymous, soon()), { code: 'refused' });
  await assert.rejects(client.request({ method: 'GET', route: '/users/@me' }, soon()), { code: 'refused' });
  assert.deepEqual(seen, [undefined, 'Bot a.b.c']);
});

test('a click is an action, acknowledged without a change', async () => {
  const { place } = await asked(talk);
  const card = cardWith(button('approve:7'));
  const { id } = await talk.adapter.post(talk.access, { place, text: 'x', nonce: nonce('click'), card }, soon());
  assert.equal((await talk.discord.click(id, 'approve:7')).status, 200);
  const event = endpoint.events.findLast((one) => one.kind === 'action');
  assert.deepEqual(
    [event?.kind === 'action' && event.action, event?.kind === 'action' && event.author.name],
    ['approve:7', 'Ada'],
  );
});

test('where no endpoint is set, a command comes over the gateway and is deferred by a call', async () => {
  await using other = await openTalk();
  await until(() => other.discord.gateway.isConnected());
  const said = await other.discord.ask({ text: 'over the socket' });
  assert.equal(said.status, undefined);
  const event = await other.ear.event('message', (one) => one.why === 'command');
  assert.equal(event.message.text, 'over the socket');
  await until(() => other.discord.visible(event.place.thread).length === 1);
  await other.adapter.post(other.access, { place: event.place, text: 'here', nonce: nonce('g') }, soon());
  assert.deepEqual(
    other.discord.visible(event.place.thread).map((one) => one.text),
    ['here'],
  );
});

test('the language that comes with a command is its author’s', async () => {
  const { message } = await command();
  assert.equal(message.author.locale, 'en-US');
});
