import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkClock } from '../../../adapters/kit/clock-skew.ts';

const said = Date.parse('2026-11-21T12:00:00Z');
const headers = new Headers({ date: new Date(said).toUTCString() });

test('a clock that is away by more than a minute fails, and says in which direction', () => {
  assert.equal(checkClock(headers, said + 30_000).state, 'ok');
  const ahead = checkClock(headers, said + 300_000);
  assert.deepEqual([ahead.state, ahead.says], ['failed', 'this machine’s clock is 300 s ahead']);
  assert.match(checkClock(headers, said - 300_000).says, /300 s behind/);
});

test('an answer that does not say what time it is tells nothing', () => {
  assert.equal(checkClock(new Headers()).state, 'unknown');
  assert.equal(checkClock(new Headers({ date: 'soon' })).state, 'unknown');
});
