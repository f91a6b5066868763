/** Tables of what the agent thinks and has done. */
import { sql } from 'drizzle-orm';
import { boolean, doublePrecision, index, integer, jsonb, numeric, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { isolated, moment, now, organization, switchboard } from './schema-ground.ts';

/** Where an organization's requests can go: its models, in its order. */
export const targets = switchboard.table(
  'targets',
  {
    organizationId: organization(),
    name: text('name').notNull(),
    position: integer('position').notNull(),
    /** `file`: it is in the configuration, and goes when it goes from there. */
    origin: text('origin', { enum: ['file', 'console'] }).notNull(),
    protocol: text('protocol').notNull(),
    model: text('model').notNull(),
    baseUrl: text('base_url'),
    /** The key to the server, sealed for this target alone; null: it asks for none. */
    sealedKey: text('sealed_key'),
    hearingModel: text('hearing_model'),
    /** What tells what texts mean; null: the server's usual one. */
    embeddingModel: text('embedding_model'),
    tools: boolean('tools').notNull(),
    sees: boolean('sees').notNull(),
    windowTokens: integer('window_tokens').notNull(),
    maxOutputTokens: integer('max_output_tokens').notNull(),
    region: text('region'),
    retention: text('retention', { enum: ['none', 'kept', 'trains'] }).notNull(),
    /** As an organization set it; null: as the catalogue has it. */
    price: jsonb('price'),
    quality: doublePrecision('quality').notNull().default(0.5),
    qualityFor: jsonb('quality_for').notNull().default({}),
    paused: boolean('paused').notNull().default(false),
    changedAt: now('changed_at'),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.name] }), isolated()],
);

/** Servers of tools (MCP) that an organization has added; those of the configuration have no rows. */
export const mcpServers = switchboard.table(
  'mcp_servers',
  {
    organizationId: organization(),
    name: text('name').notNull(),
    url: text('url').notNull(),
    /** What is sent with every request: their names are shown, and their values are sealed as one JSON object. */
    headerNames: text('header_names').array().notNull().default([]),
    sealedHeaders: text('sealed_headers'),
    timeoutMs: integer('timeout_ms').notNull(),
    enabled: boolean('enabled').notNull().default(true),
    changedAt: now('changed_at'),
    /** What whoever connected last has found: `[{name, description, effect}]`, or why it found nothing. */
    tools: jsonb('tools'),
    problem: text('problem'),
    seenAt: moment('seen_at'),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.name] }), isolated()],
);

/** How targets did of late, for all processes. */
export const breakers = switchboard.table(
  'breakers',
  {
    organizationId: organization(),
    target: text('target').notNull(),
    /** A `BreakerState`; its times are the database's, in milliseconds since 1970. */
    state: jsonb('state').notNull(),
    updatedAt: now('updated_at'),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.target] }), isolated()],
);

/** The journal: one row per model or tool call, written before it runs and again before its outcome counts. */
export const steps = switchboard.table(
  'steps',
  {
    organizationId: organization(),
    turnId: uuid('turn_id').notNull(),
    seq: integer('seq').notNull(),
    kind: text('kind', { enum: ['model', 'tool'] }).notNull(),
    /** `waiting`: a person is asked whether it may be done. `unknown`: it may have been done, and nobody can tell. */
    state: text('state', { enum: ['started', 'waiting', 'unknown', 'done', 'failed'] }).notNull(),
    /** Names the question: what is changed or taken up anew has another one. Steps of other runs count no more. */
    run: text('run').notNull().default(''),
    provider: text('provider').notNull(),
    model: text('model').notNull(),
    /** Of a tool: `{id, name, arguments}` as the model wrote it, and where it comes from. */
    input: jsonb('input'),
    /** Of a model that calls tools: what it said and calls. Of a tool: what it returned. */
    output: jsonb('output'),
    /** Null until the call has ended; of a tool it names the call. */
    inputHash: text('input_hash'),
    /** Which targets were considered, and why this one was chosen. */
    route: jsonb('route'),
    usage: jsonb('usage'),
    /** US dollars; null when the price is not known. */
    cost: numeric('cost_usd'),
    error: text('error'),
    startedAt: now('started_at'),
    endedAt: moment('ended_at'),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.turnId, table.seq] }), isolated()],
);

/** What a person is asked about one call of a tool: whether it may be done, or whether it was. */
export const approvals = switchboard.table(
  'approvals',
  {
    organizationId: organization(),
    id: uuid('id').notNull(),
    turnId: uuid('turn_id').notNull(),
    seq: integer('seq').notNull(),
    kind: text('kind', { enum: ['may', 'was'] }).notNull(),
    /** Names the tool and its exact arguments: for nothing else it counts. */
    digest: text('digest').notNull(),
    /** The platform's ids of those who may decide; null: anybody there. */
    people: text('people').array(),
    /** Different people that have to say yes. */
    yes: integer('yes').notNull(),
    /** `[{person, name, verdict}]`, in the order of coming. */
    verdicts: jsonb('verdicts').notNull().default([]),
    state: text('state', { enum: ['asked', 'granted', 'denied', 'done', 'used'] }).notNull(),
    askedAt: now('asked_at'),
    expiresAt: moment('expires_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    index('approvals_by_step').on(table.organizationId, table.turnId, table.seq),
    index('approvals_asked')
      .on(table.organizationId, table.askedAt)
      .where(sql`state = 'asked'`),
    isolated(),
  ],
);
