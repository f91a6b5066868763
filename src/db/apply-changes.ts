import { threadId, type ThreadId } from '../model/ids.ts';
import { enqueueDrains } from '../queue/enqueue.ts';
import type { CommandCall } from '../model/commands.ts';
import { afterDeletion, afterEdit, type Change, type KnownMessage } from './changes.ts';
import type { Transaction } from './database.ts';
import { forgetChatCopies } from './forget-chat.ts';
import { dropPassages } from './passages.ts';
import { dropFilesEditedOff, dropFilesOf } from './files.ts';
import { dropAnswersOf } from './answer-cache.ts';
import { forgetTurns } from './memories.ts';
import { asJson } from './rows.ts';
import { dropSummaries } from './summaries.ts';

/** A message that somebody edited. */
export type EditRow = {
  readonly id: string;
  readonly version: string;
  readonly text: string;
  readonly attachments: unknown;
  readonly why: string;
  readonly command: CommandCall | null;
  readonly address: string;
  readonly delivery_id: string;
  /** By the policy of its place. */
  readonly again: boolean;
};

export type DeletionRow = {
  readonly id: string;
  /** What told of it may quote it. */
  readonly app_id: string;
  readonly delivery_id: string;
};

export type ChangeRows = { readonly edits: readonly EditRow[]; readonly deletions: readonly DeletionRow[] };

type Row = {
  id: string;
  thread_id: string;
  turn_id: string | null;
  state: KnownMessage['state'];
  why: string;
  reason: string | null;
  text: string;
  author_kind: string;
  has_files: boolean;
  is_command: boolean;
  age_ms: number;
  app_id: string;
  external_id: string;
  sent_at: string;
  delivery_ids: readonly string[];
};

/**
 * Locks the threads of messages that are about to change, before anything else of their transaction: whoever ends a turn
 * locks the thread first and its messages then, and nobody may wait for him the other way round.
 */
export async function lockThreadsOf(tx: Transaction, { edits, deletions }: ChangeRows): Promise<void> {
  const ids = [...edits, ...deletions].map((row) => row.id);
  if (ids.length === 0) return;
  await tx`select id from switchboard.threads where organization_id = current_setting('switchboard.organization')::uuid
    and id in (select thread_id from switchboard.messages
      where organization_id = current_setting('switchboard.organization')::uuid and id = any(${ids}::uuid[]))
    order by id for update`;
}

/** Makes what we keep say what the platform says now, and wakes or stirs whoever answers it. */
export async function applyChanges(tx: Transaction, rows: ChangeRows): Promise<void> {
  const { edits, deletions } = rows;
  if (edits.length > 0) await applyEdits(tx, edits);
  if (deletions.length > 0) await applyDeletions(tx, deletions);
}

async function applyEdits(tx: Transaction, edits: readonly EditRow[]): Promise<void> {
  const latest = new Map(edits.map((edit) => [edit.id, edit]));
  const known = await read(tx, [...latest.keys()]);
  const changed = known.flatMap((row) => {
    const edit = latest.get(row.id);
    return edit === undefined ? [] : [{ row, edit, change: afterEdit(knownOf(row), edit) }];
  });
  const written = changed.map(({ edit, change }) => ({
    ...edit,
    ...change,
    command: change.act === 'none' ? null : edit.command,
  }));
  await dropFilesEditedOff(tx, written);
  await tx`
    update switchboard.messages m set text = r.text, version = r.version, attachments = r.attachments, state = r.state, reason = r.reason,
      why = r.why, command = coalesce(r.command, m.command), address = case when r.why <> m.why then r.address else m.address end,
      delivery_ids = array_append(m.delivery_ids, r.delivery_id)
    from json_to_recordset(${asJson(tx, written)}) as r(id uuid, version text, text text, attachments jsonb, state text, reason text,
      why text, command jsonb, address text, delivery_id text)
    where m.organization_id = current_setting('switchboard.organization')::uuid and m.id = r.id
      and m.id = any(${written.map((row) => row.id)}::uuid[])`;
  // A link that a platform unfolds comes as an edit, too.
  const reworded = changed.filter(({ row, edit }) => row.text !== edit.text).map(({ row }) => row);
  await dropSummaries(tx, reworded);
  await dropPassagesOf(tx, reworded);
  await follow(tx, changed);
}

async function applyDeletions(tx: Transaction, deletions: readonly DeletionRow[]): Promise<void> {
  const known = await read(
    tx,
    deletions.map((row) => row.id),
  );
  const changed = known.map((row) => ({ row, change: afterDeletion(knownOf(row)) }));
  const written = changed.map(({ row, change }) => ({ id: row.id, state: change.state, reason: change.reason }));
  await tx`
    update switchboard.messages m set text = '', attachments = '[]', anchor = null, command = null, state = r.state, reason = r.reason
    from json_to_recordset(${asJson(tx, written)}) as r(id uuid, state text, reason text)
    where m.organization_id = current_setting('switchboard.organization')::uuid and m.id = r.id
      and m.id = any(${written.map((row) => row.id)}::uuid[])`;
  await redact(tx, known, deletions);
  await dropFilesOf(
    tx,
    known.map((row) => row.id),
  );
  await dropWhatRemembers(tx, known);
  await follow(tx, changed);
}

/** What was made from it has its words as well. */
async function dropWhatRemembers(tx: Transaction, rows: readonly Row[]): Promise<void> {
  const turns = rows.flatMap((row) => row.turn_id ?? []);
  await dropSummaries(tx, rows);
  await dropPassagesOf(tx, rows);
  await forgetTurns(tx, turns);
  await dropAnswersOf(tx, turns);
}

function dropPassagesOf(tx: Transaction, rows: readonly Row[]): Promise<void> {
  return dropPassages(
    tx,
    'message',
    rows.map((row) => row.id),
  );
}

/** Messages after a deleted one in its thread that are looked through for quotes of it. */
const MOST_QUOTING = 2_000;

/** What was delivered holds the text as well. */
async function redact(tx: Transaction, rows: readonly Row[], deletions: readonly DeletionRow[]): Promise<void> {
  const deliveries = [
    ...rows.flatMap((row) => row.delivery_ids.map((id) => ({ app: row.app_id, id }))),
    ...deletions.map((row) => ({ app: row.app_id, id: row.delivery_id })),
  ];
  const messages = rows
    .filter((row) => row.text !== '' || row.has_files)
    .map((row) => ({ subject: `message ${row.id}` }));
  await tx`update switchboard.deliveries d set raw = ''
    from json_to_recordset(${asJson(tx, deliveries)}) as r(app uuid, id text)
    where d.organization_id = current_setting('switchboard.organization')::uuid and d.app_id = r.app and d.delivery_id = r.id`;
  await forgetChatCopies(
    tx,
    rows.map((row) => row.id),
  );
  // What was said later in the thread may quote it: every such delivery names it by its id.
  const quoted = rows.map((row) => ({
    app: row.app_id,
    thread: row.thread_id,
    external: row.external_id,
    since: row.sent_at,
  }));
  await tx`update switchboard.deliveries d set raw = ''
    from json_to_recordset(${asJson(tx, quoted)}) as r(app uuid, thread uuid, external text, since timestamptz)
    cross join lateral (select unnest(m.delivery_ids) as id from switchboard.messages m
      where m.organization_id = current_setting('switchboard.organization')::uuid and m.thread_id = r.thread and m.sent_at >= r.since
      order by m.sent_at limit ${MOST_QUOTING}) later
    where d.organization_id = current_setting('switchboard.organization')::uuid and d.app_id = r.app and d.delivery_id = later.id
      and position(convert_to(r.external, 'UTF8') in d.raw) > 0`;
  // What the agent was told, asked for and got may quote it, too. A turn that runs still needs it.
  await tx`update switchboard.steps s set input = null, output = null from switchboard.turns t
    where t.organization_id = current_setting('switchboard.organization')::uuid and t.thread_id = any(${rows.map((row) => row.thread_id)}::uuid[])
      and t.state <> 'running' and s.organization_id = t.organization_id and s.turn_id = t.id and (s.input is not null or s.output is not null)`;
  await tx`insert into switchboard.audit (organization_id, actor, what, subject)
    select current_setting('switchboard.organization')::uuid, 'its author', 'message.redacted', subject
    from json_to_recordset(${asJson(tx, messages)}) as r(subject text)`;
}

async function follow(
  tx: Transaction,
  changed: readonly { readonly row: Row; readonly change: Change }[],
): Promise<void> {
  const threadsOf = (...acts: readonly Change['act'][]): readonly ThreadId[] => [
    ...new Set(changed.filter(({ change }) => acts.includes(change.act)).map(({ row }) => threadId(row.thread_id))),
  ];
  const again = changed.filter(({ change }) => change.act === 'redo').flatMap(({ row }) => row.turn_id ?? []);
  if (again.length > 0)
    await tx`update switchboard.messages set state = 'waiting', reason = null
      where organization_id = current_setting('switchboard.organization')::uuid and turn_id = any(${again}::uuid[]) and thread_id = any(${[...threadsOf('redo')]}::uuid[])
        and state in ('answered', 'dead')`;
  const stirred = threadsOf('stir');
  if (stirred.length > 0)
    await tx`update switchboard.threads set stirred = true
      where organization_id = current_setting('switchboard.organization')::uuid and id = any(${[...stirred]}::uuid[])`;
  await enqueueDrains(
    tx,
    threadsOf('wake', 'stir', 'redo').map((thread) => ({ thread, inMs: 0 })),
  );
}

/** Locked, in the order of their ids. */
async function read(tx: Transaction, ids: readonly string[]): Promise<readonly Row[]> {
  return tx<Row[]>`
    select m.id, m.thread_id, m.turn_id, m.state, m.why, m.reason, m.text, m.author_kind, m.attachments <> '[]' as has_files, m.command is not null as is_command,
      (extract(epoch from now() - m.sent_at) * 1000)::float8 as age_ms, m.external_id, to_json(m.sent_at)#>>'{}' as sent_at, m.delivery_ids,
      (select i.app_id from switchboard.threads t join switchboard.installs i on i.organization_id = t.organization_id and i.id = t.install_id
        where t.organization_id = m.organization_id and t.id = m.thread_id) as app_id
    from switchboard.messages m
    where m.organization_id = current_setting('switchboard.organization')::uuid and m.id = any(${[...ids]}::uuid[])
    order by m.id for update`;
}

function knownOf(row: Row): KnownMessage {
  return {
    state: row.state,
    why: row.why,
    reason: row.reason,
    text: row.text,
    authorKind: row.author_kind,
    isCommand: row.is_command,
    inTurn: row.turn_id !== null,
    ageMs: row.age_ms,
  };
}
