import { randomUUID } from 'node:crypto';
import { Failure } from '../model/failure.ts';
import type { Fetched, HistoryRange } from '../model/adapter.ts';
import type { Card } from '../model/card.ts';
import type { Delivery } from '../model/event.ts';
import { organizationId, type OrganizationId } from '../model/ids.ts';
import type { Message } from '../model/message.ts';
import type { OutFile } from '../model/reply.ts';
import { readChatMembers } from '../db/chat-conversations.ts';
import { addChatFile, readChatFile } from '../db/chat-files.ts';
import {
  addChatPost,
  changeChatPost,
  findChatPost,
  reactToChatPost,
  removeChatPost,
  type NewChatPost,
} from '../db/chat-posts.ts';
import { inOrganization, type Database, type Transaction } from '../db/database.ts';
import { readChatPast, readUnheard } from '../db/read-chat.ts';
import { deliveryOf, messageOf } from './deliver.ts';
import type { Tell } from './tell.ts';

export type RoomOptions = {
  readonly db: Database;
  readonly tell: Tell;
  /** What the bot is called. */
  readonly name: string;
};

/** Who the bot is in posts. */
export const botCalled = (authorName: string) => ({ author: 'bot', authorName, authorKind: 'self' }) as const;

/** Posts that were never given to the bot, at most, in one search. */
const MOST_UNHEARD = 1_000;

type Content = { readonly text: string; readonly card: Card | undefined };
type Put = Content & { readonly nonce: string; readonly file: OutFile | undefined };

/** What the adapter of the browser stands on: conversations of one organization, in the database. */
export function openRoom({ db, tell, name }: RoomOptions, id: string) {
  const organization = organizationId(id);
  const said = (conversation: string, content: Content) => postOf(name, conversation, content);
  const read = <Result>(work: (tx: Transaction) => Promise<Result>) => inOrganization(db, organization, work);
  const changing = async (conversation: string, work: (tx: Transaction) => Promise<boolean | undefined>) => {
    const changed = await read(work);
    if (changed === undefined) throw new Failure('gone', 'the post is no more');
    if (changed) tell(organization, conversation);
  };
  return {
    put: (conversation: string, { nonce, file, ...content }: Put) =>
      add({ db, tell }, organization, { ...said(conversation, content), nonce }, file),
    change: (conversation: string, post: string, { text, card }: Content) =>
      changing(conversation, (tx) => changeChatPost(tx, { conversation, id: post, text, card: card ?? null })),
    remove: (conversation: string, post: string) =>
      changing(conversation, (tx) => removeChatPost(tx, conversation, post)),
    find: (conversation: string, nonce: string) => read((tx) => findChatPost(tx, conversation, nonce)),
    // What it does is read from its turns: this says only that it is worth a look.
    show: (conversation: string) => tell(organization, conversation),
    react: (conversation: string, post: string, { emoji, added }: { emoji: string; added: boolean }) =>
      changing(conversation, (tx) => reactToChatPost(tx, { conversation, id: post }, { emoji, added, by: 'bot' })),
    async whisper(conversation: string, { person, text }: { person: string; text: string }) {
      const post = { ...said(conversation, { text, card: undefined }), nonce: randomUUID(), onlyFor: person };
      await add({ db, tell }, organization, post, undefined);
    },
    past: async (conversation: string, range: HistoryRange): Promise<readonly Message[]> =>
      (await read((tx) => readChatPast(tx, conversation, range))).map(messageOf),
    isAttended: async (conversation: string) => (await read((tx) => readChatMembers(tx, conversation))).length > 0,
    file: (handle: string, mostBytes: number) => fetched(db, organization, handle, mostBytes),
    unheard: (since: Date) => unheard(db, organization, since),
  };
}

const postOf = (name: string, conversation: string, { text, card }: Content): Omit<NewChatPost, 'nonce'> => ({
  ...botCalled(name),
  conversation,
  id: randomUUID(),
  kind: 'bot',
  text,
  card: card ?? null,
  files: [],
});

async function add(
  { db, tell }: Pick<RoomOptions, 'db' | 'tell'>,
  organization: OrganizationId,
  post: NewChatPost,
  file: OutFile | undefined,
): Promise<string> {
  const { conversation } = post;
  const kept = file && { id: randomUUID(), name: file.name, mediaType: file.mediaType, size: file.bytes.length };
  const made = await inOrganization(db, organization, async (tx) => {
    if (kept !== undefined && file !== undefined && (await findChatPost(tx, conversation, post.nonce)) === undefined)
      await addChatFile(tx, { ...kept, conversation, bytes: file.bytes, addedBy: post.author });
    return addChatPost(tx, { ...post, files: kept === undefined ? [] : [kept] });
  });
  if (made === undefined) throw new Failure('refused', 'there is no such conversation');
  if (made.isNew) tell(organization, conversation);
  return made.id;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

async function fetched(db: Database, organization: OrganizationId, handle: string, most: number): Promise<Fetched> {
  const gone = (): Failure => new Failure('gone', 'the file is no more');
  if (!UUID.test(handle)) throw gone();
  const file = await inOrganization(db, organization, (tx) =>
    readChatFile(tx, { id: handle, conversation: undefined }, most),
  );
  if (file === undefined) throw gone();
  return { bytes: file.bytes, mediaType: file.mediaType, truncated: file.size > file.bytes.length };
}

async function* unheard(db: Database, organization: OrganizationId, since: Date): AsyncIterable<Delivery> {
  const posts = await inOrganization(db, organization, (tx) => readUnheard(tx, since, MOST_UNHEARD));
  for (const post of posts) yield deliveryOf(post);
}
