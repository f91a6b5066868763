import { z } from 'zod';
import { instant, name, words } from '../kit/shape.ts';
import { isId } from './snowflake.ts';

/**
 * What is read of Discord's payloads. Unknown fields are let pass, and what is not needed to understand a message may
 * be missing or odd without losing it.
 */
const id = z.string().refine(isId, 'is no id of Discord');
/** Part of what a dispatch is known by when it comes again. */
const STAMP = /^[\w.:+-]{1,60}$/;
const optional = <Shape extends z.ZodType>(shape: Shape) => shape.nullish().catch(undefined);
const list = <Shape extends z.ZodType>(shape: Shape) =>
  z
    .array(shape.or(z.unknown().transform(() => undefined)))
    .catch([])
    .transform((items) => items.filter((item) => item !== undefined));

/** Without a guild it is a direct message: an odd one must not make a channel private. */
const place = id.nullish();

const user = z.object({
  id,
  username: name,
  global_name: optional(name),
  bot: optional(z.boolean()),
});

const member = z.object({ nick: optional(name), user: optional(user) });

const attachment = z.object({
  id,
  filename: name,
  content_type: optional(name),
  size: optional(z.int().nonnegative()),
  url: words,
});

const content = {
  content: words.default(''),
  attachments: list(attachment),
  mentions: list(user.extend({ member: optional(member) })),
};

export const message = z.object({
  id,
  channel_id: id,
  guild_id: place,
  channel_type: optional(z.int()),
  type: z.int().default(0),
  author: user,
  member: optional(member),
  ...content,
  mention_roles: list(id),
  timestamp: instant,
  edited_timestamp: optional(z.string().regex(STAMP)),
  webhook_id: optional(id),
  application_id: optional(id),
  flags: optional(z.int()),
  nonce: optional(z.union([z.string(), z.number()])),
  message_reference: optional(z.object({ message_id: optional(id), type: optional(z.int()) })),
  referenced_message: optional(z.object({ id, author: user })),
  interaction_metadata: optional(z.object({ id })),
  message_snapshots: list(z.object({ message: z.object(content) })),
});

export const messageDeleted = z.object({ id, channel_id: id, guild_id: place });
export const messagesDeleted = z.object({ ids: z.array(id).min(1), channel_id: id, guild_id: place });

export const reaction = z.object({
  user_id: id,
  channel_id: id,
  message_id: id,
  guild_id: place,
  member: optional(member),
  emoji: z.object({ name: optional(name), id: optional(id) }),
});

const role = z.object({ id, tags: optional(z.object({ bot_id: optional(id) })) });
export const roles = z.array(role);
const thread = z.object({ id });

export const guildCreated = z.object({
  id,
  name: name.default(''),
  joined_at: optional(z.string().regex(STAMP)),
  roles: list(role),
  threads: list(thread),
});
export const guildDeleted = z.object({ id, unavailable: optional(z.boolean()) });
export const guildRole = z.object({ guild_id: id, role });
export const threadCreated = z.object({ id, guild_id: place, newly_created: optional(z.boolean()) });
export const threadsListed = z.object({ threads: list(thread) });

export const ready = z.object({ session_id: z.string(), resume_gateway_url: z.string() });

const option = z.object({ name, type: z.int(), value: z.union([words, z.number(), z.boolean()]) });

export const interaction = z.object({
  id,
  application_id: optional(id),
  type: z.int(),
  token: words.max(400).default(''),
  guild_id: place,
  channel_id: optional(id),
  member: optional(member),
  user: optional(user),
  /** Of a click: the message that was clicked on. */
  message: optional(z.object({ id })),
  data: optional(
    z.object({
      name: optional(name),
      type: optional(z.int()),
      options: list(option),
      custom_id: optional(words),
      values: list(words),
      resolved: optional(z.object({ attachments: optional(z.record(z.string(), attachment)) })),
    }),
  ),
});

const permissions = z
  .string()
  .regex(/^\d{1,40}$/)
  .transform((digits) => BigInt(digits));

/** Answers of the API about where the bot is. */
export const guilds = z.array(z.object({ id, permissions }));
export const guildMember = z.object({ roles: z.array(id) });
export const channel = z.object({
  id,
  type: z.int(),
  parent_id: optional(id),
  last_message_id: optional(id),
  permission_overwrites: list(z.object({ id, allow: permissions, deny: permissions })),
});
export const channels = z.array(channel);
export const listedThreads = z.object({ threads: z.array(channel) });
/** Messages as they are: `read` looks into them. */
export const rawMessages = z.array(z.looseObject({ id }));

/** What creating or changing a message answers. */
export const posted = z.object({ id, content: z.string().default(''), flags: optional(z.int()) });

export type DiscordUser = z.output<typeof user>;
export type DiscordMember = z.output<typeof member>;
export type DiscordMessage = z.output<typeof message>;
export type DiscordAttachment = z.output<typeof attachment>;
export type DiscordInteraction = z.output<typeof interaction>;
export type DiscordRole = z.output<typeof role>;
