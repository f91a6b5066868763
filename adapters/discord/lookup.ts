import { z } from 'zod';
import type { Adapter, HistoryRange } from '../../src/model/adapter.ts';
import { Failure } from '../../src/model/failure.ts';
import type { Address } from './address.ts';
import { addressOf, liveInteraction } from './address.ts';
import type { Bot } from './bot.ts';
import type { Client } from './client.ts';
import { shaped } from './client.ts';
import type { Interactions, Original } from './interactions.ts';
import { message } from './payload.ts';
import type { DiscordMessage } from './payload.ts';
import { authorOf, isSystemMessage, readMessage } from './read-message.ts';
import { textOf, write } from './content.ts';
import { isUnanswerable } from './interactions.ts';
import { hasControls, isSame } from './same.ts';
import { snowflakeOf } from './snowflake.ts';

type Lookup = Required<Pick<Adapter, 'history' | 'findPost'>>;

/** The most that Discord gives at once. */
const PER_PAGE = 100;
/** 1,000 messages of one channel: a limit of ours, so that a busy one costs ten calls at most. */
const MOST_PAGES = 10;
/** "The past few minutes" (docs: Create Message, `enforce_nonce`); a part of the first is surely among them. */
const NONCE_LASTS_MS = 60_000;

export function openLookup(client: Client, interactions: Interactions, bot: Bot): Lookup {
  return {
    async history(_access, place, range, signal) {
      const { channel } = addressOf(place);
      const found = await readBackwards(client, channel, range, signal);
      return found.filter((one) => !isSystemMessage(one)).map((one) => readMessage(one, bot, {}));
    },

    async findPost(_access, draft, since, signal) {
      const address = addressOf(draft.place);
      const { body } = write(draft);
      const content = (textOf(draft) || '…').trim();
      const interaction = liveInteraction(address);
      if (interaction !== undefined) {
        const first = await interactions.original(interaction, signal).catch(unlessUnanswerable);
        if (first?.empty === true) return undefined;
        const says = (one: Original): boolean =>
          isMarked(one, draft.nonce) || isSame(one, body) || isBeginning(one.content, content);
        if (first !== undefined && says(first)) return { id: first.id };
      }
      const later = await readForwards(client, address.channel, since, signal);
      const ours = later.filter((one) => isOurAnswer(one, address, bot) && !isMarkedOtherwise(one, draft.nonce));
      // What has no nonce cannot be sent again, however new it is.
      const sentAgainBefore = interaction === undefined ? Date.now() - NONCE_LASTS_MS : Infinity;
      const begins = (one: DiscordMessage): boolean =>
        isBeginning(one.content, content) && one.timestamp.getTime() < sentAgainBefore;
      const ways = [
        (one: DiscordMessage) => isMarked(one, draft.nonce),
        (one: DiscordMessage) => isSame(one, body) || hasControls(one, body),
        begins,
      ];
      const [found] = ways.flatMap((is) => ours.findLast(is) ?? []);
      return found && { id: found.id };
    },
  };
}

/** From the newest on, until there are enough or they are too old; the oldest first in the result. */
async function readBackwards(
  client: Client,
  channel: string,
  range: HistoryRange,
  signal: AbortSignal,
): Promise<readonly DiscordMessage[]> {
  const messages: DiscordMessage[] = [];
  const isWanted = (one: DiscordMessage): boolean => range.after === undefined || one.timestamp >= range.after;
  for (let page = 0; page < MOST_PAGES && messages.length < range.most; page += 1) {
    const before = messages[0]?.id;
    const limit = Math.min(PER_PAGE, range.most - messages.length);
    const list = await readPage(client, channel, { limit, ...(before !== undefined && { before }) }, signal);
    const wanted = list.filter(isWanted);
    messages.unshift(...wanted);
    if (list.length < limit || wanted.length < list.length) break;
  }
  return messages;
}

async function readForwards(
  client: Client,
  channel: string,
  since: Date,
  signal: AbortSignal,
): Promise<readonly DiscordMessage[]> {
  const messages: DiscordMessage[] = [];
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const after = messages.at(-1)?.id ?? snowflakeOf(since);
    const list = await readPage(client, channel, { limit: PER_PAGE, after }, signal);
    messages.push(...list);
    if (list.length < PER_PAGE) return messages;
  }
  // Saying "not there" after half a look would post it twice.
  throw new Failure('unavailable', `more than ${MOST_PAGES * PER_PAGE} messages since ${since.toISOString()}`);
}

type Query = { readonly limit: number; readonly before?: string; readonly after?: string };

/** One page, the oldest message first. */
async function readPage(
  client: Client,
  channel: string,
  query: Query,
  signal: AbortSignal,
): Promise<readonly DiscordMessage[]> {
  const { limit, ...edge } = query;
  const asked = { limit: String(limit), ...edge };
  const answer = await client.request({ method: 'GET', route: `/channels/${channel}/messages`, query: asked }, signal);
  return shaped(z.array(message), answer, 'unavailable').toReversed();
}

type Marked = { readonly attachments: readonly { readonly description?: string | null | undefined }[] };

/** Whether a file of this name hangs on it. */
const isMarked = ({ attachments }: Marked, nonce: string): boolean =>
  attachments.some(({ description }) => description === nonce);

/** Files of two answers may go with the same words. */
const isMarkedOtherwise = (one: Marked, nonce: string): boolean =>
  !isMarked(one, nonce) && one.attachments.some(({ description }) => /^[\w-]{22}$/.test(description ?? ''));

/** Such an answer is a message in the channel. */
function unlessUnanswerable(thrown: unknown): undefined {
  if (!isUnanswerable(thrown)) throw thrown;
}

/** Written by us, in reply to that message or to that command. */
function isOurAnswer(one: DiscordMessage, { message, interaction }: Address, bot: Bot): boolean {
  if (authorOf(one, bot).kind !== 'self') return false;
  if (interaction !== undefined) return one.interaction_metadata?.id === interaction.id || !one.message_reference;
  return message === undefined || one.message_reference?.message_id === message;
}

/**
 * Discord tells a nonce to the one who sends and to nobody who reads. So a part is known by what it answers and says: by
 * the same text or card, else by a text that is its beginning (it was sent while the answer was being written). While its
 * nonce surely counts, such a beginning is better left to `post`, which gets it back and brings it up to date.
 * An unfinished text ends in marks that its continuation does not have there (a closed fence, a closed emphasis).
 */
function isBeginning(said: string, content: string): boolean {
  const begun = said.trim().replace(/[\s`*_~…]+$/, '');
  return begun !== '' && content.startsWith(begun);
}
