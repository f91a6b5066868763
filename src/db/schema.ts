/**
 * Every table: what migrations are generated from, and the types of rows. Each tenant table's key begins with the
 * organization, and row-level security is forced on all of them. Imported for its types only by code that serves:
 * drizzle-orm costs 0.3 s and 190 MB to load.
 */
import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  doublePrecision,
  foreignKey,
  index,
  integer,
  jsonb,
  primaryKey,
  text,
  uuid,
} from 'drizzle-orm/pg-core';

import type { PolicyLayer } from '../model/policy.ts';
import { bytea, isolated, moment, now, organization, switchboard } from './schema-ground.ts';

export const organizations = switchboard.table(
  'organizations',
  {
    organizationId: uuid('organization_id').primaryKey(),
    name: text('name').notNull(),
    /** Where nobody can tell whether a post was made: make it again, or leave it and say so. */
    inDoubt: text('in_doubt', { enum: ['repeat', 'leave'] })
      .notNull()
      .default('repeat'),
    /** How the bot behaves where no narrower policy says otherwise: what differs from the defaults. */
    policy: jsonb('policy').$type<PolicyLayer>().notNull().default({}),
    /** The same, as the console says it: counts over `policy`, which is the configuration's. */
    consolePolicy: jsonb('console_policy').$type<PolicyLayer>().notNull().default({}),
    /** Rows of the audit go after so many days; null: they stay. */
    auditDays: integer('audit_days'),
    createdAt: now('created_at'),
  },
  () => [isolated()],
);

export const apps = switchboard.table(
  'apps',
  {
    organizationId: organization().references(() => organizations.organizationId),
    id: uuid('id').notNull(),
    platform: text('platform').notNull(),
    /** As people see it; `environment` of those whose credentials are in the environment of this process. */
    name: text('name').notNull(),
    /** `environment`: it is connected while its credentials are there. */
    origin: text('origin', { enum: ['environment', 'console'] })
      .notNull()
      .default('environment'),
    /** `paused`: what it is sent is kept, and answered when it goes on. */
    state: text('state', { enum: ['active', 'paused', 'removed'] })
      .notNull()
      .default('active'),
    /** A JSON object of credentials by their variable's name, sealed for this app alone; null: they are in the environment. */
    sealedCredentials: text('sealed_credentials'),
    /** What is known of it and is no secret: its name and id on the platform, scopes, the version of its manifest. */
    details: jsonb('details').notNull().default({}),
    createdAt: now('created_at'),
    changedAt: now('changed_at'),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.id] }), isolated()],
);

export const installs = switchboard.table(
  'installs',
  {
    organizationId: organization(),
    id: uuid('id').notNull(),
    appId: uuid('app_id').notNull(),
    externalId: text('external_id').notNull(),
    name: text('name'),
    state: text('state', { enum: ['active', 'paused', 'uninstalled'] })
      .notNull()
      .default('active'),
    /** A JSON object of the tokens that it has apart from its app's, sealed for this install alone; null: it has none. */
    sealedTokens: text('sealed_tokens'),
    /** What is known of it and is no secret: granted scopes, who installed it, when its token ends. */
    details: jsonb('details').notNull().default({}),
    createdAt: now('created_at'),
    changedAt: now('changed_at'),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    foreignKey({ columns: [table.organizationId, table.appId], foreignColumns: [apps.organizationId, apps.id] }),
    isolated(),
  ],
);

/** What platforms sent, whole. Its key is the first of the two that keep a message from being taken twice. */
export const deliveries = switchboard.table(
  'deliveries',
  {
    organizationId: organization(),
    appId: uuid('app_id').notNull(),
    deliveryId: text('delivery_id').notNull(),
    /** Follows the message through every log line, from here to the reply. */
    correlation: uuid('correlation').notNull(),
    raw: bytea('raw').notNull(),
    outcome: text('outcome', { enum: ['message', 'handled', 'ignored'] }).notNull(),
    reason: text('reason'),
    receivedAt: now('received_at'),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.appId, table.deliveryId] }),
    index('deliveries_by_time').on(table.organizationId, table.receivedAt, table.deliveryId),
    isolated(),
  ],
);

/** Conversations, with the lease that lets one worker at a time speak in each. */
export const threads = switchboard.table(
  'threads',
  {
    organizationId: organization(),
    id: uuid('id').notNull(),
    installId: uuid('install_id').notNull(),
    channel: text('channel').notNull(),
    externalId: text('external_id').notNull(),
    /** The bot has answered here, so it answers follow-ups. */
    engaged: boolean('engaged').notNull().default(false),
    leaseOwner: uuid('lease_owner'),
    leaseUntil: moment('lease_until'),
    /** Grows with every lease; a write that names an older one is refused. */
    fence: bigint('fence', { mode: 'number' }).notNull().default(0),
    /** Who wants the turn that runs here to be stopped. */
    stopBy: text('stop_by'),
    /** Something that the running turn is about was changed: whoever runs it looks again. */
    stirred: boolean('stirred').notNull().default(false),
    /** What was said before is not told to the model. */
    forgottenAt: moment('forgotten_at'),
    /** When a worker last looked into it: conversations are listed by it. */
    activeAt: now('active_at'),
    createdAt: now('created_at'),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    index('threads_by_activity').on(table.organizationId, table.activeAt, table.id),
    // A command without a thread of its own is about what was said last in its channel.
    index('threads_by_channel').on(table.organizationId, table.installId, table.channel, table.createdAt),
    isolated(),
  ],
);

/** The mailbox and the memory of the threads. `id` is derived from install, channel and the platform's message id. */
export const messages = switchboard.table(
  'messages',
  {
    organizationId: organization(),
    id: uuid('id').notNull(),
    threadId: uuid('thread_id').notNull(),
    externalId: text('external_id').notNull(),
    version: text('version').notNull(),
    authorId: text('author_id').notNull(),
    authorName: text('author_name').notNull(),
    authorKind: text('author_kind', { enum: ['human', 'bot', 'self'] }).notNull(),
    text: text('text').notNull(),
    attachments: jsonb('attachments').notNull(),
    anchor: jsonb('anchor'),
    address: text('address').notNull(),
    why: text('why').notNull(),
    hasPast: boolean('has_past').notNull(),
    /** `{name, text}` of a command; null: a message like any other. */
    command: jsonb('command'),
    /** The deliveries in which its text came: taken away from there, too, when it is deleted. */
    deliveryIds: text('delivery_ids').array().notNull().default([]),
    state: text('state', { enum: ['waiting', 'answered', 'ignored', 'dead'] }).notNull(),
    /** Why it was ignored or given up. */
    reason: text('reason'),
    turnId: uuid('turn_id'),
    correlation: uuid('correlation').notNull(),
    sentAt: moment('sent_at').notNull(),
    receivedAt: now('received_at'),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    index('messages_by_thread').on(table.organizationId, table.threadId, table.sentAt),
    index('messages_waiting')
      .on(table.organizationId, table.threadId)
      .where(sql`state = 'waiting'`),
    isolated(),
  ],
);

export const turns = switchboard.table(
  'turns',
  {
    organizationId: organization(),
    id: uuid('id').notNull(),
    threadId: uuid('thread_id').notNull(),
    state: text('state', { enum: ['running', 'answered', 'ignored', 'dead'] }).notNull(),
    /** Times that it was begun: by a failure, a crash or a handover. */
    attempts: integer('attempts').notNull().default(1),
    /** Times that it was put off because something failed; so many decide the next pause and when it is given up. */
    failures: integer('failures').notNull().default(0),
    /** Times that its process ended under it. */
    crashes: integer('crashes').notNull().default(0),
    /** Times that it was taken up anew after it had ended: each has a journal of its own. */
    runs: integer('runs').notNull().default(0),
    /** Not before then: a platform or a model asked us to wait, or a person is asked. */
    retryAt: moment('retry_at'),
    /** The whole answer in CommonMark, once it is decided; from then on only delivering is left. */
    answer: text('answer'),
    /** A card below the answer, decided together with it. */
    card: jsonb('card'),
    /** Who had it stopped. */
    stoppedBy: text('stopped_by'),
    template: text('template'),
    /** Something that anybody may have written was read for the answer: who reads the answer reads that. */
    tainted: boolean('tainted').notNull().default(false),
    error: text('error'),
    startedAt: now('started_at'),
    endedAt: moment('ended_at'),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    index('turns_by_thread').on(table.organizationId, table.threadId, table.startedAt),
    // A busy channel has a hundred thousand turns, of which one runs.
    index('turns_running')
      .on(table.organizationId, table.threadId)
      .where(sql`state = 'running'`),
    index('turns_dead')
      .on(table.organizationId, table.endedAt, table.id)
      .where(sql`state = 'dead'`),
    isolated(),
  ],
);

/** The outbox: one row per platform message of ours, committed as `attempting` before the call that makes it. */
export const posts = switchboard.table(
  'posts',
  {
    organizationId: organization(),
    id: uuid('id').notNull(),
    turnId: uuid('turn_id').notNull(),
    ordinal: integer('ordinal').notNull(),
    state: text('state', { enum: ['attempting', 'sent', 'closed', 'unknown', 'rate-limited', 'dead'] }).notNull(),
    nonce: text('nonce').notNull(),
    externalId: text('external_id'),
    /**
     * What was to be said when it was attempted: some platforms know a post by its text alone. Null once it is sent. Of one
     * that can be changed no more, the answer up to its end.
     */
    text: text('text'),
    /** A native stream is, or may be, open on it. */
    streaming: boolean('streaming').notNull().default(false),
    attempts: integer('attempts').notNull().default(1),
    error: text('error'),
    attemptedAt: now('attempted_at'),
    sentAt: moment('sent_at'),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.turnId, table.ordinal] }),
    // Reactions name a post by the platform's id.
    index('posts_by_external').on(table.organizationId, table.externalId),
    isolated(),
  ],
);

/** Where a gateway socket goes on after a restart: saved with the delivery that it covers. */
export const gatewaySessions = switchboard.table(
  'gateway_sessions',
  {
    organizationId: organization(),
    appId: uuid('app_id').notNull(),
    session: text('session'),
    updatedAt: now('updated_at'),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.appId] }), isolated()],
);

/** Since when an app may have missed what its platform sent: everything before was heard or is looked for already. */
export const hearing = switchboard.table(
  'hearing',
  { organizationId: organization(), appId: uuid('app_id').notNull(), heardUntil: moment('heard_until').notNull() },
  (table) => [primaryKey({ columns: [table.organizationId, table.appId] }), isolated()],
);

/** What was called lately under one limit of a platform, and until when it asked for nothing more. */
export const pace = switchboard.table(
  'pace',
  {
    organizationId: organization(),
    key: text('key').notNull(),
    /** Milliseconds since 1970 by the database's clock; also of calls that are granted for a moment to come. */
    calls: doublePrecision('calls').array().notNull().default([]),
    heldUntil: moment('held_until'),
    usedAt: now('used_at'),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.key] }), isolated()],
);
