import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { z } from 'zod';
import { AREAS, ROLES, isAtLeast, type Role, type Scope } from '../../src/auth/roles.ts';
import { API_PATH, describeApi } from '../../src/console/api.ts';
import { DEFAULT_ORGANIZATION } from '../../src/db/apps.ts';
import { inOrganization } from '../../src/db/database.ts';
import { OTHER_ORGANIZATION, openTestConsole, type TestConsole } from '../kit/console.ts';
import { exampleOf } from '../kit/example.ts';
import { fillEveryTable, MARK } from '../kit/rows.ts';
import { WHO_MAY } from './who-may.ts';

// Made from the list of routes and the catalogue of tables: what is new is covered by itself, or fails until it is decided.

type Route = {
  readonly method: string;
  readonly path: string;
  readonly role: Role;
  readonly scope: Scope;
  readonly body: unknown;
};

const Operation = z.looseObject({
  'x-role': z.enum(ROLES),
  'x-scope': z.string(),
  requestBody: z.object({ content: z.record(z.string(), z.object({ schema: z.unknown() })) }).optional(),
});

let hub: TestConsole;
let routes: readonly Route[];
let filled: Awaited<ReturnType<typeof fillEveryTable>>;
before(async () => {
  hub = await openTestConsole();
  filled = await fillEveryTable(hub.database.db, DEFAULT_ORGANIZATION);
  const { paths } = await describeApi(hub.api, '0');
  routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Route => {
      const { 'x-role': role, 'x-scope': scope, requestBody } = Operation.parse(operation);
      const wanted = AREAS.flatMap((area) => [`${area}:read`, `${area}:write`] as const).find((one) => one === scope);
      assert.ok(wanted, `${path}: ${scope}`);
      return {
        method: method.toUpperCase(),
        path,
        role,
        scope: wanted,
        body: requestBody?.content['application/json']?.schema,
      };
    }),
  );
});
after(async () => hub[Symbol.asyncDispose]());

/** A stream that never ends by itself. */
const isStream = ({ path }: Route): boolean => path === `${API_PATH}/live`;
const looks = ({ method }: Route): boolean => method === 'GET';
const NOBODY = '00000000-0000-4000-8000-0000000000aa';
const QUERY = 'from=2027-01-01&to=2027-01-31';

/** With an id wherever one is wanted. */
function requestOf({ method, path, body }: Route, id: string) {
  const filledIn = path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => (name === 'platform' ? 'slack' : id));
  return [`${filledIn}?${QUERY}`, { method, ...(body !== undefined && { body: exampleOf(body, id) }) }] as const;
}

/** Says whether it could be called, and lets go of what streams. */
async function call(route: Route, id: string, asker: Parameters<TestConsole['ask']>[1]) {
  const [path, request] = requestOf(route, id);
  const answer = await hub.ask(path, { ...request, ...asker });
  if (isStream(route)) await answer.body?.cancel();
  return { status: answer.status, text: isStream(route) ? '' : await answer.text() };
}

/** All that stands in the rows of an organization. */
async function fingerprint(organization: string): Promise<string> {
  const { sql } = hub.database.db;
  const parts = await Promise.all(
    filled.tables.map(async (table) => {
      const column = table.startsWith('"auth"') ? '"organizationId"' : 'organization_id';
      const [row] = await sql
        .unsafe(
          `select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as sum from ${table} t where ${column} = '${organization}'`,
        )
        .catch(() =>
          sql.unsafe(
            `select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as sum from ${table} t where organization_id = '${organization}'`,
          ),
        );
      return `${table} ${String(row?.['sum'])}`;
    }),
  );
  return parts.join('\n');
}

test('every route is in the table of who may, and none is in it that is not there', () => {
  const built = Object.fromEntries(
    routes.map(({ method, path, role }) => [`${method} ${path.slice(API_PATH.length)}`, role]),
  );
  assert.deepEqual(built, WHO_MAY);
});

test('every route lets the roles through that may, and no other', async () => {
  for (const route of routes)
    for (const role of ROLES) {
      const { status, text } = await call(route, NOBODY, { role, organization: OTHER_ORGANIZATION });
      const refused = status === 403 && /this needs the role/.test(text);
      assert.equal(
        refused,
        !isAtLeast(role, route.role),
        `${route.method} ${route.path} as ${role}: ${status} ${text.slice(0, 200)}`,
      );
      assert.notEqual(status, 500, `${route.method} ${route.path}: ${text}`);
    }
});

test('every route takes a key with its scope, and none with all other scopes', async () => {
  for (const route of routes) {
    const others = AREAS.filter((area) => !route.scope.startsWith(`${area}:`)).map((area): Scope => `${area}:write`);
    const asker = { kind: 'key', role: 'owner', organization: OTHER_ORGANIZATION } as const;
    const lacking = await call(route, NOBODY, { ...asker, scopes: others });
    assert.equal(lacking.status, 403, `${route.method} ${route.path}`);
    const having = await call(route, NOBODY, { ...asker, scopes: [route.scope] });
    assert.doesNotMatch(having.text, /lacks the scope/, `${route.method} ${route.path}`);
  }
});

test('no route that changes something takes a request from a page of somebody else', async () => {
  for (const route of routes.filter((one) => !looks(one)))
    for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }]) {
      const { status, text } = await call(route, NOBODY, { headers });
      assert.equal(status, 403, `${route.method} ${route.path}`);
      assert.match(text, /from a page of this console/);
    }
});

test('no route shows or changes anything of another organization, whichever of its ids is named', async () => {
  assert.ok(filled.ids.length > 40, `only ${filled.ids.length} ids`);
  const before = await fingerprint(DEFAULT_ORGANIZATION);
  for (const route of routes.filter(({ path, body }) => path.includes('{') || body !== undefined))
    for (const id of [...filled.ids, DEFAULT_ORGANIZATION]) {
      const { status, text } = await call(route, id, { organization: OTHER_ORGANIZATION });
      const about = `${route.method} ${route.path} with ${id}: ${status} ${text.slice(0, 300)}`;
      assert.ok(status < 500 || status === 502, about);
      assert.equal(text.includes(MARK), false, about);
      if (looks(route) && route.path.includes('{')) assert.equal(status, 404, about);
    }
  for (const route of routes.filter((one) => looks(one) && !one.path.includes('{') && !isStream(one)))
    assert.equal(
      (await call(route, NOBODY, { organization: OTHER_ORGANIZATION })).text.includes(MARK),
      false,
      route.path,
    );
  assert.equal(await fingerprint(DEFAULT_ORGANIZATION), before);
});

test('no table shows the application a row of another organization', async () => {
  const { db } = hub.database;
  const own = filled.tables.filter((table) => table.startsWith('"switchboard"'));
  assert.ok(own.length >= 39, `only ${own.length} tables`);
  for (const table of own) {
    const [mine] = await inOrganization(db, DEFAULT_ORGANIZATION, (tx) =>
      tx.unsafe(`select count(*)::int as count from ${table}`),
    );
    assert.ok(Number(mine?.['count']) > 0, `${table} has a row to hide`);
    const hidden = await inOrganization(db, OTHER_ORGANIZATION, (tx) =>
      tx.unsafe(`select * from ${table} where organization_id = '${DEFAULT_ORGANIZATION}'`),
    );
    assert.equal(hidden.length, 0, table);
  }
});

test('no table of sign-in shows the application anything at all', async () => {
  for (const table of filled.tables.filter((name) => name.startsWith('"auth"')))
    await assert.rejects(
      inOrganization(hub.database.db, DEFAULT_ORGANIZATION, (tx) => tx.unsafe(`select * from ${table}`)),
      /permission denied/,
    );
});
