import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openCalculator } from '../../../../src/agent/tools/builtin/calculator.ts';
import { use } from '../../../kit/mcp/box.ts';

const calculator = openCalculator();
const compute = async (expression: string): Promise<string> =>
  (await calculator.run({ expression }, use('1'), AbortSignal.timeout(5_000))).text;

const RIGHT: readonly (readonly [expression: string, result: string])[] = [
  ['2 + 3 * 4', '14'],
  ['0.1 + 0.2', '0.3'],
  ['(12.5 + 3) * 2^10 / 7', '2267.42857142857'],
  ['sqrt(2) ^ 2', '2'],
  ['max(1, 7, 3) - min(2, 1)', '6'],
  ['17 % 5', '2'],
  ['3 > 2', 'true'],
  ['round(PI * 100) / 100', '3.14'],
];
for (const [expression, result] of RIGHT)
  test(`${expression} is ${result}`, async () => assert.equal(await compute(expression), result));

const WRONG = [
  '1 / 0',
  '2 +',
  'f(x) = x; f(2)',
  'x = 2',
  'fac(100000000)',
  '5!',
  'random()',
  'map(sqrt, [1])',
  '(1).constructor',
  'constructor.constructor("return process")()',
  '__proto__',
  'toString()',
  'unknown + 1',
  '"text"',
  'gamma(1e9)',
  '('.repeat(250) + ')'.repeat(250),
];
for (const expression of WRONG)
  test(`${expression.slice(0, 50)} is not computed, at once`, async () => {
    const begun = performance.now();
    await assert.rejects(compute(expression));
    // Refused, and not given up when the signal’s five seconds are over.
    assert.ok(performance.now() - begun < 2_000);
  });

test('what is longer than an expression needs to be is refused', async () => {
  await assert.rejects(compute('1+'.repeat(400)));
});
