import type { Transaction } from './database.ts';
import { asJson } from './rows.ts';

/** What somebody did beside writing. */
export type ActRow = {
  readonly id: string;
  readonly app_id: string;
  readonly install: string;
  readonly channel: string;
  readonly thread_id: string;
  readonly address: string;
  readonly author_id: string;
  readonly author_name: string;
  readonly author_kind: 'human' | 'bot' | 'self';
  /** The event itself; see model/event. */
  readonly event: unknown;
  readonly received_at: string;
};

/** Stores acts and asks for each to be looked at; one that is there already changes nothing. */
export async function insertActs(tx: Transaction, rows: readonly ActRow[]): Promise<void> {
  if (rows.length === 0) return;
  await tx`
    with stored as (
      insert into switchboard.acts (organization_id, id, app_id, install, channel, thread_id, address, author_id, author_name, author_kind,
        event, state, received_at)
      select current_setting('switchboard.organization')::uuid, id, app_id, install, channel, thread_id, address, author_id, author_name,
        author_kind, event, 'waiting', received_at
      from json_to_recordset(${asJson(tx, rows)}) as r(id uuid, app_id uuid, install text, channel text, thread_id uuid, address text,
        author_id text, author_name text, author_kind text, event jsonb, received_at timestamptz)
      on conflict do nothing
      returning id
    )
    select switchboard_system.enqueue_acts(array_agg(id)) from stored having count(*) > 0`;
}
