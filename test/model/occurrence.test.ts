import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lastOccurrence, momentIn, nextOccurrence } from '../../src/model/occurrence.ts';

const timeZone = 'Europe/Vienna';

/** Every moment within a time that is due, in UTC without the seconds. */
function due(cron: string, from: string, until: string): readonly string[] {
  const found: string[] = [];
  for (let at: Date | undefined = new Date(from); at !== undefined;) {
    at = nextOccurrence({ cron, timeZone }, at);
    if (at === undefined || at > new Date(until)) break;
    found.push(at.toISOString().slice(0, 16));
  }
  return found;
}

test('a time of day means the clocks of its zone, in summer and in winter', () => {
  assert.deepEqual(due('0 9 * * 1-5', '2026-10-22T12:00Z', '2026-10-27T12:00Z'), [
    '2026-10-23T07:00',
    '2026-10-26T08:00',
    '2026-10-27T08:00',
  ]);
});

test('a time of day that a day leaves out is due when its gap ends, once', () => {
  assert.deepEqual(due('30 2 * * *', '2026-03-28T12:00Z', '2026-03-30T12:00Z'), [
    '2026-03-29T01:00',
    '2026-03-30T00:30',
  ]);
  assert.deepEqual(due('30 2,14 * * *', '2026-03-28T14:00Z', '2026-03-29T14:00Z'), [
    '2026-03-29T01:00',
    '2026-03-29T12:30',
  ]);
});

test('what is due every so many minutes goes over a gap without a pause', () => {
  assert.deepEqual(due('*/30 * * * *', '2026-03-29T00:00Z', '2026-03-29T02:00Z'), [
    '2026-03-29T00:30',
    '2026-03-29T01:00',
    '2026-03-29T01:30',
    '2026-03-29T02:00',
  ]);
});

test('a time of day that a day has twice is due once, the first time; every so many minutes means both hours', () => {
  assert.deepEqual(due('30 2 * * *', '2026-10-24T12:00Z', '2026-10-26T12:00Z'), [
    '2026-10-25T00:30',
    '2026-10-26T01:30',
  ]);
  assert.deepEqual(due('30 2,14 * * *', '2026-10-24T14:00Z', '2026-10-25T12:00Z'), ['2026-10-25T00:30']);
  assert.deepEqual(due('*/30 2 * * *', '2026-10-24T12:00Z', '2026-10-25T12:00Z'), [
    '2026-10-25T00:00',
    '2026-10-25T00:30',
    '2026-10-25T01:00',
    '2026-10-25T01:30',
  ]);
});

for (const cron of ['30 2 * * *', '*/30 2 * * *', '15 1-3 * * *', '* * * * *'])
  for (const day of ['2026-03-29', '2026-10-25'])
    test(`the last moment of '${cron}' is the one that the next ones lead to, at every minute of the night of ${day}`, () => {
      const from = new Date(`${day}T00:00Z`);
      let last = lastOccurrence({ cron, timeZone }, from);
      for (let minute = 1; minute < 240; minute += 1) {
        const at = new Date(from.getTime() + minute * 60_000);
        const next = nextOccurrence({ cron, timeZone }, last ?? from) ?? at;
        last = next <= at ? next : last;
        assert.equal(lastOccurrence({ cron, timeZone }, at)?.toISOString(), last?.toISOString(), at.toISOString());
      }
    });

test('what is never due has no next moment', () => {
  assert.equal(nextOccurrence({ cron: '0 0 30 2 *', timeZone }, new Date('2026-01-01')), undefined);
});

for (const [cron, zone, why] of [
  ['* * * * * *', timeZone, /five fields.*has 6/],
  ['@daily', timeZone, /five fields.*has 1/],
  ['61 * * * *', timeZone, /the cron '61 \* \* \* \*' makes no sense: .*minute/],
  ['a b c d e', timeZone, /makes no sense/],
  ['* * * * *', 'Mars/Olympus', /Mars\/Olympus is no time zone/],
] as const)
  test(`'${cron}' in ${zone} is refused with a reason`, () => {
    assert.throws(() => nextOccurrence({ cron, timeZone: zone }, new Date()), why);
  });

test('a time without an offset is what the clocks of the zone show', () => {
  assert.equal(momentIn(timeZone, '2027-01-05T09:00')?.toISOString(), '2027-01-05T08:00:00.000Z');
  assert.equal(momentIn(timeZone, '2027-07-05T09:00:30')?.toISOString(), '2027-07-05T07:00:30.000Z');
  assert.equal(momentIn(timeZone, '2026-10-25T02:30')?.toISOString(), '2026-10-25T00:30:00.000Z');
  for (const none of [
    '2027-02-30T09:00',
    '2027-13-01T09:00',
    '2027-01-05T24:00',
    'tomorrow',
    '2027-01-05',
    '2027-01-05T09:60',
  ])
    assert.equal(momentIn(timeZone, none), undefined, none);
});
