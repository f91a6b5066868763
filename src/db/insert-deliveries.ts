import type { Transaction } from './database.ts';
import { sendLarge, toHex } from './large-object.ts';
import { asJson } from './rows.ts';

export type DeliveryRow = {
  readonly app_id: string;
  readonly delivery_id: string;
  readonly correlation: string;
  readonly raw: Uint8Array;
  readonly outcome: 'message' | 'handled' | 'ignored';
  readonly reason: string | null;
  readonly received_at: string;
};

/** Bytes of a body that is sent in hexadecimal among the rows of its group: faster for what nearly all bodies are. */
const SMALL = 64 * 1024;

/** Large ones one after the other, before anything that travels with others: they wait for what each statement says. */
export async function insertLargeDeliveries(tx: Transaction, rows: readonly DeliveryRow[]): Promise<void> {
  for (const row of rows) if (isLarge(row)) await insertLarge(tx, row);
}

export async function insertSmallDeliveries(tx: Transaction, all: readonly DeliveryRow[]): Promise<void> {
  const rows = all.filter((row) => !isLarge(row)).map((row) => ({ ...row, raw: toHex(row.raw) }));
  if (rows.length === 0) return;
  await tx`
    insert into switchboard.deliveries (organization_id, app_id, delivery_id, correlation, raw, outcome, reason, received_at)
    select current_setting('switchboard.organization')::uuid, app_id, delivery_id, correlation, decode(raw, 'hex'), outcome, reason, received_at
    from json_to_recordset(${asJson(tx, rows)})
      as r(app_id uuid, delivery_id text, correlation uuid, raw text, outcome text, reason text, received_at timestamptz)
    on conflict do nothing`;
}

function insertLarge(tx: Transaction, { raw, ...row }: DeliveryRow): Promise<void> {
  const insert = (object: string): PromiseLike<unknown> => tx`
    insert into switchboard.deliveries (organization_id, app_id, delivery_id, correlation, raw, outcome, reason, received_at)
    select current_setting('switchboard.organization')::uuid, app_id, delivery_id, correlation, lo_get(${object}::text::oid),
      outcome, reason, received_at
    from json_to_recordset(${asJson(tx, [row])})
      as r(app_id uuid, delivery_id text, correlation uuid, outcome text, reason text, received_at timestamptz)
    on conflict do nothing`;
  return sendLarge(tx, raw, insert);
}

const isLarge = ({ raw }: DeliveryRow): boolean => raw.length > SMALL;
