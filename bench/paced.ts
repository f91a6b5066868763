import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SlackStandIn } from '../sandbox/slack/index.ts';
import { deliver, mention, outcomes } from './load.ts';

/** What became of mentions that were sent at a steady pace. Milliseconds. */
export type Paced = { readonly repliedMs: readonly number[]; readonly lost: number };

const SETTLE_MS = 5_000;

/** Sends so many mentions a second, each in a thread of its own, whether they are answered or not. */
export async function loadPaced(
  standIn: SlackStandIn,
  hubUrl: string,
  { perSecond, seconds }: { readonly perSecond: number; readonly seconds: number },
): Promise<Paced> {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const secret = standIn.environment['SLACK_SIGNING_SECRET'] ?? '';
  const before = new Set(standIn.visible().map((message) => message.id));
  const sentAt = new Map<string, number>();
  const base = Math.floor(Date.now() / 1000) - 1_000_000 + before.size;
  const startedAt = performance.now();
  const all = perSecond * seconds;
  while (sentAt.size < all) {
    const due = Math.min(all, Math.ceil(((performance.now() - startedAt) / 1_000) * perSecond));
    while (sentAt.size < due) {
      const ts = `${base + sentAt.size}.000100`;
      sentAt.set(ts, Date.now());
      deliver(agent, `${hubUrl}/slack/events`, { body: mention(standIn, ts), secret }, () => {});
    }
    await sleep(2);
  }
  await sleep(SETTLE_MS);
  agent.destroy();
  const { repliedMs, lost } = outcomes(standIn, before, sentAt);
  return { repliedMs, lost };
}
