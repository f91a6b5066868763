import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { environmentApp, DEFAULT_ORGANIZATION } from '../src/db/apps.ts';
import { inOrganization } from '../src/db/database.ts';
import { reseal } from '../src/reseal.ts';
import { openKeyRing } from '../src/vault/keys.ts';
import { seal, unseal } from '../src/vault/seal.ts';
import { openTestConsole } from './kit/console.ts';

const [OLD, NEW] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')];

test('what was sealed with an old key is sealed with the new one, once, and the old key is needed no more', async () => {
  await using console = await openTestConsole();
  const { db } = console.database;
  const purpose = 'an/app';
  const before = await seal(await openKeyRing(OLD, ''), 'the token', purpose);
  await inOrganization(
    db,
    DEFAULT_ORGANIZATION,
    (tx) => tx`update switchboard.apps set sealed_credentials = ${before} where id = ${environmentApp('slack')}`,
  );
  const context = { db, vaultKeys: `${NEW},${OLD}`, dataFolder: '' };
  assert.match(await reseal(context), /^1 secrets/);
  assert.match(await reseal(context), /^0 secrets/);
  const [row] = await db.sql<
    { sealed: string }[]
  >`select sealed_credentials as sealed from switchboard.apps where sealed_credentials is not null`;
  assert.equal(await unseal(await openKeyRing(NEW, ''), row?.sealed ?? '', purpose), 'the token');
});

test('a key that is still needed and is not there is named as missing, and nothing is lost', async () => {
  await using console = await openTestConsole();
  const { db } = console.database;
  const before = await seal(await openKeyRing(OLD, ''), 'the token', 'an/app');
  await inOrganization(
    db,
    DEFAULT_ORGANIZATION,
    (tx) => tx`update switchboard.apps set sealed_credentials = ${before} where id = ${environmentApp('slack')}`,
  );
  await assert.rejects(reseal({ db, vaultKeys: NEW, dataFolder: '' }), /not in SWITCHBOARD_SECRET/);
  const [row] =
    await db.sql`select sealed_credentials as sealed from switchboard.apps where sealed_credentials is not null`;
  assert.equal(row?.['sealed'], before);
});
