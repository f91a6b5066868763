import { parseArgs } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { startHub } from '../sandbox/demo/hub-process.ts';
import { openDiscordStandIn } from '../sandbox/discord/index.ts';
import { openGithubStandIn } from '../sandbox/github/index.ts';
import type { Fault } from '../sandbox/kit/faults.ts';
import type { StandIn } from '../sandbox/kit/stand-in.ts';
import { openLlmStandIn } from '../sandbox/llm/index.ts';
import { tokensOf } from '../sandbox/llm/answer.ts';
import { openSlackStandIn } from '../sandbox/slack/index.ts';
import { openTeamsStandIn } from '../sandbox/teams/index.ts';
import { longAnswer, marksIn, marksInLinks } from '../sandbox/kit/long-answer.ts';

// One long answer at a slow model's pace, on all platforms at once, while a share of all calls fails and every platform's own
// limits are on: whether it arrives whole, and whether any limit was run into.

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    characters: { type: 'string', default: '40000' },
    failures: { type: 'string', default: '0.05' },
  },
});
const MINUTES = Number(values.minutes);
const SHARE = Number(values.failures);
const ANSWER = longAnswer(Number(values.characters));

/** How calls fail: refused, performed and then lost, cut; one after the other. */
const KINDS: readonly Omit<Fault, 'call'>[] = [
  { kind: 'perform-then-fail', status: 500 },
  { kind: 'refuse', status: 503 },
  { kind: 'perform-then-reset' },
  { kind: 'reset' },
  { kind: 'refuse', status: 429, retryAfterMs: 2_000 },
];

/** Minutes beyond the model's last word in which the end must be visible. */
const AFTER_MINUTES = 3;

await using slack = await openSlackStandIn({ limits: 'real' });
await using discord = await openDiscordStandIn();
await using teams = await openTeamsStandIn();
await using github = await openGithubStandIn();
const tokensPerSecond = [...tokensOf(ANSWER)].length / (MINUTES * 60);
await using model = await openLlmStandIn({ tokensPerSecond, script: () => ANSWER });
const platforms: readonly StandIn[] = [slack, discord, teams, github];
const environments = [model.environment, ...platforms.map(({ environment }) => environment)];
await using hub = await startHub(Object.assign({}, ...environments));
for (const platform of platforms) platform.deliverTo(hub.url);
const lines = await Promise.all(platforms.map(endure));
process.stdout.write(
  `${ANSWER.length} characters in ${MINUTES} minutes, ${SHARE * 100} % of calls fail\n${lines.join('')}`,
);

async function endure(platform: StandIn): Promise<string> {
  const startedAt = performance.now();
  const minutes = (): number => (performance.now() - startedAt) / 60_000;
  const { thread } = await platform.say({ text: 'tell me the whole story' });
  const shown = (): string =>
    platform
      .visible(thread)
      .filter(({ fromBot }) => fromBot)
      .map(({ text }) => text)
      .join('\n');
  const wanted = marksIn(ANSWER);
  let injected = 0;
  let seen = 0;
  let lastAt = 0;
  while (marksIn(shown()).length < wanted.length && minutes() < MINUTES + AFTER_MINUTES) {
    await sleep(500);
    const count = platform.ledger.entries.length;
    // Where there are only a few calls, every second minute at least one is to fail.
    const isDue = minutes() - lastAt > 2 && platform.faults.left() === 0;
    if ((count - seen) * SHARE < 1 && !isDue) continue;
    const kind = KINDS[injected % KINDS.length];
    if (kind !== undefined) platform.faults.plan({ call: '*', ...kind });
    injected += 1;
    seen = isDue ? count : seen + 1 / SHARE;
    lastAt = minutes();
  }
  const whole = minutes();
  // What came in doubt may still be put right.
  await sleep(30_000);
  const { entries } = platform.ledger;
  const broken = entries.filter((entry) => entry.status === 429 && entry.about !== 'refused on purpose').length;
  const posts = platform.visible(thread).filter(({ fromBot }) => fromBot).length;
  const isWhole =
    marksIn(shown()).join() === wanted.join() && marksInLinks(shown()).join() === marksInLinks(ANSWER).join();
  if (!isWhole || broken > 0) process.exitCode = 1;
  const verdict = isWhole ? `whole after ${whole.toFixed(1)} minutes` : 'NOT WHOLE';
  return `  ${platform.name.padEnd(8)} ${verdict} in ${posts} posts, ${entries.length} calls, ${injected} failed on purpose, ${broken} over a limit\n`;
}
