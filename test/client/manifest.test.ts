import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, before, test } from 'node:test';
import { getRequestListener } from '@hono/node-server';
import { strFromU8, unzipSync } from 'fflate';
import { listings } from '../../adapters/listings.ts';
import { runClient } from '../../src/client/run.ts';
import { credentialsPurpose, DEFAULT_ORGANIZATION, saveApp } from '../../src/db/apps.ts';
import { inOrganization } from '../../src/db/database.ts';
import { appId, type AppId, type OrganizationId } from '../../src/model/ids.ts';
import type { Platform } from '../../src/model/platform.ts';
import { seal } from '../../src/vault/seal.ts';
import { paperConnections, testKeys } from '../kit/connections.ts';
import { openTestConsole, OTHER_ORGANIZATION, type TestConsole } from '../kit/console.ts';
import { openTestDatabase, type TestDatabase } from '../kit/database.ts';
import { openListener } from '../kit/listen.ts';

const HUB = 'https://hub.example.com';

let database: TestDatabase;
let api: TestConsole;
let listener: Awaited<ReturnType<typeof openListener>>;
let folder: string;
before(async () => {
  database = await openTestDatabase();
  const principal = { kind: 'key', id: 'k1', name: 'k', organization: DEFAULT_ORGANIZATION, role: 'viewer' } as const;
  const identify = () => Promise.resolve({ ...principal, scopes: undefined });
  const connections = paperConnections(database.db, { listings, url: () => `${HUB}/` });
  api = await openTestConsole({ connections, identify }, database);
  const listen = getRequestListener((request) => api.api.fetch(request));
  listener = await openListener((request, response) => void listen(request, response));
  folder = await mkdtemp(join(tmpdir(), 'switchboard-manifest-'));
});
after(async () => {
  await rm(folder, { recursive: true, force: true });
  await listener[Symbol.asyncDispose]();
  await api[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

async function connect(
  platform: Platform,
  values: object,
  organization: OrganizationId = DEFAULT_ORGANIZATION,
): Promise<AppId> {
  const app = appId(randomUUID());
  const sealedCredentials = await seal(await testKeys(), JSON.stringify(values), credentialsPurpose(organization, app));
  await inOrganization(database.db, organization, (tx) =>
    saveApp(tx, { app, platform, name: 'Acme bot', sealedCredentials, details: {} }),
  );
  return app;
}

async function run(...words: string[]) {
  let [out, complaints] = ['', ''];
  const code = await runClient(words, {
    environment: { SWITCHBOARD_URL: listener.url, SWITCHBOARD_API_KEY: 'sb_any' },
    stdin: Readable.from([]),
    write: (text) => void (out += text),
    complain: (text) => void (complaints += text),
  });
  return { code, out, complaints };
}

test('what Slack and GitHub are told is printed: of the app of the environment, or of a connected one with its own addresses', async () => {
  const plain = await run('manifest', 'slack');
  assert.equal(plain.code, 0, plain.complaints);
  assert.match(JSON.stringify(JSON.parse(plain.out)), new RegExp(`"request_url":"${HUB}/slack/events"`));
  const app = await connect('slack', { SLACK_SIGNING_SECRET: 'never shown', SLACK_BOT_TOKEN: 'xoxb-never-shown' });
  const own = await run('manifest', 'slack', '--app', app);
  assert.match(own.out, new RegExp(`${HUB}/hooks/slack/${app}`));
  assert.match(own.out, /Acme bot/);
  assert.doesNotMatch(own.out, /never/);
  const file = join(folder, 'github.json');
  assert.equal((await run('manifest', 'github', '--out', file)).out, `${file}\n`);
  assert.match(await readFile(file, 'utf8'), new RegExp(`"url": "${HUB}/api/github/webhooks"`));
});

test('the package of Teams is written as a file, once it is known of which app', async () => {
  const none = await run('manifest', 'teams');
  assert.deepEqual([none.code, none.out], [1, '']);
  assert.match(none.complaints, /MicrosoftAppId/);
  const MicrosoftAppId = randomUUID();
  const values = { MicrosoftAppId, MicrosoftAppPassword: 'never shown', MicrosoftAppType: 'MultiTenant' };
  const app = await connect('teams', values);
  const file = join(folder, 'teams.zip');
  assert.equal((await run('manifest', 'teams', '--out', file)).code, 0);
  const manifest = strFromU8(unzipSync(new Uint8Array(await readFile(file)))['manifest.json'] ?? new Uint8Array());
  assert.match(manifest, new RegExp(MicrosoftAppId));
  const other = await connect('teams', { ...values, MicrosoftAppId: randomUUID() });
  const which = await run('manifest', 'teams');
  assert.equal(which.code, 1);
  assert.ok(which.complaints.includes(app) && which.complaints.includes(other), which.complaints);
});

test('nothing is told of a platform that takes none, of an app of another one, or of somebody else’s', async () => {
  assert.match((await run('manifest', 'discord')).complaints, /takes no manifest/);
  assert.match((await run('manifest', 'myspace')).complaints, /no such platform/);
  const teams = await connect('teams', { MicrosoftAppId: randomUUID() });
  assert.match((await run('manifest', 'slack', '--app', teams)).complaints, /no such app of Slack/);
  const foreign = await connect('slack', {}, OTHER_ORGANIZATION);
  assert.match((await run('manifest', 'slack', '--app', foreign)).complaints, /no such app/);
});
