import { applyChanges } from './apply-changes.ts';
import type { Transaction } from './database.ts';
import { forgetChat } from './forget-chat.ts';

/** Messages that one transaction empties. */
const AT_ONCE = 1_000;

/** What became of it. `more`: it is so long that it takes another time. `busy`: an answer is being written in it. */
export type Erased = 'erased' | 'more' | 'busy' | 'missing';

/**
 * Takes away all words of a conversation: messages, what was delivered, files, answers, what the model and tools were told and
 * said, summaries, memories, opinions. What is left says that something was said, when and by whom.
 */
export async function eraseConversation(tx: Transaction, thread: string): Promise<Erased> {
  const [locked] = await tx<{ running: boolean }[]>`
    select exists (select 1 from switchboard.turns r where r.organization_id = t.organization_id and r.thread_id = t.id and r.state = 'running') as running
    from switchboard.threads t where t.organization_id = current_setting('switchboard.organization')::uuid and t.id = ${thread} for update`;
  if (locked === undefined) return 'missing';
  if (locked.running) return 'busy';
  const messages = await tx<{ id: string; app_id: string; delivery_id: string }[]>`
    select m.id, i.app_id, coalesce(m.delivery_ids[1], '') as delivery_id from switchboard.messages m
    join switchboard.threads t on t.organization_id = m.organization_id and t.id = m.thread_id
    join switchboard.installs i on i.organization_id = t.organization_id and i.id = t.install_id
    where m.organization_id = current_setting('switchboard.organization')::uuid and m.thread_id = ${thread}
      and (m.text <> '' or m.attachments <> '[]') order by m.sent_at limit ${AT_ONCE}`;
  if (messages.length > 0) await applyChanges(tx, { edits: [], deletions: messages });
  if (messages.length === AT_ONCE) return 'more';
  await forgetChat(tx, thread);
  await tx`update switchboard.turns set answer = case when answer is null then null else '' end, card = null
    where organization_id = current_setting('switchboard.organization')::uuid and thread_id = ${thread}`;
  await tx`update switchboard.posts p set text = null from switchboard.turns t
    where t.organization_id = current_setting('switchboard.organization')::uuid and t.thread_id = ${thread}
      and p.organization_id = t.organization_id and p.turn_id = t.id and p.text is not null`;
  await tx`update switchboard.steps s set input = null, output = null from switchboard.turns t
    where t.organization_id = current_setting('switchboard.organization')::uuid and t.thread_id = ${thread}
      and s.organization_id = t.organization_id and s.turn_id = t.id and (s.input is not null or s.output is not null)`;
  await tx`update switchboard.feedback f set comment = null from switchboard.turns t
    where t.organization_id = current_setting('switchboard.organization')::uuid and t.thread_id = ${thread}
      and f.organization_id = t.organization_id and f.turn_id = t.id and f.comment is not null`;
  return 'erased';
}
