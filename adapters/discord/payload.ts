import { z } from 'zod';
import { instant, locale, name, words } from '../kit/shape.ts';
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

/** A channel or a role, with what it is called. */
const named = z.object({ id, name: name.default('') });

const attachment = z.object({
  id,
  filename: name,
  description: optional(words),
  content_type: optional(name),
  size: optional(z.int().nonnegative()),
  url: words,
});

/** Of embeds the words, of components what can be clicked. */
const shown = {
  embeds: list(
    z.object({
      title: words.nullish(),
      description: words.nullish(),
      fields: list(z.object({ name: words, value: words })),
    }),
  ),
  components: list(z.object({ components: list(z.object({ custom_id: optional(words) })) })),
};

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
  ...shown,
  mention_roles: list(id),
  mention_channels: list(named),
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

const role = z.object({ id, name: name.default(''), tags: optional(z.object({ bot_id: optional(id) })) });
export const roles = z.array(role);

export const guildCreated = z.object({
  id,
  name: name.default(''),
  joined_at: optional(z.string().regex(STAMP)),
  roles: list(role),
  channels: list(named),
  threads: list(named),
});
export const guildDeleted = z.object({ id, unavailable: optional(z.boolean()) });
export const guildRole = z.object({ guild_id: id, role });
export const channelChanged = named;
export const threadCreated = named.extend({ guild_id: place, newly_created: optional(z.boolean()) });
export const threadsListed = z.object({ threads: list(named) });

export const ready = z.object({ session_id: z.string(), resume_gateway_url: z.string() });

const option = z.object({ name, type: z.int(), value: z.union([words, z.number(), z.boolean()]) });

const byId = <Shape extends z.ZodType>(shape: Shape) => optional(z.record(z.string(), shape));

/** What was filled in, in a row of the old form or under a label of the new one. */
const filled = z.object({ custom_id: words, value: words.default('') });
const formPart = z.object({ component: optional(filled), components: list(filled) });

export const interaction = z.object({
  id,
  application_id: optional(id),
  type: z.int(),
  token: words.max(400).default(''),
  guild_id: place,
  channel_id: optional(id),
  member: optional(member),
  user: optional(user),
  /** Of the person, not of the guild. */
  locale,
  /** Of a click: the message that was clicked on. */
  message: optional(z.object({ id })),
  data: optional(
    z.object({
      name: optional(name),
      type: optional(z.int()),
      options: list(option),
      custom_id: optional(words),
      values: list(words),
      /** Of a click: the number of the control within its message. */
      id: optional(z.union([z.int(), words])),
      component_type: optional(z.int()),
      components: list(formPart),
      resolved: optional(
        z.object({
          attachments: byId(attachment),
          users: byId(user),
          members: byId(member),
          roles: byId(named),
          channels: byId(named),
        }),
      ),
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

/** Who somebody is, in a guild or apart from it. */
export const person = user;
export const guildPerson = z.object({ nick: optional(name), user });

/** Where something can be said: a channel as it is found, a thread or a direct conversation as it is opened. */
export const opened = z.object({ id });
export const channelFound = z.object({ id, type: z.int(), guild_id: place });
export const activeThreads = z.object({
  threads: list(z.object({ id, name: optional(words), parent_id: optional(id), owner_id: optional(id) })),
});

/** The commands of an application, whole: what is not ours goes back as it is. */
export const applicationCommands = z.array(z.looseObject({ name: z.string() }));

/** What creating or changing a message answers. */
export const posted = z.object({
  id,
  content: z.string().default(''),
  flags: optional(z.int()),
  attachments: list(z.object({ id, filename: words, description: optional(words) })),
  ...shown,
});

export type DiscordUser = z.output<typeof user>;
export type DiscordMember = z.output<typeof member>;
export type Posted = z.output<typeof posted>;
export type DiscordMessage = z.output<typeof message>;
export type DiscordAttachment = z.output<typeof attachment>;
export type DiscordInteraction = z.output<typeof interaction>;
export type DiscordRole = z.output<typeof role>;
