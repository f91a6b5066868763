import type { ChatPost } from './chat-posts.ts';
import type { Transaction } from './database.ts';

const columns = (
  tx: Transaction,
): ReturnType<Transaction> => tx`p.id, p.ordinal::float8 as ordinal, p.seq::float8 as seq, p.kind, p.author, p.author_name as "authorName",
  p.author_kind as "authorKind", p.text, p.card, p.files, p.reactions, p.only_for is not null as private, p.removed, p.kind <> 'person' or p.heard_at is not null as heard,
  to_json(p.sent_at)#>>'{}' as "sentAt", (select count(*)::int from switchboard.chat_comments k
    where k.organization_id = p.organization_id and k.conversation_id = p.conversation_id and k.post_id = p.id) as comments`;

/** What one page reads: posts before a place, the newest of them, in their order. */
export async function readChatPosts(
  tx: Transaction,
  conversation: string,
  { actor, before, most }: { readonly actor: string; readonly before: number | undefined; readonly most: number },
): Promise<readonly ChatPost[]> {
  const rows = await tx<ChatPost[]>`
    select ${columns(tx)} from switchboard.chat_posts p
    where p.organization_id = current_setting('switchboard.organization')::uuid and p.conversation_id = ${conversation}
      and (p.only_for is null or p.only_for = ${actor}) ${before === undefined ? tx`` : tx`and p.ordinal < ${before}`}
    order by p.ordinal desc limit ${most}`;
  return rows.toReversed();
}

/** A post, and whom alone it is for. */
export type ChangedPost = ChatPost & { readonly onlyFor: string | null };

/** What was made or changed after a number, in the order of change; of everybody. */
export async function readChangedPosts(
  tx: Transaction,
  conversation: string,
  { after, most }: { readonly after: number; readonly most: number },
): Promise<readonly ChangedPost[]> {
  return tx<ChangedPost[]>`
    select ${columns(tx)}, p.only_for as "onlyFor" from switchboard.chat_posts p
    where p.organization_id = current_setting('switchboard.organization')::uuid and p.conversation_id = ${conversation} and p.seq > ${after}
    order by p.seq, p.ordinal limit ${most}`;
}

/** What was said for everybody, oldest first: at most the newest so many, sent at `after` or later. */
export async function readChatPast(
  tx: Transaction,
  conversation: string,
  { after, most }: { readonly after: Date | undefined; readonly most: number },
): Promise<readonly ChatPost[]> {
  const rows = await tx<ChatPost[]>`
    select ${columns(tx)} from switchboard.chat_posts p
    where p.organization_id = current_setting('switchboard.organization')::uuid and p.conversation_id = ${conversation}
      and p.only_for is null and not p.removed ${after === undefined ? tx`` : tx`and p.sent_at >= ${after.toISOString()}::timestamptz`}
    order by p.ordinal desc limit ${most}`;
  return rows.toReversed();
}

/** What people wrote and the bot was never given, the oldest first. */
export async function readUnheard(
  tx: Transaction,
  since: Date,
  most: number,
): Promise<readonly (ChatPost & { readonly conversation: string; readonly continued: boolean })[]> {
  return tx<(ChatPost & { conversation: string; continued: boolean })[]>`
    select ${columns(tx)}, p.conversation_id as conversation, c.continued_from is not null as continued
    from switchboard.chat_posts p join switchboard.chat_conversations c on c.organization_id = p.organization_id and c.id = p.conversation_id
    where p.organization_id = current_setting('switchboard.organization')::uuid and p.kind = 'person' and p.heard_at is null and not p.removed
      and p.sent_at >= ${since.toISOString()}::timestamptz order by p.sent_at limit ${most}`;
}

/** One post, whoever may see it. */
export async function readChatPost(tx: Transaction, conversation: string, id: string): Promise<ChatPost | undefined> {
  const [row] = await tx<ChatPost[]>`
    select ${columns(tx)} from switchboard.chat_posts p
    where p.organization_id = current_setting('switchboard.organization')::uuid and p.conversation_id = ${conversation} and p.id = ${id}`;
  return row;
}
