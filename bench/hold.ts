import { Agent } from 'node:http';
import { parseArgs } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { openSlackStandIn, type SlackStandIn } from '../sandbox/slack/index.ts';
import { startHub } from '../sandbox/demo/hub-process.ts';
import { deliver, mention, outcomes, percentile } from './load.ts';
import { residentMegabytes } from './resident.ts';

/** Deliveries that come at a rate of their own, whether the hub keeps up or not. */
type Load = { readonly name: string; readonly perSecond: number; readonly forS: number; readonly noneOverMs: number };

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '300' } } });

const LOADS: readonly Load[] = [
  { name: 'steady', perSecond: 300, forS: Number(values.seconds), noneOverMs: 2_000 },
  { name: 'burst', perSecond: 1_000, forS: 20, noneOverMs: 2_500 },
];

/** The goal of a steady load: 99 of 100 are acknowledged within. */
const P99_MS = 250;
const DRAINED_WITHIN_S = 120;
const MEMORY_EVERY_S = 30;
const CHANNELS = 20_000;
const SOCKETS = 512;
const ANSWER = 'Hello there.';

for (const load of LOADS) process.stdout.write(await hold(load));

/** Sends at the rate, waits until all is answered, and says how it went. */
async function hold(load: Load): Promise<string> {
  await using standIn = await openSlackStandIn({ echoes: false, channels: CHANNELS });
  await using hub = await startHub({ ...standIn.environment, SWITCHBOARD_DEMO_ANSWER: ANSWER });
  const memory: number[] = [];
  const sent = await sendAt(load, standIn, hub.url, async () => void memory.push(await residentMegabytes(hub.url)));
  const backlogS = await drained(standIn, sent.sentAt.size);
  const { lost, doubled, repliedMs } = outcomes(standIn, new Set(), sent.sentAt);
  const [p50, p99] = [0.5, 0.99].map((share) => percentile(sent.acknowledgedMs, share).toFixed(0));
  const slowest = sent.acknowledgedMs.reduce((most, ms) => Math.max(most, ms), 0);
  const kept = slowest <= load.noneOverMs && (load.name !== 'steady' || Number(p99) <= P99_MS) && lost + doubled === 0;
  if (!kept) process.exitCode = 1;
  return [
    `${load.name}: ${load.perSecond} deliveries a second for ${load.forS} s   ${kept ? 'held' : 'NOT HELD'}`,
    `  acknowledge     p50/p99/slowest ${p50}/${p99}/${slowest.toFixed(0)} ms   (none over ${load.noneOverMs} ms)`,
    `  reply           p50/p99 ${percentile(repliedMs, 0.5).toFixed(0)}/${percentile(repliedMs, 0.99).toFixed(0)} ms; the last ${backlogS.toFixed(1)} s after the end`,
    `  refused ${sent.refused}, lost ${lost}, doubled ${doubled} of ${sent.sentAt.size}`,
    `  resident        ${memory.map((megabytes) => megabytes.toFixed(0)).join(' ')} MB, every ${MEMORY_EVERY_S} s`,
    '',
  ].join('\n');
}

type Sent = { readonly sentAt: ReadonlyMap<string, number>; readonly acknowledgedMs: number[]; refused: number };

async function sendAt(load: Load, standIn: SlackStandIn, url: string, onMemory: () => Promise<void>): Promise<Sent> {
  const agent = new Agent({ keepAlive: true, maxSockets: SOCKETS });
  const secret = standIn.environment['SLACK_SIGNING_SECRET'] ?? '';
  const sentAt = new Map<string, number>();
  const sent: Sent = { sentAt, acknowledgedMs: [], refused: 0 };
  const base = Math.floor(Date.now() / 1000) - 1_000_000;
  const all = load.perSecond * load.forS;
  const startedAt = performance.now();
  let nextMemory = 0;
  while (sentAt.size < all) {
    const elapsedS = (performance.now() - startedAt) / 1000;
    for (let due = Math.min(all, Math.floor(elapsedS * load.perSecond)) - sentAt.size; due > 0; due -= 1) {
      const ts = `${base + sentAt.size}.000100`;
      sentAt.set(ts, Date.now());
      const at = performance.now();
      deliver(agent, `${url}/slack/events`, { body: mention(standIn, ts), secret }, (status) => {
        sent.acknowledgedMs.push(performance.now() - at);
        if (status !== 200) sent.refused += 1;
      });
    }
    if (elapsedS >= nextMemory) {
      nextMemory += MEMORY_EVERY_S;
      void onMemory();
    }
    await sleep(1);
  }
  while (sent.acknowledgedMs.length < all) await sleep(5);
  agent.destroy();
  return sent;
}

/** Seconds until everything is answered. */
async function drained(standIn: SlackStandIn, expected: number): Promise<number> {
  const startedAt = performance.now();
  while (standIn.ledger.performed('chat.postMessage') < expected) {
    if (performance.now() - startedAt > DRAINED_WITHIN_S * 1000) break;
    await sleep(50);
  }
  return (performance.now() - startedAt) / 1000;
}
