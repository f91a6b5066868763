/** What belongs to no organization. */
import { jsonb, pgSchema, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { now } from './schema-ground.ts';

export const system = pgSchema('switchboard_system');

/** Processes that hold leases and jobs. */
export const workers = system.table('workers', {
  id: uuid('id').primaryKey(),
  /** The names under which it locks jobs. */
  pools: text('pools').array().notNull(),
  seenAt: now('seen_at'),
});

/** Tools that the deployment brings to every organization, as a worker has them. */
export const toolboxes = system.table(
  'toolboxes',
  {
    kind: text('kind', { enum: ['built-in', 'plugin', 'server'] }).notNull(),
    name: text('name').notNull(),
    /** `[{name, description, effect}]`; null: there are none, because of `problem`. */
    tools: jsonb('tools'),
    problem: text('problem'),
    seenAt: now('seen_at'),
  },
  (table) => [primaryKey({ columns: [table.kind, table.name] })],
);
