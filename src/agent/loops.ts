import type { StoredMessage } from '../db/mailbox.ts';
import type { Agent, TurnContext } from './agent.ts';

const TEN_MINUTES_MS = 600_000;
const MINUTE_MS = 60_000;

/**
 * Counts an answer to another program under the limits that end conversations of programs, over all processes.
 * @returns why it must not be given, when it must not.
 */
export async function breakLoop(
  { store }: Agent,
  { organization, mailbox }: TurnContext,
  asked: readonly StoredMessage[],
): Promise<string | undefined> {
  const bot = asked.find((message) => message.authorKind === 'bot');
  if (bot === undefined || asked.some((message) => message.authorKind === 'human')) return undefined;
  const { perBot, perMinute } = mailbox.policy.loops;
  const key = `loop/${mailbox.app}/${mailbox.install}`;
  const { granted, inMs } = await store.grant(organization, {
    holds: [],
    slots: [
      { key: `${key}/${bot.authorId}`, windows: [{ most: perBot, everyMs: TEN_MINUTES_MS }] },
      { key, windows: [{ most: perMinute, everyMs: MINUTE_MS }] },
    ],
    share: 1,
    patienceMs: 0,
  });
  if (granted && inMs === 0) return undefined;
  return `a loop of programs: at most ${perBot} answers to one bot in ten minutes and ${perMinute} to all in one`;
}
