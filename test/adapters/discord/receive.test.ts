import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { test } from 'node:test';
import { publicKeyOf, receive } from '../../../adapters/discord/receive.ts';

const BOT = { user: '1457469483726668048', application: '1457469483726668048' };
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const hex = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('hex');

const command = {
  id: '1457536583141163186',
  application_id: BOT.application,
  type: 2,
  token: 'aW50ZXJhY3Rpb24',
  guild_id: '1457468924290662599',
  channel_id: '1457510428359004343',
  member: { nick: 'Countess', user: { id: '1033044521375764530', username: 'ada', global_name: 'Ada' } },
  data: { id: '1', name: 'ask', type: 1, options: [{ name: 'text', type: 3, value: 'why?' }] },
};

type Changes = {
  body?: string | Uint8Array;
  method?: string;
  at?: number;
  signature?: (right: string) => string;
  headers?: Record<string, string | undefined>;
  key?: typeof privateKey;
};

function send(payload: unknown, changes: Changes = {}) {
  const receivedAt = new Date();
  const body = Buffer.from(JSON.stringify(payload));
  const timestamp = String(Math.floor(receivedAt.getTime() / 1000) + (changes.at ?? 0));
  const right = sign(null, Buffer.concat([Buffer.from(timestamp), body]), changes.key ?? privateKey).toString('hex');
  const headers = {
    'x-signature-ed25519': changes.signature?.(right) ?? right,
    'x-signature-timestamp': timestamp,
    ...changes.headers,
  };
  const sent = changes.body === undefined ? body : Buffer.from(changes.body);
  const request = { method: changes.method ?? 'POST', url: '/discord/interactions', headers, body: sent, receivedAt };
  return receive(request, publicKeyOf(hex), BOT);
}

test('a ping is answered and leaves nothing to keep', () => {
  const received = send({ id: '1', application_id: BOT.application, type: 1, token: 't', version: 1 });
  assert.deepEqual([received.response.status, received.response.body], [200, '{"type":1}']);
  assert.equal(received.delivery, undefined);
});

const stranger = generateKeyPairSync('ed25519').privateKey;
for (const [what, changes] of [
  ['of another key', { key: stranger }],
  ['over another body', { body: JSON.stringify({ ...command, id: '2' }) }],
  ['with one digit changed', { signature: (right: string) => (right.startsWith('0') ? '1' : '0') + right.slice(1) }],
  ['that is cut', { signature: (right: string) => right.slice(0, 60) }],
  ['that is empty', { signature: () => '' }],
  ['that is no hexadecimal', { signature: () => 'z'.repeat(128) }],
  ['of zeros', { signature: () => '0'.repeat(128) }],
  ['that is missing', { headers: { 'x-signature-ed25519': undefined } }],
  ['without a time', { headers: { 'x-signature-timestamp': undefined } }],
  ['over another time', { headers: { 'x-signature-timestamp': '1767574193' } }],
  ['with words for a time', { headers: { 'x-signature-timestamp': 'now' } }],
  ['from twenty minutes ago', { at: -1200 }],
  ['from twenty minutes ahead', { at: 1200 }],
] as const) {
  test(`a signature ${what} is refused with 401, for a ping as well`, () => {
    for (const payload of [command, { id: '1', type: 1 }]) {
      const received = send(payload, changes);
      assert.equal(received.response.status, 401);
      assert.equal(received.delivery, undefined);
    }
  });
}

test('a clock that is some minutes off does no harm', () => {
  for (const at of [-600, 600]) assert.equal(send(command, { at }).response.status, 200);
});

test('without a public key everything is refused, and the fix is named', () => {
  const request = { method: 'POST', url: '/', headers: {}, body: new Uint8Array(), receivedAt: new Date() };
  const keyless = receive(request, undefined, BOT);
  assert.equal(keyless.response.status, 401);
  assert.match(keyless.response.body, /DISCORD_PUBLIC_KEY/);
});

test('only POST is taken', () => {
  assert.equal(send(command, { method: 'GET' }).response.status, 405);
});

for (const [what, payload] of [
  ['a list', []],
  ['a number', 7],
  ['an object without a type', { id: '1' }],
  ['a type that is no number', { id: '1', type: 'ping' }],
] as const) {
  test(`${what} is refused with 400`, () => {
    const received = send(payload);
    assert.equal(received.response.status, 400);
    assert.match(received.response.body, /interaction/);
  });
}

test('a body that is no UTF-8 is refused with 400', () => {
  const body = Buffer.from([0x22, 0xff, 0xfe, 0x22]);
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = sign(null, Buffer.concat([Buffer.from(timestamp), body]), privateKey).toString('hex');
  const headers = { 'x-signature-ed25519': signature, 'x-signature-timestamp': timestamp };
  const request = { method: 'POST', url: '/', headers, body, receivedAt: new Date() };
  assert.equal(receive(request, publicKeyOf(hex), BOT).response.status, 400);
});

test('a command is kept under the interaction’s id, with all that an answer needs', () => {
  const { response, delivery } = send(command);
  assert.equal(response.body, '{"type":5}');
  assert.equal(delivery?.id, `i:${command.id}`);
  assert.deepEqual(JSON.parse(Buffer.from(delivery?.raw ?? []).toString()), command);
  const [event] = delivery?.events ?? [];
  assert.ok(event?.kind === 'message');
  assert.deepEqual([event.why, event.message.text, event.message.author.name], ['command', 'why?', 'Countess']);
  assert.deepEqual(JSON.parse(event.place.address), {
    channel: command.channel_id,
    interaction: { id: command.id, token: command.token, by: command.member.user.id },
  });
});

test('a file that goes with a command is an attachment', () => {
  const file = {
    id: '5',
    filename: 'a.txt',
    size: 3,
    content_type: 'text/plain',
    url: 'https://cdn.discordapp.com/a.txt',
  };
  const options = [...command.data.options, { name: 'file', type: 11, value: '5' }];
  const { delivery } = send({
    ...command,
    data: { ...command.data, options, resolved: { attachments: { '5': file } } },
  });
  const [event] = delivery?.events ?? [];
  assert.ok(event?.kind === 'message');
  assert.equal(event.message.text, 'why?');
  assert.deepEqual(event.message.attachments, [{ handle: file.url, name: 'a.txt', mediaType: 'text/plain', size: 3 }]);
});

test('a command in a direct conversation has the person beside it, and its place is none of a guild', () => {
  const { member, guild_id: _guild, ...rest } = command;
  const [event] = send({ ...rest, user: member.user }).delivery?.events ?? [];
  assert.ok(event?.kind === 'message');
  assert.deepEqual([event.place.install, event.message.author.name], ['@me', 'Ada']);
});

for (const [what, payload, type] of [
  ['a command without a text', { ...command, data: { name: 'ask', type: 1, options: [] } }, 4],
  ['a command of a context menu', { ...command, data: { ...command.data, type: 3 } }, 4],
  ['a completion', { ...command, type: 4 }, 8],
  ['a command without a channel', { ...command, channel_id: undefined }, 4],
  ['an interaction of a kind to come', { ...command, type: 99 }, 4],
] as const) {
  test(`${what} is taken, answered in the form that fits, and ignored with a reason`, () => {
    const { response, delivery } = send(payload);
    assert.equal(response.status, 200);
    assert.equal(JSON.parse(response.body).type, type);
    const [event] = delivery?.events ?? [];
    assert.ok(event?.kind === 'ignored' && event.reason.length > 10);
  });
}

test('what was chosen from a list is the value of the action', () => {
  const payload = { ...command, type: 3, data: { component_type: 3, custom_id: 'pick', values: ['a', 'b'] } };
  const { response, delivery } = send(payload);
  assert.equal(response.body, '{"type":6}');
  const [event] = delivery?.events ?? [];
  assert.ok(event?.kind === 'action');
  assert.deepEqual([event.action, event.value], ['pick', 'a,b']);
});
