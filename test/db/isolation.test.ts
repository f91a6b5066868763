import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DEFAULT_ORGANIZATION } from '../../src/db/apps.ts';
import { inOrganization, inSystem } from '../../src/db/database.ts';
import { organizationId } from '../../src/model/ids.ts';
import { openTestDatabase, type TestDatabase } from '../kit/database.ts';

let database: TestDatabase;
before(async () => void (database = await openTestDatabase()));
after(async () => database[Symbol.asyncDispose]());

const OTHER = organizationId('00000000-0000-4000-8000-00000000000f');

test('every table of the tenants has row-level security, forced, with a policy on its organization', async () => {
  const tables = await database.db.sql<
    { name: string; enabled: boolean; forced: boolean; policies: number; first: string }[]
  >`
    select c.relname as name, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
      (select count(*)::int from pg_policies p where p.schemaname = 'switchboard' and p.tablename = c.relname
        and p.qual like '%organization_id%' and p.with_check like '%organization_id%') as policies,
      (select a.attname from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
        where i.indrelid = c.oid and i.indisprimary) as first
    from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'switchboard' and c.relkind in ('r', 'p')`;
  assert.ok(tables.length >= 10, `only ${tables.length} tables found`);
  for (const table of tables) {
    assert.deepEqual(
      { ...table, name: '' },
      { name: '', enabled: true, forced: true, policies: 1, first: 'organization_id' },
      table.name,
    );
  }
});

test('neither role of the program can step around row-level security', async () => {
  const roles = await database.db.sql<{ rolbypassrls: boolean; rolsuper: boolean; rolcanlogin: boolean }[]>`
    select rolbypassrls, rolsuper, rolcanlogin from pg_roles where rolname in ('switchboard_app', 'switchboard_system')`;
  assert.equal(roles.length, 2);
  for (const role of roles) assert.deepEqual({ ...role }, { rolbypassrls: false, rolsuper: false, rolcanlogin: false });
});

test('an organization neither sees nor writes the rows of another', async () => {
  const { db } = database;
  await inOrganization(
    db,
    DEFAULT_ORGANIZATION,
    (tx) => tx`insert into switchboard.organizations values (${DEFAULT_ORGANIZATION}, 'one', now())`,
  );
  assert.equal((await inOrganization(db, OTHER, (tx) => tx`select * from switchboard.organizations`)).length, 0);
  assert.equal(
    (await inOrganization(db, OTHER, (tx) => tx`update switchboard.organizations set name = 'stolen'`)).count,
    0,
  );
  await assert.rejects(
    inOrganization(
      db,
      OTHER,
      (tx) => tx`insert into switchboard.organizations values (${DEFAULT_ORGANIZATION}, 'x', now())`,
    ),
    /row-level security/,
  );
  assert.equal(
    (await inOrganization(db, DEFAULT_ORGANIZATION, (tx) => tx`select * from switchboard.organizations`)).length,
    1,
  );
});

test('a transaction without an organization sees nothing at all', async () => {
  await assert.rejects(
    database.db.sql.begin(async (tx) => {
      await tx`select set_config('role', 'switchboard_app', true)`;
      return tx`select * from switchboard.messages`;
    }),
    /switchboard.organization|invalid input syntax/,
  );
});

test('the system role reads no text of any message', async () => {
  await assert.rejects(
    inSystem(database.db, (tx) => tx`select text from switchboard.messages`),
    /permission denied/,
  );
  assert.equal((await inSystem(database.db, (tx) => tx`select state from switchboard.messages`)).length, 0);
});
