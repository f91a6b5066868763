import { CHANNEL_TYPE, mentionsIn, userOf } from './world.ts';
import type { Channel, File, Message, User, World } from './world.ts';

// The JSON that Discord writes, field by field as in its reference of API v10.

export type Json = Record<string, unknown>;

export function userJson(user: User): Json {
  return {
    id: user.id,
    username: user.username,
    global_name: user.bot ? null : user.name,
    discriminator: user.bot ? '6184' : '0',
    avatar: null,
    public_flags: 0,
    ...(user.bot ? { bot: true } : {}),
  };
}

const time = (date: Date): string => date.toISOString().replace('Z', '000+00:00');

export function memberJson(world: World, user: User): Json {
  const roles = world.guild.roles.filter((role) => role.bot === user.id).map((role) => role.id);
  const joined_at = time(world.member.joinedAt);
  return {
    roles,
    nick: world.nicks.get(user.id) ?? null,
    avatar: null,
    joined_at,
    deaf: false,
    mute: false,
    flags: 0,
    pending: false,
  };
}

/** Docs, "Permissions": to see channels, to write, and to read what was written before. */
export const ROLE_PERMISSIONS = (1n << 10n) | (1n << 11n) | (1n << 16n);

export function roleJson(role: World['guild']['roles'][number]): Json {
  const { id, name, bot } = role;
  return {
    id,
    name,
    managed: bot !== undefined,
    permissions: String(ROLE_PERMISSIONS),
    ...(bot === undefined ? {} : { tags: { bot_id: bot } }),
  };
}

export function channelJson(channel: Channel): Json {
  const { id, type, name, guild, parent, owner, archived, hidden, lastMessage } = channel;
  const thread = {
    owner_id: owner ?? null,
    thread_metadata: { archived, locked: false, auto_archive_duration: 1440 },
    member_count: 2,
  };
  const overwrites = hidden ? [{ id: guild, type: 0, allow: '0', deny: String(1n << 10n) }] : [];
  return {
    id,
    type,
    flags: 0,
    last_message_id: lastMessage ?? null,
    ...(hasOverwrites(type) ? { permission_overwrites: overwrites } : {}),
    ...(guild === undefined ? {} : { guild_id: guild, name, parent_id: parent ?? null }),
    ...(type === CHANNEL_TYPE.thread ? thread : {}),
  };
}

const hasOverwrites = (type: Channel['type']): boolean => type === CHANNEL_TYPE.text || type === CHANNEL_TYPE.forum;

function fileJson(world: World, channel: Channel, file: File): Json {
  const { id, name, mediaType, description, bytes } = file;
  const url = `${world.url}/attachments/${channel.id}/${id}/${encodeURIComponent(name)}`;
  const said = description === undefined ? {} : { description };
  return { id, filename: name, ...said, size: bytes.byteLength, content_type: mediaType, url, proxy_url: url };
}

/** A message as it is read back: without its nonce. */
export function messageJson(world: World, message: Message, depth = 0): Json {
  const { channel, replyTo, interaction } = message;
  const answered = replyTo === undefined ? undefined : world.messages.get(replyTo);
  const mentions = mentionsIn(message.content).flatMap((id) => userOf(world, id) ?? []);
  const roles = world.guild.roles.filter((role) => message.content.includes(`<@&${role.id}>`));
  return {
    id: message.id,
    type: interaction === undefined ? (replyTo === undefined ? 0 : 19) : 20,
    channel_id: channel.id,
    author: userJson(message.author),
    content: message.content,
    timestamp: time(message.createdAt),
    edited_timestamp: message.editedAt === undefined ? null : time(message.editedAt),
    tts: false,
    mention_everyone: false,
    mentions: mentions.map(userJson),
    mention_roles: roles.map((role) => role.id),
    attachments: message.files.map((file) => fileJson(world, channel, file)),
    // Docs, "Message Flags": with SUPPRESS_EMBEDS none are shown.
    embeds: (message.flags & 4) === 0 ? message.embeds : [],
    components: message.components,
    pinned: false,
    flags: message.flags,
    ...(interaction === undefined
      ? {}
      : { application_id: world.bot.id, webhook_id: world.bot.id, interaction_metadata: { id: interaction, type: 2 } }),
    ...(replyTo === undefined
      ? {}
      : {
          message_reference: { type: 0, channel_id: channel.id, message_id: replyTo },
          ...(depth === 0 ? { referenced_message: answered ? messageJson(world, answered, 1) : null } : {}),
        }),
  };
}

/** A message as the gateway tells it: with where it is, and who wrote it there. */
export function messageEvent(world: World, message: Message, extra: Json = {}): Json {
  const { channel, author, seenBy } = message;
  // Docs, "Message Create": what one person sees alone is told without its guild.
  const inGuild =
    channel.guild === undefined || seenBy !== undefined
      ? {}
      : { guild_id: channel.guild, member: memberJson(world, author) };
  return { ...messageJson(world, message), channel_type: channel.type, ...inGuild, ...extra };
}

export function guildJson(world: World): Json {
  const channels = [...world.channels.values()].filter((channel) => channel.guild === world.guild.id);
  return {
    id: world.guild.id,
    name: world.guild.name,
    joined_at: time(world.member.joinedAt),
    large: false,
    unavailable: false,
    member_count: world.people.size + 1,
    roles: world.guild.roles.map(roleJson),
    channels: channels.filter(({ type }) => hasOverwrites(type)).map(channelJson),
    threads: channels.filter((channel) => channel.type === CHANNEL_TYPE.thread).map(channelJson),
    members: [{ ...memberJson(world, world.bot), user: userJson(world.bot) }],
  };
}
