import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { DEFAULT_ORGANIZATION, environmentApp } from '../../src/db/apps.ts';
import { inOrganization } from '../../src/db/database.ts';
import { openLinks } from '../../src/db/links.ts';
import { MOST_KEPT, type NewMemory, type Whose } from '../../src/db/memories.ts';
import { openMemory, type MemoryBook } from '../../src/db/memory.ts';
import { organizationId, threadId, turnId } from '../../src/model/ids.ts';
import { openTestDatabase, type TestDatabase } from '../kit/database.ts';

let database: TestDatabase;
let book: MemoryBook;
before(async () => {
  database = await openTestDatabase();
  book = openMemory(database.db);
});
after(async () => database[Symbol.asyncDispose]());

const app = environmentApp('web');
const other = environmentApp('github');
const ORG = DEFAULT_ORGANIZATION;
const STRANGERS = organizationId('00000000-0000-4000-8000-0000000000ee');
const thread = threadId(randomUUID());

const person = (name: string, of = app): Whose => ({ scope: 'person', app: of, person: name });
const channel = (name: string): Whose => ({ scope: 'channel', app, install: 'w1', channel: name });
const memory = (whose: Whose, text: string, more: Partial<NewMemory> = {}): NewMemory => ({
  whose,
  kind: 'fact',
  text,
  pinned: true,
  key: randomUUID(),
  turn: undefined,
  by: 'test',
  ...more,
});
const recalled = async (name: string, place = 'c1', organization = ORG) =>
  (
    await book.recall(organization, {
      turn: turnId(randomUUID()),
      thread,
      app,
      install: 'w1',
      channel: place,
      person: name,
      template: undefined,
    })
  ).pinned.map(({ text }) => text);

test('what is recalled is of who asks and of the place, and of nobody else', async () => {
  await book.keep(ORG, memory(person('ada'), 'likes tea'));
  await book.keep(ORG, memory(person('bob'), 'likes beer'));
  await book.keep(ORG, memory(channel('c1'), 'ships on Fridays', { kind: 'instruction' }));
  await book.keep(ORG, memory(channel('c2'), 'ships never'));
  await book.keep(ORG, memory({ scope: 'organization' }, 'is small'));
  assert.deepEqual((await recalled('ada')).toSorted(), ['is small', 'likes tea', 'ships on Fridays']);
  assert.deepEqual((await recalled('bob', 'c2')).toSorted(), ['is small', 'likes beer', 'ships never']);
  assert.deepEqual(await recalled('ada', 'c1', STRANGERS), []);
});

test('what is not pinned is kept, and not told each time', async () => {
  await book.keep(ORG, memory(person('cyd'), 'was born in May', { pinned: false }));
  assert.deepEqual(
    (await book.list(ORG, person('cyd'))).map(({ number, text, pinned }) => [number, text, pinned]),
    [[1, 'was born in May', false]],
  );
  assert.ok(!(await recalled('cyd')).includes('was born in May'));
});

test('the same call once more, and the same words once more, keep nothing more', async () => {
  const once = memory(person('dan'), 'has a dog');
  assert.deepEqual(await book.keep(ORG, once), { kind: 'kept', number: 1 });
  assert.deepEqual(await book.keep(ORG, once), { kind: 'kept', number: 1 });
  assert.deepEqual(await book.keep(ORG, memory(person('dan'), 'Has a Dog')), { kind: 'kept', number: 1 });
  assert.deepEqual(await book.keep(ORG, memory(person('dan'), 'has a cat')), { kind: 'kept', number: 2 });
  assert.equal((await book.list(ORG, person('dan'))).length, 2);
});

test('many who keep something at once are given numbers of their own, up to a limit', async () => {
  const kept = await Promise.all(
    Array.from({ length: MOST_KEPT + 5 }, (_none, index) => book.keep(ORG, memory(channel('many'), `fact ${index}`))),
  );
  const numbers = kept.flatMap((one) => (one.kind === 'kept' ? [one.number] : []));
  assert.deepEqual(
    numbers.toSorted((one, two) => one - two),
    Array.from({ length: MOST_KEPT }, (_none, index) => index + 1),
  );
});

test('custom instructions are replaced, and taken away by an empty text', async () => {
  const said = async () => (await book.list(ORG, person('eve'))).map(({ number, text }) => `${number} ${text}`);
  await book.instruct(ORG, person('eve'), { text: 'be brief', by: 'eve' });
  await book.instruct(ORG, person('eve'), { text: 'be briefer', by: 'eve' });
  assert.deepEqual(await said(), ['0 be briefer']);
  assert.deepEqual((await recalled('eve')).slice(0, 1), ['be briefer']);
  await book.instruct(ORG, person('eve'), { text: '', by: 'eve' });
  assert.deepEqual(await said(), []);
});

test('one is forgotten by its number; everything is, and the audit does not say what it was', async () => {
  await book.keep(ORG, memory(person('fay'), 'secret one'));
  await book.keep(ORG, memory(person('fay'), 'secret two'));
  await book.keep(ORG, memory(person('gus'), 'stays'));
  assert.equal(await book.forget(ORG, person('fay'), 1), true);
  assert.equal(await book.forget(ORG, person('fay'), 1), false);
  assert.equal(await book.forgetAll(ORG, person('fay'), 'fay'), 1);
  assert.deepEqual(await book.list(ORG, person('fay')), []);
  assert.equal((await book.list(ORG, person('gus'))).length, 1);
  const audit = await database.db.sql`select what, subject from switchboard.audit where what = 'memory.erased'`;
  assert.equal(audit.length, 1);
  assert.ok(!JSON.stringify(audit).includes('secret'));
});

test('linked accounts are one person: told, listed and forgotten together', async () => {
  const links = openLinks(database.db);
  const [here, there] = [
    { app, install: 'w1', person: 'hal' },
    { app: other, install: 'x', person: 'hal-two' },
  ];
  await book.keep(ORG, memory(person('hal-two', other), 'knows Rust'));
  assert.ok(!(await recalled('hal')).includes('knows Rust'));
  await links.useCode(ORG, here, await links.giveCode(ORG, there));
  assert.ok((await recalled('hal')).includes('knows Rust'));
  assert.deepEqual(
    (await book.list(ORG, person('hal'))).map(({ text, elsewhere }) => [text, elsewhere]),
    [['knows Rust', true]],
  );
  assert.equal(await book.forgetAll(ORG, person('hal'), 'hal'), 1);
  assert.deepEqual(await book.list(ORG, person('hal-two', other)), []);
});

test('of a journal nothing is left that says what was forgotten', async () => {
  const turn = turnId(randomUUID());
  await inOrganization(database.db, ORG, async (tx) => {
    await tx`insert into switchboard.turns (organization_id, id, thread_id, state) values (${ORG}, ${turn}, ${thread}, 'answered')`;
    await tx`insert into switchboard.steps (organization_id, turn_id, seq, kind, state, provider, model, input)
      values (${ORG}, ${turn}, 1, 'tool', 'done', '', '', ${tx.json({ arguments: 'the secret' })})`;
  });
  await book.keep(ORG, memory(person('ida'), 'the secret', { turn }));
  await book.forget(ORG, person('ida'), 1);
  const [step] = await database.db.sql`select input from switchboard.steps where turn_id = ${turn}`;
  assert.equal(step?.['input'], null);
});
