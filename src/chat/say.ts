import { randomUUID } from 'node:crypto';
import { noteChatPresence, readChat, titleChat, type ChatActor } from '../db/chat-conversations.ts';
import { readUnsentFiles } from '../db/chat-files.ts';
import {
  addChatPost,
  noteHeard,
  ownerOfChatPost,
  reactToChatPost,
  removeChatPost,
  type ChatPost,
} from '../db/chat-posts.ts';
import { inOrganization, type Database, type Transaction } from '../db/database.ts';
import { deriveId } from '../db/derive-id.ts';
import { readChatPost } from '../db/read-chat.ts';
import { FILE_POLICY, sizeOf } from '../agent/files/policy.ts';
import type { Connections } from '../connect/connections.ts';
import type { Accept } from '../intake/accept.ts';
import type { Event } from '../model/event.ts';
import { Failure } from '../model/failure.ts';
import type { OrganizationId } from '../model/ids.ts';
import { ensureChatApp } from './app.ts';
import { authorOf, deliveryOf, placeOf, written } from './deliver.ts';
import type { Tell } from './tell.ts';

export type ChatOptions = {
  readonly db: Database;
  readonly connections: Pick<Connections, 'db' | 'keys' | 'apps' | 'name'>;
  readonly accept: Accept;
  readonly tell: Tell;
};

/** Somebody in a conversation. */
export type InChat = { readonly organization: OrganizationId; readonly conversation: string; readonly by: ChatActor };

/** What somebody writes. `nonce` names it: sent again it is the same post. */
export type Writing = { readonly nonce: string; readonly text: string; readonly files: readonly string[] };

/** Characters of a title that is made of the first words. */
const TITLE = 60;

const noSuch = (): Failure => new Failure('gone', 'there is no such conversation');

/**
 * Puts what somebody writes into the conversation, and gives it to the bot: it is committed when this resolves.
 * @throws Failure `unavailable`: it may stand there, and the bot was not told; the same again tells it.
 * @returns the post's id.
 */
export async function say(options: ChatOptions, at: InChat, writing: Writing): Promise<string> {
  const { db, tell, accept } = options;
  const { organization, conversation } = at;
  const { post, continued } = await inOrganization(db, organization, (tx) => writeDown(tx, at, writing));
  tell(organization, conversation);
  if (post.heard) return post.id;
  const app = await ensureChatApp(options, organization);
  await accept({ organization, app }, deliveryOf({ ...post, conversation, continued }), new Date());
  await inOrganization(db, organization, (tx) => noteHeard(tx, conversation, post.id));
  tell(organization, conversation);
  return post.id;
}

/** The post as it stands there: of what was written before it is the one that was made then. */
async function writeDown(
  tx: Transaction,
  { conversation, by }: InChat,
  { nonce, text, files }: Writing,
): Promise<{ readonly post: ChatPost; readonly continued: boolean }> {
  const chat = await readChat(tx, conversation, by.actor);
  if (chat === undefined) throw noSuch();
  const continued = chat.continuedFrom !== null;
  const id = deriveId('chat-post', conversation, by.actor, nonce);
  const before = await readChatPost(tx, conversation, id);
  if (before !== undefined) return { post: before, continued };
  const sent = await readUnsentFiles(tx, { conversation, actor: by.actor }, files);
  refuseTooMuch({ text, sizes: sent.map(({ size }) => size), missing: sent.length < files.length });
  const author = { author: by.actor, authorName: by.name, authorKind: 'human' } as const;
  const content = { id, kind: 'person', text, card: null, files: sent } as const;
  await addChatPost(tx, { ...author, ...content, conversation, nonce: `${by.actor}/${nonce}` });
  await titleChat(tx, conversation, titleOf(text || (sent[0]?.name ?? '')));
  await noteChatPresence(tx, { conversation, actor: by.actor }, { typingS: 0 });
  const post = await readChatPost(tx, conversation, id);
  if (post === undefined) throw new Error('a post that was added is not there');
  return { post, continued };
}

function refuseTooMuch({ text, sizes, missing }: { text: string; sizes: readonly number[]; missing: boolean }): void {
  if (missing) throw new Failure('invalid', 'files: upload each to this conversation first, and send it once');
  if (text.trim() === '' && sizes.length === 0) throw new Failure('invalid', 'text: say something, or send a file');
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  if (bytes > FILE_POLICY.mostBytes)
    throw new Failure('too-large', `files: together at most ${sizeOf(FILE_POLICY.mostBytes)}`);
}

/** The first words of a text, in one line. Pure. */
export function titleOf(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length <= TITLE
    ? line
    : `${line
        .slice(0, TITLE)
        .toWellFormed()
        .replace(/\s+\S*$/, '')} …`;
}

/** What people do in a conversation beside writing. */
export type Doing =
  | { readonly kind: 'pressed'; readonly button: 'stop' | 'again' }
  | { readonly kind: 'action'; readonly post: string; readonly action: string; readonly value: string }
  | {
      readonly kind: 'submitted';
      readonly post: string;
      readonly action: string;
      readonly values: Readonly<Record<string, string>>;
    };

/** Somebody presses something: it is committed when this resolves, and done soon after. */
export async function doInChat(options: ChatOptions, at: InChat, doing: Doing): Promise<void> {
  const place = placeOf(at.conversation);
  const author = authorOf(at.by);
  const event: Event =
    doing.kind === 'action'
      ? { kind: 'action', place, author, action: doing.action, value: doing.value, messageId: doing.post }
      : doing.kind === 'submitted'
        ? { kind: 'submitted', place, author, action: doing.action, values: doing.values }
        : { kind: 'pressed', button: doing.button, place, author };
  await takeIn(options, at, written(`${doing.kind}/${randomUUID()}`, event));
}

/** Sets a reaction of somebody's on a post, or takes it away. */
export async function reactInChat(
  options: ChatOptions,
  at: InChat,
  { post, emoji, added }: { readonly post: string; readonly emoji: string; readonly added: boolean },
): Promise<void> {
  const { organization, conversation, by } = at;
  const changed = await inOrganization(options.db, organization, async (tx) => {
    const seen = await ownerOfChatPost(tx, { conversation, id: post }, by);
    return seen && reactToChatPost(tx, { conversation, id: post }, { emoji, added, by: by.actor });
  });
  if (changed === undefined) throw new Failure('gone', 'there is no such post');
  if (!changed) return;
  options.tell(organization, conversation);
  const reaction = {
    kind: 'reaction',
    place: placeOf(conversation),
    messageId: post,
    author: authorOf(by),
    emoji,
    added,
  } as const;
  await takeIn(options, at, written(`reaction/${randomUUID()}`, reaction));
}

/** Somebody takes back what they wrote: nothing of it is kept. */
export async function unsay(options: ChatOptions, at: InChat, post: string): Promise<void> {
  const { organization, conversation, by } = at;
  // First where it is remembered: what is gone from the page cannot be asked for again.
  const owner = await inOrganization(options.db, organization, (tx) =>
    ownerOfChatPost(tx, { conversation, id: post }, by),
  );
  if (owner === undefined) throw new Failure('gone', 'there is no such post');
  if (owner.kind !== 'person' || owner.author !== by.actor)
    throw new Failure('refused', 'only who wrote something can take it back');
  await takeIn(
    options,
    at,
    written(`deleted/${post}`, { kind: 'deleted', place: placeOf(conversation), messageId: post }),
  );
  await inOrganization(options.db, organization, (tx) => removeChatPost(tx, conversation, post));
  options.tell(organization, conversation);
}

async function takeIn(
  options: ChatOptions,
  { organization }: InChat,
  delivery: ReturnType<typeof written>,
): Promise<void> {
  const app = await ensureChatApp(options, organization);
  await options.accept({ organization, app }, delivery, new Date());
}
