import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { fromNumeric, picodollars, picodollarsAtMost, toDollars, toNumeric } from '../../src/db/money.ts';

test('an amount is the same after it was written and read', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }), (amount) => {
      assert.equal(fromNumeric(toNumeric(amount)), amount);
    }),
  );
});

test('a tenth of a dollar ten times is a dollar', () => {
  assert.equal(picodollars(0.1) * 10n, picodollars(1));
  assert.equal(toNumeric(picodollars(0.1) + picodollars(0.2)), '0.300000000000');
  assert.equal(fromNumeric('5'), picodollars(5));
  assert.equal(fromNumeric('-0.5'), picodollars(-0.5));
  assert.equal(toDollars(fromNumeric('0.000000000001')), 1e-12);
});

test('what a call may cost is rounded up', () => {
  assert.equal(picodollarsAtMost(1.5e-12), 2n);
  assert.equal(picodollarsAtMost(0), 0n);
});
