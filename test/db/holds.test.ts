import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { DEFAULT_ORGANIZATION, environmentApp, registerEnvironmentApps } from '../../src/db/apps.ts';
import { readLeft, saveFileBudgets, type NewBudget } from '../../src/db/budgets.ts';
import { inOrganization, type Transaction } from '../../src/db/database.ts';
import { expireHolds, type Reserve, type Reserved } from '../../src/db/holds.ts';
import { openStore, type Store } from '../../src/db/store.ts';
import { turnId } from '../../src/model/ids.ts';
import { openTestDatabase, type TestDatabase } from '../kit/database.ts';

const organization = DEFAULT_ORGANIZATION;
const app = environmentApp('web');
let database: TestDatabase;
let store: Store;
before(async () => {
  database = await openTestDatabase();
  store = openStore(database.db);
  await inTx((tx) => registerEnvironmentApps(tx, ['web']));
});
after(async () => database[Symbol.asyncDispose]());

const inTx = <Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> =>
  inOrganization(database.db, organization, work);

/** Budgets of their own for each test. */
async function budgets(...given: readonly Partial<NewBudget>[]): Promise<readonly NewBudget[]> {
  const all = given.map((budget) => ({
    id: randomUUID(),
    scope: 'organization' as const,
    app: undefined,
    install: '',
    channel: '',
    person: '',
    every: 'total' as const,
    timeZone: 'UTC',
    dollars: 1,
    alert: undefined,
    ...budget,
  }));
  await inTx((tx) => saveFileBudgets(tx, all));
  return all;
}

const turn = turnId(randomUUID());
const asking = (all: readonly NewBudget[], dollars: number, over: Partial<Reserve> = {}): Reserve => ({
  turn,
  slots: all.map(({ id }) => ({ budget: id, subject: '' })),
  answer: undefined,
  dollars,
  ...over,
});
const hold = (item: Reserve): Promise<Reserved> => store.reserve(organization, item);
async function granted(item: Reserve): Promise<string> {
  const reserved = await hold(item);
  assert.equal(reserved.kind, 'granted');
  return reserved.kind === 'granted' ? reserved.hold : '';
}
const settle = (id: string, dollars: number | null): Promise<true> =>
  store.settleHold(organization, { hold: id, dollars });

type Row = { readonly spent: string; readonly held: string; readonly alerted: number };
async function stateOf({ id }: NewBudget): Promise<Row | undefined> {
  const [row] = await inTx(
    (tx) => tx<Row[]>`select trim_scale(spent)::text as spent, trim_scale(held)::text as held, alerted
      from switchboard.budget_periods where budget_id = ${id}`,
  );
  return row;
}
const late = (minutes: number): Promise<unknown> =>
  inTx((tx) => tx`update switchboard.holds set expires_at = expires_at - make_interval(secs => ${minutes * 60})`);

test('of many calls at once as many are granted as there is room for, and what they cost is counted exactly', async () => {
  const all = await budgets({ dollars: 1 }, { scope: 'install', install: 'w1', app, dollars: 5 });
  const stores = [store, openStore(database.db), openStore(database.db)];
  const ask = async (index: number): Promise<Reserved | undefined> =>
    stores[index % 3]?.reserve(organization, asking(all, 0.01));
  const outcomes = await Promise.all(Array.from({ length: 400 }, (_, index) => ask(index)));
  const holds = outcomes.flatMap((outcome) => (outcome?.kind === 'granted' ? [outcome.hold] : []));
  assert.equal(holds.length, 100);
  for (const budget of all) assert.deepEqual(await stateOf(budget), { spent: '0', held: '1', alerted: 0 });
  await Promise.all(holds.map((id) => settle(id, 0.001)));
  for (const budget of all) assert.deepEqual(await stateOf(budget), { spent: '0.1', held: '0', alerted: 0 });
});

test('all budgets have to have room, or none is touched; it is told which has not, and whether waiting helps', async () => {
  const [wide, narrow] = await budgets(
    { dollars: 10 },
    { scope: 'channel', app, install: 'w1', channel: 'c1', dollars: 1 },
  );
  assert.ok(wide !== undefined && narrow !== undefined);
  const id = await granted(asking([narrow, wide], 0.7));
  const busy = await hold(asking([narrow, wide], 0.7));
  assert.deepEqual(busy, { kind: 'refused', budget: narrow.id, left: 0.3, anewAt: undefined, busy: true });
  assert.equal((await stateOf(wide))?.held, '0.7');
  await settle(id, 0.7);
  const usedUp = await hold(asking([narrow, wide], 0.7));
  assert.deepEqual(usedUp, { kind: 'refused', budget: narrow.id, left: 0.3, anewAt: undefined, busy: false });
  assert.equal((await hold(asking([narrow, wide], 0.3))).kind, 'granted');
});

test('a call that cost more than was held, or nothing, is counted as it was; what nobody knows costs all that was held', async () => {
  const all = await budgets({ dollars: 1 });
  const [budget] = all;
  assert.ok(budget !== undefined);
  await settle(await granted(asking(all, 0.2)), 0.25);
  await settle(await granted(asking(all, 0.2)), 0);
  const unknown = await granted(asking(all, 0.2));
  await settle(unknown, null);
  await settle(unknown, null);
  assert.deepEqual(await stateOf(budget), { spent: '0.45', held: '0', alerted: 0 });
});

test('a hold that nobody settles counts as spent after ten minutes, and is set right if somebody does after all', async () => {
  const all = await budgets({ dollars: 1 }, { dollars: 2 });
  const [budget] = all;
  assert.ok(budget !== undefined);
  await inTx((tx) => tx`delete from switchboard.holds`);
  const id = await granted(asking(all, 0.6));
  await late(9);
  assert.equal(await inTx(expireHolds), 0);
  await late(1.01);
  assert.equal(await inTx(expireHolds), 2);
  assert.equal(await inTx(expireHolds), 0);
  for (const one of all) assert.deepEqual([(await stateOf(one))?.spent, (await stateOf(one))?.held], ['0.6', '0']);
  await settle(id, 0.1);
  for (const one of all) assert.deepEqual([(await stateOf(one))?.spent, (await stateOf(one))?.held], ['0.1', '0']);
  await granted(asking(all, 0.6));
  await late(4 * 60);
  await inTx(expireHolds);
  assert.equal((await inTx((tx) => tx`select 1 from switchboard.holds`)).length, 0);
  assert.equal((await stateOf(budget))?.spent, '0.7');
});

test('a budget begins anew with the day and the month of its time zone', async () => {
  const [day, month] = await budgets(
    { every: 'day', timeZone: 'Asia/Tokyo' },
    { every: 'month', timeZone: 'America/New_York' },
  );
  assert.ok(day !== undefined && month !== undefined);
  for (const budget of [day, month]) {
    await settle(await granted(asking([budget], 1)), 1);
    const refused = await hold(asking([budget], 0.01));
    assert.ok(refused.kind === 'refused' && refused.anewAt !== undefined);
    const parts = new Intl.DateTimeFormat('en-GB', {
      timeZone: budget.timeZone,
      dateStyle: 'short',
      timeStyle: 'medium',
    }).format(refused.anewAt);
    assert.match(parts, budget === day ? /, 00:00:00$/ : /^01\/.*, 00:00:00$/);
    assert.ok(refused.anewAt.getTime() > Date.now());
    // As if it were another day.
    await inTx((tx) => tx`update switchboard.budget_periods set period = '2020-01-01' where budget_id = ${budget.id}`);
    assert.equal((await hold(asking([budget], 0.01))).kind, 'granted');
  }
});

test('one answer has a limit of its own, over all its calls; another answer of the same turn begins at nothing', async () => {
  const run = { turn: turnId(randomUUID()), slots: [], answer: { run: '0-a', most: 0.5 } };
  await settle(await granted(asking([], 0.3, run)), 0.3);
  const refused = await hold(asking([], 0.3, run));
  assert.deepEqual(refused, { kind: 'refused', budget: undefined, left: 0.2, anewAt: undefined, busy: false });
  assert.equal((await hold(asking([], 0.3, { ...run, answer: { run: '1-a', most: 0.5 } }))).kind, 'granted');
});

test('at 50, 80 and 100 per cent somebody is told, once each; also when the next call would not fit any more', async () => {
  const alert = { app, install: 'w1', channel: 'money' };
  const all = await budgets({ every: 'day', dollars: 1, alert }, { dollars: 100, alert });
  const spend = async (dollars: number): Promise<unknown> => settle(await granted(asking(all, dollars)), dollars);
  const told = async (): Promise<readonly string[]> =>
    (
      await inTx(
        (tx) =>
          tx<{ text: string }[]>`select text from switchboard.schedules where channel = 'money' order by created_at`,
      )
    ).map(({ text }) => text.replace(/ for \d{4}-\d\d-\d\d/, '').replace(/ \(\w+\)$/, ''));
  await spend(0.4);
  assert.deepEqual(await told(), []);
  await spend(0.15);
  await spend(0.1);
  assert.deepEqual(await told(), ['The budget of the organization has reached 50 %: $0.55 of $1.00 are spent.']);
  await Promise.all([spend(0.1), spend(0.1)]);
  assert.match((await told())[1] ?? '', /has reached 80 %: \$0\.85 of \$1\.00/);
  assert.equal((await hold(asking(all, 0.4))).kind, 'refused');
  assert.equal((await hold(asking(all, 0.4))).kind, 'refused');
  await spend(0.15);
  assert.match((await told())[2] ?? '', /is used up: \$0\.85 of \$1\.00/);
  assert.equal((await told()).length, 3);
});

test('what is left of a budget is told for a place; one that is taken out of the configuration limits nothing', async () => {
  const all = await budgets({ scope: 'person', person: '*', dollars: 2 });
  const spot = { app, install: 'w1', channel: 'c1', person: 'u1' };
  const mine = { slots: [{ budget: all[0]?.id ?? '', subject: `${app}/u1` }] };
  await granted(asking(all, 1.5, mine));
  const left = async (person: string): Promise<readonly number[]> =>
    (await inTx((tx) => readLeft(tx, { ...spot, person }))).map((one) => one.left);
  assert.deepEqual([await left('u1'), await left('u2')], [[0.5], [2]]);
  await inTx((tx) => saveFileBudgets(tx, []));
  assert.deepEqual(await left('u1'), []);
  assert.equal((await hold(asking(all, 9, mine))).kind, 'granted');
});

test('a time zone that the database does not know stops the start', async () => {
  await assert.rejects(budgets({ timeZone: 'Mars/Olympus' }), /knows no time zone Mars\/Olympus/);
});
