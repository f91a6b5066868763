import type { Said, StoredMessage } from '../db/mailbox.ts';
import { toFailure } from '../model/failure.ts';
import type { Message } from '../model/message.ts';
import { placeOf, type TurnContext } from './agent.ts';

/** Messages of the time before the bot was called, at most. */
const MOST = 30;

/** Milliseconds that the past may take: without it there is still an answer. */
const WITHIN_MS = 3_000;

/**
 * What was said in the thread before, oldest first: our own store, and, when the bot is called into a conversation that
 * it was never sent, the platform's history of it.
 */
export async function recall(context: TurnContext, asked: readonly StoredMessage[]): Promise<readonly Said[]> {
  const { history } = context.mailbox;
  if (history.length > 0 || !asked.some((message) => message.hasPast)) return history;
  const past = await readPast(context, asked);
  // What was said since is in the mailbox, and answered in its turn.
  const first = Math.min(...asked.map((message) => message.sentAt.getTime()));
  return past.filter((message) => message.sentAt.getTime() < first).map(toSaid);
}

async function readPast(
  { adapter, access, mailbox, signal, log }: TurnContext,
  asked: readonly StoredMessage[],
): Promise<readonly Message[]> {
  const place = placeOf(mailbox, asked.at(-1));
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(WITHIN_MS)]);
  try {
    return (await adapter.history?.(access, place, { after: undefined, most: MOST }, deadline)) ?? [];
  } catch (thrown) {
    log.info({ reason: toFailure(thrown, 'unavailable').message }, 'the past of this thread could not be read');
    return [];
  }
}

function toSaid(message: Message): Said {
  return {
    by: message.author.kind === 'self' ? 'bot' : 'user',
    author: message.author.id,
    name: message.author.name,
    text: message.text,
    at: message.sentAt,
    message: undefined,
    attachments: message.attachments,
    // What was read for an answer that only the platform remembers nobody knows any more.
    external: message.author.kind !== 'human',
  };
}
