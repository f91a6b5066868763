import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DEFAULT_ORGANIZATION } from '../../src/db/apps.ts';
import { inOrganization } from '../../src/db/database.ts';
import { asSignIn, inSignIn, sweepSignIn } from '../../src/db/sign-in.ts';
import { OTHER_ORGANIZATION } from '../kit/console.ts';
import { addPerson, openTestAuth, type TestAuth } from '../kit/sign-in.ts';

let hub: TestAuth;
before(async () => {
  hub = await openTestAuth();
  await hub.owner();
});
after(async () => hub[Symbol.asyncDispose]());

test('the role of sign-in sees nothing of the tenants, is not signed in by itself, and steps around nothing', async () => {
  await assert.rejects(
    inSignIn(hub.database.db, (tx) => tx`select * from switchboard.organizations`),
    /permission denied/,
  );
  const [role] = await hub.database.db
    .sql`select rolcanlogin, rolsuper, rolbypassrls, rolcreaterole from pg_roles where rolname = 'switchboard_auth'`;
  assert.deepEqual({ ...role }, { rolcanlogin: false, rolsuper: false, rolbypassrls: false, rolcreaterole: false });
});

test('every table of sign-in that has an organization is closed to the others’ transactions', async () => {
  const tables = await hub.database.db.sql<{ name: string; closed: boolean }[]>`
    select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as closed
    from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
    where n.nspname = 'auth' and c.relkind = 'r' and a.attname = 'organization_id'`;
  assert.equal(tables.length, 4);
  for (const { name, closed } of tables) assert.ok(closed, name);
  const count = (organization: typeof DEFAULT_ORGANIZATION) =>
    inOrganization(hub.database.db, organization, (tx) => asSignIn(tx, (own) => own`select * from auth.members`));
  assert.equal((await count(DEFAULT_ORGANIZATION)).length, 1);
  assert.equal((await count(OTHER_ORGANIZATION)).length, 0);
  await assert.rejects(
    inOrganization(hub.database.db, OTHER_ORGANIZATION, (tx) =>
      asSignIn(
        tx,
        (own) => own`insert into auth.members (organization_id, user_id, role)
        select ${DEFAULT_ORGANIZATION}, id, 'owner' from auth."user"`,
      ),
    ),
    /row-level security/,
  );
});

test('a transaction is again what it was after it was sign-in’s', async () => {
  await inOrganization(hub.database.db, DEFAULT_ORGANIZATION, async (tx) => {
    await asSignIn(tx, (own) => own`select * from auth.members`);
    assert.equal((await tx`select name from switchboard.organizations`).length, 1);
    const [row] = await tx`select current_user as role`;
    assert.equal(row?.['role'], 'switchboard_app');
  });
});

test('what is over is swept away, and nothing else', async () => {
  await addPerson(hub, 'swept@example.com', 'viewer');
  await inSignIn(hub.database.db, async (tx) => {
    await tx`update auth."session" s set "expiresAt" = now() - interval '1 second'
      from auth."user" u where u.id = s."userId" and u.email = 'swept@example.com'`;
    await tx`insert into auth.attempts (key, count, since) values ('old', 3, now() - interval '2 days'), ('new', 3, now())`;
    await tx`update auth.invitations set accepted_at = now() - interval '31 days'`;
  });
  await sweepSignIn(hub.database.db);
  const left = await inSignIn(hub.database.db, async (tx) => ({
    sessions: (await tx`select * from auth."session"`).length,
    attempts: (await tx`select key from auth.attempts`).map(({ key }) => String(key)),
    invitations: (await tx`select * from auth.invitations`).length,
    users: (await tx`select * from auth."user"`).length,
  }));
  assert.deepEqual(left, { sessions: 1, attempts: ['new'], invitations: 0, users: 2 });
});

test('while the database is away, sign-in says so and does not fail', async () => {
  await using alone = await openTestAuth();
  await alone.database.db[Symbol.asyncDispose]();
  const answer = await alone.browser().get('/offers');
  assert.equal(answer.status, 503);
  assert.match(await answer.text(), /not available/);
});
