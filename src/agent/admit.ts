import type { Mailbox, StoredMessage } from '../db/mailbox.ts';

/** What is answered in this turn, and what is not, each with its reason. */
export type Admission = {
  readonly answer: readonly StoredMessage[];
  readonly ignored: readonly { readonly message: StoredMessage['id']; readonly why: string; readonly reason: string }[];
};

/** Decides which waiting messages the bot answers. Pure. */
export function admit(mailbox: Mailbox): Admission {
  const { waiting } = mailbox;
  if (!mailbox.installActive) return ignore(waiting, 'the app was removed from this workspace');
  const addressed = waiting.some((message) => message.why !== 'follow-up');
  // In a thread where the bot takes part, or is being asked now, what others add belongs to the question.
  if (mailbox.engaged || addressed || mailbox.turn !== undefined) return { answer: waiting, ignored: [] };
  return ignore(waiting, 'the bot takes no part in this thread');
}

function ignore(waiting: readonly StoredMessage[], reason: string): Admission {
  return { answer: [], ignored: waiting.map((message) => ({ message: message.id, why: message.why, reason })) };
}
