import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import pino from 'pino';
import { inSystem, openDatabase, type Database, type Transaction } from '../../src/db/database.ts';
import { leadOne } from '../../src/db/leadership.ts';
import { Failure } from '../../src/model/failure.ts';
import { openQueuePool } from '../../src/queue/pool.ts';
import { openTestDatabase } from '../kit/database.ts';
import { openProxy, type Proxy } from '../kit/proxy.ts';
import { until } from '../kit/until.ts';

/** A database behind a wire that can be cut and made deaf. */
async function wired(): Promise<{ url: string; wire: Proxy; beside: Database } & AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await openTestDatabase());
  const url = new URL(database.url);
  const wire = stack.use(await openProxy(Number(url.port)));
  url.port = String(wire.port);
  const open = stack.move();
  return { url: url.href, wire, beside: database.db, [Symbol.asyncDispose]: () => open.disposeAsync() };
}

/** A request that meets a connection in the moment of its loss is refused; soon after that none is. */
async function soonServed(db: Database): Promise<void> {
  for (const end = Date.now() + 15_000; ; await sleep(20)) {
    const rows = await inSystem(db, one).catch(() => []);
    if (rows.length === 1) return;
    assert.ok(Date.now() < end, 'the pool does not serve any more');
  }
}

const one = (tx: Transaction) => tx`select 1 as one`;

test('connections that have gone deaf are ended at the deadline, and the pool serves again', async () => {
  await using given = await wired();
  await using db = openDatabase(given.url, 3, 300);
  await Promise.all([inSystem(db, one), inSystem(db, one), inSystem(db, one)]);
  given.wire.deafen();
  const during = await Promise.allSettled([inSystem(db, one), inSystem(db, one), inSystem(db, one), inSystem(db, one)]);
  assert.ok(during.some(({ status }) => status === 'rejected'));
  const after = await Promise.all([inSystem(db, one), inSystem(db, one), inSystem(db, one)]);
  assert.equal(after.length, 3);
});

test('a leader whose connection is lost stops at once, the process lives on, and it leads again', async () => {
  await using given = await wired();
  await using db = openDatabase(given.url, 2);
  const closing = new AbortController();
  const [terms, ends]: [number[], number[]] = [[], []];
  const led = leadOne(db, 'gateway', closing.signal, async (signal) => {
    terms.push(Date.now());
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    ends.push(Date.now());
  });
  while (terms.length < 1) await sleep(5);
  given.wire.cut();
  for (const end = Date.now() + 2_000; ends.length < 1; await sleep(5)) assert.ok(Date.now() < end, 'it leads on');
  while (terms.length < 2) await sleep(20);
  closing.abort();
  await led;
});

test('a queue’s connection that has gone deaf is ended with its first late answer, and the next one serves', async () => {
  await using given = await wired();
  const pool = openQueuePool(given.url, 1, pino({ level: 'silent' }), 200);
  await pool.query('select 1');
  given.wire.deafen();
  await assert.rejects(pool.query('select 1'));
  assert.equal((await pool.query('select 1')).rowCount, 1);
  await pool.end();
});

/** The server itself does not notice at once that somebody has gone: those of before are not counted. */
async function asleep({ sql }: Database, since: string): Promise<number> {
  const rows = await sql`select 1 from pg_stat_activity
    where datname = current_database() and wait_event = 'PgSleep' and query_start > ${since}::timestamptz`;
  return rows.length;
}

test('transactions whose connection is lost in the middle fail as unavailable, and the pool and the process live on', async () => {
  await using given = await wired();
  await using db = openDatabase(given.url, 4);
  for (let round = 0; round < 5; round += 1) {
    const [now] = await given.beside.sql<{ at: string }[]>`select clock_timestamp()::text as at`;
    const running = Array.from({ length: 4 }, () => inSystem(db, (tx) => tx`select pg_sleep(5)`));
    const ended = Promise.allSettled(running);
    await until('all of them are in the middle', async () => (await asleep(given.beside, now?.at ?? '')) === 4);
    given.wire.cut();
    for (const outcome of await ended) {
      assert.ok(outcome.status === 'rejected' && outcome.reason instanceof Failure);
      assert.equal(outcome.reason.code, 'unavailable');
    }
  }
  assert.equal((await inSystem(db, one)).length, 1);
});

test('connections that are lost while they are being made are made anew, and the process lives on', async () => {
  await using given = await wired();
  for (let afterMs = 0; afterMs < 24; afterMs += 4) {
    await using db = openDatabase(given.url, 4);
    const asked = Promise.allSettled(Array.from({ length: 4 }, () => inSystem(db, one)));
    await sleep(afterMs);
    given.wire.cut();
    await asked;
    await soonServed(db);
  }
});

test('connections that the server itself ends while they are being made are made anew', async () => {
  await using database = await openTestDatabase();
  const admin = database.db.sql;
  for (let round = 0; round < 6; round += 1) {
    await using db = openDatabase(database.url, 6);
    const asked = Promise.allSettled(Array.from({ length: 6 }, () => inSystem(db, one)));
    for (let kick = 0; kick < 5; kick += 1) {
      await admin`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`.catch(() => {});
    }
    await asked;
    await soonServed(db);
  }
});

test('a session that is read-only for good is not kept: writes go through as soon as the server takes them', async () => {
  await using database = await openTestDatabase();
  const name = new URL(database.url).pathname.slice(1);
  const admin = database.db.sql;
  await admin.unsafe(`alter database ${name} set default_transaction_read_only = on`);
  await using db = openDatabase(database.url, 1);
  const pool = openQueuePool(database.url, 1, pino({ level: 'silent' }));
  const write = (tx: Transaction) => tx`delete from switchboard_system.workers returning 1`;
  const queued = () => pool.query('delete from switchboard_system.workers');
  await assert.rejects(inSystem(db, write), { code: 'unavailable' });
  await assert.rejects(queued());
  await admin.unsafe('set default_transaction_read_only = off');
  await admin.unsafe(`alter database ${name} reset default_transaction_read_only`);
  for (const until = Date.now() + 3_000; ; await sleep(50)) {
    const done = await Promise.all([inSystem(db, write), queued()]).catch(() => undefined);
    if (done !== undefined) break;
    assert.ok(Date.now() < until, 'it stays read-only');
  }
  await pool.end();
});
