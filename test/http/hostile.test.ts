import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { slowSockets } from '../faults/slow-sockets.ts';
import { exchange, openTalk, post, statuses, until } from './talk.ts';

const MIB = 1024 * 1024;

/** Sends one chunk again and again as fast as it is taken; what came back, and how much was sent. */
async function pump(port: number, head: string, chunk: Buffer, most: number): Promise<{ text: string; sent: number }> {
  const socket = connect(port, '127.0.0.1');
  let [text, sent] = ['', 0];
  socket.on('data', (data: Buffer) => (text += data.toString('latin1')));
  socket.on('error', () => undefined);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.write(head);
  while (sent < most && !socket.destroyed) {
    sent += chunk.length;
    if (!socket.write(chunk)) await Promise.race([closed, new Promise((resolve) => socket.once('drain', resolve))]);
  }
  socket.end();
  await closed;
  return { text, sent };
}

test(
  'a hundred megabytes, announced or not, are refused with 413, and memory stays flat',
  { timeout: 20_000 },
  async () => {
    await using talk = await openTalk();
    const before = process.memoryUsage().arrayBuffers;
    let peak = 0;
    const looking = setInterval(() => (peak = Math.max(peak, process.memoryUsage().arrayBuffers - before)), 5);
    const head = 'POST /hooks/web HTTP/1.1\r\nhost: hub\r\n';
    const chunk = Buffer.from(`10000\r\n${'x'.repeat(0x1_00_00)}\r\n`);
    const found = await Promise.all([
      pump(talk.port, `${head}content-length: ${100 * MIB}\r\n\r\n`, chunk, 100 * MIB),
      pump(talk.port, `${head}content-length: ${100 * MIB}\r\n\r\n`, chunk, 100 * MIB),
      pump(talk.port, `${head}transfer-encoding: chunked\r\n\r\n`, chunk, 1_000 * MIB),
      pump(talk.port, `${head}transfer-encoding: chunked\r\n\r\n`, chunk, 1_000 * MIB),
    ]);
    clearInterval(looking);
    for (const { text, sent } of found) {
      assert.deepEqual(statuses(text).slice(0, 1), text === '' ? [] : [413]);
      // An endless body is cut, not drained to its end.
      assert.ok(sent < 500 * MIB, `${sent / MIB} MiB were taken`);
    }
    assert.ok(found.some(({ text }) => text.includes('413')));
    assert.ok(peak < 40 * MIB, `${Math.round(peak / MIB)} MiB were held`);
    assert.equal(talk.requests.length, 0);
  },
);

test('a body that is shorter than its length is waited for and cut with 408', async () => {
  await using talk = await openTalk({ limits: { requestMs: 150, headersMs: 100, lookEveryMs: 20 } });
  const text = await exchange(talk.port, 'POST /hooks/web HTTP/1.1\r\nhost: hub\r\ncontent-length: 50\r\n\r\nshort');
  assert.deepEqual(statuses(text), [408]);
  assert.equal(talk.requests.length, 0);
});

test('a body that is longer than its length is read to its length, and the rest is no request', async () => {
  await using talk = await openTalk();
  const text = await exchange(
    talk.port,
    'POST /hooks/web HTTP/1.1\r\nhost: hub\r\ncontent-length: 5\r\n\r\nshort and more',
  );
  // The connection may end before the first is answered: its sender comes again, and is known by the delivery's id.
  assert.equal(statuses(text).at(-1), 400);
  assert.deepEqual(
    talk.requests.map(({ body }) => Buffer.from(body).toString()),
    ['short'],
  );
});

for (const encoding of ['gzip', 'deflate', 'br', 'identity', 'x']) {
  test(`a body with content-encoding ${encoding} is refused with 415, and the connection ends`, async () => {
    await using talk = await openTalk();
    const text = await exchange(talk.port, post('x', '/hooks/web', `content-encoding: ${encoding}\r\n`));
    assert.deepEqual(statuses(text), [415]);
    assert.equal(talk.requests.length, 0);
  });
}

const SMUGGLED = 'POST /hooks/web HTTP/1.1\r\nhost: hub\r\ncontent-length: 1\r\n\r\nx';
const AMBIGUOUS: readonly (readonly [what: string, bytes: string])[] = [
  ['both a length and chunks', `content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`],
  ['chunks and a length', `transfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n0\r\n\r\n${SMUGGLED}`],
  ['two lengths', 'content-length: 1\r\ncontent-length: 2\r\n\r\nxx'],
  ['a length that is no number', 'content-length: 1e1\r\n\r\nx'],
  ['a negative length', 'content-length: -1\r\n\r\nx'],
  ['a length beyond all', `content-length: ${'9'.repeat(30)}\r\n\r\nx`],
  ['chunks that are encoded otherwise at last', 'transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n'],
  ['a space before the colon', 'transfer-encoding : chunked\r\n\r\n0\r\n\r\n'],
  ['a folded header', 'x: a\r\n b\r\ncontent-length: 1\r\n\r\nx'],
  ['lines that end with a line feed alone', 'content-length: 1\n\nx'],
  ['a chunk whose size is none', 'transfer-encoding: chunked\r\n\r\nzz\r\nx\r\n0\r\n\r\n'],
  ['a NUL in a header', 'x: a\u0000b\r\ncontent-length: 1\r\n\r\nx'],
];
for (const [what, rest] of AMBIGUOUS) {
  test(`a request with ${what} is refused, and nothing behind it is read as another`, async () => {
    await using talk = await openTalk();
    const text = await exchange(talk.port, `POST /hooks/web HTTP/1.1\r\nhost: hub\r\n${rest}`);
    assert.ok(statuses(text).length === 1 && /^HTTP\/1\.1 4\d\d/.test(text), text);
    assert.equal(talk.requests.length, 0);
  });
}

test('headers of more than sixteen kilobytes are refused with 431', async () => {
  await using talk = await openTalk();
  const text = await exchange(talk.port, post('x', '/hooks/web', `x: ${'y'.repeat(20_000)}\r\n`));
  assert.deepEqual(statuses(text), [431]);
});

for (const method of ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE']) {
  test(`${method} where deliveries go is refused with 405, and the method is named`, async () => {
    await using talk = await openTalk();
    const text = await exchange(talk.port, `${method} /hooks/web HTTP/1.1\r\nhost: hub\r\nconnection: close\r\n\r\n`);
    assert.deepEqual(statuses(text), [405]);
    assert.match(text, /allow: POST/i);
    assert.equal(talk.requests.length, 0);
  });
}

const PATHS: readonly string[] = [
  '/hooks',
  '/hooks/',
  '/hooks/unknown',
  '/hooks/web/00000000-0000-0000-0000-000000000000',
  '/hooks/web/',
  '/hooks/%00',
  '/hooks/web%00',
  '/hooks/web%2f..',
  '/hooks/..%2f..%2fetc%2fpasswd',
  '/../../etc/passwd',
  '/hooks/%',
  '/hooks/%ff%fe',
  '//hooks/web',
  '/__proto__',
  '/constructor',
  `/hooks/${'x'.repeat(8_000)}`,
];
for (const path of PATHS) {
  test(`nothing is served at ${path.slice(0, 60)}: 404`, async () => {
    await using talk = await openTalk();
    const text = await exchange(talk.port, post('{}', path, 'connection: close\r\n'));
    assert.deepEqual(statuses(text), [404]);
    assert.equal(talk.requests.length, 0);
  });
}

for (const [what, line] of [
  ['without a host', 'POST /hooks/web HTTP/1.1\r\n\r\n'],
  ['with an odd host', 'POST /hooks/web HTTP/1.1\r\nhost: a b\r\ncontent-length: 0\r\n\r\n'],
  ['with an unknown method', 'STEAL /hooks/web HTTP/1.1\r\nhost: hub\r\n\r\n'],
  ['that asks for a tunnel', 'CONNECT evil.example:443 HTTP/1.1\r\nhost: evil.example\r\n\r\n'],
  ['of TLS', '\u0016\u0003\u0001\u0002\u0000\u0001\u0000'],
  ['of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
] as const) {
  test(`a request ${what} is refused, and the server goes on`, async () => {
    await using talk = await openTalk();
    const text = await exchange(talk.port, line, /\r\n\r\n/);
    assert.ok(text === '' || /^HTTP\/1\.1 4\d\d/.test(text), text);
    assert.equal(talk.requests.length, 0);
    assert.equal((await fetch(`${talk.url}/healthz`)).status, 200);
  });
}

test('requests that are sent one behind the other are answered in their order', async () => {
  await using talk = await openTalk();
  const all = ['one', 'two', 'three'].map((body) => post(body)).join('');
  const text = await exchange(talk.port, all, /(?:taken[^]*){3}/);
  assert.deepEqual(statuses(text), [200, 200, 200]);
  assert.deepEqual(
    talk.requests.map(({ body }) => Buffer.from(body).toString()),
    ['one', 'two', 'three'],
  );
});

test('a header that comes twice is both of them for the adapter, so that no signature is chosen among two', async () => {
  await using talk = await openTalk();
  const twice = ['authorization', 'x-hub-signature-256', 'content-type', 'x-slack-signature'];
  await exchange(
    talk.port,
    post('x', '/hooks/web', twice.map((name) => `${name}: a\r\n${name}: b\r\n`).join('')),
    /taken/,
  );
  for (const name of twice) assert.equal(talk.requests[0]?.headers[name], 'a, b');
});

test('what goes wrong inside is 500 without a word of it, and no mistake of the sender', async () => {
  await using talk = await openTalk({ receive: () => Promise.reject(new Error('xoxb-canary at /home/hub')) });
  const response = await fetch(`${talk.url}/hooks/web`, { method: 'POST', body: 'x' });
  assert.deepEqual([response.status, await response.json()], [500, { error: 'internal error' }]);
});

test('large bodies share one budget: 503 beyond it, while small ones go on, and room again after', async () => {
  const first = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  await using talk = await openTalk({
    limits: { bodies: { free: 1_000, most: 150_000 } },
    receive: async (_, { body }) => {
      if (body.length === 100_000) held.resolve();
      if (body.length === 100_000) await first.promise;
      return { status: 200, headers: {}, body: 'taken' };
    },
  });
  const send = (size: number) => fetch(`${talk.url}/hooks/web`, { method: 'POST', body: 'x'.repeat(size) });
  const large = send(100_000);
  await held.promise;
  const refused = await send(90_000);
  assert.deepEqual([refused.status, refused.headers.get('retry-after')], [503, '2']);
  assert.match(await refused.text(), /try again/);
  assert.deepEqual(await Promise.all([900, 40_000].map(async (size) => (await send(size)).status)), [200, 200]);
  first.resolve();
  assert.equal((await large).status, 200);
  // What was refused, and who went away, gave back what they held.
  const leaving = connect(talk.port, '127.0.0.1');
  leaving.write(post('x'.repeat(140_000)).slice(0, 120_000));
  await until(async () => (await send(140_000)).status === 503);
  leaving.destroy();
  await until(async () => (await send(140_000)).status === 200);
});

test('a promise of much takes no room from those who send', async () => {
  await using talk = await openTalk({ limits: { bodies: { free: 1_000, most: 150_000 } } });
  const promising = Array.from({ length: 50 }, () => {
    const socket = connect(talk.port, '127.0.0.1');
    socket.write('POST /hooks/web HTTP/1.1\r\nhost: hub\r\ncontent-length: 149000\r\n\r\nx');
    return socket;
  });
  const response = await fetch(`${talk.url}/hooks/web`, { method: 'POST', body: 'x'.repeat(140_000) });
  assert.equal(response.status, 200);
  for (const socket of promising) socket.destroy();
});

test('connections beyond the limit are closed at once, and there is room again when others leave', async () => {
  await using talk = await openTalk({ limits: { connections: 3 } });
  const open = Array.from({ length: 3 }, () => connect(talk.port, '127.0.0.1'));
  await Promise.all(open.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(await exchange(talk.port, post('x'), /taken/), '');
  for (const socket of open) socket.destroy();
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual(statuses(await exchange(talk.port, post('x'), /taken/)), [200]);
});

test(
  'two thousand slow sockets are cut, and every good delivery meanwhile is answered',
  { timeout: 30_000 },
  async () => {
    await using talk = await openTalk({ limits: { headersMs: 1_000, requestMs: 1_500, lookEveryMs: 100 } });
    const good = { path: '/hooks/web', headers: {}, body: '{"good":true}' };
    const found = await slowSockets(talk.url, () => good, { sockets: 2_000, withinMs: 20_000, everyMs: 10 });
    assert.deepEqual([found.cut, found.answered], [2_000, found.sent]);
    assert.ok(found.sent > 50);
  },
);
