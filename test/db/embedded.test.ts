import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import postgres from 'postgres';
import { canReach, chooseAccount } from '../../src/db/embedded-account.ts';
import { startEmbedded } from '../../src/db/embedded.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchboard-embedded-'));
  await chmod(folder, 0o755);
});
after(() => rm(folder, { recursive: true, force: true }));

test('the bundled server starts, is found again after its starter was killed, and keeps its data', async () => {
  const account = await chooseAccount();
  const first = await startEmbedded(join(folder, 'one'), account);
  assert.equal(first.reused, false);
  const sql = postgres(first.url, { max: 1 });
  await sql`create table kept (n int)`;
  await sql.end();

  const again = await startEmbedded(join(folder, 'one'), account);
  assert.deepEqual([again.reused, again.url], [true, first.url]);
  await again.stop();

  const restarted = await startEmbedded(join(folder, 'one'), account);
  assert.equal(restarted.reused, false);
  const later = postgres(restarted.url, { max: 1 });
  assert.equal((await later`select * from kept`).length, 0);
  await later.end();
  await restarted.stop();
});

test('data of another major version is refused with the ways out, and left as it is', async () => {
  const cluster = join(folder, 'old', 'cluster');
  await mkdir(cluster, { recursive: true });
  await writeFile(join(cluster, 'PG_VERSION'), '15\n');
  const account = await chooseAccount();
  await assert.rejects(
    startEmbedded(join(folder, 'old'), account),
    /made by PostgreSQL 15.*DATABASE_URL.*SWITCHBOARD_DATA/s,
  );
  assert.equal(await readFile(join(cluster, 'PG_VERSION'), 'utf8'), '15\n');
});

test('the superuser has a password, and it is in a file that only its owner reads', async () => {
  const account = await chooseAccount();
  const server = await startEmbedded(join(folder, 'one'), account);
  const url = new URL(server.url);
  url.password = 'wrong';
  const sql = postgres(url.href, { max: 1, onnotice: () => {} });
  await assert.rejects(sql`select 1`, /password authentication failed/);
  await sql.end();
  await server.stop();
});

test('a folder behind a closed door is known as such before anything is started there', async () => {
  const closed = join(folder, 'closed');
  await mkdir(closed, { mode: 0o700 });
  const nobody = { ids: { uid: 65_534, gid: 65_534 }, own: async () => {} };
  assert.equal(await canReach(join(closed, 'postgres', 'cluster'), nobody), false);
  assert.equal(await canReach(join(folder, 'postgres', 'cluster'), nobody), true);
  assert.equal(await canReach(join(closed, 'x'), { ids: undefined, own: async () => {} }), true);
});
