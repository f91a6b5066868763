import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DEFAULT_ORGANIZATION, registerEnvironmentApps } from '../../src/db/apps.ts';
import { breakerKey, forgetBreaker, openBreakers } from '../../src/db/breakers.ts';
import { inOrganization } from '../../src/db/database.ts';
import { verdictOf } from '../../src/llm/breaker.ts';
import type { Breakers } from '../../src/llm/breaker.ts';
import { systemClock } from '../../src/observe/clock.ts';
import { openTestDatabase, type TestDatabase } from '../kit/database.ts';

// What one process learns of a model server, the others know a second later.

let database: TestDatabase;
before(async () => {
  database = await openTestDatabase();
  await inOrganization(database.db, DEFAULT_ORGANIZATION, (tx) => registerEnvironmentApps(tx, ['web']));
});
after(() => database[Symbol.asyncDispose]());

const open = (): Breakers => openBreakers(database.db, systemClock);
const key = (name: string): string => breakerKey(DEFAULT_ORGANIZATION, name);
const verdict = async (breakers: Breakers, name: string): Promise<string> => {
  const state = (await breakers.read([key(name)]))[key(name)];
  return state === undefined ? 'unknown' : verdictOf(state, breakers.now());
};
const rows = async (): Promise<number> => (await database.db.sql`select 1 from switchboard.breakers`).length;

test('failures that one process reports keep another from asking', async () => {
  const [one, other] = [open(), open()];
  for (let count = 0; count < 5; count += 1) await one.report(key('a'), 'stall');
  assert.equal(await verdict(one, 'a'), 'open');
  assert.equal(await verdict(other, 'a'), 'open');
  assert.equal(await verdict(other, 'b'), 'closed');
});

test('a success of a target that is well writes nothing, and counts when the next failure is told', async () => {
  const breakers = open();
  const before = await rows();
  for (let count = 0; count < 50; count += 1) await breakers.report(key('well'), 'ok');
  assert.equal(await rows(), before);
  for (let count = 0; count < 4; count += 1) await breakers.report(key('well'), 'server');
  await breakers.report(key('well'), 'ok');
  for (let count = 0; count < 4; count += 1) await breakers.report(key('well'), 'server');
  assert.equal(await verdict(open(), 'well'), 'closed');
});

test('of many that may try, one does', async () => {
  const breakers = open();
  for (let count = 0; count < 5; count += 1) await breakers.report(key('probed'), 'connection');
  await database.db
    .sql`update switchboard.breakers set state = jsonb_set(state, '{open,until}', '0') where target = 'probed'`;
  const tried = await Promise.all(Array.from({ length: 8 }, () => open().probe(key('probed'))));
  assert.equal(tried.filter(Boolean).length, 1);
});

test('a target that was set up anew is asked again', async () => {
  const breakers = open();
  await breakers.report(key('new'), 'auth');
  assert.equal(await verdict(breakers, 'new'), 'open');
  await inOrganization(database.db, DEFAULT_ORGANIZATION, (tx) => forgetBreaker(tx, 'new'));
  assert.equal(await verdict(open(), 'new'), 'closed');
});
