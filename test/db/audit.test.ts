import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DEFAULT_ORGANIZATION } from '../../src/db/apps.ts';
import { addAudit, listAudit, pruneAudit, verifyAudit, type AuditFilter } from '../../src/db/audit.ts';
import { inOrganization, type Transaction } from '../../src/db/database.ts';
import { organizationId } from '../../src/model/ids.ts';
import { openTestDatabase, type TestDatabase } from '../kit/database.ts';

let database: TestDatabase;
before(async () => void (database = await openTestDatabase()));
after(async () => database[Symbol.asyncDispose]());

const OTHER = organizationId('00000000-0000-4000-8000-00000000000f');
const ALL: AuditFilter = { below: undefined, actor: undefined, what: undefined, since: undefined, until: undefined };

const add = (tx: Transaction, what: string) =>
  addAudit(tx, { actor: 'person/1', actorName: 'Ada', what, subject: 'install/1', details: { from: 'a', to: 'b' } });
const inDefault = <Result>(work: (tx: Transaction) => Promise<Result>) =>
  inOrganization(database.db, DEFAULT_ORGANIZATION, work);

/** As the owner of the tables, whom nothing but the chain itself keeps from changing it. */
const asOwner = async (statement: string): Promise<void> => {
  await database.db.sql.unsafe(`set session_replication_role = replica; ${statement}; reset session_replication_role`);
};

test('rows written at once by many transactions are one chain, and each organization has its own', async () => {
  await Promise.all(Array.from({ length: 20 }, (_, index) => inDefault((tx) => add(tx, `install.step${index}`))));
  await inOrganization(database.db, OTHER, (tx) => add(tx, 'install.paused'));
  assert.deepEqual(await inDefault(verifyAudit), { rows: 20, first: 1, last: 20, broken: undefined });
  assert.deepEqual(await inOrganization(database.db, OTHER, verifyAudit), {
    rows: 1,
    first: 1,
    last: 1,
    broken: undefined,
  });
  const [newest] = await inDefault((tx) => listAudit(tx, { ...ALL, below: 20 }, 1));
  assert.equal(newest?.seq, 19);
});

test('the application can neither change nor take away what was written', async () => {
  await assert.rejects(
    inDefault((tx) => tx`update switchboard.audit set what = 'nothing'`),
    /permission denied/,
  );
  await assert.rejects(
    inDefault((tx) => tx`delete from switchboard.audit`),
    /permission denied/,
  );
});

test('a row that was changed, or taken out of the middle, by the owner of the database is found', async () => {
  await asOwner(
    `update switchboard.audit set subject = 'install/2' where seq = 7 and organization_id = '${DEFAULT_ORGANIZATION}'`,
  );
  assert.equal((await inDefault(verifyAudit)).broken, 7);
  await asOwner(
    `update switchboard.audit set subject = 'install/1' where seq = 7 and organization_id = '${DEFAULT_ORGANIZATION}'`,
  );
  assert.equal((await inDefault(verifyAudit)).broken, undefined);
  await asOwner(`delete from switchboard.audit where seq = 12 and organization_id = '${DEFAULT_ORGANIZATION}'`);
  assert.equal((await inDefault(verifyAudit)).broken, 13);
});

test('what is older than it has to be kept goes, and the rest is still a chain', async () => {
  await inOrganization(database.db, OTHER, (tx) => add(tx, 'install.resumed'));
  assert.equal(await inOrganization(database.db, OTHER, (tx) => pruneAudit(tx, new Date(Date.now() + 60_000))), 2);
  await inOrganization(database.db, OTHER, (tx) => add(tx, 'install.removed'));
  assert.deepEqual(await inOrganization(database.db, OTHER, verifyAudit), {
    rows: 2,
    first: 3,
    last: 4,
    broken: undefined,
  });
});
