import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openRoom } from '../../src/chat/room.ts';
import { ensureChatApp } from '../../src/chat/app.ts';
import { DEFAULT_ORGANIZATION } from '../../src/db/apps.ts';
import { webListing } from '../../adapters/web/listing.ts';
import { openAccept } from '../../src/intake/accept.ts';
import { paperConnections } from '../kit/connections.ts';
import { openTestConsole, type TestConsole } from '../kit/console.ts';
import { openTestDatabase, type TestDatabase } from '../kit/database.ts';

let database: TestDatabase;
let console: TestConsole;
let app: string;
before(async () => {
  database = await openTestDatabase();
  const { db } = database;
  const listing = webListing((id) => openRoom({ db, tell: () => {}, name: 'Bot' }, id));
  const connections = paperConnections(db, { listings: [listing] });
  console = await openTestConsole({ connections }, database);
  app = await ensureChatApp({ connections, accept: openAccept(db) }, DEFAULT_ORGANIZATION);
});
after(async () => {
  await console[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const item = async (path: string): Promise<unknown> => {
  const { items } = Object(await (await console.ask(path)).json());
  return Array.isArray(items) ? items.find((one) => Object(one).platform === 'web') : undefined;
};

test('the hub’s own chat is paused and not taken away, and has no credentials to change', async () => {
  assert.deepEqual(Object(await item('/api/v1/apps')).can, {
    install: false,
    update: false,
    pack: false,
    list: false,
    rotate: false,
    remove: false,
  });
  const install = Object(await item('/api/v1/installs'));
  assert.deepEqual(install.can, { remove: false });
  const body = { way: 'any', values: {} };
  for (const [path, method, more] of [
    [`/api/v1/apps/${app}`, 'DELETE', {}],
    [`/api/v1/apps/${app}/credentials`, 'PUT', { body }],
    [`/api/v1/installs/${install.id}`, 'DELETE', {}],
  ] as const) {
    const answer = await console.ask(path, { method, ...more });
    assert.equal(answer.status, 422, path);
    assert.match(await answer.text(), /the hub’s own chat, in the console alone: pause it/);
  }
  assert.equal((await console.ask(`/api/v1/apps/${app}/pause`, { method: 'POST' })).status, 204);
  assert.equal(Object(await item('/api/v1/apps')).state, 'paused');
});
