/** Tables of what answers cost, and of what they may. */
import { sql } from 'drizzle-orm';
import { bigint, boolean, date, index, integer, jsonb, numeric, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { isolated, moment, now, organization, switchboard } from './schema-ground.ts';

/** What may be spent. Several apply to one call; each has to have room. */
export const budgets = switchboard.table(
  'budgets',
  {
    organizationId: organization(),
    id: uuid('id').notNull(),
    scope: text('scope', { enum: ['organization', 'install', 'channel', 'person'] }).notNull(),
    /** Null and empty: any. The platform's ids. */
    appId: uuid('app_id'),
    install: text('install').notNull().default(''),
    channel: text('channel').notNull().default(''),
    /** `*`: each person by themselves. */
    person: text('person').notNull().default(''),
    every: text('every', { enum: ['day', 'month', 'total'] }).notNull(),
    /** By whose clocks a day or month begins: IANA. */
    timeZone: text('time_zone').notNull(),
    /** US. */
    dollars: numeric('dollars').notNull(),
    /** `{app, install, channel}` that is told at 50, 80 and 100 %. */
    alert: jsonb('alert'),
    /** `file`: it is in the configuration, and goes when it goes from there. */
    origin: text('origin', { enum: ['file', 'console'] }).notNull(),
    createdAt: now('created_at'),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.id] }), isolated()],
);

/** What is spent of a budget in one of its days or months, and what calls under way may still spend. */
export const budgetPeriods = switchboard.table(
  'budget_periods',
  {
    organizationId: organization(),
    /** Of what one answer may cost: its turn. */
    budgetId: uuid('budget_id').notNull(),
    /** Whose it is, where each person has one by themselves. */
    subject: text('subject').notNull(),
    /** `2027-01-31`, `2027-01`, `total`, or `run` for one answer. */
    period: text('period').notNull(),
    spent: numeric('spent').notNull().default('0'),
    held: numeric('held').notNull().default('0'),
    /** The highest mark that was told, in per cent. */
    alerted: integer('alerted').notNull().default(0),
    updatedAt: now('updated_at'),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.budgetId, table.subject, table.period] }),
    index('budget_periods_of_runs')
      .on(table.updatedAt)
      .where(sql`period = 'run'`),
    isolated(),
  ],
);

/** Money that a call under way may spend, in each budget that it counts against. */
export const holds = switchboard.table(
  'holds',
  {
    organizationId: organization(),
    id: uuid('id').notNull(),
    budgetId: uuid('budget_id').notNull(),
    subject: text('subject').notNull(),
    period: text('period').notNull(),
    turnId: uuid('turn_id').notNull(),
    dollars: numeric('dollars').notNull(),
    /** After it nobody is expected to say what the call cost: then it counts as spent, until somebody does. */
    expiresAt: moment('expires_at').notNull(),
    expired: boolean('expired').notNull().default(false),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id, table.budgetId] }),
    index('holds_by_expiry').on(table.expiresAt),
    isolated(),
  ],
);

const count = (name: string) => bigint(name, { mode: 'number' }).notNull().default(0);

/** What was used, by the day (UTC), the place, the person and the model. */
export const usageDays = switchboard.table(
  'usage_days',
  {
    organizationId: organization(),
    day: date('day').notNull(),
    appId: uuid('app_id').notNull(),
    install: text('install').notNull(),
    channel: text('channel').notNull(),
    /** Who asked: the platform's id. */
    person: text('person').notNull(),
    provider: text('provider').notNull(),
    model: text('model').notNull(),
    calls: count('calls'),
    failed: count('failed'),
    answers: count('answers'),
    inputTokens: count('input_tokens'),
    cachedInputTokens: count('cached_input_tokens'),
    cacheWriteTokens: count('cache_write_tokens'),
    outputTokens: count('output_tokens'),
    /** The part of the output that was thought. */
    reasoningTokens: count('reasoning_tokens'),
    /** US, as far as prices are known. */
    dollars: numeric('dollars').notNull().default('0'),
  },
  (table) => [
    primaryKey({
      name: 'usage_days_pk',
      columns: [
        table.organizationId,
        table.day,
        table.appId,
        table.install,
        table.channel,
        table.person,
        table.provider,
        table.model,
      ],
    }),
    index('usage_days_by_person').on(table.organizationId, table.appId, table.person, table.day),
    isolated(),
  ],
);

/** Token buckets of people, channels and the organization. */
export const rates = switchboard.table(
  'rates',
  {
    organizationId: organization(),
    key: text('key').notNull(),
    /** When the bucket is full again. */
    fullAt: moment('full_at').notNull(),
    /** Until then its person has been told to wait. */
    toldUntil: moment('told_until'),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.key] }),
    index('rates_by_age').on(table.fullAt),
    isolated(),
  ],
);
