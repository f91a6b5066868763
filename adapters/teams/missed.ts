import type { Adapter } from '../../src/model/adapter.ts';
import type { Delivery, Place, Why } from '../../src/model/event.ts';
import type { Author } from '../../src/model/message.ts';
import { Failure } from '../../src/model/failure.ts';
import { patiently } from '../kit/patiently.ts';
import { writeJson } from '../kit/write-json.ts';
import { isPrivate } from './is-private.ts';
import { CHANNEL_CONSENT, CHAT_CONSENT, groupOf } from './lookup.ts';
import type { Reader } from './lookup.ts';
import { memberAnswer } from './payload.ts';
import { isAlone, isChannel, privately, ROOT, spotOf } from './place.ts';
import { isMentioning, isSaid, page, readChatMessage, sentAtOf } from './read-graph.ts';
import type { ChatMessage } from './read-graph.ts';

/** Ours: an answer to what was asked the day before yesterday helps nobody, and each conversation costs calls. */
const FURTHEST_MS = 24 * 3_600_000;
/** 200 threads of a channel, 200 messages of a chat: limits of ours. */
const MOST_PAGES = 4;
const PER_PAGE = 50;

type Search = {
  readonly reader: Reader;
  readonly since: Date;
  readonly signal: AbortSignal;
  /** Whom the Connector knows people as, by their ids in the organization. */
  readonly known: Map<string, Author>;
};

/**
 * Messages in the channels and group chats that the hub knows, read back where somebody consented to it: an app with such
 * consent is told of no list of them. Chats with one person, clicks and reactions are not found.
 */
export function openMissed(reader: Reader): NonNullable<Adapter['missed']> {
  return async function* (installs, since, signal) {
    const earliest = new Date(Math.max(since.getTime(), Date.now() - FURTHEST_MS));
    const search: Search = { reader, since: earliest, signal, known: new Map() };
    for (const place of installs.flatMap(({ places = [] }) => places)) {
      if (!isAlone(place)) yield* inPlace(search, place);
    }
  };
}

async function* inPlace(search: Search, place: Place): AsyncIterable<Delivery> {
  const found = await orClosed(readSince(search, place));
  for (const one of found ?? []) {
    if (one.from?.user === undefined || one.from.user === null) continue;
    yield await deliveryOf(search, place, one);
  }
}

/** What people said there since then, oldest first. */
async function readSince({ reader, since, signal }: Search, place: Place): Promise<readonly ChatMessage[]> {
  const { graph } = reader;
  const { channel, install: tenant } = place;
  const inChannel = isChannel(channel);
  const path = inChannel
    ? ['teams', await groupOf(reader, spotOf(place), signal), 'channels', channel, 'messages']
    : ['chats', channel, 'messages'];
  const query = inChannel ? '$expand=replies' : '$orderby=createdDateTime%20desc';
  const permission = inChannel ? CHANNEL_CONSENT : CHAT_CONSENT;
  const found: ChatMessage[] = [];
  let url: string | undefined = `${graph.at(path)}?$top=${PER_PAGE}&${query}`;
  for (let pages = 0; url !== undefined && pages < MOST_PAGES; pages += 1) {
    const at: string = url;
    const parsed = page.safeParse(await patiently(signal, () => graph.get({ tenant, url: at, permission }, signal)));
    if (!parsed.success) throw new Failure('unavailable', 'Graph: a list of another form');
    const list = parsed.data.value.filter((one) => one !== undefined);
    found.push(...list.flatMap((one) => [one, ...one.replies]));
    const isOlder = !inChannel && list.some((one) => sentAtOf(one) < since);
    url = isOlder ? undefined : parsed.data['@odata.nextLink'];
  }
  const news = found.filter((one) => isSaid(one) && sentAtOf(one) >= since);
  return news.toSorted((one, other) => sentAtOf(one).getTime() - sentAtOf(other).getTime());
}

async function deliveryOf(search: Search, known: Place, one: ChatMessage): Promise<Delivery> {
  const { appId } = search.reader;
  const read = readChatMessage(one, appId);
  const author = await authorAt(search, known, read.author);
  const inChannel = isChannel(known.channel);
  const root = (one.replyToId ?? '') === '' ? one.id : (one.replyToId ?? '');
  const thread = inChannel ? `${known.channel}${ROOT}${root}` : known.channel;
  const { only: _, fresh: __, ...spot } = spotOf(known);
  const address = JSON.stringify({ ...spot, conversation: thread, replyTo: one.id });
  const place: Place = { install: known.install, channel: known.channel, thread, address };
  const isReply = inChannel && root !== one.id;
  const why: Why = isMentioning(one, appId) ? 'mention' : isReply ? 'follow-up' : 'overheard';
  const where = isPrivate(read.text) ? privately(place, author.id) : place;
  return {
    id: `read|${known.channel}|${one.id}`.slice(-200),
    raw: Buffer.from(writeJson(one) ?? '', 'utf8'),
    events: [{ kind: 'message', place: where, why, message: { ...read, author }, hasPast: isReply || !inChannel }],
  };
}

/** Activities tell people by other ids than Graph does; who has left since is told by Graph's. */
async function authorAt({ reader, signal, known }: Search, place: Place, author: Author): Promise<Author> {
  const found = known.get(author.id);
  if (found !== undefined) return found;
  const { serviceUrl } = spotOf(place);
  const asked = { method: 'GET', what: 'member', serviceUrl, path: [place.channel, 'members', author.id] } as const;
  const parsed = memberAnswer.safeParse(await orClosed(patiently(signal, () => reader.client.call(asked, signal))));
  const { id, name } = parsed.data ?? author;
  const told = { ...author, id, name: name === '' ? author.name : name };
  known.set(author.id, told);
  return told;
}

const CLOSED = new Set(['unauthorized', 'gone', 'refused']);

/** What was closed to the app, or never open, has nothing for it. */
async function orClosed<Result>(asked: Promise<Result>): Promise<Result | undefined> {
  try {
    return await asked;
  } catch (thrown) {
    if (thrown instanceof Failure && CLOSED.has(thrown.code)) return undefined;
    throw thrown;
  }
}
