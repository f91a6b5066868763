import { setTimeout as sleep } from 'node:timers/promises';
import { startHub } from '../sandbox/demo/hub-process.ts';
import { openSlackStandIn } from '../sandbox/slack/index.ts';
import { loadPaced, type Paced } from './paced.ts';
import { openConsolePage, signUp, type ConsolePage } from './console-page.ts';
import { percentile } from './load.ts';

// A hub with a steady load, first without and then with fifty consoles open, each of which listens to what changes and reads its
// list again: how late the pages are, and how much slower the answers.

const CONSOLES = 50;
const PER_SECOND = 100;
const SECONDS = 15;
/** With and without consoles in turns: what else the machine does hits both. */
const ROUNDS = 5;
/** Milliseconds by which a page may be behind, and the share by which answers may be slower. */
const LATE_MS = 1_000;
const SLOWER = 1.1;

await using slack = await openSlackStandIn({ echoes: false, channels: 5_000 });
await using hub = await startHub({ ...slack.environment, SWITCHBOARD_DEMO_ANSWER: 'Hello there.' });
const cookie = await signUp(hub);
// Code is compiled, plans are made.
await loadPaced(slack, hub.url, { perSecond: PER_SECOND, seconds: 5 });

const rounds: { readonly alone: Paced; readonly watched: Paced; readonly pages: readonly ConsolePage[] }[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  const alone = await loadPaced(slack, hub.url, { perSecond: PER_SECOND, seconds: SECONDS });
  const pages = await Promise.all(Array.from({ length: CONSOLES }, () => openConsolePage(hub.url, cookie)));
  const watched = await loadPaced(slack, hub.url, { perSecond: PER_SECOND, seconds: SECONDS });
  await sleep(1_500);
  await Promise.all(pages.map((page) => page.close()));
  rounds.push({ alone, watched, pages });
}
const alone = rounds.flatMap((round) => round.alone.repliedMs);
const watched = rounds.flatMap((round) => round.watched.repliedMs);
const late = rounds.flatMap((round) => round.pages.flatMap((page) => page.behindMs));
const lost = rounds.reduce((sum, round) => sum + round.alone.lost + round.watched.lost, 0);
const ratio = percentile(watched, 0.5) / percentile(alone, 0.5);
const behind = percentile(late, 0.95);
if (behind > LATE_MS || ratio > SLOWER || lost > 0) process.exitCode = 1;
process.stdout.write(
  [
    `${PER_SECOND} messages a second, ${ROUNDS} times ${SECONDS} s without and with ${CONSOLES} consoles`,
    `  answers alone           p50/p95 ${ms(alone)}`,
    `  with the consoles       p50/p95 ${ms(watched)}: ${ratio.toFixed(2)} × (p50)`,
    `  a page is behind        p50/p95 ${ms(late)} (${late.length} times read again)`,
    `  lost ${lost}`,
    '',
  ].join('\n'),
);

function ms(values: readonly number[]): string {
  return `${percentile(values, 0.5).toFixed(0)}/${percentile(values, 0.95).toFixed(0)} ms`;
}
