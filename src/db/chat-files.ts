import type { ChatFile } from './chat-posts.ts';
import type { Transaction } from './database.ts';

export type NewChatFile = Omit<ChatFile, 'size'> & {
  readonly conversation: string;
  readonly bytes: Uint8Array;
  readonly addedBy: string;
};

export async function addChatFile(tx: Transaction, file: NewChatFile): Promise<void> {
  const { id, conversation, name, mediaType, bytes, addedBy } = file;
  await tx`insert into switchboard.chat_files (organization_id, id, conversation_id, name, media_type, size, data, added_by)
    values (current_setting('switchboard.organization')::uuid, ${id}, ${conversation}, ${name}, ${mediaType}, ${bytes.length}, ${Buffer.from(bytes)}, ${addedBy})
    on conflict do nothing`;
}

/** Bytes that somebody has uploaded and not sent; what has lain for a day is thrown away first. */
export async function unsentBytes(tx: Transaction, actor: string): Promise<number> {
  await tx`delete from switchboard.chat_files where organization_id = current_setting('switchboard.organization')::uuid
    and post_id is null and added_by = ${actor} and created_at < now() - interval '1 day'`;
  const [row] = await tx<{ bytes: number }[]>`select coalesce(sum(size), 0)::float8 as bytes from switchboard.chat_files
    where organization_id = current_setting('switchboard.organization')::uuid and post_id is null and added_by = ${actor}`;
  return row?.bytes ?? 0;
}

/** Those of these files that somebody has uploaded to this conversation and not sent yet, in the order in which they are named. */
export async function readUnsentFiles(
  tx: Transaction,
  { conversation, actor }: { readonly conversation: string; readonly actor: string },
  ids: readonly string[],
): Promise<readonly ChatFile[]> {
  const rows = await tx<ChatFile[]>`select id, name, media_type as "mediaType", size from switchboard.chat_files
    where organization_id = current_setting('switchboard.organization')::uuid and conversation_id = ${conversation} and added_by = ${actor}
      and post_id is null and id = any(${[...ids]}::uuid[])`;
  return ids.flatMap((id) => rows.find((row) => row.id === id) ?? []);
}

export type ChatBytes = ChatFile & { readonly bytes: Uint8Array };

/** At most so many of its bytes; undefined: there is no such file. `conversation` undefined: of any. */
export async function readChatFile(
  tx: Transaction,
  { id, conversation }: { readonly id: string; readonly conversation: string | undefined },
  mostBytes: number,
): Promise<ChatBytes | undefined> {
  const [row] = await tx<ChatBytes[]>`
    select id, name, media_type as "mediaType", size, substring(data from 1 for ${mostBytes}) as bytes from switchboard.chat_files
    where organization_id = current_setting('switchboard.organization')::uuid and id = ${id}
      ${conversation === undefined ? tx`` : tx`and conversation_id = ${conversation}`}`;
  return row;
}
