/** Tables of the chat in the browser: what the other platforms keep themselves. */
import { sql } from 'drizzle-orm';
import { bigint, boolean, index, integer, jsonb, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { bytea, isolated, moment, now, organization, switchboard } from './schema-ground.ts';

/** A conversation that people have with the bot in the console. Only its members know of it. */
export const chatConversations = switchboard.table(
  'chat_conversations',
  {
    organizationId: organization(),
    id: uuid('id').notNull(),
    title: text('title').notNull(),
    /** As `person/…` or `key/…`. */
    createdBy: text('created_by').notNull(),
    /** The conversation (a row of `threads`) of another platform that goes on here. */
    continuedFrom: uuid('continued_from'),
    /** Grows with every change of what is seen in it: whoever has missed a number reads what is new. */
    seq: bigint('seq', { mode: 'number' }).notNull().default(0),
    createdAt: now('created_at'),
    activeAt: now('active_at'),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.id] }), isolated()],
);

/** Who reads and writes in a conversation, and who looks at it right now. */
export const chatMembers = switchboard.table(
  'chat_members',
  {
    organizationId: organization(),
    conversationId: uuid('conversation_id').notNull(),
    actor: text('actor').notNull(),
    name: text('name').notNull(),
    addedBy: text('added_by').notNull(),
    addedAt: now('added_at'),
    /** Sockets say it again and again; what they stop saying ends by itself. */
    presentUntil: moment('present_until'),
    typingUntil: moment('typing_until'),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.conversationId, table.actor] }),
    index('chat_members_by_actor').on(table.organizationId, table.actor),
    isolated(),
  ],
);

/** What stands in a conversation. */
export const chatPosts = switchboard.table(
  'chat_posts',
  {
    organizationId: organization(),
    conversationId: uuid('conversation_id').notNull(),
    id: uuid('id').notNull(),
    /** The conversation's number when it was made: its place. */
    ordinal: bigint('ordinal', { mode: 'number' }).notNull(),
    /** The conversation's number when it was changed last. */
    seq: bigint('seq', { mode: 'number' }).notNull(),
    /** `past`: taken over from the conversation that goes on here. */
    kind: text('kind', { enum: ['person', 'bot', 'past'] }).notNull(),
    author: text('author').notNull(),
    authorName: text('author_name').notNull(),
    authorKind: text('author_kind', { enum: ['human', 'bot', 'self'] }).notNull(),
    /** Whoever makes a post gives it a name of its own, so that it is made once. */
    nonce: text('nonce').notNull(),
    text: text('text').notNull(),
    card: jsonb('card'),
    /** `{id, name, mediaType, size}` of each. */
    files: jsonb('files').notNull().default([]),
    /** `{emoji, by}` of each. */
    reactions: jsonb('reactions').notNull().default([]),
    /** Nobody else sees it. */
    onlyFor: text('only_for'),
    removed: boolean('removed').notNull().default(false),
    /** When the bot was given it; null: not yet. Of what is for the bot alone. */
    heardAt: moment('heard_at'),
    sentAt: now('sent_at'),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.conversationId, table.id] }),
    uniqueIndex('chat_posts_by_nonce').on(table.organizationId, table.conversationId, table.nonce),
    index('chat_posts_by_change').on(table.organizationId, table.conversationId, table.seq),
    index('chat_posts_by_place').on(table.organizationId, table.conversationId, table.ordinal),
    // What is deleted where it was said is deleted here.
    index('chat_posts_past')
      .on(table.organizationId, table.nonce)
      .where(sql`kind = 'past'`),
    index('chat_posts_unheard')
      .on(table.organizationId, table.sentAt)
      .where(sql`kind = 'person' and heard_at is null`),
    isolated(),
  ],
);

/** Files that people and the bot put into conversations. */
export const chatFiles = switchboard.table(
  'chat_files',
  {
    organizationId: organization(),
    id: uuid('id').notNull(),
    conversationId: uuid('conversation_id').notNull(),
    /** Null: uploaded, and not sent yet. */
    postId: uuid('post_id'),
    name: text('name').notNull(),
    mediaType: text('media_type').notNull(),
    size: integer('size').notNull(),
    data: bytea('data').notNull(),
    addedBy: text('added_by').notNull(),
    createdAt: now('created_at'),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    index('chat_files_by_conversation').on(table.organizationId, table.conversationId),
    index('chat_files_unsent')
      .on(table.organizationId, table.addedBy, table.createdAt)
      .where(sql`post_id is null`),
    isolated(),
  ],
);

/** What people say to each other about an answer. No model is told. */
export const chatComments = switchboard.table(
  'chat_comments',
  {
    organizationId: organization(),
    id: uuid('id').notNull(),
    conversationId: uuid('conversation_id').notNull(),
    postId: uuid('post_id').notNull(),
    author: text('author').notNull(),
    authorName: text('author_name').notNull(),
    text: text('text').notNull(),
    createdAt: now('created_at'),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    index('chat_comments_by_post').on(table.organizationId, table.conversationId, table.postId),
    isolated(),
  ],
);
