/** Tables of the console: who did what, and what was asked for with a key that makes it count once. */
import { bigint, index, integer, jsonb, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { isolated, moment, now, organization, switchboard } from './schema-ground.ts';

/**
 * What was done that somebody may ask about later. Rows are only ever added, and each names the one before it by its hash, so
 * that a row that was changed or taken out is found. A trigger counts and hashes them, whoever adds them.
 */
export const audit = switchboard.table(
  'audit',
  {
    organizationId: organization(),
    /** From 1, without a gap. */
    seq: bigint('seq', { mode: 'number' }).notNull(),
    at: now('at'),
    /** As `person/…`, `key/…` of the console, or as the platform names somebody. */
    actor: text('actor').notNull(),
    /** By which people know the actor. */
    actorName: text('actor_name').notNull().default(''),
    /** What was done, as `message.redacted`. */
    what: text('what').notNull(),
    /** What it was done to. */
    subject: text('subject').notNull(),
    /** What it was before and is now, without secrets. */
    details: jsonb('details').notNull().default({}),
    /** SHA-256 of the row before, in hexadecimal; of the first one 64 zeros. */
    previous: text('previous').notNull(),
    hash: text('hash').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.seq] }),
    index('audit_by_subject').on(table.organizationId, table.what, table.subject),
    isolated(),
  ],
);

/** Changing requests that came with an `Idempotency-Key`: the same one again gets the same answer, and does nothing. */
export const apiCalls = switchboard.table(
  'api_calls',
  {
    organizationId: organization(),
    /** Who asked, and the key: two people's keys never meet. */
    actorId: text('actor_id').notNull(),
    key: text('key').notNull(),
    /** SHA-256 of method, path and body, in hexadecimal. */
    request: text('request').notNull(),
    /** Null: it is still being done. */
    status: integer('status'),
    response: text('response'),
    at: now('at'),
    expiresAt: moment('expires_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.actorId, table.key] }),
    index('api_calls_by_expiry').on(table.expiresAt),
    isolated(),
  ],
);

/** Connections that were begun and go on when a platform sends the person back: each counts once, for whom began it, in time. */
export const connecting = switchboard.table(
  'connecting',
  {
    organizationId: organization(),
    id: uuid('id').notNull(),
    /** SHA-256 of the state that the platform gives back, in hexadecimal. */
    stateHash: text('state_hash').notNull(),
    /** Of the person who began it. */
    actorId: text('actor_id').notNull(),
    platform: text('platform').notNull(),
    /** Of the app that it is about; null: it is made now. */
    appId: uuid('app_id'),
    step: text('step').notNull(),
    /** What the next step needs and nobody may read, sealed; null: nothing. */
    sealed: text('sealed'),
    details: jsonb('details').notNull().default({}),
    expiresAt: moment('expires_at').notNull(),
    usedAt: moment('used_at'),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    uniqueIndex('connecting_by_state').on(table.stateHash),
    index('connecting_by_expiry').on(table.expiresAt),
    isolated(),
  ],
);
