import type { z } from 'zod';
import type { Access, Adapter } from '../../src/model/adapter.ts';
import type { Delivery } from '../../src/model/event.ts';
import { Failure } from '../../src/model/failure.ts';
import { patiently } from '../kit/patiently.ts';
import type { Client } from './client.ts';
import { hasError, shaped } from './client.ts';
import { authAnswer, conversationsAnswer, envelope, rawMessagesAnswer } from './payload.ts';
import { tsOfDate } from './place.ts';
import { readEvent } from './read-event.ts';

/** Slack tries each delivery again after one and after six minutes: what is younger than this still comes by itself. */
const RETRIED_MS = 5.5 * 60_000;
/** Ours: an answer to what was asked the day before yesterday helps nobody. */
const FURTHEST_MS = 24 * 3_600_000;
/** A thread's replies are found by its first message, which is looked for so long before. */
const THREAD_LASTS_MS = 24 * 3_600_000;
/** Slack gives up to 999; to apps that are sold outside its Marketplace 15, whatever they ask for. */
const PAGE = 200;
/** Of one conversation: 2,000 messages, or 150 in that class. */
const MOST_PAGES = 10;
/**
 * Ours. Apps of that class may read one page a minute: an hour is for 60 of them, so for 60 conversations at most. All
 * others may read 50 a minute (Tier 3).
 */
const SEARCH_FOR_MS = 3_600_000;

/** All that an app can be in. To list and to read each it needs scopes of its own, and it may lack those for some. */
const TYPES = ['im', 'mpim', 'private_channel', 'public_channel'] as const;

type Conversation = z.output<typeof conversationsAnswer>['channels'][number];
type RawMessage = NonNullable<z.output<typeof rawMessagesAnswer>['messages'][number]>;
type Self = z.output<typeof authAnswer>;
type Search = {
  readonly client: Client;
  readonly access: Access;
  readonly self: Self;
  readonly since: Date;
  readonly until: number;
  readonly signal: AbortSignal;
};

/**
 * Reads the bot's conversations back: direct ones first, because all that is said there is for the bot, then those that
 * were changed last. Clicks and commands are not found: their time to be answered is over.
 */
export function openMissed(client: Client): NonNullable<Adapter['missed']> {
  return async function* (installs, since, signal) {
    if (Date.now() - since.getTime() < RETRIED_MS) return;
    const earliest = new Date(Math.max(since.getTime(), Date.now() - FURTHEST_MS));
    const until = Date.now() + SEARCH_FOR_MS;
    // The app's own token is for one workspace, which it tells itself; others have theirs.
    const own: Access = { install: '', secret: undefined };
    for (const access of [own, ...installs.filter(({ secret }) => secret !== undefined)]) {
      const answer = await patiently(signal, () => client.read(access, 'auth.test', {}, signal));
      const self = shaped(authAnswer, 'auth.test', answer);
      yield* inWorkspace({ client, access, self, since: earliest, until, signal });
    }
  };
}

async function* inWorkspace(search: Search): AsyncIterable<Delivery> {
  const all = await conversations(search);
  for (const [index, conversation] of all.entries()) {
    if (Date.now() > search.until) {
      throw new Failure('refused', `only ${index} of ${all.length} conversations could be read within an hour`);
    }
    for (const message of await orClosed(inConversation(search, conversation))) {
      const delivery = deliveryOf(search, conversation, message);
      if (delivery !== undefined) yield delivery;
    }
  }
}

/** A conversation that was closed to the bot meanwhile has nothing for it. */
async function orClosed<Item>(asked: Promise<readonly Item[]>): Promise<readonly Item[]> {
  try {
    return await asked;
  } catch (thrown) {
    if (thrown instanceof Failure && (thrown.code === 'refused' || thrown.code === 'gone')) return [];
    throw thrown;
  }
}

async function conversations(search: Search): Promise<readonly Conversation[]> {
  const lists: (readonly Conversation[])[] = [];
  for (const types of TYPES) {
    try {
      lists.push(await conversationsOf(search, types));
    } catch (thrown) {
      if (!hasError(thrown, 'missing_scope') || (types === TYPES.at(-1) && lists.length === 0)) throw thrown;
    }
  }
  const all = lists.flat().toSorted((one, other) => other.updated - one.updated);
  return all.toSorted((one, other) => Number(other.is_im) - Number(one.is_im));
}

async function conversationsOf(search: Search, types: string): Promise<readonly Conversation[]> {
  const list: Conversation[] = [];
  for (let cursor = ''; ;) {
    const args = { types, exclude_archived: 'true', limit: String(PAGE), ...(cursor !== '' && { cursor }) };
    const page = await read(search, conversationsAnswer, 'users.conversations', args);
    list.push(...page.channels);
    cursor = page.response_metadata?.next_cursor ?? '';
    if (cursor === '') return list;
  }
}

/** What was said there since, the oldest first: at the top, and in threads that went on. */
async function inConversation(search: Search, { id: channel }: Conversation): Promise<readonly RawMessage[]> {
  const since = tsOfDate(search.since);
  const oldest = tsOfDate(new Date(search.since.getTime() - THREAD_LASTS_MS));
  const top = await pages(search, 'conversations.history', { channel, oldest, inclusive: 'true' });
  const found = new Map<string, RawMessage>();
  for (const { thread_ts, latest_reply, ts } of top) {
    if (thread_ts !== ts || !isSince(latest_reply ?? '', since)) continue;
    const replies = await pages(search, 'conversations.replies', { channel, ts, oldest: since, inclusive: 'true' });
    for (const reply of replies) found.set(reply.ts, reply);
  }
  for (const message of top) found.set(message.ts, message);
  return [...found.values()]
    .filter(({ ts }) => isSince(ts, since))
    .toSorted((one, other) => Number(one.ts) - Number(other.ts));
}

const isSince = (ts: string, since: string): boolean => Number(ts) >= Number(since);

async function pages(
  search: Search,
  method: string,
  args: Readonly<Record<string, string>>,
): Promise<readonly RawMessage[]> {
  const messages: RawMessage[] = [];
  let cursor = '';
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const asked = { ...args, limit: String(PAGE), ...(cursor !== '' && { cursor }) };
    const answer = await read(search, rawMessagesAnswer, method, asked);
    messages.push(...answer.messages.filter((one) => one !== null));
    cursor = answer.response_metadata?.next_cursor ?? '';
    if (cursor === '') break;
  }
  return messages;
}

async function read<Shape>(
  { client, access, signal }: Search,
  schema: z.ZodType<Shape>,
  method: string,
  args: Readonly<Record<string, string>>,
): Promise<Shape> {
  return shaped(schema, method, await patiently(signal, () => client.read(access, method, args, signal)));
}

/** As an event would have told it. */
function deliveryOf({ self }: Search, conversation: Conversation, message: RawMessage): Delivery | undefined {
  const { id: channel, is_im, is_mpim } = conversation;
  // An event comes before there is any reply, and so before its message is the first one of a thread.
  const thread_ts = message.thread_ts === message.ts ? undefined : message.thread_ts;
  const channel_type = is_im ? 'im' : is_mpim ? 'mpim' : 'channel';
  const { team_id, enterprise_id, user_id, is_enterprise_install } = self;
  const given = {
    type: 'event_callback',
    team_id,
    authorizations: [{ team_id, enterprise_id, user_id, is_bot: true, is_enterprise_install }],
    event: { ...message, type: 'message', thread_ts, channel, channel_type },
  };
  const parsed = envelope.safeParse(given);
  const event = parsed.success ? readEvent(parsed.data) : undefined;
  if (event?.kind !== 'message') return undefined;
  return { id: `history:${channel}:${message.ts}`, raw: Buffer.from(JSON.stringify(given)), events: [event] };
}
