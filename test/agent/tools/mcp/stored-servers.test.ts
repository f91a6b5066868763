import assert from 'node:assert/strict';
import { test } from 'node:test';
import pino from 'pino';
import { openStoredServers } from '../../../../src/agent/tools/mcp/stored-servers.ts';
import { sealHeaders } from '../../../../src/agent/tools/mcp/stored-server.ts';
import { DEFAULT_ORGANIZATION } from '../../../../src/db/apps.ts';
import { inOrganization, type Database } from '../../../../src/db/database.ts';
import { enableServer, listServers, removeServer, saveServer } from '../../../../src/db/mcp-servers.ts';
import { organizationId, type OrganizationId } from '../../../../src/model/ids.ts';
import type { Toolbox, ToolResult } from '../../../../src/model/tool.ts';
import { systemClock } from '../../../../src/observe/clock.ts';
import { openKeyRing } from '../../../../src/vault/keys.ts';
import { openTestDatabase, type TestDatabase } from '../../../kit/database.ts';
import { openTestHub } from '../../../kit/hub.ts';
import { use } from '../../../kit/mcp/box.ts';
import { openHttpTools, type HttpTools } from '../../../kit/mcp/http-server.ts';
import { openPaperPlatform, paperDelivery, paperMessage } from '../../../kit/paper-platform.ts';
import { calling } from '../../../kit/tools.ts';
import { until } from '../../../kit/until.ts';

const KEY = 'Bearer wiki-key-1234567890';
const OTHER = organizationId('00000000-0000-4000-8000-00000000000f');
const keys = () => openKeyRing(Buffer.alloc(32, 7).toString('base64'), '');

async function save(db: Database, { url }: Pick<HttpTools, 'url'>, authorization?: string, of = DEFAULT_ORGANIZATION) {
  const headers = authorization === undefined ? {} : { Authorization: authorization };
  const sealedHeaders = authorization === undefined ? null : await sealHeaders(keys, [of, 'wiki'], headers);
  await inOrganization(db, of, (tx) =>
    saveServer(tx, { name: 'wiki', url, headerNames: Object.keys(headers), sealedHeaders, timeoutMs: 5_000 }),
  );
}

type Shelf = Toolbox & {
  readonly names: (organization?: OrganizationId) => Promise<readonly string[]>;
  readonly run: (name: string, text: string, organization?: OrganizationId) => Promise<ToolResult>;
  /** As if so many milliseconds had passed. */
  readonly pass: (ms: number) => void;
  readonly lines: readonly string[];
};

function openShelf({ db }: TestDatabase): Shelf {
  let later = 0;
  const lines: string[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) });
  const clock = { ...systemClock, now: () => systemClock.now() + later };
  const box = openStoredServers({ db, keys, clock, log, environment: {}, allowPrivate: false });
  let calls = 0;
  return {
    ...box,
    lines,
    pass: (ms) => void (later += ms),
    names: async (organization = DEFAULT_ORGANIZATION) => (await box.tools(organization)).map(({ name }) => name),
    async run(name, text, organization = DEFAULT_ORGANIZATION) {
      const tool = (await box.tools(organization)).find((one) => one.name === name);
      assert.ok(tool, `no ${name}`);
      return tool.run({ text }, use(`call ${(calls += 1)}`, { organization }), AbortSignal.timeout(10_000));
    },
  };
}

test('a turn reads from a server that the organization has added, and asks before it writes there', async () => {
  await using server = await openHttpTools('wiki', KEY);
  const paper = openPaperPlatform();
  await using hub = await openTestHub(
    paper,
    ({ messages }) => {
      const said = JSON.stringify(messages);
      if (!said.includes('wiki read a')) return calling([['wiki_read', { text: 'a' }]]);
      return calling([['wiki_write', { text: 'b' }]], 'It says a.');
    },
    {
      boxes: (db) => [
        openStoredServers({
          db,
          keys,
          clock: systemClock,
          log: pino({ level: 'silent' }),
          environment: {},
          allowPrivate: false,
        }),
      ],
    },
  );
  await save(hub.database.db, server, KEY);
  await hub.accept(paperDelivery(paperMessage('what does the wiki say?', { id: 'm1' }), 'd1'));
  await until('somebody is asked', () => Promise.resolve(paper.posts.some(({ text }) => text.includes('wiki_write'))));
  assert.deepEqual(server.done, ['read a']);
});

test('what is changed counts at once and over all calls that come: other keys, another address, off, on, gone', async () => {
  await using database = await openTestDatabase();
  const { db } = database;
  await using first = await openHttpTools('first', KEY);
  await using second = await openHttpTools('second');
  await using shelf = openShelf(database);
  assert.deepEqual(await shelf.names(), []);
  await save(db, first, 'Bearer of-yesterday-000');
  shelf.pass(1_100);
  assert.deepEqual(await shelf.names(), []);
  await save(db, first, KEY);
  shelf.pass(1_100);
  assert.deepEqual(await shelf.names(), ['wiki_read', 'wiki_write']);
  const [held] = await shelf.tools(DEFAULT_ORGANIZATION);
  assert.equal((await shelf.tools(DEFAULT_ORGANIZATION))[0], held, 'the same tool stays the same object');
  const call = () =>
    held?.run({ text: 'x' }, use('k', { organization: DEFAULT_ORGANIZATION }), AbortSignal.timeout(9_000));
  assert.match((await call())?.text ?? '', /^first read x/);
  await save(db, second);
  shelf.pass(1_100);
  assert.match((await call())?.text ?? '', /^second read x/, 'a turn that runs goes on with the other one');
  await inOrganization(db, DEFAULT_ORGANIZATION, (tx) => enableServer(tx, 'wiki', false));
  shelf.pass(1_100);
  assert.deepEqual(await call(), {
    text: 'This tool is not there any more: its server was taken away. Nothing was done.',
    failed: true,
    origin: 'own',
  });
  assert.deepEqual(await shelf.names(), []);
  await inOrganization(db, DEFAULT_ORGANIZATION, (tx) => enableServer(tx, 'wiki', true));
  shelf.pass(1_100);
  assert.deepEqual(await shelf.names(), ['wiki_read', 'wiki_write']);
  await inOrganization(db, DEFAULT_ORGANIZATION, (tx) => removeServer(tx, 'wiki'));
  shelf.pass(1_100);
  assert.deepEqual(await shelf.names(), []);
});

test('a call that runs while its server is taken away is ended by nobody', async () => {
  await using database = await openTestDatabase();
  await using server = await openHttpTools('wiki');
  await using shelf = openShelf(database);
  await save(database.db, server);
  const release = server.hold();
  const running = shelf.run('wiki_read', 'x');
  await until('it runs', () => Promise.resolve(server.done.length === 1));
  await inOrganization(database.db, DEFAULT_ORGANIZATION, (tx) => removeServer(tx, 'wiki'));
  shelf.pass(1_100);
  assert.deepEqual(await shelf.names(), []);
  release();
  assert.match((await running).text, /^wiki read x/);
});

test('another organization has none of it, and cannot have the hub ask an address inside', async () => {
  await using database = await openTestDatabase();
  const { db } = database;
  await using server = await openHttpTools('wiki', KEY);
  await using shelf = openShelf(database);
  await save(db, server, KEY);
  assert.deepEqual(await shelf.names(OTHER), []);
  const before = server.requests.length;
  // Written past the console, which would not take it: it is looked at when it is connected to.
  await save(db, server, KEY, OTHER);
  shelf.pass(1_100);
  assert.deepEqual(await shelf.names(OTHER), []);
  assert.equal(server.requests.length, before);
  const rows = () => inOrganization(db, OTHER, listServers);
  await until('the reason is kept', async () => /https/.test((await rows())[0]?.problem ?? ''));
});

test('the key is in no result, no reason and no line of the log, even if the server says it back', async () => {
  await using database = await openTestDatabase();
  const { db } = database;
  await using server = await openHttpTools('wiki', KEY);
  await using shelf = openShelf(database);
  await save(db, server, KEY);
  assert.deepEqual(await shelf.run('wiki_read', 'x'), { text: 'wiki read x; you sent [secret]', failed: false });
  await until('what it has is kept', async () => {
    const [row] = await inOrganization(db, DEFAULT_ORGANIZATION, listServers);
    return row?.tools?.length === 2;
  });
  server.want('another');
  assert.equal((await shelf.run('wiki_write', 'x')).failed, true);
  await inOrganization(db, DEFAULT_ORGANIZATION, (tx) => removeServer(tx, 'wiki'));
  await save(db, server, `${KEY}x`);
  shelf.pass(1_100);
  assert.deepEqual(await shelf.names(), []);
  await until('the reason is kept', async () => {
    const [row] = await inOrganization(db, DEFAULT_ORGANIZATION, listServers);
    return /answers 401: it wants another key/.test(row?.problem ?? '');
  });
  assert.ok(shelf.lines.length > 0);
  assert.equal(shelf.lines.join('').includes('wiki-key'), false);
});
