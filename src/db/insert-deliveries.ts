import type { Transaction } from './database.ts';
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

/** Bytes of a larger body that are sent at once: postgres.js holds four copies of a parameter on its way, in hexadecimal. */
const PIECE = 512 * 1024;

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

/** In pieces, which are put together in a large object that is gone at the end of the same transaction. */
async function insertLarge(tx: Transaction, { raw, ...row }: DeliveryRow): Promise<void> {
  const [made] = await tx<{ object: string }[]>`select lo_create(0)::text as object`;
  const object = made?.object ?? '';
  for (let at = 0; at < raw.length; at += PIECE) {
    const piece = toHex(raw.subarray(at, at + PIECE));
    await tx`select lo_put(${object}::text::oid, ${at}::float8::bigint, decode(${piece}, 'hex'))`;
  }
  await tx`
    insert into switchboard.deliveries (organization_id, app_id, delivery_id, correlation, raw, outcome, reason, received_at)
    select current_setting('switchboard.organization')::uuid, app_id, delivery_id, correlation, lo_get(${object}::text::oid),
      outcome, reason, received_at
    from json_to_recordset(${asJson(tx, [row])})
      as r(app_id uuid, delivery_id text, correlation uuid, outcome text, reason text, received_at timestamptz)
    on conflict do nothing`;
  await tx`select lo_unlink(${object}::text::oid)`;
}

const isLarge = ({ raw }: DeliveryRow): boolean => raw.length > SMALL;

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}
