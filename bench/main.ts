import { openSlackStandIn, type SlackStandIn } from '../sandbox/slack/index.ts';
import { startHub } from '../sandbox/demo/hub-process.ts';
import { measureFloor } from './floor.ts';
import { loadSlack, percentile, type Load } from './load.ts';
import { residentMegabytes } from './resident.ts';

/** One load on a hub of its own. */
type Scenario = {
  readonly name: string;
  readonly mentions: number;
  readonly inFlight: number;
  readonly answerDelayMs: number;
};

const SCENARIOS: readonly Scenario[] = [
  { name: 'stand-in answers at once, 32 in flight', mentions: 4_000, inFlight: 32, answerDelayMs: 0 },
  { name: 'stand-in answers at once, 128 in flight', mentions: 6_000, inFlight: 128, answerDelayMs: 0 },
  { name: 'stand-in takes 150 ms, 256 in flight', mentions: 6_000, inFlight: 256, answerDelayMs: 150 },
];

/** Sent before anything is measured: code is compiled, plans are made, connections are open. */
const WARM_UP = 1_000;
const CHANNELS = 5_000;
const WITHIN_MS = 120_000;

const ANSWER = 'Hello there.';

const floor = await measureFloor();
process.stdout.write(
  `floor of this machine (HTTP + HMAC + one row + one job, 32 in flight): ${floor.perSecond.toFixed(0)} deliveries/s, acknowledge p50/p99 ${ms(floor.acknowledgedMs)}\n\n`,
);
for (const scenario of SCENARIOS) process.stdout.write(await run(scenario));

async function run(scenario: Scenario): Promise<string> {
  await using standIn = await openSlackStandIn({
    echoes: false,
    channels: CHANNELS,
    answerDelayMs: scenario.answerDelayMs,
  });
  const startedAt = performance.now();
  await using hub = await startHub({ ...standIn.environment, SWITCHBOARD_DEMO_ANSWER: ANSWER });
  const startMs = performance.now() - startedAt;
  const idle = await residentMegabytes(hub.url);
  const warm = { mentions: WARM_UP, inFlight: scenario.inFlight, withinMs: WITHIN_MS };
  await loadSlack(standIn, hub.url, warm);
  const load = await loadSlack(standIn, hub.url, { ...warm, mentions: scenario.mentions });
  return report(scenario, load, { startMs, idle, floor: floor.perSecond, standIn });
}

function report(
  scenario: Scenario,
  load: Load,
  around: { startMs: number; idle: number; floor: number; standIn: SlackStandIn },
): string {
  const answered = scenario.mentions - load.lost - load.refused;
  const rate = answered / load.seconds;
  return [
    scenario.name,
    `  answered        ${rate.toFixed(0)}/s   (${(rate / around.floor).toFixed(2)} × the floor)`,
    `  acknowledge     p50/p99 ${ms(load.acknowledgedMs)}`,
    `  reply           p50/p99 ${ms(load.repliedMs)}`,
    `  lost ${load.lost}, doubled ${load.doubled}, refused ${load.refused} of ${scenario.mentions}`,
    `  start to listening, a new database included: ${around.startMs.toFixed(0)} ms; idle: ${around.idle.toFixed(0)} MB resident`,
    '',
  ].join('\n');
}

function ms(values: readonly number[]): string {
  return `${percentile(values, 0.5).toFixed(0)}/${percentile(values, 0.99).toFixed(0)} ms`;
}
