import type { Transaction } from './database.ts';
import { asJson } from './rows.ts';

/** What a delivery tells of somebody beside the name. */
export type PersonRow = {
  readonly id: string;
  readonly app_id: string;
  readonly install: string;
  readonly person: string;
  readonly name: string;
  readonly locale: string | null;
  readonly time_zone: string | null;
};

/** Keeps what was told; what is known and was not told stays. */
export async function insertPeople(tx: Transaction, rows: readonly PersonRow[]): Promise<void> {
  if (rows.length === 0) return;
  await tx`
    insert into switchboard.people as p (organization_id, app_id, install, id, name, locale, time_zone)
    select current_setting('switchboard.organization')::uuid, app_id, install, person, name, locale, time_zone
    from json_to_recordset(${asJson(tx, rows)}) as r(app_id uuid, install text, person text, name text, locale text, time_zone text)
    on conflict (organization_id, app_id, install, id) do update
      set locale = coalesce(excluded.locale, p.locale), time_zone = coalesce(excluded.time_zone, p.time_zone)
      where (coalesce(excluded.locale, p.locale), coalesce(excluded.time_zone, p.time_zone)) is distinct from (p.locale, p.time_zone)`;
}
