import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure } from '../../../src/model/failure.ts';
import { openDiscordStandIn } from '../../../sandbox/discord/index.ts';
import { listenAt, openEar, openTalk, until } from './talk.ts';

const texts = (ear: ReturnType<typeof openEar>) =>
  ear.events().flatMap((event) => (event.kind === 'message' ? event.message.text : []));

test('the gateway is identified once, and every dispatch moves the session on', async () => {
  await using talk = await openTalk();
  await talk.discord.say({ text: 'hello' });
  await talk.ear.event('message');
  assert.equal(talk.discord.gateway.identifies(), 1);
  const sequences = talk.ear.heard.map((item) => JSON.parse(item.session ?? '{}').shards[0].sequence);
  assert.deepEqual(
    sequences,
    sequences.map((_, index) => index + 1),
  );
  assert.equal(talk.ear.heard[0]?.delivery, undefined);
});

test('what is said while the socket is down is heard after a resume, once and in order', async () => {
  await using talk = await openTalk();
  const { thread } = await talk.discord.say({ text: 'one' });
  await talk.ear.event('message');
  talk.discord.gateway.drop();
  await until(() => !talk.discord.gateway.isConnected());
  await talk.discord.say({ text: 'two', thread });
  await talk.discord.say({ text: 'three', thread });
  await talk.ear.event('message', (event) => event.message.text === 'three');
  assert.deepEqual(texts(talk.ear), ['one', 'two', 'three']);
  assert.deepEqual([talk.discord.gateway.identifies(), talk.discord.gateway.resumes()], [1, 1]);
});

test('a later process resumes with the committed session, hears what was missed, and does not identify', async () => {
  await using discord = await openDiscordStandIn({ limits: 'off' });
  const before = openEar(listenAt(discord));
  const { thread } = await discord.say({ text: 'committed' });
  await before.event('message');
  const committed = before.session();
  await discord.say({ text: 'heard, but not committed', thread });
  await before.event('message', (event) => event.message.text.startsWith('heard'));
  await before.stop();
  await discord.say({ text: 'said in between', thread });

  const after = openEar(listenAt(discord), committed);
  await after.event('message', (event) => event.message.text === 'said in between');
  await discord.say({ text: 'said later', thread });
  await after.event('message', (event) => event.message.text === 'said later');
  assert.deepEqual(texts(after), ['heard, but not committed', 'said in between', 'said later']);
  assert.deepEqual([discord.gateway.identifies(), discord.gateway.resumes()], [1, 1]);
  await after.stop();
});

test('ending does not invalidate the session: the socket is closed with neither 1000 nor 1001', async () => {
  await using discord = await openDiscordStandIn({ limits: 'off' });
  const ear = openEar(listenAt(discord));
  await discord.say({ text: 'hm' });
  await ear.event('message');
  await ear.stop();
  await until(() => discord.gateway.closedWith.length > 0);
  assert.deepEqual(discord.gateway.closedWith, [4200]);
  assert.equal(discord.gateway.hasSession(), true);
  assert.equal(discord.gateway.isConnected(), false);
});

test('ending while connecting leaves no socket behind', async () => {
  await using discord = await openDiscordStandIn({ limits: 'off' });
  for (const waitMs of [0, 3, 10]) {
    const ear = openEar(listenAt(discord));
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    await ear.stop();
    await until(() => !discord.gateway.isConnected());
  }
});

test('ending between two connections ends, and nobody connects afterwards', async () => {
  await using talk = await openTalk();
  await talk.discord.say({ text: 'hm' });
  await talk.ear.event('message');
  talk.discord.gateway.drop();
  await until(() => !talk.discord.gateway.isConnected());
  await talk.ear.stop();
  await new Promise((resolve) => setTimeout(resolve, 700));
  assert.equal(talk.discord.gateway.isConnected(), false);
  assert.equal(talk.discord.gateway.resumes(), 0);
});

test('asked to reconnect (op 7), it resumes', async () => {
  await using talk = await openTalk();
  await talk.discord.say({ text: 'one' });
  await talk.ear.event('message');
  talk.discord.gateway.askToReconnect();
  await until(() => talk.discord.gateway.resumes() === 1);
  await talk.discord.say({ text: 'two' });
  await talk.ear.event('message', (event) => event.message.text === 'two');
  assert.equal(talk.discord.gateway.identifies(), 1);
});

test('told that the session is invalid but resumable (op 9 true), it resumes', async () => {
  await using talk = await openTalk();
  await talk.discord.say({ text: 'one' });
  await talk.ear.event('message');
  talk.discord.gateway.invalidate(true);
  await until(() => talk.discord.gateway.resumes() === 1);
  assert.equal(talk.discord.gateway.identifies(), 1);
});

test('told that the session is over (op 9 false), it says so and identifies anew', async () => {
  await using talk = await openTalk();
  await talk.discord.say({ text: 'one' });
  await talk.ear.event('message');
  const before = talk.ear.session();
  talk.discord.gateway.invalidate(false);
  await until(() => talk.ear.heard.some((item) => item.session === undefined));
  await talk.discord.say({ text: 'two' });
  await talk.ear.event('message', (event) => event.message.text === 'two');
  assert.deepEqual([talk.discord.gateway.identifies(), talk.discord.gateway.resumes()], [2, 0]);
  assert.notEqual(talk.ear.session(), before);
  assert.equal(JSON.parse(talk.ear.session() ?? '').shards.length, 1);
});

test('a session that Discord no longer has is given up, and a new one begun', async () => {
  await using discord = await openDiscordStandIn({ limits: 'off', identifyEveryMs: 0 });
  const url = discord.gateway.url;
  const old = { shardId: 0, shardCount: 1, sessionId: 'gone', resumeURL: url, sequence: 7 };
  const ear = openEar(listenAt(discord), JSON.stringify({ shards: [old] }));
  await until(() => ear.heard.length >= 2);
  assert.equal(ear.heard[0]?.session, undefined);
  assert.notEqual(JSON.parse(ear.heard[1]?.session ?? '').shards[0].sessionId, 'gone');
  await ear.stop();
});

test('a session that nobody can read is as good as none', async () => {
  await using discord = await openDiscordStandIn({ limits: 'off' });
  const ear = openEar(listenAt(discord), 'not json');
  await until(() => ear.heard.length > 0);
  assert.equal(discord.gateway.identifies(), 1);
  await ear.stop();
});

test('a network that breaks is no reason to give the session up', async () => {
  await using talk = await openTalk();
  const { thread } = await talk.discord.say({ text: 'one' });
  await talk.ear.event('message');
  const { shards } = JSON.parse(talk.ear.session() ?? '');
  await talk.ear.stop();
  await talk.discord.say({ text: 'two', thread });

  // The address to resume at refuses connections for a moment: somebody listens there only later.
  const { createServer } = await import('node:net');
  const closed = createServer();
  await new Promise<void>((resolve) => void closed.listen(0, '127.0.0.1', resolve));
  const address = closed.address();
  assert.ok(address !== null && typeof address === 'object');
  await new Promise((resolve) => closed.close(resolve));
  const away = `ws://127.0.0.1:${address.port}/gateway/`;
  const ear = openEar(listenAt(talk.discord), JSON.stringify({ shards: [{ ...shards[0], resumeURL: away }] }));
  await new Promise((resolve) => setTimeout(resolve, 100));
  const { connect } = await import('node:net');
  const target = new URL(talk.discord.url);
  const proxy = createServer((socket) => {
    const onward = connect(Number(target.port), '127.0.0.1');
    socket.pipe(onward).pipe(socket);
    socket.on('error', () => onward.destroy());
    onward.on('error', () => socket.destroy());
  });
  await new Promise<void>((resolve) => void proxy.listen(address.port, '127.0.0.1', resolve));
  try {
    await ear.event('message', (event) => event.message.text === 'two');
    assert.deepEqual([talk.discord.gateway.identifies(), talk.discord.gateway.resumes()], [1, 1]);
    assert.equal(
      ear.heard.some((item) => item.session === undefined),
      false,
    );
  } finally {
    await ear.stop();
    proxy.close();
  }
});

for (const [what, code, fix, prepare] of [
  ['a token that is not taken', 'unauthorized', /DISCORD_TOKEN/, 'token'],
  ['an intent that is not allowed', 'unauthorized', /Message Content Intent/, 'intent'],
] as const) {
  test(`${what} ends it with a failure that names the fix`, async () => {
    await using discord = await openDiscordStandIn({ limits: 'off' });
    discord.allowMessageContent(prepare !== 'intent');
    const other = { DISCORD_TOKEN: `${(discord.environment['DISCORD_TOKEN'] ?? '').split('.')[0]}.aaaa.bbbb` };
    const ear = openEar(listenAt(discord, prepare === 'token' ? other : {}));
    await assert.rejects(ear.ended, (failure: Failure) => {
      assert.ok(failure instanceof Failure);
      assert.equal(failure.code, code);
      assert.match(failure.message, fix);
      assert.doesNotMatch(`${failure.message}${failure.stack}`, /aaaa\.bbbb/);
      return true;
    });
  });
}

test('a token that becomes invalid while connected is told by the close code', async () => {
  await using talk = await openTalk();
  await talk.discord.say({ text: 'hm' });
  await talk.ear.event('message');
  talk.discord.gateway.closeWith(4004);
  await assert.rejects(talk.ear.ended, { code: 'unauthorized' });
});

test('an API where nobody listens is unavailable', async () => {
  await using discord = await openDiscordStandIn({ limits: 'off' });
  const ear = openEar(listenAt(discord, { DISCORD_API_URL: 'http://127.0.0.1:9/api/v10' }));
  await assert.rejects(ear.ended, { code: 'unavailable' });
});

test('no identifies left today: it is not tried', async () => {
  await using discord = await openDiscordStandIn({ limits: 'off' });
  discord.faults.plan({ call: 'GET /gateway/bot', kind: 'refuse', status: 429, retryAfterMs: 1500 });
  const ear = openEar(listenAt(discord));
  await assert.rejects(ear.ended, { code: 'rate-limited' });
  assert.equal(discord.gateway.identifies(), 0);
});

test('a connection that is dead without a word (heartbeats are not answered) is given up and resumed', async () => {
  await using talk = await openTalk({ heartbeatMs: 150 });
  const { discord, ear } = talk;
  const { id: before } = await discord.say({ text: 'before' });
  await ear.event('message', ({ message }) => message.id === before);
  discord.gateway.fallSilent();
  const { id } = await discord.say({ text: 'into a dead line' });
  await ear.event('message', ({ message }) => message.id === id);
  assert.deepEqual([discord.gateway.identifies(), discord.gateway.resumes()], [1, 1]);
});
