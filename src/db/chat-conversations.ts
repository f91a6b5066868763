import { doingOf, type ChatDoing } from './chat-doing.ts';
import type { Transaction } from './database.ts';

/** Somebody in a conversation: `person/…` or `key/…`, and the name that others see. */
export type ChatActor = { readonly actor: string; readonly name: string };

export type ChatMember = ChatActor & {
  /** ISO time. */
  readonly addedAt: string;
  /** Looks at the conversation right now. */
  readonly present: boolean;
  readonly typing: boolean;
};

export type ChatConversation = {
  readonly id: string;
  readonly title: string;
  readonly createdBy: string;
  readonly continuedFrom: string | null;
  readonly seq: number;
  readonly doing: ChatDoing;
  /** ISO times. */
  readonly createdAt: string;
  readonly activeAt: string;
};

export type NewChat = {
  readonly id: string;
  readonly title: string;
  readonly by: ChatActor;
  readonly continuedFrom: string | null;
};

/** Begins a conversation of one person with the bot. @returns false: it was begun before. */
export async function beginChat(tx: Transaction, { id, title, by, continuedFrom }: NewChat): Promise<boolean> {
  const rows = await tx`
    insert into switchboard.chat_conversations (organization_id, id, title, created_by, continued_from)
    values (current_setting('switchboard.organization')::uuid, ${id}, ${title}, ${by.actor}, ${continuedFrom})
    on conflict do nothing returning 1`;
  if (rows.length > 0) await addChatMember(tx, id, { ...by, addedBy: by.actor });
  return rows.length > 0;
}

const columns = (tx: Transaction): ReturnType<Transaction> => tx`c.id, c.title, c.created_by as "createdBy",
  c.continued_from as "continuedFrom", c.seq::float8 as seq, ${doingOf(tx)} as doing, to_json(c.created_at)#>>'{}' as "createdAt", to_json(c.active_at)#>>'{}' as "activeAt"`;

export type ChatWanted = {
  /** In the title; undefined: any. */
  readonly text: string | undefined;
  readonly after: { readonly at: string; readonly id: string } | undefined;
  readonly most: number;
};

/** Somebody's conversations, the most active first. */
export async function listChats(
  tx: Transaction,
  actor: string,
  { text, after, most }: ChatWanted,
): Promise<readonly (ChatConversation & { readonly members: number })[]> {
  return tx<(ChatConversation & { members: number })[]>`
    select ${columns(tx)}, (select count(*)::int from switchboard.chat_members o
      where o.organization_id = c.organization_id and o.conversation_id = c.id) as members
    from switchboard.chat_members m join switchboard.chat_conversations c on c.organization_id = m.organization_id and c.id = m.conversation_id
    where m.organization_id = current_setting('switchboard.organization')::uuid and m.actor = ${actor}
      ${text === undefined ? tx`` : tx`and position(lower(${text}) in lower(c.title)) > 0`}
      ${after === undefined ? tx`` : tx`and (c.active_at, c.id) < (${after.at}::timestamptz, ${after.id}::uuid)`}
    order by c.active_at desc, c.id desc limit ${most}`;
}

/** A conversation as one of its members sees it; undefined: there is none, or it is not theirs. */
export async function readChat(tx: Transaction, id: string, actor: string): Promise<ChatConversation | undefined> {
  const [row] = await tx<ChatConversation[]>`
    select ${columns(tx)} from switchboard.chat_conversations c
    join switchboard.chat_members m on m.organization_id = c.organization_id and m.conversation_id = c.id and m.actor = ${actor}
    where c.organization_id = current_setting('switchboard.organization')::uuid and c.id = ${id}`;
  return row;
}

/** The longest in first. */
export async function readChatMembers(tx: Transaction, conversation: string): Promise<readonly ChatMember[]> {
  return tx<ChatMember[]>`
    select actor, name, to_json(added_at)#>>'{}' as "addedAt", coalesce(present_until > now(), false) as present, coalesce(typing_until > now(), false) as typing
    from switchboard.chat_members
    where organization_id = current_setting('switchboard.organization')::uuid and conversation_id = ${conversation} order by added_at, actor`;
}

/** @returns false: they are in it already. */
export async function addChatMember(
  tx: Transaction,
  conversation: string,
  { actor, name, addedBy }: ChatActor & { readonly addedBy: string },
): Promise<boolean> {
  const rows = await tx`
    insert into switchboard.chat_members (organization_id, conversation_id, actor, name, added_by)
    values (current_setting('switchboard.organization')::uuid, ${conversation}, ${actor}, ${name}, ${addedBy}) on conflict do nothing returning 1`;
  return rows.length > 0;
}

/** @returns false: they were not in it. */
export async function removeChatMember(tx: Transaction, conversation: string, actor: string): Promise<boolean> {
  const rows = await tx`delete from switchboard.chat_members
    where organization_id = current_setting('switchboard.organization')::uuid and conversation_id = ${conversation} and actor = ${actor} returning 1`;
  return rows.length > 0;
}

/** What is seen of it has changed. @returns its new number; undefined: there is none such. */
export async function touchChat(tx: Transaction, conversation: string): Promise<number | undefined> {
  const [row] = await tx<{ seq: number }[]>`update switchboard.chat_conversations set seq = seq + 1
    where organization_id = current_setting('switchboard.organization')::uuid and id = ${conversation} returning seq::float8 as seq`;
  return row?.seq;
}

export async function renameChat(tx: Transaction, conversation: string, title: string): Promise<void> {
  await tx`update switchboard.chat_conversations set title = ${title}, seq = seq + 1
    where organization_id = current_setting('switchboard.organization')::uuid and id = ${conversation}`;
}

/** Gives a conversation without a title one. */
export async function titleChat(tx: Transaction, conversation: string, title: string): Promise<void> {
  await tx`update switchboard.chat_conversations set title = ${title}
    where organization_id = current_setting('switchboard.organization')::uuid and id = ${conversation} and title = ''`;
}

/** Somebody looks at it, or types, for so many seconds from now; 0: no more. @returns whether others see something else now. */
export async function noteChatPresence(
  tx: Transaction,
  { conversation, actor }: { readonly conversation: string; readonly actor: string },
  { presentS, typingS }: { readonly presentS?: number; readonly typingS?: number },
): Promise<boolean> {
  const [row] = await tx<{ changed: boolean }[]>`
    with before as (
      select conversation_id, actor, coalesce(present_until > now(), false) as present, coalesce(typing_until > now(), false) as typing
      from switchboard.chat_members
      where organization_id = current_setting('switchboard.organization')::uuid and conversation_id = ${conversation} and actor = ${actor} for update
    )
    update switchboard.chat_members m set
      present_until = ${presentS === undefined ? tx`m.present_until` : tx`now() + make_interval(secs => ${presentS})`},
      typing_until = ${typingS === undefined ? tx`m.typing_until` : tx`now() + make_interval(secs => ${typingS})`}
    from before b
    where m.organization_id = current_setting('switchboard.organization')::uuid and m.conversation_id = b.conversation_id and m.actor = b.actor
    returning b.present <> coalesce(m.present_until > now(), false) or b.typing <> coalesce(m.typing_until > now(), false) as changed`;
  return row?.changed ?? false;
}

/** What is known of a conversation beside its posts. */
export type ChatState = Pick<ChatConversation, 'seq' | 'title' | 'doing'> & {
  readonly members: readonly Pick<ChatMember, 'actor' | 'name' | 'present' | 'typing'>[];
};

/** Undefined: there is none such. */
export async function readChatState(tx: Transaction, conversation: string): Promise<ChatState | undefined> {
  const [row] = await tx<ChatState[]>`
    select c.seq::float8 as seq, c.title, ${doingOf(tx)} as doing, coalesce((
      select json_agg(json_build_object('actor', m.actor, 'name', m.name, 'present', coalesce(m.present_until > now(), false),
        'typing', coalesce(m.typing_until > now(), false)) order by m.added_at, m.actor)
      from switchboard.chat_members m where m.organization_id = c.organization_id and m.conversation_id = c.id), '[]') as members
    from switchboard.chat_conversations c
    where c.organization_id = current_setting('switchboard.organization')::uuid and c.id = ${conversation}`;
  return row;
}
