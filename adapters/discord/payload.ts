import { z } from 'zod';

/**
 * What is read of Discord's payloads. Unknown fields are let pass, and what is not needed to understand a message may
 * be missing or odd without losing it.
 */
const id = z.string().min(1).max(64);
const optional = <Shape extends z.ZodType>(shape: Shape) => shape.nullish().catch(undefined);
const list = <Shape extends z.ZodType>(shape: Shape) =>
  z
    .array(shape.or(z.unknown().transform(() => undefined)))
    .catch([])
    .transform((items) => items.filter((item) => item !== undefined));

const user = z.object({
  id,
  username: z.string(),
  global_name: optional(z.string()),
  bot: optional(z.boolean()),
});

const member = z.object({ nick: optional(z.string()), user: optional(user) });

const attachment = z.object({
  id,
  filename: z.string(),
  content_type: optional(z.string()),
  size: optional(z.int()),
  url: z.string(),
});

const content = {
  content: z.string().default(''),
  attachments: list(attachment),
  mentions: list(user.extend({ member: optional(member) })),
};

export const message = z.object({
  id,
  channel_id: id,
  guild_id: optional(id),
  channel_type: optional(z.int()),
  type: z.int().default(0),
  author: user,
  member: optional(member),
  ...content,
  mention_roles: list(id),
  timestamp: z.coerce.date(),
  edited_timestamp: optional(z.string()),
  webhook_id: optional(id),
  application_id: optional(id),
  flags: optional(z.int()),
  nonce: optional(z.union([z.string(), z.number()])),
  message_reference: optional(z.object({ message_id: optional(id), type: optional(z.int()) })),
  referenced_message: optional(z.object({ id, author: user })),
  interaction_metadata: optional(z.object({ id })),
  message_snapshots: list(z.object({ message: z.object(content) })),
});

export const messageDeleted = z.object({ id, channel_id: id, guild_id: optional(id) });
export const messagesDeleted = z.object({ ids: z.array(id).min(1), channel_id: id, guild_id: optional(id) });

export const reaction = z.object({
  user_id: id,
  channel_id: id,
  message_id: id,
  guild_id: optional(id),
  member: optional(member),
  emoji: z.object({ name: optional(z.string()), id: optional(id) }),
});

const role = z.object({ id, tags: optional(z.object({ bot_id: optional(id) })) });
export const roles = z.array(role);
const thread = z.object({ id });

export const guildCreated = z.object({
  id,
  name: z.string().default(''),
  joined_at: optional(z.string()),
  roles: list(role),
  threads: list(thread),
});
export const guildDeleted = z.object({ id, unavailable: optional(z.boolean()) });
export const guildRole = z.object({ guild_id: id, role });
export const threadCreated = z.object({ id, guild_id: optional(id), newly_created: optional(z.boolean()) });
export const threadsListed = z.object({ threads: list(thread) });

export const ready = z.object({ session_id: z.string(), resume_gateway_url: z.string() });

const option = z.object({ name: z.string(), type: z.int(), value: z.union([z.string(), z.number(), z.boolean()]) });

export const interaction = z.object({
  id,
  application_id: optional(id),
  type: z.int(),
  token: z.string().max(400).default(''),
  guild_id: optional(id),
  channel_id: optional(id),
  member: optional(member),
  user: optional(user),
  data: optional(
    z.object({
      name: optional(z.string()),
      type: optional(z.int()),
      options: list(option),
      custom_id: optional(z.string()),
      values: list(z.string()),
      resolved: optional(z.object({ attachments: optional(z.record(z.string(), attachment)) })),
    }),
  ),
});

/** What creating or changing a message answers. */
export const posted = z.object({ id, content: z.string().default(''), flags: optional(z.int()) });

export type DiscordUser = z.output<typeof user>;
export type DiscordMember = z.output<typeof member>;
export type DiscordMessage = z.output<typeof message>;
export type DiscordAttachment = z.output<typeof attachment>;
export type DiscordInteraction = z.output<typeof interaction>;
export type DiscordRole = z.output<typeof role>;
