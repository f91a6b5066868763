import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { availableParallelism } from 'node:os';
import { runSeed, type Outcome } from './run.ts';

/** What many seeds came to, together. */
type Summary = {
  seeds: number;
  questions: number;
  kills: number;
  stops: number;
  databaseFaults: number;
  virtualMs: number;
  slowest: Outcome | undefined;
  readonly failed: Outcome[];
};

/** After so many failing seeds there is enough to look at. */
const MOST_FAILED = 10;

const USAGE =
  'usage: npm run simulate -- [--seeds N] [--from S] [--threads T] | --seed S   (TRACE=1 prints what happens)';

if (isMainThread) await main();
else await work();

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '1000' },
      from: { type: 'string', default: '1' },
      seed: { type: 'string' },
      threads: { type: 'string', default: String(availableParallelism()) },
    },
  });
  const [count, from, threads] = [values.seeds, values.from, values.threads].map(Number);
  if (count === undefined || from === undefined || threads === undefined || !(count > 0 && threads > 0 && from >= 0)) {
    process.stderr.write(`${USAGE}\n`);
    process.exitCode = 2;
    return;
  }
  if (values.seed !== undefined) {
    report([summarize([await runSeed(Number(values.seed))])]);
    return;
  }
  const startedAt = performance.now();
  const summaries = await Promise.all(
    Array.from({ length: threads }, (_, index) =>
      runThread({ first: from + index, every: threads, until: from + count }),
    ),
  );
  report(summaries);
  process.stdout.write(`${((performance.now() - startedAt) / 1000).toFixed(1)} s on ${threads} threads\n`);
}

type Share = { readonly first: number; readonly every: number; readonly until: number };

function runThread(share: Share): Promise<Summary> {
  const worker = new Worker(new URL(import.meta.url), { workerData: share });
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

async function work(): Promise<void> {
  const { first, every, until }: Share = workerData;
  // Failures are made by the thousand, and nobody reads where.
  Error.stackTraceLimit = 0;
  const summary = summarize([]);
  for (let seed = first; seed < until && summary.failed.length < MOST_FAILED; seed += every)
    add(summary, await runSeed(seed));
  parentPort?.postMessage(summary, []);
}

function summarize(outcomes: readonly Outcome[]): Summary {
  const summary: Summary = {
    seeds: 0,
    questions: 0,
    kills: 0,
    stops: 0,
    databaseFaults: 0,
    virtualMs: 0,
    slowest: undefined,
    failed: [],
  };
  for (const outcome of outcomes) add(summary, outcome);
  return summary;
}

function add(summary: Summary, outcome: Outcome): void {
  summary.seeds += 1;
  summary.questions += outcome.questions;
  summary.kills += outcome.kills;
  summary.stops += outcome.stops;
  summary.databaseFaults += outcome.databaseFaults;
  summary.virtualMs += outcome.lastedMs;
  if (outcome.lastedMs > (summary.slowest?.lastedMs ?? 0)) summary.slowest = outcome;
  if (outcome.violations.length > 0) summary.failed.push(outcome);
}

function report(summaries: readonly Summary[]): void {
  const sum = (of: (summary: Summary) => number): number => summaries.reduce((total, one) => total + of(one), 0);
  const failed = summaries.flatMap((summary) => summary.failed);
  for (const { seed, violations } of failed) process.stdout.write(`seed ${seed}: ${violations.join('; ')}\n`);
  process.stdout.write(
    `${sum((one) => one.seeds)} seeds, ${failed.length} failed: ${sum((one) => one.questions)} questions, ` +
      `${sum((one) => one.kills)} kills, ${sum((one) => one.stops)} stops, ${sum((one) => one.databaseFaults)} database faults, ` +
      `${(sum((one) => one.virtualMs) / 3_600_000).toFixed(0)} hours of simulated time\n`,
  );
  if (failed.length > 0) process.exitCode = 1;
}
