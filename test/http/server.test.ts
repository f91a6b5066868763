import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import pino from 'pino';
import { DEFAULT_ORGANIZATION, environmentApp, registerEnvironmentApps } from '../../src/db/apps.ts';
import { inOrganization, openDatabase } from '../../src/db/database.ts';
import { openHealth } from '../../src/http/health.ts';
import { serveHttp, type HttpServer } from '../../src/http/server.ts';
import { openAccept } from '../../src/intake/accept.ts';
import { openHooks } from '../../src/intake/hooks.ts';
import { openMetrics } from '../../src/observe/metrics.ts';
import { openTestDatabase, type TestDatabase } from '../kit/database.ts';
import { openPaperPlatform, paperMessage } from '../kit/paper-platform.ts';

const log = pino({ level: 'silent' });
let database: TestDatabase;
let server: HttpServer;
before(async () => {
  database = await openTestDatabase();
  await inOrganization(database.db, DEFAULT_ORGANIZATION, (tx) => registerEnvironmentApps(tx, ['web']));
  server = await serve(database.db);
});
after(async () => {
  await server[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

function serve(db: TestDatabase['db'], isSecure = false): Promise<HttpServer> {
  const metrics = openMetrics();
  const { adapter, listing } = openPaperPlatform();
  const apps = [
    {
      organization: DEFAULT_ORGANIZATION,
      app: environmentApp('web'),
      adapter,
      listing: { ...listing, bodyLimit: 10_000 },
    },
  ];
  return serveHttp({
    isSecure: () => isSecure,
    host: '127.0.0.1',
    port: 0,
    apps,
    receive: openHooks({ accept: openAccept(db), showForm: async () => undefined, log, metrics }),
    health: openHealth(db),
    metrics,
    log,
  });
}

const post = (path: string, body: string, headers: Record<string, string> = {}, to = server) =>
  fetch(to.url + path, { method: 'POST', body, headers });

test('a delivery is stored before it is acknowledged, under the general path and the one that the vendor knows', async () => {
  for (const [index, path] of ['/hooks/web', '/paper', `/hooks/web/${environmentApp('web')}`].entries()) {
    const response = await post(path, JSON.stringify(paperMessage('hi', { id: `m${index}` })), {
      'x-delivery': `d${index}`,
    });
    assert.equal(response.status, 200);
    assert.match(response.headers.get('x-request-id') ?? '', /^[0-9a-f-]{36}$/);
    const rows = await inOrganization(
      database.db,
      DEFAULT_ORGANIZATION,
      (tx) => tx`select outcome from switchboard.deliveries where delivery_id = ${`d${index}`}`,
    );
    assert.deepEqual(
      rows.map((row) => row['outcome'] as string),
      ['message'],
    );
  }
});

test('a body over the limit is refused with 413, also when its length is not announced', async () => {
  assert.equal((await post('/hooks/web', 'x'.repeat(10_001))).status, 413);
  const endless = new ReadableStream({
    pull(controller) {
      controller.enqueue(Buffer.alloc(4_000));
    },
  });
  const answer = await fetch(`${server.url}/hooks/web`, {
    method: 'POST',
    body: endless,
    duplex: 'half',
  }).catch(() => undefined);
  assert.ok(answer === undefined || answer.status === 413);
});

test('a compressed body is refused with 415 before it is read', async () => {
  assert.equal((await post('/hooks/web', 'x', { 'content-encoding': 'gzip' })).status, 415);
});

test('a sender that goes away in the middle leaves nothing behind', async () => {
  const { port } = new URL(server.url);
  const socket = connect(Number(port), '127.0.0.1');
  socket.write('POST /hooks/web HTTP/1.1\r\nhost: x\r\ncontent-length: 500\r\n\r\npart');
  await new Promise((resolve) => setTimeout(resolve, 50));
  socket.destroy();
  assert.equal((await fetch(`${server.url}/healthz`)).status, 200);
});

test('what is not served says where deliveries go', async () => {
  const response = await post('/hooks/unknown', '{}');
  assert.equal(response.status, 404);
  assert.match(await response.text(), /hooks/);
});

test('metrics are in the form of Prometheus, and readiness tells how old the oldest waiting message is', async () => {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  assert.match(text, /^switchboard_deliveries_total\{platform="web",outcome="accepted"\} 3$/m);
  assert.match(text, /^switchboard_oldest_waiting_seconds \d/m);
  const ready = await fetch(`${server.url}/readyz`);
  assert.equal(ready.status, 200);
});

test('without a database a delivery is answered 503, so that its sender comes back, and readiness says no', async () => {
  const away = openDatabase('postgres://nobody:x@127.0.0.1:1/none', 1);
  const lone = await serve(away);
  const response = await post('/hooks/web', JSON.stringify(paperMessage('hi')), {}, lone);
  assert.equal(response.status, 503);
  assert.equal(response.headers.get('retry-after'), '5');
  assert.equal((await fetch(`${lone.url}/readyz`)).status, 503);
  assert.equal((await fetch(`${lone.url}/healthz`)).status, 200);
  await lone[Symbol.asyncDispose]();
  await away[Symbol.asyncDispose]();
});

test('every answer keeps browsers from guessing what it is, and by https from anything but https', async () => {
  await using secure = await serve(database.db, true);
  for (const path of ['/healthz', '/nothing', '/hooks/web']) {
    const [plain, overTls] = [await fetch(server.url + path), await fetch(secure.url + path)];
    assert.equal(plain.headers.get('x-content-type-options'), 'nosniff');
    assert.equal(plain.headers.get('strict-transport-security'), null);
    assert.equal(overTls.headers.get('strict-transport-security'), 'max-age=31536000');
  }
});
