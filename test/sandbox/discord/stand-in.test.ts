import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { after, before, test } from 'node:test';
import { z } from 'zod';
import { openDiscordStandIn } from '../../../sandbox/discord/index.ts';
import type { DiscordStandIn } from '../../../sandbox/discord/index.ts';
import { openSocket } from './socket.ts';
import { openListener } from '../../kit/listen.ts';

let discord: DiscordStandIn;
let base: string;
let token: string;
before(async () => {
  discord = await openDiscordStandIn({ identifyEveryMs: 0, limits: 'off' });
  base = discord.environment['DISCORD_API_URL'] ?? '';
  token = discord.environment['DISCORD_TOKEN'] ?? '';
});
after(() => discord[Symbol.asyncDispose]());

const object = z.record(z.string(), z.unknown());

async function ask(method: string, path: string, body?: object, authorization = `Bot ${token}`) {
  const response = await fetch(base + path, {
    method,
    headers: { authorization, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const json: unknown = text === '' ? undefined : JSON.parse(text);
  return { status: response.status, headers: response.headers, json, object: object.safeParse(json).data ?? {} };
}

/** A channel to write in; somebody has said something there. */
async function channel(): Promise<{ id: string; question: string }> {
  const socket = await openSocket(discord);
  await socket.identify();
  const said = await discord.say({ text: 'hm' });
  socket.close(1000);
  return { id: said.thread, question: said.id };
}

test('every call needs the bot’s token', async () => {
  assert.equal((await ask('GET', '/users/@me')).object['id'], discord.bot);
  for (const wrong of ['', token, 'Bot x.y.z', `Bearer ${token}`]) {
    assert.equal((await ask('GET', '/users/@me', undefined, wrong)).status, 401);
  }
});

test('the token begins with the bot’s id', () => {
  assert.equal(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString(), discord.bot);
});

test('a message is made, read, changed, listed and taken away', async () => {
  const { id, question } = await channel();
  const path = `/channels/${id}/messages`;
  const made = await ask('POST', path, { content: 'hello', message_reference: { message_id: question } });
  assert.deepEqual([made.status, made.object['content'], made.object['type']], [200, 'hello', 19]);
  const one = `${path}/${String(made.object['id'])}`;
  assert.equal((await ask('PATCH', one, { content: 'hello you' })).object['content'], 'hello you');
  assert.notEqual((await ask('GET', one)).object['edited_timestamp'], null);
  const listed = z.array(object).parse((await ask('GET', path)).json);
  assert.deepEqual(
    listed.map((message) => message['id']),
    [made.object['id'], question],
  );
  assert.equal((await ask('DELETE', one)).status, 204);
  assert.deepEqual([(await ask('GET', one)).status, (await ask('GET', one)).object['code']], [404, 10_008]);
  assert.equal(discord.visible(id).length, 1);
});

test('lists go before and after an edge, newest first, at most a hundred', async () => {
  const { id } = await channel();
  for (const content of ['1', '2', '3', '4']) await ask('POST', `/channels/${id}/messages`, { content });
  const list = async (query: string) =>
    z.array(object).parse((await ask('GET', `/channels/${id}/messages?${query}`)).json);
  const all = await list('limit=100');
  const contents = (messages: z.output<typeof object>[]) => messages.slice(0, 9).map((message) => message['content']);
  assert.deepEqual(contents(await list('limit=2')), ['4', '3']);
  assert.deepEqual(contents(await list(`limit=2&before=${String(all[0]?.['id'])}`)), ['3', '2']);
  assert.deepEqual(contents(await list(`limit=2&after=${String(all[3]?.['id'])}`)), ['3', '2']);
  assert.equal((await ask('GET', `/channels/${id}/messages?limit=101`)).status, 400);
});

test('a nonce that is enforced gives the message that is there, in its channel and while it counts', async () => {
  await using short = await openDiscordStandIn({ limits: 'off', identifyEveryMs: 0, noncesKeptMs: 60 });
  const socket = await openSocket(short);
  await socket.identify();
  const { thread } = await short.say({ text: 'hm' });
  const post = async (body: object) => {
    const response = await fetch(`${short.environment['DISCORD_API_URL']}/channels/${thread}/messages`, {
      method: 'POST',
      headers: { authorization: `Bot ${short.environment['DISCORD_TOKEN']}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return object.parse(await response.json());
  };
  const first = await post({ content: 'one', nonce: 'n', enforce_nonce: true });
  const second = await post({ content: 'other words', nonce: 'n', enforce_nonce: true });
  assert.deepEqual([second['id'], second['content'], second['nonce']], [first['id'], 'one', 'n']);
  assert.notEqual((await post({ content: 'two', nonce: 'n' }))['id'], first['id']);
  await new Promise((resolve) => setTimeout(resolve, 80));
  assert.notEqual((await post({ content: 'three', nonce: 'n', enforce_nonce: true }))['id'], first['id']);
  assert.equal((await post({ content: 'x', nonce: 'n'.repeat(26) }))['code'], 50_035);
  socket.close(1000);
});

for (const [what, body, status, code] of [
  ['2,001 characters', { content: 'x'.repeat(2001) }, 400, 50_035],
  ['nothing', { content: ' ' }, 400, 50_006],
  ['a reply to nothing', { content: 'x', message_reference: { message_id: '1' } }, 400, 50_035],
  ['a list for a text', { content: [] }, 400, 50_035],
] as const) {
  test(`${what} is refused with ${code}`, async () => {
    const { id } = await channel();
    const answer = await ask('POST', `/channels/${id}/messages`, body);
    assert.deepEqual([answer.status, answer.object['code']], [status, code]);
  });
}

test('2,000 characters outside of the basic plane are taken, and a reply that need not exist', async () => {
  const { id } = await channel();
  const body = { content: '🦉'.repeat(2000), message_reference: { message_id: '1', fail_if_not_exists: false } };
  assert.equal((await ask('POST', `/channels/${id}/messages`, body)).status, 200);
});

test('what others wrote is neither changed nor taken away, and unknown places are told', async () => {
  const { id, question } = await channel();
  assert.equal((await ask('PATCH', `/channels/${id}/messages/${question}`, { content: 'x' })).object['code'], 50_005);
  assert.equal((await ask('DELETE', `/channels/${id}/messages/${question}`)).object['code'], 50_013);
  assert.equal((await ask('POST', '/channels/1/messages', { content: 'x' })).object['code'], 10_003);
  assert.equal((await ask('GET', '/nothing/here')).status, 404);
});

test('people are called unless allowed_mentions forbids it', async () => {
  const { id } = await channel();
  const content = `<@${discord.bot}> @everyone`;
  const called = async (body: object) => {
    const made = await ask('POST', `/channels/${id}/messages`, { content, ...body });
    return discord.calledBy(String(made.object['id']));
  };
  assert.deepEqual(await called({}), [discord.bot, '@everyone']);
  assert.deepEqual(await called({ allowed_mentions: { parse: [] } }), []);
});

test('five messages in five seconds, then 429 with the exact wait; the headers count', async () => {
  await using limited = await openDiscordStandIn();
  const socket = await openSocket(limited);
  await socket.identify();
  const { thread } = await limited.say({ text: 'hm' });
  const answers = [];
  for (let count = 0; count < 6; count += 1) {
    answers.push(
      await fetch(`${limited.environment['DISCORD_API_URL']}/channels/${thread}/messages`, {
        method: 'POST',
        headers: { authorization: `Bot ${limited.environment['DISCORD_TOKEN']}`, 'content-type': 'application/json' },
        body: '{"content":"x"}',
      }),
    );
  }
  assert.deepEqual(
    answers.map((answer) => answer.status),
    [200, 200, 200, 200, 200, 429],
  );
  assert.deepEqual(
    answers.map((answer) => answer.headers.get('x-ratelimit-remaining')),
    ['4', '3', '2', '1', '0', '0'],
  );
  const body = z.object({ retry_after: z.number(), global: z.literal(false) }).parse(await answers[5]?.json());
  assert.ok(body.retry_after > 4 && body.retry_after <= 5);
  assert.equal(limited.ledger.performed('POST /channels/:c/messages'), 5);
  socket.close(1000);
});

test('a session is told its guild, numbers its dispatches and answers heartbeats', async () => {
  const socket = await openSocket(discord);
  await socket.identify();
  await discord.say({ text: 'hi' });
  const names = await socket.until('MESSAGE_CREATE');
  assert.deepEqual(names.slice(0, 2), ['READY', 'GUILD_CREATE']);
  assert.deepEqual(
    socket.sequences(),
    socket.sequences().map((_, index) => index + 1),
  );
  socket.send({ op: 1, d: null });
  await socket.untilOp(11);
  socket.close(1000);
});

test('a session that was lost is replayed from where it was left; one that was ended is gone', async () => {
  const socket = await openSocket(discord);
  const { session_id } = await socket.identify();
  const { thread } = await discord.say({ text: 'one' });
  await socket.until('MESSAGE_CREATE');
  const seq = socket.sequences().at(-1);
  socket.close(4000);
  await socket.closed;
  await discord.say({ text: 'two', thread });
  const later = await openSocket(discord);
  later.send({ op: 6, d: { token, session_id, seq } });
  assert.deepEqual(await later.until('RESUMED'), ['MESSAGE_CREATE', 'RESUMED']);
  later.close(1000);
  await later.closed;
  const last = await openSocket(discord);
  last.send({ op: 6, d: { token, session_id, seq } });
  assert.equal(await last.untilOp(9), false);
  last.close(1000);
});

for (const [what, frame, code] of [
  ['a wrong token', { op: 2, d: { token: 'x', intents: 1, properties: {} } }, 4004],
  ['a wrong token when resuming', { op: 6, d: { token: 'x', session_id: 'y', seq: 1 } }, 4004],
  ['anything before identifying', { op: 8, d: {} }, 4003],
  ['an identify without intents', { op: 2, d: { token: 'x' } }, 4002],
] as const) {
  test(`the gateway closes with ${code} for ${what}`, async () => {
    const socket = await openSocket(discord);
    socket.send(frame);
    assert.equal(await socket.closed, code);
  });
}

test('the gateway closes with 4014 where the Message Content intent is switched off, and takes other intents', async () => {
  discord.allowMessageContent(false);
  const socket = await openSocket(discord);
  socket.send({ op: 2, d: { token, intents: 1 << 15, properties: {} } });
  assert.equal(await socket.closed, 4014);
  const modest = await openSocket(discord);
  await modest.identify(1);
  modest.close(1000);
  discord.allowMessageContent(true);
});

test('two identifies within five seconds are one too many', async () => {
  await using strict = await openDiscordStandIn();
  const first = await openSocket(strict);
  await first.identify();
  const second = await openSocket(strict);
  second.send({ op: 2, d: { token: strict.environment['DISCORD_TOKEN'], intents: 1, properties: {} } });
  assert.equal(await second.untilOp(9), false);
});

test('interactions are signed over time and body with the key that the environment names', async () => {
  await using other = await openDiscordStandIn();
  const x = Buffer.from(other.environment['DISCORD_PUBLIC_KEY'] ?? '', 'hex').toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  const seen: { path: string; genuine: boolean }[] = [];
  await using hub = await openListener((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const signed = Buffer.concat([Buffer.from(String(request.headers['x-signature-timestamp'])), ...chunks]);
      const signature = Buffer.from(String(request.headers['x-signature-ed25519']), 'hex');
      seen.push({ path: request.url ?? '', genuine: verify(null, signed, key, signature) });
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"type":5}');
    });
  });
  other.deliverTo(hub.url);
  const said = await other.ask({ text: 'why?' });
  assert.deepEqual([said.status, seen], [200, [{ path: '/discord/interactions', genuine: true }]]);
  assert.equal(other.visible(said.thread).length, 1);
});

test('faults are carried out, and the ledger knows what was performed', async () => {
  const { id } = await channel();
  const call = 'POST /channels/:c/messages';
  discord.ledger.clear();
  discord.faults.plan({ call, kind: 'perform-then-fail', status: 502 });
  discord.faults.plan({ call, kind: 'refuse', status: 500 });
  const send = () => ask('POST', `/channels/${id}/messages`, { content: 'x' });
  assert.deepEqual([(await send()).status, (await send()).status, (await send()).status], [502, 500, 200]);
  assert.equal(discord.ledger.performed(call), 2);
  assert.equal(discord.visible(id).filter((message) => message.fromBot).length, 2);
  discord.faults.plan({ call, kind: 'reset' });
  await assert.rejects(send());
});

test('commands are added by name and overwritten as a list', async () => {
  const path = `/applications/${discord.bot}/commands`;
  assert.equal((await ask('POST', path, { name: 'one', description: 'x' })).status, 201);
  assert.equal((await ask('POST', path, { name: 'one', description: 'y' })).status, 200);
  assert.equal((await ask('PUT', path, [{ name: 'two', description: 'z' }])).status, 200);
  assert.deepEqual(discord.commands(), ['two']);
});
