import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DEFAULT_ORGANIZATION } from '../../src/db/apps.ts';
import { inOrganization } from '../../src/db/database.ts';
import { forgetRates, type TokenGrant, type TokenWish } from '../../src/db/rates.ts';
import { openStore, type Store } from '../../src/db/store.ts';
import { openTestDatabase, type TestDatabase } from '../kit/database.ts';

const organization = DEFAULT_ORGANIZATION;
let database: TestDatabase;
let store: Store;
before(async () => {
  database = await openTestDatabase();
  store = openStore(database.db);
});
after(async () => database[Symbol.asyncDispose]());

const MINUTE_MS = 60_000;
const bucket = (key: string, most: number, everyMs = MINUTE_MS) => ({ key, most, everyMs });
const wish = (person: string, over: Partial<TokenWish> = {}): TokenWish => ({
  person,
  buckets: [bucket(person, 2)],
  anyway: false,
  ...over,
});
const take = (item: TokenWish): Promise<TokenGrant> => store.tokens(organization, item);
/** As if time had gone by. */
const pass = (ms: number): Promise<unknown> =>
  inOrganization(
    database.db,
    organization,
    (tx) => tx`update switchboard.rates set full_at = full_at - make_interval(secs => ${ms / 1000}),
      told_until = told_until - make_interval(secs => ${ms / 1000})`,
  );
const outcome = (grant: TokenGrant): string =>
  grant.granted ? 'granted' : `${grant.empty}: ${Math.round(grant.waitMs / 1000)} s${grant.tell ? ', told' : ''}`;

test('a full bucket gives its tokens at once, then one each time that one has come back; who waits is told once', async () => {
  const taken = [];
  for (let count = 0; count < 4; count += 1) taken.push(outcome(await take(wish('a'))));
  assert.deepEqual(taken, ['granted', 'granted', '0: 60 s, told', '0: 60 s']);
  await pass(MINUTE_MS);
  assert.deepEqual([outcome(await take(wish('a'))), outcome(await take(wish('a')))], ['granted', '0: 60 s, told']);
  await pass(10 * MINUTE_MS);
  assert.deepEqual([outcome(await take(wish('a'))), outcome(await take(wish('a')))], ['granted', 'granted']);
  assert.equal((await take(wish('a'))).granted, false);
});

test('of many at once over several connections exactly as many are granted as there are tokens', async () => {
  const stores = [store, openStore(database.db), openStore(database.db)];
  const buckets = [bucket('many/1', 30), bucket('many/2', 40)];
  const ask = async (index: number): Promise<TokenGrant | undefined> => {
    const wanted = wish(`m${index % 7}`, { buckets: index % 2 === 0 ? buckets : buckets.toReversed() });
    return stores[index % 3]?.tokens(organization, wanted);
  };
  const grants = await Promise.all(Array.from({ length: 120 }, (_, index) => ask(index)));
  assert.equal(grants.filter((grant) => grant?.granted).length, 30);
  assert.equal(grants.filter((grant) => grant?.granted === false && grant.tell).length, 7);
});

test('who is refused takes no token of any bucket', async () => {
  const narrow = bucket('narrow', 1);
  const wide = bucket('wide', 2);
  assert.equal((await take(wish('b', { buckets: [wide, narrow] }))).granted, true);
  assert.equal(outcome(await take(wish('b', { buckets: [wide, narrow] }))), '1: 60 s, told');
  assert.equal((await take(wish('c', { buckets: [wide] }))).granted, true);
  assert.equal((await take(wish('c', { buckets: [wide] }))).granted, false);
});

test('what may not be refused makes those wait who come after it, by twice the bucket at the most', async () => {
  for (let count = 0; count < 20; count += 1) assert.equal((await take(wish('d', { anyway: true }))).granted, true);
  assert.equal(outcome(await take(wish('d'))), '0: 180 s, told');
});

test('a bucket that is made larger gives more at once', async () => {
  assert.equal((await take(wish('e', { buckets: [bucket('e', 1)] }))).granted, true);
  assert.equal((await take(wish('e', { buckets: [bucket('e', 1)] }))).granted, false);
  assert.equal((await take(wish('e', { buckets: [bucket('e', 3)] }))).granted, true);
});

test('what has been full for a day is forgotten', async () => {
  await pass(2 * 86_400_000);
  await take(wish('f'));
  await inOrganization(database.db, organization, forgetRates);
  const rows = await inOrganization(
    database.db,
    organization,
    (tx) => tx<{ key: string }[]>`select key from switchboard.rates`,
  );
  assert.deepEqual(
    rows.map(({ key }) => key),
    ['f'],
  );
});
