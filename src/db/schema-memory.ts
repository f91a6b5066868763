/** Tables of what is remembered, of the wording of prompts, and of answers that are given again. */
import {
  bigint,
  boolean,
  customType,
  index,
  integer,
  jsonb,
  numeric,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { isolated, moment, now, organization, switchboard } from './schema-ground.ts';

/** What somebody wanted to be remembered: of a person, of a channel, or of all. */
export const memories = switchboard.table(
  'memories',
  {
    organizationId: organization(),
    id: uuid('id').notNull(),
    scope: text('scope', { enum: ['person', 'channel', 'organization'] }).notNull(),
    /** Of a person or a channel: whose the platform's ids are; of the organization none. */
    appId: uuid('app_id'),
    install: text('install').notNull().default(''),
    /** The platform's id of the person or the channel. */
    subject: text('subject').notNull().default(''),
    /** By which people name it; counted for each subject. */
    number: integer('number').notNull(),
    kind: text('kind', { enum: ['fact', 'preference', 'instruction'] }).notNull(),
    text: text('text').notNull(),
    /** Told to the model each time, not only when it is looked for. */
    pinned: boolean('pinned').notNull(),
    /** Names the call of a tool that wrote it: done again it writes nothing more. */
    key: text('key').notNull(),
    /** The turn in which it was said: deleted there it is deleted here. */
    sourceTurn: uuid('source_turn'),
    createdBy: text('created_by').notNull(),
    createdAt: now('created_at'),
    updatedAt: now('updated_at'),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    index('memories_by_subject').on(table.organizationId, table.appId, table.install, table.subject),
    uniqueIndex('memories_by_key').on(table.organizationId, table.key),
    index('memories_by_turn').on(table.organizationId, table.sourceTurn),
    isolated(),
  ],
);

/** What was said in a thread before its last messages, in short. */
export const summaries = switchboard.table(
  'summaries',
  {
    organizationId: organization(),
    threadId: uuid('thread_id').notNull(),
    text: text('text').notNull(),
    /** All that was said until then is in it. Milliseconds since 1970. */
    untilMs: bigint('until_ms', { mode: 'number' }).notNull(),
    /** Something of it may have been written by anybody. */
    tainted: boolean('tainted').notNull(),
    /** Messages and answers that it covers. */
    covers: integer('covers').notNull(),
    provider: text('provider').notNull(),
    model: text('model').notNull(),
    usage: jsonb('usage'),
    /** US dollars, of all times that it was written anew; null: not known. */
    cost: numeric('cost_usd'),
    updatedAt: now('updated_at'),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.threadId] }), isolated()],
);

/** Versions of prompts. A version is never changed. */
export const templates = switchboard.table(
  'templates',
  {
    organizationId: organization(),
    name: text('name').notNull(),
    version: integer('version').notNull(),
    source: text('source').notNull(),
    createdBy: text('created_by').notNull(),
    createdAt: now('created_at'),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.name, table.version] }), isolated()],
);

/** Where which version is used. Of several rules for the same selection the newest counts, so the one before can be gone back to. */
export const templateRules = switchboard.table(
  'template_rules',
  {
    organizationId: organization(),
    id: bigint('id', { mode: 'number' }).notNull(),
    /** Lower ones are looked at first. */
    position: integer('position').notNull().default(0),
    /** What is empty fits all. */
    platform: text('platform').notNull().default(''),
    install: text('install').notNull().default(''),
    channel: text('channel').notNull().default(''),
    command: text('command').notNull().default(''),
    task: text('task').notNull().default(''),
    /** `[{template, share}]`: one version, or several among which threads are shared out. */
    variants: jsonb('variants').notNull(),
    createdBy: text('created_by').notNull(),
    createdAt: now('created_at'),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.id] }), isolated()],
);

/** Whole answers to whole questions. */
export const answerCache = switchboard.table(
  'answer_cache',
  {
    organizationId: organization(),
    /** An HMAC of all that the answer depends on: it tells nothing of the question. */
    key: text('key').notNull(),
    answer: text('answer').notNull(),
    /** The turn in which it was given: what is deleted there is deleted here. */
    turnId: uuid('turn_id').notNull(),
    hits: integer('hits').notNull().default(0),
    createdAt: now('created_at'),
    expiresAt: moment('expires_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.key] }),
    index('answer_cache_by_turn').on(table.organizationId, table.turnId),
    index('answer_cache_by_expiry').on(table.expiresAt),
    isolated(),
  ],
);

const bits = customType<{ data: string }>({ dataType: () => 'bit(1024)' });

/** What texts mean, each once in its organization: asked for again it costs nothing. */
export const embeddings = switchboard.table(
  'embeddings',
  {
    organizationId: organization(),
    /** The SHA-256 of model and text, in hexadecimal. */
    digest: text('digest').notNull(),
    model: text('model').notNull(),
    /** The signs of its vector. */
    bits: bits('bits').notNull(),
    createdAt: now('created_at'),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.digest] }), isolated()],
);

/** Which texts are parts of which messages and documents. */
export const passages = switchboard.table(
  'passages',
  {
    organizationId: organization(),
    kind: text('kind', { enum: ['message', 'document'] }).notNull(),
    /** The id of the message, or of the file. */
    source: text('source').notNull(),
    part: integer('part').notNull(),
    /** Of the embedding, where one could be had. */
    digest: text('digest').notNull(),
    model: text('model').notNull(),
    /** Characters of the text, counted from 0. */
    start: integer('start').notNull(),
    length: integer('length').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.kind, table.source, table.part] }),
    index('passages_by_digest').on(table.organizationId, table.digest),
    isolated(),
  ],
);
