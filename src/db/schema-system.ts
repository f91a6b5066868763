/** What belongs to no organization. */
import { pgSchema, text, uuid } from 'drizzle-orm/pg-core';
import { now } from './schema-ground.ts';

export const system = pgSchema('switchboard_system');

/** Processes that hold leases and jobs. */
export const workers = system.table('workers', {
  id: uuid('id').primaryKey(),
  /** The names under which it locks jobs. */
  pools: text('pools').array().notNull(),
  seenAt: now('seen_at'),
});
