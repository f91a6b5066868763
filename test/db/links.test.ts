import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DEFAULT_ORGANIZATION as organization, environmentApp, registerEnvironmentApps } from '../../src/db/apps.ts';
import { inOrganization } from '../../src/db/database.ts';
import { openLinks, type Account, type Links } from '../../src/db/links.ts';
import { openTestDatabase, type TestDatabase } from '../kit/database.ts';

let database: TestDatabase;
let links: Links;
before(async () => {
  database = await openTestDatabase();
  links = openLinks(database.db);
  await inOrganization(database.db, organization, (tx) => registerEnvironmentApps(tx, ['slack', 'discord']));
});
after(async () => database[Symbol.asyncDispose]());

const onSlack = (person: string): Account => ({ app: environmentApp('slack'), install: 'T1', person });
const onDiscord = (person: string, install = 'G1'): Account => ({ app: environmentApp('discord'), install, person });
const groups = async (): Promise<readonly string[]> => {
  const rows = await database.db.sql<{ people: string }[]>`
    select string_agg(distinct id, '+' order by id) as people from switchboard.people where one_with is not null group by one_with order by 1`;
  return rows.map((row) => row.people);
};

test('a code that is used again by the account that used it is as used once, and is nobody else’s', async () => {
  const code = await links.giveCode(organization, onSlack('a'));
  assert.equal(await links.useCode(organization, onDiscord('b'), code), 'linked');
  assert.equal(await links.useCode(organization, onDiscord('b'), code), 'linked');
  assert.equal(await links.useCode(organization, onDiscord('c'), code), 'unknown');
  assert.deepEqual(await groups(), ['a+b']);
});

test('a person is the same in all installs of an app, and the same id in another app is somebody else', async () => {
  const code = await links.giveCode(organization, onDiscord('d', 'G1'));
  assert.equal(await links.useCode(organization, onDiscord('d', '@me'), code), 'same');
  assert.equal(await links.useCode(organization, onSlack('d'), code), 'linked');
  assert.equal(await links.unlink(organization, onDiscord('d', '@me')), true);
  assert.equal(await links.unlink(organization, onDiscord('d', 'G1')), false);
  assert.equal(await links.unlink(organization, onSlack('d')), false);
});

test('of two accounts that use one code at the same moment one is linked', async () => {
  const code = await links.giveCode(organization, onSlack('e'));
  const outcomes = await Promise.all(
    ['f', 'g', 'h'].map((person) => links.useCode(organization, onDiscord(person), code)),
  );
  assert.deepEqual(outcomes.toSorted(), ['linked', 'unknown', 'unknown']);
});

test('joins of one person with several others at the same moment make one person of all', async () => {
  const givers = ['p', 'q', 'r', 's'];
  const codes = await Promise.all(givers.map((person) => links.giveCode(organization, onSlack(person))));
  await Promise.all(codes.map((code) => links.useCode(organization, onDiscord('z'), code)));
  assert.ok((await groups()).includes('p+q+r+s+z'));
});
