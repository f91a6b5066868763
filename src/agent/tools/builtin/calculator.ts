import { Parser } from 'expr-eval-fork';
import { z } from 'zod';
import { Failure } from '../../../model/failure.ts';
import type { Tool } from '../../../model/tool.ts';
import { defineTool } from './define.ts';

/** Characters: what is computed takes as long as it is, and no function here takes longer for larger numbers. */
const LONGEST = 500;

/** Beside these, functions loop over what they are given, take functions, or are by chance. */
const FUNCTIONS = ['min', 'max', 'hypot', 'pow', 'atan2', 'roundTo'];

/** Digits that a double surely has. */
const DIGITS = 15;

const args = z.strictObject({
  expression: z
    .string()
    .min(1)
    .max(LONGEST)
    .describe(
      'As "(12.5 + 3) * 2^10 / 7". Operators + - * / % (remainder) ^ ( ) and comparisons; sqrt abs round floor ceil trunc exp ln log10 sin cos tan min max pow hypot roundTo; PI and E.',
    ),
});

/** Computes. It reads nothing and calls nobody. */
export function openCalculator(): Tool {
  const parser = openParser();
  return defineTool({
    name: 'calculator',
    description:
      'Computes an arithmetic expression exactly as far as a computer’s numbers go. Use it for every calculation.',
    args,
    effect: 'reads',
    idempotent: true,
    origin: 'own',
    withinMs: 1_000,
    run: ({ expression }) => compute(parser, expression),
  });
}

function openParser(): Parser {
  const parser = new Parser({
    allowMemberAccess: false,
    operators: {
      assignment: false,
      fndef: false,
      random: false,
      factorial: false,
      concatenate: false,
      length: false,
      in: false,
    },
  });
  const all = z.record(z.string(), z.unknown()).parse(parser.functions);
  parser.functions = Object.fromEntries(FUNCTIONS.map((name) => [name, all[name]]));
  return parser;
}

function compute(parser: Parser, expression: string): string {
  let value: unknown;
  try {
    value = parser.evaluate(expression, {});
  } catch (thrown) {
    throw new Failure(
      'invalid',
      `This cannot be computed: ${thrown instanceof Error ? thrown.message : 'it makes no sense'}`,
    );
  }
  if (typeof value === 'boolean') return String(value);
  if (typeof value !== 'number' || !Number.isFinite(value))
    throw new Failure('invalid', 'This has no finite number as its result.');
  return String(Number(value.toPrecision(DIGITS)));
}
