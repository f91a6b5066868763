import { createHash } from 'node:crypto';
import { messageId, type MessageId, type OrganizationId } from '../model/ids.ts';
import { storable } from '../model/storable.ts';
import { inOrganization, type Database, type Transaction } from './database.ts';
import { sendLarge } from './large-object.ts';
import { dropPassages } from './passages.ts';
import { asJson } from './rows.ts';

/** One of a message's attachments, counted from 0. */
export type FileSpot = { readonly message: MessageId; readonly ordinal: number };

/** A file that is kept: everything but its bytes. */
export type KeptFile = FileSpot & {
  /** The SHA-256 of the bytes, in hexadecimal. */
  readonly id: string;
  readonly mediaType: string;
  /** Bytes. */
  readonly size: number;
  /** What was read out of it: of a document its text, of a recording what is said in it. */
  readonly text: string | undefined;
};

export type NewFile = FileSpot & {
  /** Of the attachment that was fetched: one that has another handle by now is another file. */
  readonly handle: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
};

/** Files that came with messages, each kept once in its organization, as long as a message has it. */
export type Files = {
  readonly find: (organization: OrganizationId, messages: readonly MessageId[]) => Promise<readonly KeptFile[]>;
  /** The bytes of a file; undefined when it was deleted meanwhile. */
  readonly read: (organization: OrganizationId, id: string) => Promise<Uint8Array | undefined>;
  /** Keeps what was fetched, unless its message was deleted or lost the attachment meanwhile. */
  readonly keep: (organization: OrganizationId, file: NewFile) => Promise<void>;
  readonly keepText: (organization: OrganizationId, id: string, text: string) => Promise<void>;
};

export function openFiles(db: Database): Files {
  return {
    find: (organization, messages) => inOrganization(db, organization, (tx) => find(tx, messages)),
    read: (organization, id) => inOrganization(db, organization, (tx) => readBytes(tx, id)),
    keep: (organization, file) => inOrganization(db, organization, (tx) => keep(tx, file)),
    keepText: (organization, id, text) =>
      inOrganization(db, organization, async (tx) => {
        await tx`update switchboard.files set text = ${storable(text)}
          where organization_id = current_setting('switchboard.organization')::uuid and id = ${id}`;
      }),
  };
}

/** What names a file: the same bytes are one file. */
export function fileId(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

type Row = { message_id: string; ordinal: number; id: string; media_type: string; size: number; text: string | null };

async function find(tx: Transaction, messages: readonly MessageId[]): Promise<readonly KeptFile[]> {
  const rows = await tx<Row[]>`
    select l.message_id, l.ordinal, f.id, f.media_type, octet_length(f.bytes) as size, f.text
    from switchboard.message_files l
    join switchboard.files f on f.organization_id = l.organization_id and f.id = l.file_id
    where l.organization_id = current_setting('switchboard.organization')::uuid and l.message_id = any(${[...messages]}::uuid[])
    order by l.message_id, l.ordinal`;
  return rows.map(({ message_id: message, media_type: mediaType, text, ...row }) => ({
    ...row,
    message: messageId(message),
    mediaType,
    text: text ?? undefined,
  }));
}

async function readBytes(tx: Transaction, id: string): Promise<Uint8Array | undefined> {
  const [row] = await tx<{ bytes: Uint8Array }[]>`select bytes from switchboard.files
    where organization_id = current_setting('switchboard.organization')::uuid and id = ${id}`;
  return row?.bytes;
}

/**
 * Locks in the order of deletions: message, link, file. Without the lock on the file's row a deletion of the last other
 * message that has it would not see the new link, and take the file away from under it.
 */
async function keep(tx: Transaction, { message, ordinal, handle, mediaType, bytes }: NewFile): Promise<void> {
  const id = fileId(bytes);
  const there = await tx`select 1 from switchboard.messages
    where organization_id = current_setting('switchboard.organization')::uuid and id = ${message}
      and attachments -> ${ordinal}::int ->> 'handle' = ${handle} for share`;
  if (there.length === 0) return;
  const linked = await tx`insert into switchboard.message_files (organization_id, message_id, ordinal, file_id)
    values (current_setting('switchboard.organization')::uuid, ${message}, ${ordinal}, ${id})
    on conflict do nothing returning file_id`;
  if (linked.length === 0) return;
  const known = await tx`update switchboard.files set media_type = media_type
    where organization_id = current_setting('switchboard.organization')::uuid and id = ${id} returning id`;
  if (known.length > 0) return;
  await sendLarge(
    tx,
    bytes,
    (object) => tx`insert into switchboard.files as f (organization_id, id, media_type, bytes)
      values (current_setting('switchboard.organization')::uuid, ${id}, ${mediaType}, lo_get(${object}::text::oid))
      on conflict (organization_id, id) do update set media_type = f.media_type`,
  );
}

/** Takes away what came with messages that are deleted, in the transaction that locked them. */
export async function dropFilesOf(tx: Transaction, messages: readonly string[]): Promise<void> {
  const links = await tx<{ file_id: string }[]>`delete from switchboard.message_files
    where organization_id = current_setting('switchboard.organization')::uuid and message_id = any(${[...messages]}::uuid[])
    returning file_id`;
  await dropUnused(tx, links);
}

/**
 * Takes away files that edits take off their messages, before those are written and in the transaction that locked them.
 * Platforms write the address of a file anew in every delivery: what has the same name and size is the same file.
 */
export async function dropFilesEditedOff(
  tx: Transaction,
  edits: readonly { readonly id: string; readonly attachments: unknown }[],
): Promise<void> {
  const rows = edits.map(({ id, attachments }) => ({ id, attachments }));
  const links = await tx<{ file_id: string }[]>`
    delete from switchboard.message_files l
    using json_to_recordset(${asJson(tx, rows)}) as r(id uuid, attachments jsonb), switchboard.messages m
    where l.organization_id = current_setting('switchboard.organization')::uuid and l.message_id = r.id
      and l.message_id = any(${rows.map((row) => row.id)}::uuid[])
      and m.organization_id = l.organization_id and m.id = l.message_id
      and not coalesce(
        r.attachments -> l.ordinal ->> 'handle' = m.attachments -> l.ordinal ->> 'handle'
        or (r.attachments -> l.ordinal ->> 'name' = m.attachments -> l.ordinal ->> 'name'
          and r.attachments -> l.ordinal ->> 'size' = m.attachments -> l.ordinal ->> 'size'), false)
    returning l.file_id`;
  await dropUnused(tx, links);
}

async function dropUnused(tx: Transaction, links: readonly { readonly file_id: string }[]): Promise<void> {
  const ids = [...new Set(links.map((link) => link.file_id))];
  if (ids.length === 0) return;
  // Locked first, and looked at in a statement of its own: it sees what whoever had the lock before has committed.
  await tx`select id from switchboard.files
    where organization_id = current_setting('switchboard.organization')::uuid and id = any(${ids}) order by id for update`;
  const gone = await tx<{ id: string }[]>`delete from switchboard.files f
    where f.organization_id = current_setting('switchboard.organization')::uuid and f.id = any(${ids})
      and not exists (select 1 from switchboard.message_files l where l.organization_id = f.organization_id and l.file_id = f.id)
    returning f.id`;
  await dropPassages(
    tx,
    'document',
    gone.map(({ id }) => id),
  );
}
