import { setTimeout as sleep } from 'node:timers/promises';
import { startHub } from '../sandbox/demo/hub-process.ts';
import { openDiscordStandIn } from '../sandbox/discord/index.ts';
import type { StandIn } from '../sandbox/kit/stand-in.ts';
import { openLlmStandIn } from '../sandbox/llm/index.ts';
import { openSlackStandIn } from '../sandbox/slack/index.ts';
import { openTeamsStandIn } from '../sandbox/teams/index.ts';

// Many answers at once into one channel, under the platform's own limits: whether all are whole, whether any call came too
// early, and how long the last one took against what the limit allows.

const STREAMS = 16;
const TOKENS = 300;
const TOKENS_PER_SECOND = 30;
const WITHIN_MS = 240_000;
const GOAL = 1.1;

/**
 * What a platform lets into one channel of the calls that end answers: `most` in `everyMs`, counted from the model's end. Slack's
 * edits are 50 a minute for a workspace; Discord's are five in five seconds for a thread of its own each, and 50 calls a second
 * in all; Teams' seven a second for each thread.
 */
type Stage = { readonly open: () => Promise<StandIn>; readonly most: number; readonly everyMs: number };

const STAGES: readonly Stage[] = [
  { open: () => openSlackStandIn({ limits: 'real' }), most: 50, everyMs: 60_000 },
  { open: () => openDiscordStandIn(), most: 50, everyMs: 1_000 },
  { open: () => openTeamsStandIn(), most: STREAMS * 7, everyMs: 1_000 },
];

for (const stage of STAGES) process.stdout.write(await crowd(stage));

async function crowd({ open, most, everyMs }: Stage): Promise<string> {
  await using platform = await open();
  const answerTo = (n: string): string => `answer ${n} ${'word '.repeat(TOKENS)}end${n}`;
  await using model = await openLlmStandIn({
    tokensPerSecond: TOKENS_PER_SECOND,
    script: ({ messages }) => answerTo(/number (\d+)/.exec(messages.at(-1)?.text ?? '')?.[1] ?? ''),
  });
  await using hub = await startHub({ ...model.environment, ...platform.environment });
  platform.deliverTo(hub.url);
  // A gateway has to be open.
  await sleep(1_500);
  const startedAt = performance.now();
  const said = await Promise.all(
    Array.from({ length: STREAMS }, (_, n) => platform.say({ text: `number ${n}: tell me` })),
  );
  const shown = (thread: string): string =>
    platform
      .visible(thread)
      .filter(({ fromBot }) => fromBot)
      .map(({ text }) => text)
      .join('\n');
  const isWhole = (n: number): boolean =>
    said.some(({ thread }) => shown(thread).includes(`end${n}`) && shown(thread).includes(`answer ${n} `));
  let modelEndedMs = 0;
  while (performance.now() - startedAt < WITHIN_MS) {
    if (modelEndedMs === 0 && model.asks.length === STREAMS && model.open() === 0)
      modelEndedMs = performance.now() - startedAt;
    if (said.every((_one, n) => isWhole(n))) break;
    await sleep(20);
  }
  const lastMs = performance.now() - startedAt;
  const whole = said.filter((_one, n) => isWhole(n)).length;
  const { entries } = platform.ledger;
  const early = entries.filter(({ status }) => status === 429).length;
  // All that may be done at once is; what is over a window's room waits for the next one.
  const allowedMs = modelEndedMs + Math.floor((STREAMS - 1) / most) * everyMs;
  const ratio = lastMs / allowedMs;
  if (whole < STREAMS || early > 0 || ratio > GOAL) process.exitCode = 1;
  return `${platform.name.padEnd(8)} ${whole} of ${STREAMS} whole, ${early} calls too early; the model ended after ${seconds(modelEndedMs)}, the last answer after ${seconds(lastMs)}: ${ratio.toFixed(2)} × what the limit allows (${seconds(allowedMs)}); ${entries.length} calls\n`;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
