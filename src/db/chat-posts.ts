import type { Card } from '../model/card.ts';
import { Failure } from '../model/failure.ts';
import { touchChat, type ChatActor } from './chat-conversations.ts';
import type { Transaction } from './database.ts';

/** A file of a post, without its bytes. */
export type ChatFile = {
  readonly id: string;
  readonly name: string;
  readonly mediaType: string;
  /** Bytes. */
  readonly size: number;
};

export type ChatReaction = { readonly emoji: string; readonly by: string };

export type ChatPost = {
  readonly id: string;
  /** The conversation's number when it was made, and when it was changed last. */
  readonly ordinal: number;
  readonly seq: number;
  readonly kind: 'person' | 'bot' | 'past';
  readonly author: string;
  readonly authorName: string;
  readonly authorKind: 'human' | 'bot' | 'self';
  readonly text: string;
  readonly card: Card | null;
  readonly files: readonly ChatFile[];
  readonly reactions: readonly ChatReaction[];
  /** Only one person sees it. */
  readonly private: boolean;
  readonly removed: boolean;
  /** False of what a person wrote and the bot has not been given yet. */
  readonly heard: boolean;
  /** ISO time. */
  readonly sentAt: string;
  readonly comments: number;
};

export type NewChatPost = Pick<
  ChatPost,
  'id' | 'kind' | 'author' | 'authorName' | 'authorKind' | 'text' | 'card' | 'files'
> & {
  readonly conversation: string;
  readonly nonce: string;
  readonly onlyFor?: string;
  /** ISO time; absent: now. */
  readonly sentAt?: string;
};

/** Adds a post, once for each nonce. @returns its id, and whether it is new; undefined: there is no such conversation. */
export async function addChatPost(
  tx: Transaction,
  post: NewChatPost,
): Promise<{ readonly id: string; readonly isNew: boolean } | undefined> {
  // The conversation's row is locked first: of two that come at once the second one finds the first.
  const seq = await touchChat(tx, post.conversation);
  if (seq === undefined) return undefined;
  const { conversation, id, kind, author, authorName, authorKind, nonce, text, card, files, onlyFor, sentAt } = post;
  const rows = await tx`
    insert into switchboard.chat_posts (organization_id, conversation_id, id, ordinal, seq, kind, author, author_name, author_kind, nonce, text, card, files, only_for, sent_at)
    values (current_setting('switchboard.organization')::uuid, ${conversation}, ${id}, ${seq}, ${seq}, ${kind}, ${author}, ${authorName}, ${authorKind}, ${nonce}, ${text},
      ${card === null ? null : JSON.stringify(card)}::text::jsonb, ${JSON.stringify(files)}::text::jsonb, ${onlyFor ?? null}, coalesce(${sentAt ?? null}::timestamptz, clock_timestamp()))
    on conflict (organization_id, conversation_id, nonce) do nothing returning 1`;
  if (rows.length === 0) {
    const found = await findChatPost(tx, conversation, nonce);
    return found === undefined ? undefined : { id: found, isNew: false };
  }
  await tx`update switchboard.chat_files set post_id = ${id}
    where organization_id = current_setting('switchboard.organization')::uuid and id = any(${files.map((file) => file.id)}::uuid[])`;
  if (kind !== 'past')
    await tx`update switchboard.chat_conversations set active_at = now()
      where organization_id = current_setting('switchboard.organization')::uuid and id = ${conversation}`;
  return { id, isNew: true };
}

/** Undefined: nothing was posted under it. */
export async function findChatPost(tx: Transaction, conversation: string, nonce: string): Promise<string | undefined> {
  const [row] = await tx<{ id: string }[]>`select id from switchboard.chat_posts
    where organization_id = current_setting('switchboard.organization')::uuid and conversation_id = ${conversation} and nonce = ${nonce}`;
  return row?.id;
}

/** Makes a post say something else. @returns whether anything is new; undefined: it is gone. */
export async function changeChatPost(
  tx: Transaction,
  {
    conversation,
    id,
    text,
    card,
  }: { readonly conversation: string; readonly id: string; readonly text: string; readonly card: Card | null },
): Promise<boolean | undefined> {
  const seq = await touchChat(tx, conversation);
  if (seq === undefined) return undefined;
  const written = card === null ? null : JSON.stringify(card);
  const [row] = await tx<{ same: boolean }[]>`
    with before as (
      select id, text = ${text} and card is not distinct from ${written}::text::jsonb as same from switchboard.chat_posts
      where organization_id = current_setting('switchboard.organization')::uuid and conversation_id = ${conversation} and id = ${id} and not removed
    )
    update switchboard.chat_posts p set text = ${text}, card = ${written}::text::jsonb, seq = ${seq} from before b
    where p.organization_id = current_setting('switchboard.organization')::uuid and p.conversation_id = ${conversation} and p.id = b.id returning b.same`;
  return row && !row.same;
}

/** Takes its words and files away. @returns whether it was there. */
export async function removeChatPost(tx: Transaction, conversation: string, id: string): Promise<boolean> {
  const seq = await touchChat(tx, conversation);
  const rows = await tx`
    update switchboard.chat_posts set text = '', card = null, files = '[]', reactions = '[]', removed = true, seq = ${seq ?? 0}
    where organization_id = current_setting('switchboard.organization')::uuid and conversation_id = ${conversation} and id = ${id} and not removed returning 1`;
  await tx`delete from switchboard.chat_files
    where organization_id = current_setting('switchboard.organization')::uuid and conversation_id = ${conversation} and post_id = ${id}`;
  await tx`delete from switchboard.chat_comments
    where organization_id = current_setting('switchboard.organization')::uuid and conversation_id = ${conversation} and post_id = ${id}`;
  return rows.length > 0;
}

/** Reactions of one person to one post. */
const MOST_REACTIONS = 20;

/**
 * Sets a reaction or takes it away. @returns whether anything is new; undefined: there is no such post.
 * @throws Failure `refused`: they have set many.
 */
export async function reactToChatPost(
  tx: Transaction,
  { conversation, id }: { readonly conversation: string; readonly id: string },
  { emoji, by, added }: ChatReaction & { readonly added: boolean },
): Promise<boolean | undefined> {
  const seq = await touchChat(tx, conversation);
  const [row] = await tx<{ reactions: ChatReaction[] }[]>`select reactions from switchboard.chat_posts
    where organization_id = current_setting('switchboard.organization')::uuid and conversation_id = ${conversation} and id = ${id} and not removed`;
  if (row === undefined || seq === undefined) return undefined;
  const others = row.reactions.filter((one) => one.emoji !== emoji || one.by !== by);
  if (others.length < row.reactions.length === added) return false;
  if (added && others.filter((one) => one.by === by).length >= MOST_REACTIONS)
    throw new Failure('refused', `at most ${MOST_REACTIONS} reactions of yours to one message: take one away`);
  const reactions = added ? [...others, { emoji, by }] : others;
  await tx`update switchboard.chat_posts set reactions = ${JSON.stringify(reactions)}::text::jsonb, seq = ${seq}
    where organization_id = current_setting('switchboard.organization')::uuid and conversation_id = ${conversation} and id = ${id}`;
  return true;
}

/** Whose post it is; undefined: there is none that this person sees. */
export async function ownerOfChatPost(
  tx: Transaction,
  { conversation, id }: { readonly conversation: string; readonly id: string },
  { actor }: Pick<ChatActor, 'actor'>,
): Promise<Pick<ChatPost, 'author' | 'kind'> | undefined> {
  const [row] = await tx<Pick<ChatPost, 'author' | 'kind'>[]>`select author, kind from switchboard.chat_posts
    where organization_id = current_setting('switchboard.organization')::uuid and conversation_id = ${conversation} and id = ${id}
      and not removed and (only_for is null or only_for = ${actor})`;
  return row;
}

/** The bot was given it. */
export async function noteHeard(tx: Transaction, conversation: string, id: string): Promise<void> {
  const seq = await touchChat(tx, conversation);
  await tx`update switchboard.chat_posts set heard_at = now(), seq = ${seq ?? 0}
    where organization_id = current_setting('switchboard.organization')::uuid and conversation_id = ${conversation} and id = ${id} and heard_at is null`;
}

/** The turn whose answer a post is a part of; undefined: it is no answer. */
export async function turnOfChatPost(
  tx: Transaction,
  { conversation, id }: { readonly conversation: string; readonly id: string },
): Promise<string | undefined> {
  const [row] = await tx<{ turn: string }[]>`select o.turn_id as turn from switchboard.posts o
    join switchboard.chat_posts p on p.organization_id = o.organization_id and p.id::text = o.external_id
    where o.organization_id = current_setting('switchboard.organization')::uuid and o.external_id = ${id} and p.conversation_id = ${conversation} and p.id = ${id}::uuid`;
  return row?.turn;
}
