import { messageId, type MessageId, type OrganizationId, type ThreadId } from '../model/ids.ts';
import type { Attachment } from '../model/message.ts';
import { inOrganization, type Database } from './database.ts';

/** A message of a thread that came with files. */
export type WithFiles = {
  readonly message: MessageId;
  readonly who: string;
  readonly at: Date;
  readonly attachments: readonly Attachment[];
};

/** The newest first. */
export type FindAttachments = (organization: OrganizationId, thread: ThreadId) => Promise<readonly WithFiles[]>;

const MOST_MESSAGES = 200;

type Row = { id: string; who: string; at_ms: number; attachments: readonly Attachment[] };

/** Files of one thread, but for what was forgotten. */
export function openFindAttachments(db: Database): FindAttachments {
  return (organization, thread) =>
    inOrganization(db, organization, async (tx) => {
      const rows = await tx<Row[]>`
        select m.id, m.author_name as who, (extract(epoch from m.sent_at) * 1000)::float8 as at_ms, m.attachments
        from switchboard.messages m
        join switchboard.threads t on t.organization_id = m.organization_id and t.id = m.thread_id
        where m.organization_id = current_setting('switchboard.organization')::uuid and m.thread_id = ${thread}
          and m.attachments <> '[]' and m.sent_at > coalesce(t.forgotten_at, '-infinity')
        order by m.sent_at desc limit ${MOST_MESSAGES}`;
      return rows.map(({ id, who, at_ms, attachments }) => ({
        message: messageId(id),
        who,
        at: new Date(at_ms),
        attachments,
      }));
    });
}
