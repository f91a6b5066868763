import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pino from 'pino';
import { openApps } from '../../src/connect/apps.ts';
import { credentialsPurpose, DEFAULT_ORGANIZATION, registerEnvironmentApps, saveApp } from '../../src/db/apps.ts';
import { inOrganization, openDatabase } from '../../src/db/database.ts';
import { appId, type AppId } from '../../src/model/ids.ts';
import { seal } from '../../src/vault/seal.ts';
import { testKeys } from '../kit/connections.ts';
import { openTestDatabase, type TestDatabase } from '../kit/database.ts';
import { openPaperPlatform } from '../kit/paper-platform.ts';
import { openProxy } from '../kit/proxy.ts';
import { until } from '../kit/until.ts';

let database: TestDatabase;
before(async () => {
  database = await openTestDatabase();
  await inOrganization(database.db, DEFAULT_ORGANIZATION, (tx) => registerEnvironmentApps(tx, []));
});
after(async () => database[Symbol.asyncDispose]());

const { listing } = openPaperPlatform();
const log = pino({ level: 'silent' });
const opening = { fixed: [], listings: [listing], settingsOf: () => ({}), keys: testKeys, log };

async function store(app: AppId): Promise<void> {
  const purpose = credentialsPurpose(DEFAULT_ORGANIZATION, app);
  const sealedCredentials = await seal(await testKeys(), JSON.stringify({ KEY: 'k' }), purpose);
  await inOrganization(database.db, DEFAULT_ORGANIZATION, (tx) =>
    saveApp(tx, { app, platform: 'web', name: 'Paper', sealedCredentials, details: {} }),
  );
}

const id = () => appId(crypto.randomUUID());

test('what was changed while the database could not be reached is found, and what comes later is told again', async () => {
  const url = new URL(database.url);
  await using proxy = await openProxy(Number(url.port));
  url.port = String(proxy.port);
  await using db = openDatabase(url.href, 2);
  await using apps = await openApps({ ...opening, db, pollMs: 300 });
  const [first, second, third] = [id(), id(), id()];
  await store(first);
  await until('the first is there', () => apps.connected(first) !== undefined, { withinMs: 2_000 });
  const cutting = setInterval(proxy.cut, 5);
  await store(second);
  await new Promise((resolve) => setTimeout(resolve, 800));
  clearInterval(cutting);
  proxy.cut();
  await until('the second is found', () => apps.connected(second) !== undefined, { withinMs: 8_000 });
  await store(third);
  await until('the third is told', () => apps.connected(third) !== undefined, { withinMs: 2_000 });
  assert.equal([...apps].length, 3);
});

test('an app that was sealed for another one is not opened, and keeps nobody from being so', async () => {
  await using apps = await openApps({ ...opening, db: database.db });
  const [moved, good] = [id(), id()];
  const sealedCredentials = await seal(await testKeys(), '{}', credentialsPurpose(DEFAULT_ORGANIZATION, id()));
  await inOrganization(database.db, DEFAULT_ORGANIZATION, (tx) =>
    saveApp(tx, { app: moved, platform: 'web', name: 'Paper', sealedCredentials, details: {} }),
  );
  await store(good);
  await apps.refresh();
  assert.match(apps.problemOf(moved) ?? '', /sealed for something else/);
  assert.equal(apps.isAway?.(moved), true);
  assert.ok(apps.connected(good));
});
