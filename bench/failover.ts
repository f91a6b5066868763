import type { Protocol } from '../sandbox/llm/ask.ts';
import { overheadMs } from './failover/overhead.ts';
import { play } from './failover/play.ts';
import { SCENARIOS } from './failover/scenarios.ts';
import { percentile } from './load.ts';

/** Whether a model's faults end in a whole answer of another or in the right refusal, and what the router costs a call. */

const PROTOCOLS: readonly Protocol[] = ['openai-chat', 'openai-responses', 'anthropic'];
const OVERHEAD_P95_MS = 2;

const cells = SCENARIOS.map(({ name }) => name.padEnd(32));
const failures: string[] = [];
for (const protocol of PROTOCOLS) {
  const results = await Promise.all(SCENARIOS.map((scenario) => play(protocol, scenario)));
  for (const [index, wrong] of results.entries()) {
    cells[index] += (wrong === undefined ? 'ok' : 'FAILED').padEnd(18);
    if (wrong !== undefined) failures.push(`${protocol}, ${SCENARIOS[index]?.name}: ${wrong}`);
  }
}
// The quietest of three series: on a busy machine others' turns, of some milliseconds each, fall into every series.
const series = [await overheadMs(), await overheadMs(), await overheadMs()].map((all) => ({
  p50: percentile(all, 0.5),
  p95: percentile(all, 0.95),
}));
const { p50, p95 } = series.reduce((best, one) => (one.p95 < best.p95 ? one : best));
const all = SCENARIOS.length * PROTOCOLS.length;
const lines = [
  `${''.padEnd(32)}${PROTOCOLS.map((protocol) => protocol.padEnd(18)).join('')}`,
  ...cells,
  '',
  ...failures,
  `${all - failures.length} of ${all} ended in a whole answer or in the right refusal`,
  `the router adds p50 ${p50.toFixed(2)} ms, p95 ${p95.toFixed(2)} ms to a call   (p95 under ${OVERHEAD_P95_MS} ms)`,
  '',
];
process.stdout.write(lines.map((line) => `${line.trimEnd()}\n`).join(''));
if (failures.length > 0 || p95 >= OVERHEAD_P95_MS) process.exitCode = 1;
