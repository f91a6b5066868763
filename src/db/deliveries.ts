import type { CommandCall } from '../model/commands.ts';
import { applyChanges, lockThreadsOf, type DeletionRow, type EditRow } from './apply-changes.ts';
import { isWeak } from './changes.ts';
import type { Transaction } from './database.ts';
import { insertActs, type ActRow } from './insert-acts.ts';
import { insertPeople, type PersonRow } from './insert-people.ts';
import { insertLargeDeliveries, insertSmallDeliveries, type DeliveryRow } from './insert-deliveries.ts';
import { asJson } from './rows.ts';

/** What one delivery leaves behind, as rows; see intake/translate for where they come from. */
export type Accepted = {
  readonly delivery: DeliveryRow;
  readonly installs: readonly {
    id: string;
    app_id: string;
    external_id: string;
    name: string | null;
    state: 'active' | 'uninstalled';
  }[];
  readonly threads: readonly { id: string; install_id: string; channel: string; external_id: string }[];
  readonly messages: readonly MessageRow[];
  /** Of messages that were edited or deleted; stored only when they have not come yet. */
  readonly early: readonly MessageRow[];
  readonly edits: readonly EditRow[];
  readonly deletions: readonly DeletionRow[];
  readonly people: readonly PersonRow[];
  readonly acts: readonly ActRow[];
};

export type MessageRow = {
  readonly id: string;
  readonly thread_id: string;
  readonly external_id: string;
  readonly version: string;
  readonly author_id: string;
  readonly author_name: string;
  readonly author_kind: 'human' | 'bot' | 'self';
  readonly text: string;
  readonly attachments: unknown;
  readonly anchor: unknown;
  readonly address: string;
  readonly why: string;
  readonly has_past: boolean;
  readonly command: CommandCall | null;
  readonly delivery_ids: readonly string[];
  readonly state: 'waiting' | 'ignored';
  readonly reason: string | null;
  readonly correlation: string;
  readonly sent_at: string;
  readonly received_at: string;
};

/** Why a message is not answered whose edit came before it: until it comes itself. */
export const EDITED_EARLY = 'edited before it came';

/**
 * Stores deliveries and what they mean, and wakes the threads that have something to answer: all or nothing.
 * A delivery or a message that is there already changes nothing, but for one thing: a message first seen without being
 * addressed (some platforms send each mention twice) becomes a question when its twin says so.
 */
export async function acceptDeliveries(tx: Transaction, accepted: readonly Accepted[]): Promise<readonly true[]> {
  const deliveries = accepted.map((item) => item.delivery);
  const edits = accepted.flatMap((item) => item.edits);
  const deletions = unique(accepted.flatMap((item) => item.deletions));
  await lockThreadsOf(tx, { edits, deletions });
  await insertLargeDeliveries(tx, deliveries);
  await Promise.all([
    insertSmallDeliveries(tx, deliveries),
    upsertInstalls(tx, unique(accepted.flatMap((item) => item.installs))),
    insertThreads(tx, unique(accepted.flatMap((item) => item.threads))),
    insertMessages(tx, strongest(accepted.flatMap((item) => item.messages))),
    insertEarly(tx, unique(accepted.flatMap((item) => item.early))),
    insertPeople(tx, unique(accepted.flatMap((item) => item.people))),
    insertActs(tx, unique(accepted.flatMap((item) => item.acts))),
  ]);
  await applyChanges(tx, { edits, deletions });
  return accepted.map(() => true);
}

/** The last row of each id, in the order of the ids: transactions that lock in one order never wait for each other in a ring. */
function unique<Row extends { readonly id: string }>(rows: readonly Row[]): Row[] {
  return [...new Map(rows.map((row) => [row.id, row])).values()].toSorted(byId);
}

function byId(one: { id: string }, other: { id: string }): number {
  return one.id < other.id ? -1 : 1;
}

/** Of twins in one group, the one that is addressed. */
function strongest(rows: readonly MessageRow[]): MessageRow[] {
  const kept = new Map<string, MessageRow>();
  for (const row of rows) {
    const other = kept.get(row.id);
    const best = other === undefined || (isWeak(other.why) && !isWeak(row.why)) ? row : other;
    // What is deleted later is taken out of every delivery that it came with.
    const delivery_ids = [...new Set([...(other?.delivery_ids ?? []), ...row.delivery_ids])];
    kept.set(row.id, { ...best, delivery_ids });
  }
  return [...kept.values()].toSorted(byId);
}

async function upsertInstalls(tx: Transaction, rows: Accepted['installs']): Promise<void> {
  if (rows.length === 0) return;
  // Insert and update apart: ON CONFLICT DO UPDATE would lock the row of a busy workspace for every message of it.
  await tx`
    insert into switchboard.installs (organization_id, id, app_id, external_id, name, state)
    select current_setting('switchboard.organization')::uuid, id, app_id, external_id, name, state
    from json_to_recordset(${asJson(tx, rows)}) as r(id uuid, app_id uuid, external_id text, name text, state text)
    on conflict do nothing`;
  await tx`
    update switchboard.installs i set state = case when i.state = 'paused' and r.state = 'active' then 'paused' else r.state end, name = coalesce(r.name, i.name), changed_at = now(),
      sealed_tokens = case when r.state = 'uninstalled' then null else i.sealed_tokens end
    from json_to_recordset(${asJson(tx, rows)}) as r(id uuid, name text, state text)
    where i.organization_id = current_setting('switchboard.organization')::uuid and i.id = r.id
      and i.id = any(${rows.map((row) => row.id)}::uuid[])
      and (i.state <> r.state and not (i.state = 'paused' and r.state = 'active') or i.name is distinct from coalesce(r.name, i.name))`;
}

async function insertThreads(tx: Transaction, rows: Accepted['threads']): Promise<void> {
  if (rows.length === 0) return;
  await tx`
    insert into switchboard.threads (organization_id, id, install_id, channel, external_id)
    select current_setting('switchboard.organization')::uuid, id, install_id, channel, external_id
    from json_to_recordset(${asJson(tx, rows)}) as r(id uuid, install_id uuid, channel text, external_id text)
    on conflict do nothing`;
}

async function insertMessages(tx: Transaction, rows: readonly MessageRow[]): Promise<void> {
  if (rows.length === 0) return;
  const [done] = await tx<{ stored: number }[]>`
    with stored as (
      ${insertion(tx, rows)}
      on conflict (organization_id, id) do update
        set why = excluded.why, state = excluded.state, reason = excluded.reason, address = excluded.address, has_past = excluded.has_past,
          text = case when messages.reason = ${EDITED_EARLY} then messages.text else excluded.text end,
          command = case when messages.reason = ${EDITED_EARLY} then messages.command else excluded.command end,
          delivery_ids = messages.delivery_ids || excluded.delivery_ids
        where (messages.reason = ${EDITED_EARLY} or messages.why in ('overheard', 'follow-up') and excluded.why not in ('overheard', 'follow-up'))
          and messages.state in ('ignored', 'waiting') and messages.turn_id is null
      returning thread_id, state
    )
    select (select count(*)::int from stored) as stored, (
      select switchboard_system.enqueue_drains(array_agg(thread_id), now(), false) from stored where state = 'waiting' having count(*) > 0)`;
  if ((done?.stored ?? 0) < rows.length) await noteTwins(tx, rows);
}

/** What is deleted later is taken out of every delivery that it came with. */
async function noteTwins(tx: Transaction, rows: readonly MessageRow[]): Promise<void> {
  const came = rows.map(({ id, delivery_ids }) => ({ id, delivery_ids }));
  await tx`
    update switchboard.messages m set delivery_ids = m.delivery_ids || r.delivery_ids
    from json_to_recordset(${asJson(tx, came)}) as r(id uuid, delivery_ids text[])
    where m.organization_id = current_setting('switchboard.organization')::uuid and m.id = r.id and not m.delivery_ids @> r.delivery_ids
      and m.id = any(${rows.map((row) => row.id)}::uuid[])`;
}

async function insertEarly(tx: Transaction, rows: readonly MessageRow[]): Promise<void> {
  if (rows.length === 0) return;
  await tx`with stored as (${insertion(tx, rows)} on conflict do nothing returning thread_id, state)
    select switchboard_system.enqueue_drains(array_agg(thread_id), now(), false) from stored where state = 'waiting' having count(*) > 0`;
}

function insertion(tx: Transaction, rows: readonly MessageRow[]): ReturnType<Transaction> {
  return tx`
    insert into switchboard.messages (organization_id, id, thread_id, external_id, version, author_id, author_name, author_kind,
      text, attachments, anchor, address, why, has_past, command, delivery_ids, state, reason, correlation, sent_at, received_at)
    select current_setting('switchboard.organization')::uuid, r.* from json_to_recordset(${asJson(tx, rows)})
      as r(id uuid, thread_id uuid, external_id text, version text, author_id text, author_name text, author_kind text,
        text text, attachments jsonb, anchor jsonb, address text, why text, has_past boolean, command jsonb, delivery_ids text[], state text, reason text,
        correlation uuid, sent_at timestamptz, received_at timestamptz)`;
}
