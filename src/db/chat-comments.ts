import type { ChatActor } from './chat-conversations.ts';
import { touchChat } from './chat-conversations.ts';
import type { Transaction } from './database.ts';

/** What somebody says about an answer. */
export type ChatComment = {
  readonly id: string;
  readonly author: string;
  readonly authorName: string;
  readonly text: string;
  /** ISO time. */
  readonly createdAt: string;
};

type OfPost = { readonly conversation: string; readonly post: string };

/** The oldest first. */
export async function listChatComments(
  tx: Transaction,
  { conversation, post }: OfPost,
): Promise<readonly ChatComment[]> {
  return tx<
    ChatComment[]
  >`select id, author, author_name as "authorName", text, to_json(created_at)#>>'{}' as "createdAt" from switchboard.chat_comments
    where organization_id = current_setting('switchboard.organization')::uuid and conversation_id = ${conversation} and post_id = ${post} order by created_at, id limit 500`;
}

/** Adds one, and says that the post has one more. */
export async function addChatComment(
  tx: Transaction,
  { conversation, post }: OfPost,
  { id, by, text }: { readonly id: string; readonly by: ChatActor; readonly text: string },
): Promise<void> {
  const seq = await touchChat(tx, conversation);
  await tx`insert into switchboard.chat_comments (organization_id, id, conversation_id, post_id, author, author_name, text)
    values (current_setting('switchboard.organization')::uuid, ${id}, ${conversation}, ${post}, ${by.actor}, ${by.name}, ${text})`;
  await tx`update switchboard.chat_posts set seq = ${seq ?? 0}
    where organization_id = current_setting('switchboard.organization')::uuid and conversation_id = ${conversation} and id = ${post}`;
}
