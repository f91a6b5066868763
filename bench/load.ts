import { createHmac } from 'node:crypto';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SlackStandIn } from '../sandbox/slack/index.ts';

/** Mentions sent to a hub and what became of them. Milliseconds. */
export type Load = {
  readonly seconds: number;
  readonly acknowledgedMs: readonly number[];
  readonly repliedMs: readonly number[];
  readonly refused: number;
  readonly lost: number;
  readonly doubled: number;
};

export type LoadOptions = { readonly mentions: number; readonly inFlight: number; readonly withinMs: number };

/** Sends distinct mentions, so many at once, each in a thread of its own, and waits until all are answered. */
export async function loadSlack(standIn: SlackStandIn, hubUrl: string, options: LoadOptions): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: options.inFlight });
  const secret = standIn.environment['SLACK_SIGNING_SECRET'] ?? '';
  const before = new Set(standIn.visible().map((message) => message.id));
  const sentAt = new Map<string, number>();
  const acknowledgedMs: number[] = [];
  let refused = 0;
  let answered = 0;
  let read = standIn.ledger.entries.length;
  const count = (): void => {
    const { entries } = standIn.ledger;
    for (; read < entries.length; read += 1)
      if (entries[read]?.call === 'chat.postMessage' && entries[read]?.performed === true) answered += 1;
  };

  const startedAt = performance.now();
  // A second's place per mention, after those of an earlier load: a timestamp names a message for ever.
  const base = Math.floor(Date.now() / 1000) - 1_000_000 + before.size;
  for (let sent = 0; sent < options.mentions;) {
    count();
    const room = Math.min(options.inFlight - (sent - answered - refused), options.mentions - sent);
    for (let index = 0; index < room; index += 1, sent += 1) {
      const ts = `${base + sent}.000100`;
      sentAt.set(ts, Date.now());
      const at = performance.now();
      const note = (status: number): void => {
        acknowledgedMs.push(performance.now() - at);
        if (status !== 200) refused += 1;
      };
      deliver(agent, `${hubUrl}/slack/events`, { body: mention(standIn, ts), secret }, note);
    }
    await sleep(1);
    if (performance.now() - startedAt > options.withinMs) break;
  }
  while (answered < options.mentions - refused && performance.now() - startedAt < options.withinMs) {
    await sleep(1);
    count();
  }
  const seconds = (performance.now() - startedAt) / 1000;
  agent.destroy();
  return { seconds, acknowledgedMs, refused, ...outcomes(standIn, before, sentAt) };
}

/** What became of mentions, by their timestamps. `before`: messages that were visible before they were sent. */
export function outcomes(
  standIn: SlackStandIn,
  before: ReadonlySet<string>,
  sentAt: ReadonlyMap<string, number>,
): Pick<Load, 'repliedMs' | 'lost' | 'doubled'> {
  const answers = Map.groupBy(
    standIn.visible().filter((message) => message.fromBot && !before.has(message.id)),
    (message) => message.thread.split(':').at(-1) ?? '',
  );
  const repliedMs: number[] = [];
  let lost = 0;
  let doubled = 0;
  for (const [ts, at] of sentAt) {
    const found = answers.get(ts) ?? [];
    const [first] = found;
    if (first === undefined) lost += 1;
    else repliedMs.push(first.at.getTime() - at);
    if (found.length > 1) doubled += 1;
  }
  return { repliedMs, lost, doubled };
}

/** An `app_mention` as Slack delivers it. */
export function mention(standIn: SlackStandIn, ts: string): string {
  return JSON.stringify({
    token: 'unused',
    team_id: standIn.team,
    api_app_id: 'A0BENCH',
    event: {
      type: 'app_mention',
      user: 'U0BENCH',
      text: `<@${standIn.botUser}> hello`,
      ts,
      // From many channels: each takes one new post a second.
      channel: standIn.channels[Number(ts.split('.')[0]) % standIn.channels.length],
      event_ts: ts,
      team: standIn.team,
    },
    type: 'event_callback',
    event_id: `Ev${ts}`,
    event_time: Math.floor(Number(ts)),
    authorizations: [
      {
        enterprise_id: null,
        team_id: standIn.team,
        user_id: standIn.botUser,
        is_bot: true,
        is_enterprise_install: false,
      },
    ],
  });
}

/** Sends a signed delivery; `done` is told the status, 0 when there was none. */
export function deliver(
  agent: Agent,
  url: string,
  { body, secret }: { body: string; secret: string },
  done: (status: number) => void,
): void {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`;
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'x-slack-request-timestamp': timestamp,
    'x-slack-signature': signature,
  };
  const call = request(url, { method: 'POST', agent, headers }, (response) => {
    response.resume();
    response.once('end', () => done(response.statusCode ?? 0));
  });
  call.once('error', () => done(0));
  call.end(body);
}

/** The value below which a share of the values lies; 0 of none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
