import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import pino from 'pino';
import { openMcpDesk, type McpDeskOptions } from '../../src/console/mcp-desk.ts';
import { DEFAULT_ORGANIZATION } from '../../src/db/apps.ts';
import { inOrganization, inSystem } from '../../src/db/database.ts';
import { noteBox } from '../../src/db/toolboxes.ts';
import { reseal } from '../../src/reseal.ts';
import { openKeyRing } from '../../src/vault/keys.ts';
import { OTHER_ORGANIZATION, openTestConsole, type TestConsole } from '../kit/console.ts';
import { openListener } from '../kit/listen.ts';
import { openHttpTools } from '../kit/mcp/http-server.ts';

const KEY = 'Bearer wiki-key-1234567890';
const SECRET = Buffer.alloc(32, 7).toString('base64');

const open = (more: Partial<McpDeskOptions> = {}): Promise<TestConsole> =>
  openTestConsole({
    mcp: openMcpDesk({
      configured: [],
      platforms: { tools: () => Promise.resolve([]) },
      keys: () => openKeyRing(SECRET, ''),
      allowPrivate: false,
      log: pino({ level: 'silent' }),
      ...more,
    }),
  });

const Detail = z.object({ detail: z.string() });
const Kept = z.object({ sealed_headers: z.string().nullable() });

/** Status and words of a request of the API. */
async function says(hub: TestConsole, method: string, path: string, body?: unknown): Promise<string> {
  const answer = await hub.ask(`/api/v1/mcp-servers${path}`, { method, body });
  const text = await answer.text();
  return answer.status < 400 ? String(answer.status) : `${answer.status}: ${Detail.parse(JSON.parse(text)).detail}`;
}

async function one(hub: TestConsole, asker: Parameters<TestConsole['as']>[0] = {}) {
  const { items } = await (await hub.as(asker)['mcp-servers'].$get()).json();
  return items.find(({ name }) => name === 'wiki');
}

async function sealedOf({ database }: TestConsole): Promise<string> {
  const [row] = await inOrganization(
    database.db,
    DEFAULT_ORGANIZATION,
    (tx) => tx`select sealed_headers from switchboard.mcp_servers`,
  );
  return Kept.parse(row).sealed_headers ?? '';
}

test('a server is added, tested, told with its tools and what the policy says of them, switched off and removed', async () => {
  await using server = await openHttpTools('wiki', KEY);
  await using hub = await open();
  const api = hub.as()['mcp-servers'];
  const param = { name: 'wiki' };
  assert.equal(await says(hub, 'PUT', '/wiki', { url: server.url, headers: { Authorization: KEY } }), '204');
  assert.deepEqual([(await one(hub))?.state, (await one(hub))?.tools], ['new', []]);
  const found = await (await api[':name'].test.$post({ param })).json();
  assert.deepEqual(
    found.tools.map(({ name, effect }) => [name, effect]),
    [
      ['wiki_read', 'reads'],
      ['wiki_write', 'writes'],
    ],
  );
  assert.ok(found.ms >= 0 && found.ms < 15_000);
  const listed = async () => (await one(hub))?.tools.map(({ name, asks, allowed }) => [name, asks, allowed]);
  assert.deepEqual(await listed(), [
    ['wiki_read', 'never', true],
    ['wiki_write', 'always', true],
  ]);
  await hub.as().policies.$put({
    query: {},
    json: { tools: { allow: ['wiki_write'], trust: ['wiki_*'], by: 'asker', people: [], yes: 1, minutes: 30 } },
  });
  assert.deepEqual(await listed(), [
    ['wiki_read', 'never', false],
    ['wiki_write', 'after-outside-text', true],
  ]);
  const { items } = await (await hub.as().tools.$get()).json();
  assert.deepEqual(
    items.map(({ kind, name, tools }) => [kind, name, tools.length]),
    [['server', 'wiki', 2]],
  );
  assert.equal(await says(hub, 'POST', '/wiki/state', { enabled: false }), '204');
  assert.equal((await one(hub))?.state, 'disabled');
  assert.deepEqual((await (await hub.as().tools.$get()).json()).items, []);
  assert.equal(await says(hub, 'DELETE', '/wiki'), '204');
  assert.equal(await one(hub), undefined);
  const audit = await (await hub.as().audit.$get({ query: {} })).json();
  const changes = audit.items.map(({ what }) => what).filter((what) => what.startsWith('mcp-server'));
  assert.deepEqual(changes.toSorted(), ['mcp-server.disabled', 'mcp-server.removed', 'mcp-server.saved']);
});

test('headers are kept sealed and never told; they stay with their address; another key of the vault takes them over', async () => {
  await using server = await openHttpTools('wiki', KEY);
  await using hub = await open();
  const { db } = hub.database;
  await says(hub, 'PUT', '/wiki', { url: server.url, headers: { Authorization: KEY } });
  assert.equal(await says(hub, 'PUT', '/wiki', { url: server.url, timeoutMs: 5_000 }), '204');
  assert.deepEqual([(await one(hub))?.headers, (await one(hub))?.timeoutMs], [['Authorization'], 5_000]);
  const answers = await Promise.all(
    ['/mcp-servers', '/tools', '/audit', '/openapi.json'].map(async (path) => (await hub.ask(`/api/v1${path}`)).text()),
  );
  assert.equal(answers.join('').includes('wiki-key'), false);
  assert.equal((await sealedOf(hub)).includes('wiki-key'), false);
  assert.match(
    await says(hub, 'PUT', '/wiki', { url: 'https://elsewhere.example/mcp' }),
    /^400: (url: there is no host|headers: give them again)/,
  );
  const before = await sealedOf(hub);
  const fresh = Buffer.alloc(32, 9).toString('base64');
  assert.match(await reseal({ db, vaultKeys: `${fresh},${SECRET}`, dataFolder: '' }), /^1 secrets/);
  assert.notEqual(await sealedOf(hub), before);
  await using later = await openTestConsole(
    {
      mcp: openMcpDesk({
        configured: [],
        platforms: { tools: () => Promise.resolve([]) },
        keys: () => openKeyRing(fresh, ''),
        allowPrivate: false,
        log: pino({ level: 'silent' }),
      }),
    },
    hub.database,
  );
  assert.equal(await says(later, 'POST', '/wiki/test'), '200');
  assert.equal(await says(later, 'PUT', '/wiki', { url: server.url, headers: null }), '204');
  assert.match(await says(later, 'POST', '/wiki/test'), /answers 401: it wants another key; check the header Authoriz/);
});

test('a test that fails says what to mend, and so does the list', async () => {
  await using hub = await open();
  await using page = await openListener((incoming, outgoing) => {
    const status = Number(/^\/(\d+)/.exec(incoming.url ?? '')?.[1] ?? 200);
    outgoing.writeHead(status, { 'content-type': 'text/html', location: 'https://elsewhere.example/mcp' });
    outgoing.end('<html>');
  });
  const cases: readonly (readonly [string, RegExp])[] = [
    [`${page.url}/403`, /^422: .* answers 403: it wants another key/],
    [`${page.url}/404`, /^422: .* answers 404: nothing speaks the protocol there; most servers have it at \/mcp/],
    [`${page.url}/500`, /^422: .* answers 500: it is broken or away/],
    [`${page.url}/307`, /^422: .* answers 307 and leads to another host/],
    [`${page.url}/`, /^503: .* does not speak the Model Context Protocol/],
    ['http://127.0.0.1:1/mcp', /^503: 127\.0\.0\.1:1: nobody listens there; start the server/],
    [page.url.replace('http:', 'https:'), /^503: .*: it does not speak TLS/],
  ];
  for (const [url, expected] of cases) {
    assert.equal(await says(hub, 'PUT', '/wiki', { url }), '204');
    const said = await says(hub, 'POST', '/wiki/test');
    assert.match(said, expected);
    const listed = await one(hub);
    assert.deepEqual([listed?.state, `${said.slice(0, 5)}${listed?.problem}`], ['failed', said]);
  }
});

test('what makes no server is refused with a word that says why', async () => {
  await using hub = await open({
    configured: [
      { kind: 'stdio', name: 'files', command: 'npx', args: ['-y', 'secret'], env: {}, cwd: '', timeoutMs: 9 },
    ],
  });
  const put = (body: object, name = 'wiki') => says(hub, 'PUT', `/${name}`, body);
  const url = 'http://127.0.0.1:1/mcp';
  assert.match(await put({ command: 'npx', args: [] }), /^400/);
  assert.match(await put({ url: 'ftp://x.example' }), /^400: url: must be an address/);
  assert.match(await put({ url: 'https://a:b@127.0.0.1/' }), /^422: .*a password in the address; send it in a header/);
  assert.match(await put({ url, headers: { Host: 'x' } }), /^400: headers.*leave it out/);
  assert.match(await put({ url, headers: { 'X-Key': 'a\r\nb: c' } }), /^400: headers\.X-Key: must be one line/);
  assert.match(await put({ url }, 'files'), /^400: files is in the configuration/);
  assert.match(await says(hub, 'DELETE', '/files'), /^400: files is in the configuration/);
  assert.match(await put({ url }, 'a b'), /^400: name: letters, digits/);
});

test('another organization sees none of it, is not told where the deployment’s own are, and names no address inside', async () => {
  await using hub = await open({
    configured: [
      { kind: 'stdio', name: 'files', command: 'npx', args: ['-y', 'secret'], env: {}, cwd: '', timeoutMs: 9 },
    ],
    resolve: (host) => Promise.resolve([host === 'inside.example' ? '10.1.2.3' : '93.184.215.14']),
  });
  const { db } = hub.database;
  await inSystem(db, async (tx) => {
    await noteBox(tx, { kind: 'server', name: 'files' }, { problem: 'npx: there is no such program' });
    await noteBox(
      tx,
      { kind: 'plugin', name: 'weather' },
      { tools: [{ name: 'weather', description: 'It rains', effect: 'reads' }] },
    );
  });
  await says(hub, 'PUT', '/wiki', { url: 'http://127.0.0.1:1/mcp' });
  const asker = { organization: OTHER_ORGANIZATION };
  const list = async (who: object) => (await (await hub.as(who)['mcp-servers'].$get()).json()).items;
  assert.deepEqual(
    (await list(asker)).map(({ name, command, problem, state }) => [name, command, problem, state]),
    [['files', null, null, 'failed']],
  );
  assert.deepEqual(
    (await list({})).map(({ name, command, problem, state }) => [name, command, problem, state]),
    [
      ['files', 'npx', 'npx: there is no such program', 'failed'],
      ['wiki', null, null, 'new'],
    ],
  );
  assert.equal((await one(hub, { role: 'viewer' }))?.url, 'http://127.0.0.1:1/…');
  assert.deepEqual(
    (await (await hub.as(asker).tools.$get()).json()).items.map(({ kind, name }) => [kind, name]),
    [['plugin', 'weather']],
  );
  const put = async (url: string) => {
    const answer = await hub.ask('/api/v1/mcp-servers/mine', { method: 'PUT', body: { url }, ...asker });
    return answer.status;
  };
  assert.equal(await put('https://inside.example/mcp'), 422);
  assert.equal(await put('https://169.254.169.254/latest'), 422);
  assert.equal(await put('http://outside.example/mcp'), 422);
  assert.equal(await put('https://outside.example/mcp'), 204);
});
