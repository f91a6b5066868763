import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import pino from 'pino';
import { openLlmStandIn, type LlmStandIn } from '../../sandbox/llm/index.ts';
import { openNearness, type Nearness } from '../../src/agent/nearness.ts';
import { DEFAULT_ORGANIZATION, environmentApp, registerEnvironmentApps } from '../../src/db/apps.ts';
import { inOrganization } from '../../src/db/database.ts';
import { openFiles } from '../../src/db/files.ts';
import { savePolicies } from '../../src/db/policies.ts';
import { openRecallMore, type Note } from '../../src/db/recall-more.ts';
import { openSearch } from '../../src/db/search.ts';
import { openStore } from '../../src/db/store.ts';
import { openAccept } from '../../src/intake/accept.ts';
import { embedTask } from '../../src/jobs/embed.ts';
import { openProvider } from '../../src/llm/open.ts';
import type { Route } from '../../src/llm/route.ts';
import { messageId, organizationId, type OrganizationId } from '../../src/model/ids.ts';
import type { PolicyLayer } from '../../src/model/policy.ts';
import { openTestDatabase, type TestDatabase } from '../kit/database.ts';
import { paperDelivery, paperMessage } from '../kit/paper-platform.ts';
import { routeTo } from '../kit/route.ts';

// What was said and read is found by what it means, where a policy has that.

const ORG = DEFAULT_ORGANIZATION;
const OTHER = organizationId('00000000-0000-4000-8000-0000000000ab');
const app = environmentApp('web');
const ON: PolicyLayer = { memory: { vectors: true } };
const log = pino({ level: 'silent' });

let database: TestDatabase;
let model: LlmStandIn;
let route: Route;
before(async () => {
  [database, model] = await Promise.all([openTestDatabase(), openLlmStandIn()]);
  const at = { baseUrl: model.baseUrl('openai-chat'), apiKey: model.apiKey, embeddingModel: 'text-embedding-3-small' };
  const deadlines = { firstTokenMs: 2_000, idleMs: 2_000, totalMs: 5_000 };
  route = routeTo(await openProvider({ protocol: 'openai-chat', ...at, deadlines }));
  model.mean({ automobile: 'car', vehicle: 'car', broken: 'kaputt', defective: 'kaputt' });
  const { db } = database;
  await inOrganization(db, ORG, (tx) => registerEnvironmentApps(tx, ['web']));
  await db.sql`insert into switchboard.organizations (organization_id, name) values (${OTHER}, 'other')`;
  await db.sql`insert into switchboard.apps (organization_id, id, platform, name) values (${OTHER}, ${app}, 'web', 'environment')`;
});
after(async () => {
  await model[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});
afterEach(async () => {
  for (const table of [
    'passages',
    'embeddings',
    'message_files',
    'files',
    'messages',
    'usage_days',
    'budgets',
    'budget_periods',
    'policies',
  ])
    await database.db.sql`delete from ${database.db.sql(`switchboard.${table}`)}`;
  await database.db.sql`update switchboard.organizations set policy = '{}'`;
  model.ledger.clear();
});

/** With the policies as they are from now on. */
async function opened(policy: PolicyLayer = ON, organization = ORG, own: Partial<Route> = {}): Promise<Nearness> {
  await inOrganization(database.db, organization, (tx) => savePolicies(tx, policy, []));
  const routeOf = () => Promise.resolve({ ...route, ...own });
  return openNearness({ db: database.db, store: openStore(database.db), routeOf, log });
}

async function say(text: string, { id = text, channel = 'c1', organization = ORG } = {}): Promise<void> {
  const message = paperMessage(text, { id });
  const placed = { ...message, place: { ...message.place, channel, thread: `in ${channel}` } };
  await openAccept(database.db)({ organization, app }, paperDelivery(placed), new Date());
  await database.db.sql`update switchboard.messages set state = 'answered'`;
}

const never = (): AbortSignal => new AbortController().signal;
const calls = (): number => model.ledger.performed('embeddings');
const counted = async (table: 'embeddings' | 'passages'): Promise<number> =>
  (await database.db.sql<{ n: number }[]>`select count(*)::int as n from ${database.db.sql(`switchboard.${table}`)}`)[0]
    ?.n ?? 0;

async function recalled(nearness: Nearness, words: string, organization: OrganizationId = ORG, channel = 'c1') {
  const recall = openRecallMore(database.db, openSearch(database.db), nearness.meaningOf);
  const place = { app, install: 'w1', channel };
  return recall(organization, { place, person: 'u1', words, most: 10 });
}
const texts = (notes: readonly Note[]): readonly string[] => notes.map(({ text }) => text);

test('what means the like is found though no word of it is the same', async () => {
  await say('the automobile is defective');
  await say('lunch is at noon');
  await say('a broken vehicle', { channel: 'c2' });
  const nearness = await opened();
  assert.deepEqual(texts(await recalled(nearness, 'broken car')), []);
  assert.equal(await nearness.catchUp(ORG, never()), 3);
  assert.deepEqual(texts(await recalled(nearness, 'broken car')), ['the automobile is defective']);
  assert.deepEqual(texts(await recalled(nearness, 'broken car', ORG, 'c2')), ['a broken vehicle']);
});

test('what is found by its words and by its meaning comes before what is found by one of them', async () => {
  await say('a car that nobody drives for the whole of a long summer');
  await say('broken automobile');
  await say('broken car');
  const nearness = await opened();
  await nearness.catchUp(ORG, never());
  const found = texts(await recalled(nearness, 'broken car'));
  assert.equal(found[0], 'broken car');
  assert.equal(new Set(found).size, found.length);
  assert.ok(found.includes('broken automobile'));
});

test('a text is asked for once, and so is what somebody looks for', async () => {
  await say('the automobile is defective');
  await say('the automobile is defective', { id: 'again', channel: 'c3' });
  const nearness = await opened();
  await nearness.catchUp(ORG, never());
  assert.equal(calls(), 1);
  assert.deepEqual([await counted('passages'), await counted('embeddings')], [2, 1]);
  assert.equal(await nearness.catchUp(ORG, never()), 0);
  await recalled(nearness, 'broken car');
  await recalled(nearness, 'broken car');
  assert.equal(calls(), 2);
});

test('two organizations with the same text each have their own, and find nothing of each other', async () => {
  await say('the automobile is defective');
  await say('the automobile is defective', { organization: OTHER });
  const nearness = await opened();
  await nearness.catchUp(ORG, never());
  const theirs = await opened(ON, OTHER);
  assert.deepEqual(texts(await recalled(theirs, 'broken car', OTHER)), []);
  await theirs.catchUp(OTHER, never());
  assert.equal(calls(), 3);
  assert.deepEqual(texts(await recalled(theirs, 'broken car', OTHER)), ['the automobile is defective']);
  await database.db.sql`delete from switchboard.messages where organization_id = ${OTHER}`;
  assert.deepEqual(texts(await recalled(theirs, 'broken car', OTHER)), []);
});

test('a message that is deleted takes along what was known of it, unless another one says the same', async () => {
  await say('the automobile is defective', { id: 'm1' });
  await say('the automobile is defective', { id: 'm2', channel: 'c2' });
  const nearness = await opened();
  await nearness.catchUp(ORG, never());
  const remove = (messageId: string, channel: string) => {
    const place = { install: 'w1', channel, thread: `in ${channel}`, address: '' };
    const deletion = { kind: 'deleted', messageId, place } as const;
    return openAccept(database.db)({ organization: ORG, app }, paperDelivery(deletion), new Date());
  };
  await remove('m1', 'c1');
  assert.deepEqual([await counted('passages'), await counted('embeddings')], [1, 1]);
  await remove('m2', 'c2');
  assert.deepEqual([await counted('passages'), await counted('embeddings')], [0, 0]);
});

test('a document is found by the passage that means the like', async () => {
  await say('see the file', { id: 'm1' });
  const files = openFiles(database.db);
  const [row] = await database.db.sql<{ id: string }[]>`
    update switchboard.messages set attachments = '[{"name": "report.txt", "handle": "h"}]' returning id`;
  const message = messageId(row?.id ?? '');
  await files.keep(ORG, { message, ordinal: 0, handle: 'h', mediaType: 'text/plain', bytes: Buffer.from('x') });
  const [file] = await files.find(ORG, [message]);
  await files.keepText(ORG, file?.id ?? '', `${'🍰 cake and tea '.repeat(100)}the automobile is defective`);
  const nearness = await opened();
  assert.equal(await nearness.catchUp(ORG, never()), 2);
  const [note] = await recalled(nearness, 'defective vehicle defective vehicle');
  assert.deepEqual([note?.what, note?.name], ['document', 'report.txt']);
  assert.match(note?.text ?? '', /automobile is defective/);
});

test('where the policy says nothing, nothing is sent and only words are looked for', async () => {
  await say('the automobile is defective');
  for (const policy of [{}, { memory: { vectors: false } }]) {
    const nearness = await opened(policy);
    assert.equal(await nearness.catchUp(ORG, never()), 0);
    assert.deepEqual(texts(await recalled(nearness, 'automobile')), ['the automobile is defective']);
  }
  assert.equal(calls(), 0);
});

test('a target that the policy of models leaves out is sent nothing', async () => {
  await say('the automobile is defective');
  const models = { prefer: 'order', only: [], regions: [], retention: 'trains', seconds: 60 } as const;
  for (const narrower of [{ only: ['another'] }, { regions: ['eu'] }])
    assert.equal(await (await opened({ ...ON, models: { ...models, ...narrower } })).catchUp(ORG, never()), 0);
  assert.equal(calls(), 0);
  assert.equal(await (await opened({ ...ON, models })).catchUp(ORG, never()), 1);
});

test('while the server is away words are looked for alone, and what was not embedded is the next time', async () => {
  await say('the automobile is defective');
  const nearness = await opened();
  model.faults.plan({ kind: 'status', status: 503 });
  assert.equal(await nearness.catchUp(ORG, never()), 0);
  model.faults.plan({ kind: 'status', status: 503 });
  assert.deepEqual(texts(await recalled(nearness, 'automobile')), ['the automobile is defective']);
  assert.equal(await nearness.catchUp(ORG, never()), 1);
});

test('a text that a server refuses keeps no other one from being embedded, and is not sent again and again', async () => {
  for (const text of ['one thing', 'the automobile is defective', 'refuse me', 'another thing']) await say(text);
  const { embed } = route;
  assert.ok(embed);
  const picky = {
    ...embed,
    bitsOf: (some: readonly string[], signal: AbortSignal) =>
      some.includes('refuse me')
        ? Promise.resolve({ kind: 'failed', fault: 'bad-request', message: 'no', retryInMs: undefined } as const)
        : embed.bitsOf(some, signal),
  };
  const nearness = await opened(ON, ORG, { embed: picky });
  assert.equal(await nearness.catchUp(ORG, never()), 4);
  assert.equal(await counted('embeddings'), 3);
  assert.equal(await nearness.catchUp(ORG, never()), 0);
  assert.deepEqual(texts(await recalled(nearness, 'broken car')), ['the automobile is defective']);
});

test('a message that is edited is embedded anew', async () => {
  await say('the automobile is defective', { id: 'm1' });
  const nearness = await opened();
  await nearness.catchUp(ORG, never());
  const { message, place, why } = paperMessage('lunch is at noon', { id: 'm1' });
  const edit = {
    kind: 'edited',
    place: { ...place, thread: 'in c1' },
    why,
    message: { ...message, version: '2' },
  } as const;
  await openAccept(database.db)({ organization: ORG, app }, paperDelivery(edit), new Date());
  assert.equal(await counted('embeddings'), 0);
  await database.db.sql`update switchboard.messages set state = 'answered'`;
  assert.equal(await nearness.catchUp(ORG, never()), 1);
  assert.deepEqual(texts(await recalled(nearness, 'broken car')), []);
});

test('what it costs is counted where it was said, and without money nothing is asked', async () => {
  await say('the automobile is defective');
  const { embed } = route;
  assert.ok(embed);
  const price = { kind: 'set', input: 1_000_000, cachedInput: 0, cacheWrite: 0, output: 0 } as const;
  const nearness = await opened(ON, ORG, { embed: { ...embed, price } });
  await database.db.sql`insert into switchboard.budgets (organization_id, id, origin, scope, every, time_zone, dollars)
    values (${ORG}, gen_random_uuid(), 'file', 'organization', 'day', 'UTC', 1)`;
  assert.equal(await nearness.catchUp(ORG, never()), 0);
  assert.equal(calls(), 0);
  await database.db.sql`delete from switchboard.budgets`;
  assert.equal(await nearness.catchUp(ORG, never()), 1);
  const rows = await database.db
    .sql`select channel, model, calls::int, dollars::float8 as dollars from switchboard.usage_days`;
  assert.deepEqual([...rows], [{ channel: 'c1', model: 'text-embedding-3-small', calls: 1, dollars: 7 }]);
});

test('what was held of a budget for it is settled with what it has cost', async () => {
  await say('the automobile is defective');
  const { embed } = route;
  assert.ok(embed);
  const price = { kind: 'set', input: 1_000_000, cachedInput: 0, cacheWrite: 0, output: 0 } as const;
  const nearness = await opened(ON, ORG, { embed: { ...embed, price } });
  await database.db.sql`insert into switchboard.budgets (organization_id, id, origin, scope, every, time_zone, dollars)
    values (${ORG}, gen_random_uuid(), 'file', 'organization', 'day', 'UTC', 30)`;
  assert.equal(await nearness.catchUp(ORG, never()), 1);
  const spent = await database.db
    .sql`select spent::float8 as spent, held::float8 as held from switchboard.budget_periods`;
  assert.deepEqual([...spent], [{ spent: 7, held: 0 }]);
  assert.deepEqual([...(await database.db.sql`select 1 from switchboard.holds`)], []);
});

test('the job goes through all organizations, and one that cannot be served keeps no other one from it', async () => {
  const seen: string[] = [];
  const catchUp = (organization: OrganizationId): Promise<number> => {
    seen.push(organization);
    return organization === ORG ? Promise.reject(new Error('away')) : Promise.resolve(0);
  };
  const run = async (stopping: AbortSignal): Promise<void> => {
    const task: (payload: unknown, helpers: never) => unknown = embedTask(database.db, { catchUp }, { stopping, log });
    await Reflect.apply(task, undefined, [{}, undefined]);
  };
  await run(never());
  assert.deepEqual(seen.toSorted(), [ORG, OTHER].toSorted());
  await run(AbortSignal.abort());
  assert.equal(seen.length, 2);
});
