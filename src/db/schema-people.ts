/** Tables of what people decide and do beside writing. */
import { sql } from 'drizzle-orm';
import { boolean, index, integer, jsonb, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import type { PolicyLayer } from '../model/policy.ts';
import { bytea, isolated, moment, now, organization, switchboard } from './schema-ground.ts';

/** How the bot behaves in one install, or (with a channel) in one channel of it: what differs from the wider policy. */
export const policies = switchboard.table(
  'policies',
  {
    organizationId: organization(),
    appId: uuid('app_id').notNull(),
    /** The platform's ids; an empty install or channel means all of them. */
    install: text('install').notNull(),
    channel: text('channel').notNull(),
    /** `file`: it is in the configuration, and goes when it goes from there. What the console says of a place counts over it. */
    origin: text('origin', { enum: ['file', 'console'] })
      .notNull()
      .default('file'),
    policy: jsonb('policy').$type<PolicyLayer>().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.appId, table.install, table.channel, table.origin] }),
    isolated(),
  ],
);

/** What can be clicked below an answer. The id is the secret that the click brings back. */
export const controls = switchboard.table(
  'controls',
  {
    organizationId: organization(),
    id: text('id').notNull(),
    turnId: uuid('turn_id').notNull(),
    /** Which of the turn's runs it was posted in. */
    run: integer('run').notNull().default(0),
    wish: text('wish', { enum: ['stop', 'again', 'good', 'bad', 'yes', 'no', 'done', 'forget'] }).notNull(),
    /** What `yes`, `no` and `done` are said to. */
    approvalId: uuid('approval_id'),
    /** The platform's id of the only person who may click; null: anybody there may. */
    person: text('person'),
    /** Asked for before the click counts. */
    form: jsonb('form'),
    expiresAt: moment('expires_at').notNull(),
    usedAt: moment('used_at'),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.id] }), isolated()],
);

/** What people did beside writing: reactions, clicks, forms, buttons of the platform. */
export const acts = switchboard.table(
  'acts',
  {
    organizationId: organization(),
    id: uuid('id').notNull(),
    appId: uuid('app_id').notNull(),
    install: text('install').notNull(),
    channel: text('channel').notNull(),
    /** Derived from the platform's thread; where that is not told, of no thread that there is. */
    threadId: uuid('thread_id').notNull(),
    address: text('address').notNull(),
    authorId: text('author_id').notNull(),
    authorName: text('author_name').notNull(),
    authorKind: text('author_kind', { enum: ['human', 'bot', 'self'] }).notNull(),
    /** The event itself. */
    event: jsonb('event').notNull(),
    state: text('state', { enum: ['waiting', 'done', 'refused'] }).notNull(),
    /** What came of it, or why nothing did. */
    reason: text('reason'),
    receivedAt: now('received_at'),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    index('acts_waiting')
      .on(table.organizationId, table.receivedAt)
      .where(sql`state = 'waiting'`),
    isolated(),
  ],
);

/** What people thought of an answer. */
export const feedback = switchboard.table(
  'feedback',
  {
    organizationId: organization(),
    turnId: uuid('turn_id').notNull(),
    person: text('person').notNull(),
    verdict: text('verdict', { enum: ['good', 'bad'] }).notNull(),
    comment: text('comment'),
    givenAt: now('given_at'),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.turnId, table.person] }), isolated()],
);

/** People as their platforms tell of them. */
export const people = switchboard.table(
  'people',
  {
    organizationId: organization(),
    appId: uuid('app_id').notNull(),
    /** The platform's ids. */
    install: text('install').notNull(),
    id: text('id').notNull(),
    name: text('name').notNull(),
    /** BCP 47 and IANA, where the platform tells them. */
    locale: text('locale'),
    timeZone: text('time_zone'),
    /** The same for all accounts that somebody has proved to be one person. */
    oneWith: uuid('one_with'),
    readAt: now('read_at'),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.appId, table.install, table.id] }), isolated()],
);

/** Codes by which one account proves to be another one's person. Only their digests are kept. */
export const linkCodes = switchboard.table(
  'link_codes',
  {
    organizationId: organization(),
    digest: text('digest').notNull(),
    appId: uuid('app_id').notNull(),
    install: text('install').notNull(),
    person: text('person').notNull(),
    expiresAt: moment('expires_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.digest] }), isolated()],
);

/** What is to be said by itself: once, or again and again. */
export const schedules = switchboard.table(
  'schedules',
  {
    organizationId: organization(),
    id: uuid('id').notNull(),
    appId: uuid('app_id').notNull(),
    install: text('install').notNull(),
    /** Exactly one of both: the platform's ids. */
    channel: text('channel'),
    person: text('person'),
    title: text('title'),
    /** `say`: the text itself; `ask`: the text is what the model is asked. */
    kind: text('kind', { enum: ['say', 'ask'] }).notNull(),
    text: text('text').notNull(),
    /** Five fields; null: once, at `next_at`. */
    cron: text('cron'),
    timeZone: text('time_zone').notNull(),
    /** Null: there is no next time. */
    nextAt: moment('next_at'),
    paused: boolean('paused').notNull().default(false),
    createdBy: text('created_by').notNull(),
    createdAt: now('created_at'),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    index('schedules_due')
      .on(table.nextAt)
      .where(sql`next_at is not null and not paused`),
    isolated(),
  ],
);

/** Bytes of files that came with messages, once each: the id is the SHA-256 of the bytes, in hexadecimal. */
export const files = switchboard.table(
  'files',
  {
    organizationId: organization(),
    id: text('id').notNull(),
    mediaType: text('media_type').notNull(),
    bytes: bytea('bytes').notNull(),
    /** What was read out of it: of a document its text, of a recording what is said in it. */
    text: text('text'),
    createdAt: now('created_at'),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.id] }), isolated()],
);

/** Which of a message's attachments, counted from 0, is which file. */
export const messageFiles = switchboard.table(
  'message_files',
  {
    organizationId: organization(),
    messageId: uuid('message_id').notNull(),
    ordinal: integer('ordinal').notNull(),
    fileId: text('file_id').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.messageId, table.ordinal] }),
    index('message_files_by_file').on(table.organizationId, table.fileId),
    isolated(),
  ],
);
