import type { StoredMessage } from '../db/mailbox.ts';
import type { Bucket } from '../db/rates.ts';
import { SCHEDULED } from '../db/scheduled.ts';
import type { Rate } from '../model/policy.ts';
import type { Agent, TurnContext } from './agent.ts';
import type { Spoken } from './record.ts';

const MINUTE_MS = 60_000;

type Limit = { readonly whose: string; readonly rate: Rate; readonly bucket: Bucket };

/**
 * Counts a turn that asks a model under the limits of its place. A turn that goes on was counted when it began; an answer that is
 * given anew counts, and is not held back: the old one would be lost.
 * @returns undefined: go on. Somebody who asks too often is told so once, and then not answered until there is room again.
 */
export async function limit(
  { store, metrics }: Agent,
  { organization, mailbox, log }: TurnContext,
  asked: readonly StoredMessage[],
): Promise<Spoken | { readonly ignored: string } | undefined> {
  const { turn } = mailbox;
  const limits = limitsOf(mailbox, asked.at(-1));
  if (limits.length === 0 || (turn !== undefined && !turn.anew)) return undefined;
  const granted = await store.tokens(organization, {
    buckets: limits.map(({ bucket }) => bucket),
    person: personKey(mailbox.app, asked.at(-1)?.authorId ?? ''),
    anyway: turn !== undefined,
  });
  if (granted.granted) return undefined;
  const { whose = '', rate } = limits[granted.empty] ?? {};
  const many = rate === undefined ? '' : ` (${rate.most} in ${minutes(rate.perMinutes)})`;
  const wait = inTime(granted.waitMs);
  log.info({ whose, waitMs: granted.waitMs }, 'a limit is reached');
  metrics.limited.inc();
  if (!granted.tell) return { ignored: `over the limit of ${whose}${many}; there is room again ${wait}` };
  return { text: `That was one question too many for ${whose}${many}. Please ask again ${wait}.`, steps: [] };
}

const personKey = (app: string, id: string): string => `person/${app}/${id}`;

function limitsOf(
  { app, install, channel, policy }: TurnContext['mailbox'],
  last: StoredMessage | undefined,
): readonly Limit[] {
  const { limits } = policy;
  const own = last === undefined || last.why === SCHEDULED ? undefined : last.authorId;
  const person = own === undefined ? undefined : Object.hasOwn(limits.people, own) ? limits.people[own] : limits.person;
  return [
    limitBy('one person', personKey(app, own ?? ''), person),
    limitBy('this channel', `channel/${app}/${install}/${channel}`, limits.channel),
    limitBy('this organization', 'organization', limits.organization),
  ].flatMap((one) => one ?? []);
}

function limitBy(whose: string, key: string, rate: Rate | undefined): Limit | undefined {
  if (rate === undefined) return undefined;
  const { most, perMinutes, burst = most } = rate;
  return { whose, rate, bucket: { key, most: burst, everyMs: (perMinutes * MINUTE_MS) / most } };
}

const minutes = (count: number): string => (count === 1 ? 'a minute' : `${count} minutes`);

/** Rounded up. */
function inTime(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1_000));
  if (seconds < 90) return `in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}`;
  const whole = Math.ceil(seconds / 60);
  return whole < 90 ? `in ${whole} minutes` : `in ${Math.ceil(whole / 60)} hours`;
}
