import type { Verdict } from './check.ts';
import type { Scenario } from './scenario.ts';
import type { Tally } from './world.ts';

const COLUMNS: readonly (readonly [string, number])[] = [
  ['fault', 46],
  ['events', 7],
  ['kills', 6],
  ['faults', 7],
  ['lost', 5],
  ['doubled', 8],
  ['inverted', 9],
  ['recovery', 9],
  ['verdict', 8],
];

export const HEAD = COLUMNS.map(([name, width], at) => (at === 0 ? name.padEnd(width) : name.padStart(width))).join('');

export type Outcome = {
  readonly verdict: Verdict;
  readonly tally: Tally;
  readonly passed: boolean;
  readonly seconds: number;
};

/** One line of the table, with the problems below it. */
export function rowOf({ name, pending }: Scenario, { verdict, tally, passed }: Outcome): string {
  const cells = [
    name,
    verdict.events,
    tally.kills + tally.databaseCrashes,
    tally.faults,
    verdict.lost,
    verdict.doubled,
    verdict.inverted,
    tally.recoveryS === undefined ? '' : `${tally.recoveryS.toFixed(1)} s`,
    passed ? 'ok' : pending === undefined ? 'BROKEN' : 'pending',
  ].map(String);
  const line = COLUMNS.map(([, width], at) =>
    at === 0 ? (cells[at] ?? '').padEnd(width) : (cells[at] ?? '').padStart(width),
  ).join('');
  const notes = [
    ...(verdict.dead > 0 ? [`${verdict.dead} dead-lettered with their reasons`] : []),
    ...(verdict.placeholders > 0 ? [`${verdict.placeholders} placeholders left on Teams`] : []),
    ...(passed || pending === undefined ? [] : [`pending: ${pending}`]),
    ...verdict.problems,
  ];
  return [line, ...notes.map((note) => `    ${note}`)].join('\n');
}
