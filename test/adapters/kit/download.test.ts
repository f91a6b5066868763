import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { after, before, test } from 'node:test';
import { download } from '../../../adapters/kit/download.ts';

let base: string;
const asked: { path: string; token: string | undefined }[] = [];
const server = createServer((request: IncomingMessage, response: ServerResponse) => {
  const path = request.url ?? '';
  asked.push({ path, token: request.headers.authorization });
  if (path === '/away') response.writeHead(302, { location: 'http://localhost:1/private' }).end();
  else if (path === '/loop') response.writeHead(302, { location: '/loop' }).end();
  else if (path === '/store') response.writeHead(302, { location: '/file' }).end();
  else if (path === '/endless') response.writeHead(200).write('x'.repeat(5000));
  else if (path === '/file') response.writeHead(200, { 'content-type': 'text/plain' }).end('hello');
  else if (path !== '/never') response.writeHead(Number(path.slice(1)), { 'retry-after': '2' }).end();
});

before(async () => {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  assert.ok(address !== null && typeof address !== 'string');
  base = `http://127.0.0.1:${address.port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

const get = (path: string, mostBytes = 100, signal = AbortSignal.timeout(5000), withinMs = 2000) =>
  download(
    {
      url: base + path,
      mostBytes,
      withinMs,
      allowed: (url) => url.origin === base,
      headersFor: (url): Record<string, string> => (url.pathname === '/store' ? { authorization: 'token t' } : {}),
    },
    signal,
  );

test('a file is read whole, behind a redirect, and the token stays before it', async () => {
  asked.splice(0);
  const { bytes, mediaType, truncated } = await get('/store');
  assert.deepEqual([Buffer.from(bytes).toString(), mediaType, truncated], ['hello', 'text/plain', false]);
  assert.deepEqual(asked, [
    { path: '/store', token: 'token t' },
    { path: '/file', token: undefined },
  ]);
});

test('no more is read than was asked for, even of what never ends', async () => {
  const { bytes, truncated } = await get('/endless', 1000);
  assert.deepEqual([bytes.byteLength, truncated], [1000, true]);
});

test('a redirect to another host is refused', async () => {
  await assert.rejects(get('/away'), { code: 'refused' });
});

test('a redirect that leads nowhere is refused', async () => {
  asked.splice(0);
  await assert.rejects(get('/loop'), { code: 'refused' });
  assert.equal(asked.length, 5);
});

test('what never comes is unavailable in time, and aborted when we end it', async () => {
  await assert.rejects(get('/never', 10, AbortSignal.timeout(5000), 50), { code: 'unavailable' });
  await assert.rejects(get('/never', 10, AbortSignal.timeout(50)), { code: 'aborted' });
});

for (const [status, code] of [
  [401, 'unauthorized'],
  [403, 'unauthorized'],
  [404, 'gone'],
  [410, 'gone'],
  [418, 'refused'],
  [429, 'rate-limited'],
  [503, 'unavailable'],
] as const) {
  test(`${status} is ${code}`, async () => {
    await assert.rejects(get(`/${status}`), { code, ...(status === 429 && { retryInMs: 2000 }) });
  });
}
