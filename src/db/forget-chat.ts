import type { Transaction } from './database.ts';

/** What a post is called that was taken over from another conversation, by the row (of a message or a turn) that it was taken from. */
export const pastNonce = (id: string): string => `past/${id}`;

/** Copies of what was said elsewhere go with it. @param ids of messages and turns. */
export async function forgetChatCopies(tx: Transaction, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx`update switchboard.chat_posts set text = '', files = '[]', reactions = '[]', removed = true
    where organization_id = current_setting('switchboard.organization')::uuid and kind = 'past' and nonce = any(${ids.map(pastNonce)}) and not removed`;
}

/** All words of a conversation of the chat, by its thread; does nothing to threads of other platforms. */
export async function forgetChat(tx: Transaction, thread: string): Promise<void> {
  const turns = await tx<{ id: string }[]>`select id from switchboard.turns
    where organization_id = current_setting('switchboard.organization')::uuid and thread_id = ${thread}`;
  await forgetChatCopies(
    tx,
    turns.map(({ id }) => id),
  );
  const [chat] = await tx<{ id: string }[]>`
    update switchboard.chat_conversations c set title = '', seq = c.seq + 1 from switchboard.threads t
    where t.organization_id = current_setting('switchboard.organization')::uuid and t.id = ${thread} and c.organization_id = t.organization_id
      and c.id = case when t.external_id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then t.external_id::uuid end
    returning c.id`;
  if (chat === undefined) return;
  await tx`update switchboard.chat_posts p set text = '', card = null, files = '[]', reactions = '[]', removed = true, seq = c.seq from switchboard.chat_conversations c
    where c.organization_id = current_setting('switchboard.organization')::uuid and c.id = ${chat.id}
      and p.organization_id = c.organization_id and p.conversation_id = c.id`;
  await tx`delete from switchboard.chat_files where organization_id = current_setting('switchboard.organization')::uuid and conversation_id = ${chat.id}`;
  await tx`delete from switchboard.chat_comments where organization_id = current_setting('switchboard.organization')::uuid and conversation_id = ${chat.id}`;
}
