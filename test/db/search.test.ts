import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DEFAULT_ORGANIZATION, environmentApp, registerEnvironmentApps } from '../../src/db/apps.ts';
import { inOrganization } from '../../src/db/database.ts';
import { openSearch, type Found } from '../../src/db/search.ts';
import { openAccept } from '../../src/intake/accept.ts';
import { organizationId } from '../../src/model/ids.ts';
import { openTestDatabase, type TestDatabase } from '../kit/database.ts';
import { paperDelivery, paperMessage } from '../kit/paper-platform.ts';

// Looking in what was said: this channel of this organization, and nothing else.

const OTHER = organizationId('00000000-0000-4000-8000-0000000000aa');
const app = environmentApp('web');
const SAID: readonly (readonly [channel: string, thread: string, text: string])[] = [
  ['c1', 't1', 'the deployment failed on tuesday because the certificate was too old'],
  ['c1', 't2', 'lunch is at noon'],
  ['c1', 't2', 'who has the certificate for the gateway?'],
  ['c2', 't3', 'the certificate of the secret channel'],
];

let database: TestDatabase;
before(async () => {
  database = await openTestDatabase();
  const { db } = database;
  await inOrganization(db, DEFAULT_ORGANIZATION, (tx) => registerEnvironmentApps(tx, ['web']));
  await db.sql`insert into switchboard.organizations (organization_id, name) values (${OTHER}, 'other')`;
  await inOrganization(
    db,
    OTHER,
    (tx) => tx`insert into switchboard.apps (organization_id, id, platform, name)
    values (${OTHER}, ${app}, 'web', 'environment')`,
  );
  const accept = openAccept(db);
  for (const [channel, thread, text] of SAID) {
    const message = paperMessage(text, { thread });
    const placed = { ...message, place: { ...message.place, channel } };
    await accept({ organization: DEFAULT_ORGANIZATION, app }, paperDelivery(placed), new Date());
  }
  await accept({ organization: OTHER, app }, paperDelivery(paperMessage('their certificate')), new Date());
  await db.sql`update switchboard.messages set state = 'answered'`;
});
after(() => database[Symbol.asyncDispose]());

const find = async (words: string, channel = 'c1', organization = DEFAULT_ORGANIZATION): Promise<readonly Found[]> =>
  openSearch(database.db)(organization, { app, install: 'w1', channel }, { words, most: 10 });
const texts = (found: readonly Found[]): readonly string[] => found.map(({ text }) => text);

test('words are found in all threads of the channel, in no other channel and no other organization', async () => {
  const found = await find('certificate');
  assert.deepEqual(new Set(texts(found)), new Set([SAID[0]?.[2], SAID[2]?.[2]]));
  assert.ok(found.every(({ who, isBot }) => who === 'Ada' && !isBot));
  assert.deepEqual(texts(await find('certificate', 'c1', OTHER)), ['their certificate']);
  assert.deepEqual(texts(await find('certificate', 'nowhere')), []);
});

test('who has more of the words comes first', async () => {
  assert.equal((await find('certificate deployment tuesday'))[0]?.text, SAID[0]?.[2]);
});

test('a word that is spelt nearly the same is found', async () => {
  assert.deepEqual(texts(await find('certifcate gatway')).includes(SAID[2]?.[2] ?? ''), true);
});

test('signs that mean something to a search are words like all others', async () => {
  for (const words of ["' & | ! ( <-> :*", '%_\\', '', '\u0000'.replaceAll('\u0000', ' ')]) await find(words);
});

test('what was forgotten is not found', async () => {
  await database.db
    .sql`update switchboard.threads set forgotten_at = now() + interval '1 minute' where external_id = 't1'`;
  assert.deepEqual(texts(await find('certificate')), [SAID[2]?.[2]]);
  await database.db.sql`update switchboard.threads set forgotten_at = null`;
});

test('what the bot answered is found as its own', async () => {
  await database.db.sql`insert into switchboard.turns (organization_id, id, thread_id, state, answer)
    select organization_id, gen_random_uuid(), id, 'answered', 'The gateway is ready.' from switchboard.threads
    where external_id = 't2' and organization_id = ${DEFAULT_ORGANIZATION}`;
  const [first] = await find('gateway ready');
  assert.deepEqual([first?.text, first?.isBot], ['The gateway is ready.', true]);
});
