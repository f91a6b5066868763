import type { Attachment, Author, Message } from '../../src/model/message.ts';
import type { Bot } from './bot.ts';
import type { DiscordAttachment, DiscordMember, DiscordMessage, DiscordUser } from './payload.ts';
import { nameOf, readMarkdown } from './read-markdown.ts';

/** What is known of the guild that a message is in. */
export type Known = {
  /** The bot's own role there. */
  readonly ownRole?: string | undefined;
  /** What a channel or a role is called. */
  readonly nameOf?: (id: string) => string | undefined;
};

/** A message of Discord's in the form that all platforms share. */
export function readMessage(message: DiscordMessage, bot: Bot, { ownRole, nameOf: nameIn }: Known): Message {
  // A forwarded message is empty itself and carries a copy.
  const written = [message, ...message.message_snapshots.map((snapshot) => snapshot.message)];
  const mentions = written.flatMap((one) => one.mentions);
  const channels = new Map(message.mention_channels.map(({ id, name }) => [id, name]));
  const names = {
    mentions: mentions.map((user) => ({ id: user.id, name: nameOf(user, user.member?.nick) })),
    own: ownRole === undefined ? [bot.user] : [bot.user, ownRole],
    nameOf: (id: string) => channels.get(id) ?? nameIn?.(id),
  };
  const texts = written.map((one) => readMarkdown(one.content, names)).filter((text) => text !== '');
  return {
    id: message.id,
    version: message.edited_timestamp ?? message.id,
    author: authorOf(message, bot),
    text: texts.join('\n\n'),
    attachments: written.flatMap((one) => one.attachments).map(attachmentOf),
    anchor: undefined,
    sentAt: message.timestamp,
  };
}

export function authorOf({ author, member, webhook_id, application_id }: DiscordMessage, bot: Bot): Author {
  const id = author.id;
  const name = nameOf(author, member?.nick);
  if (id === bot.user || application_id === bot.application) return { id, name, kind: 'self' };
  return { id, name, kind: author.bot === true || webhook_id ? 'bot' : 'human' };
}

export function personOf(user: DiscordUser, member: DiscordMember | null | undefined, bot: Bot): Author {
  const kind = user.id === bot.user ? 'self' : user.bot === true ? 'bot' : 'human';
  return { id: user.id, name: nameOf(user, member?.nick), kind };
}

/** The handle is the file's address. Its query is a signature that ends after a day and opens this one file only. */
export function attachmentOf(file: DiscordAttachment): Attachment {
  return {
    handle: file.url,
    name: file.filename,
    mediaType: file.content_type ?? undefined,
    size: file.size ?? undefined,
  };
}

/** Docs, "Message Types": default, reply, slash command and context menu. All others are written by Discord itself. */
const SAID_BY_SOMEBODY = new Set([0, 19, 20, 23]);

export const isSystemMessage = (message: DiscordMessage): boolean => !SAID_BY_SOMEBODY.has(message.type);
