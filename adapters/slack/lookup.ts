import { z } from 'zod';
import type { Access, Adapter } from '../../src/model/adapter.ts';
import type { Client } from './client.ts';
import { hasError, shaped } from './client.ts';
import type { SlackMessage } from './payload.ts';
import { messagesAnswer } from './payload.ts';
import type { Spot } from './place.ts';
import { dateOfTs, spotOf, tsOfDate } from './place.ts';
import { isOurs, PART_EVENT, readMessage } from './read-message.ts';

/** Slack's own most is 1000 a page; apps that are sold outside its Marketplace get 15, whatever they ask for. */
const PAGE = 200;
const MOST_PAGES = 10;

/** What of a conversation is wanted: a thread's replies, or a whole direct conversation. */
type Wanted = { readonly spot: Spot; readonly after: Date | undefined; readonly most: number };

export function openLookup(client: Client): Required<Pick<Adapter, 'history' | 'findPost'>> {
  return {
    async history(access, place, range, signal) {
      const spot = spotOf(place);
      const found = await readConversation(client, access, { spot, after: range.after, most: range.most }, signal);
      const after = range.after?.getTime() ?? 0;
      return found
        .filter((message) => message.subtype !== 'tombstone' && dateOfTs(message.ts).getTime() >= after)
        .slice(-range.most)
        .map((message) => readMessage(message, { user: spot.botUser, app: spot.app }));
    },

    async findPost(access, draft, since, signal) {
      const spot = spotOf(draft.place);
      // What one person alone was shown cannot be read back: shown twice, it does no harm.
      if (spot.respondAt !== '') return undefined;
      const wanted = { spot, after: since, most: PAGE * MOST_PAGES };
      const found = await readConversation(client, access, wanted, signal);
      const marked = found.find((one) => nonceOf(one) === draft.nonce || blockOf(one) === draft.nonce);
      const hit = marked ?? openStreamOfOurs(found, spot, since);
      return hit && { id: hit.ts };
    },
  };
}

function nonceOf({ metadata }: SlackMessage): unknown {
  return metadata?.event_type === PART_EVENT ? metadata.event_payload?.['nonce'] : undefined;
}

const named = z.looseObject({ block_id: z.string() });

/** The name of the first block, which is the nonce where a file was shared. */
function blockOf({ blocks }: SlackMessage): string | undefined {
  return named.safeParse(blocks?.[0]).data?.block_id;
}

/**
 * A stream that was started and whose answer was lost: it has no mark yet. One worker at a time speaks in a thread, and it
 * ends a stream before it starts the next, so a single open one without a mark is the one that is looked for.
 */
function openStreamOfOurs(found: readonly SlackMessage[], spot: Spot, since: Date): SlackMessage | undefined {
  const open = found.filter(
    (one) =>
      one.streaming_state === 'in_progress' &&
      nonceOf(one) === undefined &&
      dateOfTs(one.ts) >= since &&
      isOurs(one, { user: spot.botUser, app: spot.app }),
  );
  return open.length === 1 ? open[0] : undefined;
}

/** The messages, oldest first; those that have an unknown shape are left out. */
async function readConversation(
  client: Client,
  access: Access,
  { spot, after, most }: Wanted,
  signal: AbortSignal,
): Promise<readonly SlackMessage[]> {
  const inThread = spot.threadTs !== '';
  const method = inThread ? 'conversations.replies' : 'conversations.history';
  const messages: SlackMessage[] = [];
  let cursor = '';
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const args = {
      channel: spot.channel,
      ...(inThread && { ts: spot.threadTs }),
      // A `ts` is finer than our times, which may have been rounded up.
      ...(after && { oldest: tsOfDate(new Date(after.getTime() - 1)), inclusive: 'true' }),
      ...(cursor !== '' && { cursor }),
      limit: String(PAGE),
      include_all_metadata: 'true',
    };
    const answer = await client.read(access, method, args, signal).catch((thrown: unknown) => {
      // A thread whose first message is gone has no messages.
      if (hasError(thrown, 'thread_not_found')) return { messages: [] };
      throw thrown;
    });
    const parsed = shaped(messagesAnswer, method, answer);
    messages.push(...parsed.messages.filter((one) => one !== null));
    cursor = parsed.response_metadata?.next_cursor ?? '';
    // Histories come newest first, so the first page may be enough; replies come oldest first.
    if (cursor === '' || (!inThread && messages.length >= most)) break;
  }
  return messages.toSorted((one, other) => Number(one.ts) - Number(other.ts));
}
