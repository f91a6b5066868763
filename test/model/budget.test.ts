import assert from 'node:assert/strict';
import { test } from 'node:test';
import { budgetsShape } from '../../src/model/budget-shape.ts';
import { budgetsOf, inDollars, inWords, type Budget } from '../../src/model/budget.ts';

const base: Budget = {
  id: 'b',
  scope: 'organization',
  app: undefined,
  install: '',
  channel: '',
  person: '',
  every: 'day',
  timeZone: 'UTC',
  dollars: 1,
};
const spot = { app: 'a', install: 'w', channel: 'c', person: 'u' };

test('budgets count where they are for, the narrowest first; each person has one of a budget for each person', () => {
  const budgets: readonly Budget[] = [
    base,
    { ...base, id: 'install', scope: 'install', app: 'a', install: 'w' },
    { ...base, id: 'channel', scope: 'channel', app: 'a', install: 'w', channel: 'c' },
    { ...base, id: 'other channel', scope: 'channel', app: 'a', install: 'w', channel: 'd' },
    { ...base, id: 'other app', scope: 'install', app: 'x', install: 'w' },
    { ...base, id: 'each', scope: 'person', person: '*' },
    { ...base, id: 'one', scope: 'person', app: 'a', person: 'u' },
    { ...base, id: 'another', scope: 'person', app: 'a', person: 'v' },
  ];
  assert.deepEqual(
    budgetsOf(budgets, spot).map(({ budget, subject }) => [budget, subject]),
    [
      ['each', 'a/u'],
      ['one', ''],
      ['channel', ''],
      ['install', ''],
      ['b', ''],
    ],
  );
});

test('amounts and moments are said as people read them', () => {
  assert.deepEqual([5, 0, 12.345, 0.05, 0.001234, 1e-9].map(inDollars), [
    '$5.00',
    '$0.00',
    '$12.35',
    '$0.050',
    '$0.0012',
    '$0.0000000010',
  ]);
  const day = { every: 'day', timeZone: 'Europe/Vienna' } as const;
  assert.equal(inWords(new Date('2027-01-31T23:00:00Z'), day), 'at 00:00 Europe/Vienna');
  const month = { every: 'month', timeZone: 'Europe/Vienna' } as const;
  assert.equal(inWords(new Date('2027-01-31T23:00:00Z'), month), 'on 1 February 2027 at 00:00 Europe/Vienna');
});

const good = { scope: 'channel', platform: 'slack', install: 'T1', channel: 'C1', every: 'day', dollars: 5 };
const wrong: readonly (readonly [string, object])[] = [
  ['a budget of the organization has no', { ...good, scope: 'organization' }],
  ['name its channel', { ...good, channel: undefined }],
  ['name its platform and its install', { ...good, install: undefined, channel: undefined }],
  ['an install’s budget has no channel', { ...good, scope: 'install' }],
  ['a person belongs to scope: person', { ...good, person: 'U1' }],
  ['name the person’s platform', { scope: 'person', person: 'U1', every: 'day', dollars: 1 }],
  ['must be a time zone', { ...good, timeZone: '+02:00' }],
  ['expected number to be >=0', { ...good, dollars: -1 }],
];
for (const [reason, budget] of wrong)
  test(`${JSON.stringify(budget)} is refused: ${reason}`, () => {
    const parsed = budgetsShape.safeParse([budget]);
    assert.match(parsed.error?.issues.map(({ message }) => message).join('; ') ?? '', new RegExp(reason));
  });

test('two budgets for the same are refused, and for the same in another time are not', () => {
  assert.equal(budgetsShape.safeParse([good, { ...good, dollars: 7 }]).success, false);
  assert.equal(budgetsShape.safeParse([good, { ...good, every: 'month' }]).success, true);
});
