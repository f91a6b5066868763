/** What the tables of all files are made of. */
import { sql } from 'drizzle-orm';
import { customType, pgPolicy, pgRole, pgSchema, timestamp, uuid } from 'drizzle-orm/pg-core';

export const switchboard = pgSchema('switchboard');

/** The role of every ordinary transaction: no bypass, no ownership. */
export const applicationRole = pgRole('switchboard_app').existing();

export const bytea = customType<{ data: Uint8Array }>({ dataType: () => 'bytea' });
export const organization = () => uuid('organization_id').notNull();
export const moment = (name: string) => timestamp(name, { withTimezone: true });
export const now = (name: string) => moment(name).notNull().defaultNow();

/** Rows are visible and writable only inside a transaction of their own organization. */
export const isolated = () =>
  pgPolicy('organization_isolation', {
    to: applicationRole,
    using: sql`organization_id = (select current_setting('switchboard.organization')::uuid)`,
    withCheck: sql`organization_id = (select current_setting('switchboard.organization')::uuid)`,
  });
