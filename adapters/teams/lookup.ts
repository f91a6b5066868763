import { z } from 'zod';
import type { Adapter, HistoryRange } from '../../src/model/adapter.ts';
import { Failure } from '../../src/model/failure.ts';
import { parseMarkdown, plainText } from '../kit/markdown.ts';
import type { Client } from './client.ts';
import type { Graph, GraphCall } from './graph.ts';
import { isAlone, ROOT, spotOf } from './place.ts';
import type { Spot } from './place.ts';
import { chatMessage, isOurs, isSaid, page, readChatMessage, sentAtOf } from './read-graph.ts';
import type { ChatMessage } from './read-graph.ts';
import type { Place } from '../../src/model/event.ts';
import { render } from './render.ts';

type Lookup = Required<Pick<Adapter, 'history' | 'findPost'>>;
export type Reader = { readonly graph: Graph; readonly client: Client; readonly appId: string };

/** The most that Graph gives at once (docs: List replies, List messages in a chat). */
const PER_PAGE = 50;
/** 1,000 messages of one conversation: a limit of ours. */
const MOST_PAGES = 20;

export const CHANNEL_CONSENT = 'ChannelMessage.Read.Group, which an owner of the team consents to with the app';
export const CHAT_CONSENT = 'ChatMessage.Read.Chat, which somebody in the chat consents to with the app';

/**
 * Conversations read back by Microsoft Graph, where a team's owners or somebody in a chat consented to it with the app
 * (docs: Resource-specific consent); everywhere else all of it is `unauthorized`.
 */
export function openLookup(reader: Reader): Lookup {
  return {
    async history(_, place, range, signal) {
      const found = await readBack(reader, place, range, signal);
      return found.map((one) => readChatMessage(one, reader.appId));
    },

    /**
     * What an app may set on a message and Graph tells of it is what it says: a post is known by its writer, its
     * conversation, its time and its words, the newest first. As all posts begin with the same small sign, the one that
     * shows it still is the one that nobody has gone on with.
     */
    async findPost(_, draft, since, signal) {
      const { only } = spotOf(draft.place);
      // Graph shows an app no targeted message.
      if (only !== undefined) throw new Failure('unauthorized', 'no app may read targeted messages');
      const range = { after: since, most: Infinity };
      const found = await readBack(reader, draft.place, range, signal).catch(unlessClosed);
      const wanted = lettersOf(render(draft.text, draft.calls) || '…');
      const post = found.findLast(
        (one) => isOurs(one, reader.appId) && lettersOf(readChatMessage(one, reader.appId).text) === wanted,
      );
      return post && { id: post.id };
    },
  };
}

/** A conversation that Graph does not show (its first message is gone, it is of another kind) tells nothing of a post in it. */
function unlessClosed(thrown: unknown): never {
  const closed = thrown instanceof Failure && (thrown.code === 'gone' || thrown.code === 'refused');
  throw closed ? new Failure('unauthorized', thrown.message, { cause: thrown }) : thrown;
}

/** A text without marks and blanks: Teams sets both anew when it makes HTML of what it was sent. */
const lettersOf = (markdown: string): string =>
  parseMarkdown(markdown)
    .children.map((node) => plainText(node))
    .join('')
    .replaceAll(/\s|\u200B/g, '');

/** The newest messages of a conversation within the range, the oldest of them first. */
async function readBack(
  reader: Reader,
  place: Place,
  { after, most }: HistoryRange,
  signal: AbortSignal,
): Promise<readonly ChatMessage[]> {
  const { first, root } = await whereOf(reader, place, signal);
  const messages: ChatMessage[] = root === undefined ? [] : [await readOne(reader, root, signal)];
  let next: string | undefined = first.url;
  const isEnough = (): boolean => root === undefined && messages.length >= most;
  for (let pages = 0; next !== undefined && !isEnough(); pages += 1) {
    // Saying "not there" after half a look would post it twice.
    if (pages === MOST_PAGES) throw new Failure('unavailable', `more than ${MOST_PAGES * PER_PAGE} messages there`);
    const parsed = page.safeParse(await reader.graph.get({ ...first, url: next }, signal));
    if (!parsed.success) throw new Failure('unavailable', 'Graph: a list of another form');
    const list = parsed.data.value.filter((one) => one !== undefined);
    messages.push(...list);
    const isOlder = root === undefined && list.some((one) => after !== undefined && sentAtOf(one) < after);
    next = isOlder ? undefined : parsed.data['@odata.nextLink'];
  }
  const wanted = messages.filter((one) => isSaid(one) && (after === undefined || sentAtOf(one) >= after));
  const sorted = wanted.toSorted((one, other) => sentAtOf(one).getTime() - sentAtOf(other).getTime());
  return most === Infinity ? sorted : sorted.slice(-most);
}

async function readOne({ graph }: Reader, asked: GraphCall, signal: AbortSignal): Promise<ChatMessage> {
  const parsed = chatMessage.safeParse(await graph.get(asked, signal));
  if (parsed.success) return parsed.data;
  throw new Failure('unavailable', 'Graph: a message of another form');
}

/** One message of a conversation. */
export async function readMessageAt(
  reader: Reader,
  { tenant, spot }: { readonly tenant: string; readonly spot: Spot },
  id: string,
  signal: AbortSignal,
): Promise<ChatMessage> {
  const { at } = reader.graph;
  const [channel = '', root] = spot.conversation.split(ROOT, 2);
  if (root === undefined) {
    const url = at(['chats', channel, 'messages', id]);
    return readOne(reader, { tenant, url, permission: CHAT_CONSENT }, signal);
  }
  const path = ['teams', await groupOf(reader, spot, signal), 'channels', channel, 'messages', root];
  const url = at(root === id ? path : [...path, 'replies', id]);
  return readOne(reader, { tenant, url, permission: CHANNEL_CONSENT }, signal);
}

/** Replies come in an order of Graph's own, chats' messages the newest first. */
async function whereOf(
  reader: Reader,
  place: Place,
  signal: AbortSignal,
): Promise<{ readonly first: GraphCall; readonly root: GraphCall | undefined }> {
  const spot = spotOf(place);
  const { at } = reader.graph;
  const tenant = place.install;
  const [channel = '', root] = spot.conversation.split(ROOT, 2);
  if (root === undefined) {
    if (isAlone(place) || spot.fresh !== undefined)
      throw new Failure('unauthorized', 'Graph: nobody can consent to reading chats with a bot alone');
    const url = `${at(['chats', channel, 'messages'])}?$top=${PER_PAGE}&$orderby=createdDateTime%20desc`;
    return { first: { tenant, url, permission: CHAT_CONSENT }, root: undefined };
  }
  const group = await groupOf(reader, spot, signal);
  const path = ['teams', group, 'channels', channel, 'messages', root];
  const asked = { tenant, permission: CHANNEL_CONSENT };
  return {
    first: { ...asked, url: `${at([...path, 'replies'])}?$top=${PER_PAGE}` },
    root: { ...asked, url: at(path) },
  };
}

const teamAnswer = z.object({ aadGroupId: z.guid() });

/** Graph names a team by its group (docs: Get team details). */
export async function groupOf({ client }: Reader, { serviceUrl, team }: Spot, signal: AbortSignal): Promise<string> {
  if (team === undefined) throw new Failure('unauthorized', 'Graph: the team of this channel is not known here');
  const answer = await client.call({ method: 'GET', what: 'team', serviceUrl, under: 'teams', path: [team] }, signal);
  const parsed = teamAnswer.safeParse(answer);
  if (parsed.success) return parsed.data.aadGroupId;
  throw new Failure('unavailable', 'GET team: Teams named no group');
}
