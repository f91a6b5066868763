import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { test, type TestContext } from 'node:test';
import { openHttpGet, type HttpGetPorts } from '../../../../src/agent/tools/builtin/http-get.ts';
import type { ToolResult } from '../../../../src/model/tool.ts';
import { use } from '../../../kit/mcp/box.ts';

type Site = { readonly get: (path: string, signal?: AbortSignal) => Promise<ToolResult>; readonly port: number };

/** A site called `site.test`, and a tool that may read it. */
async function open(context: TestContext, serve: RequestListener, more: Partial<HttpGetPorts> = {}): Promise<Site> {
  const server = createServer(serve).listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const [tool] = openHttpGet({
    allow: [`http://site.test:${port}`, `http://loop.test:${port}`],
    resolve: () => Promise.resolve(['127.0.0.1']),
    isPublic: () => true,
    ...more,
  });
  const get = async (path: string, signal = AbortSignal.timeout(5_000)): Promise<ToolResult> => {
    if (tool === undefined) throw new Error('there is no such tool');
    return tool.run({ url: new URL(path, `http://site.test:${port}`).href }, use('1'), signal);
  };
  return { get, port };
}

test('without a list there is no such tool', () => {
  assert.deepEqual(openHttpGet({ allow: [] }), []);
});

test('a page is read as text, without markup and scripts', async (context) => {
  const html =
    '<html><head><title>T</title><script>alert(1)</script></head><body><h1>Hi</h1><p>A <b>word</b>.</p></body></html>';
  const { get } = await open(context, (_request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8').end(html);
  });
  const { text } = await get('/');
  assert.match(text, /A word\./);
  assert.doesNotMatch(text, /alert|<b>/);
});

test('JSON comes as it is, and what is no text is named', async (context) => {
  const { get } = await open(context, ({ url }, response) => {
    response.setHeader('content-type', url === '/json' ? 'application/json' : 'image/png').end('{"a":1}');
  });
  assert.equal((await get('/json')).text, '{"a":1}');
  assert.match((await get('/image')).text, /^\(image\/png, 7 bytes: it is not shown here\)$/);
});

test('a redirect within the list is followed, three times at the most', async (context) => {
  const { get } = await open(context, ({ url }, response) => {
    const left = Number(url?.slice(1));
    if (left === 0) response.end('there');
    else response.writeHead(302, { location: `/${left - 1}` }).end();
  });
  assert.equal((await get('/3')).text, 'there');
  await assert.rejects(get('/4'), /leads on more than 3 times/);
});

test('after outside text only an address that stands in the conversation is read, or a host that does', async (context) => {
  const server = await open(context, (_request, response) => void response.end('hello'));
  const [tool] = openHttpGet({
    allow: [`http://site.test:${server.port}`],
    resolve: () => Promise.resolve(['127.0.0.1']),
    isPublic: () => true,
  });
  const said = `see http://site.test:${server.port}/page?a=b and http://site.test:${server.port}`;
  const tainted = use('1', { tainted: true, wasSaid: (words) => said.includes(words) });
  const get = async (path: string): Promise<string | undefined> => {
    const url = `http://site.test:${server.port}${path}`;
    return (await tool?.run({ url }, tainted, AbortSignal.timeout(5_000)))?.text;
  };
  assert.equal(await get('/page?a=b'), 'hello');
  assert.equal(await get('/'), 'hello');
  for (const composed of ['/page?a=b&c=secret', '/secret', '/?secret', '/#secret'])
    assert.match((await get(composed)) ?? '', /only addresses that stand in the conversation are read/);
});

const OUTSIDE = [
  'http://evil.test/',
  'https://site.test/',
  'http://169.254.169.254/latest/meta-data/',
  'file:///etc/passwd',
];
for (const location of OUTSIDE)
  test(`a redirect to ${location} is not followed`, async (context) => {
    const { get } = await open(context, (_request, response) => response.writeHead(302, { location }).end());
    await assert.rejects(get('/'), { code: 'refused' });
  });

test('a redirect to a name that leads inside by then is not followed', async (context) => {
  let looked = 0;
  const addresses = ['127.0.0.1', '10.0.0.1'];
  const { get } = await open(context, (_request, response) => response.writeHead(302, { location: '/again' }).end(), {
    resolve: () => Promise.resolve([addresses[(looked += 1) - 1] ?? '10.0.0.1']),
    isPublic: (address) => address === '127.0.0.1',
  });
  await assert.rejects(get('/'), /not in the public internet/);
});

test('what is longer than a megabyte is cut and said to be', async (context) => {
  const { get } = await open(context, (_request, response) => {
    response.setHeader('content-type', 'text/plain').end('x'.repeat(3_000_000));
  });
  const { text } = await get('/');
  assert.match(text, /\n\(cut here: it is longer than 1 MB\)$/);
  assert.ok(text.length < 1_100_000);
});

test('an error of the server is told as failed', async (context) => {
  const { get } = await open(context, (_request, response) => response.writeHead(404).end('nothing here'));
  const { text, failed } = await get('/');
  assert.equal(failed, true);
  assert.match(text, /answered 404\.\nnothing here/);
});

test('a server that does not answer is given up when the caller does', async (context) => {
  const { get } = await open(context, () => {});
  await assert.rejects(get('/', AbortSignal.timeout(50)), { code: 'aborted' });
});
