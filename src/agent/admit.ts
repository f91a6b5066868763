import type { Newcomer } from '../db/leases.ts';
import type { Mailbox, StoredMessage } from '../db/mailbox.ts';
import { NO_PART, SCHEDULED } from '../db/scheduled.ts';
import { isQuiet } from './quiet.ts';

/** What is answered in this turn, and what is not, each with its reason. */
export type Admission = {
  readonly answer: readonly StoredMessage[];
  readonly ignored: readonly { readonly message: StoredMessage['id']; readonly why: string; readonly reason: string }[];
};

/** Decides which waiting messages the bot answers, by the policy of the place. Pure. */
export function admit(mailbox: Mailbox, at: Date): Admission {
  // What a turn has taken was admitted then: only an app that is gone changes that.
  const judged = mailbox.waiting.map((message) => ({ message, reason: reasonToIgnore(mailbox, message, at) }));
  return {
    answer: judged.filter(({ reason }) => reason === undefined).map(({ message }) => message),
    ignored: judged.flatMap(({ message, reason }) =>
      reason === undefined ? [] : [{ message: message.id, why: message.why, reason }],
    ),
  };
}

/** Why a message is not answered; undefined: it is. Pure. */
export function reasonToIgnore(mailbox: Mailbox, message: Newcomer, at: Date): string | undefined {
  const { policy } = mailbox;
  if (!mailbox.installActive) return 'the app was removed from this workspace';
  if (policy.halt) return 'the bot is halted here';
  // An admin wanted it said at that time: quiet hours and lists of people are for what people say.
  if (message.turn !== undefined || message.why === SCHEDULED) return undefined;
  return (
    reasonByAuthor(mailbox, message) ??
    (message.command === undefined ? (reasonByTime(mailbox, at) ?? reasonByThread(mailbox, message)) : undefined)
  );
}

function reasonByAuthor({ policy, botsInARow }: Mailbox, message: Newcomer): string | undefined {
  const { people, bots, loops } = policy;
  const { authorId: id, authorKind } = message;
  if (authorKind === 'bot') {
    if (!bots.includes('*') && !bots.includes(id)) return 'written by another bot';
    if (botsInARow >= loops.inARow)
      return `${loops.inARow} answers in a row to other bots: a person has to speak before the next one`;
    return undefined;
  }
  if (people.deny.includes(id)) return 'this person is not answered here';
  return people.allow.length > 0 && !people.allow.includes(id) ? 'only certain people are answered here' : undefined;
}

function reasonByTime({ policy: { quiet } }: Mailbox, at: Date): string | undefined {
  if (quiet === null || !isQuiet(quiet, at)) return undefined;
  return `quiet hours, ${quiet.from} to ${quiet.to} (${quiet.timeZone})`;
}

function reasonByThread({ policy, engaged, waiting, turn }: Mailbox, message: Newcomer): string | undefined {
  if (message.why !== 'follow-up') return undefined;
  if (policy.answer === 'mention') return 'only what names the bot is answered here';
  // In a thread where the bot takes part, or is being asked now, what others add belongs to the question.
  const asked = waiting.some((other) => other.why !== 'follow-up' && other.command === undefined);
  return engaged || asked || turn !== undefined || policy.answer === 'all' ? undefined : NO_PART;
}
