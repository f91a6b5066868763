import type { z } from 'zod';
import type { Event, Why } from '../../src/model/event.ts';
import type { Author } from '../../src/model/message.ts';
import { clean, cut } from '../kit/text.ts';
import { placeOf } from './address.ts';
import type { Bot } from './bot.ts';
import type { Memory } from './memory.ts';
import * as payload from './payload.ts';
import type { DiscordMessage } from './payload.ts';
import type { Known } from './read-message.ts';
import { isSystemMessage, personOf, readMessage } from './read-message.ts';

/** A dispatch of the gateway: `t` names it, `s` counts it within its session. */
export type Dispatch = { readonly t: string; readonly s: number; readonly d: unknown };

/** What a dispatch means, and what to know it by when it comes again. Undefined: nothing worth keeping. */
export type ReadDispatch = { readonly id: string; readonly events: readonly Event[] } | undefined;

type Context = {
  readonly bot: Bot;
  readonly memory: Memory;
  /** An id for what Discord numbers in no other way: the session and the place in it, the same in every replay. */
  readonly counted: string;
  readonly now: Date;
};

type Reader = (data: unknown, context: Context) => ReadDispatch;

/**
 * One dispatch of the gateway. Total: what is not in the documented shape becomes `ignored` with the place where it is
 * not. `session` is the id of the session it came in.
 */
export function read(
  dispatch: Dispatch,
  around: { readonly bot: Bot; readonly memory: Memory; readonly session: string },
): ReadDispatch {
  const reader = Object.hasOwn(READERS, dispatch.t) ? READERS[dispatch.t] : undefined;
  const counted = `s:${cut(clean(around.session), 120)}:${dispatch.s}`;
  return reader?.(dispatch.d, { bot: around.bot, memory: around.memory, counted, now: new Date() });
}

const READERS: Readonly<Record<string, Reader>> = {
  MESSAGE_CREATE: (data, context) =>
    from(payload.message, data, context, (message) => ({ id: `m:${message.id}`, events: [said(message, context)] })),
  MESSAGE_UPDATE: (data, context) =>
    from(payload.message, data, context, (message) => {
      // Discord unfolds links after a message is sent and tells that as an update without this time.
      const at = message.edited_timestamp;
      if (!at) return undefined;
      return { id: `e:${message.id}:${at}`, events: [edited(message, context)] };
    }),
  MESSAGE_DELETE: (data, context) =>
    from(payload.messageDeleted, data, context, (gone) => ({ id: `d:${gone.id}`, events: [deleted(gone, gone.id)] })),
  MESSAGE_DELETE_BULK: (data, context) =>
    from(payload.messagesDeleted, data, context, (gone) => ({
      id: context.counted,
      events: gone.ids.map((id) => deleted(gone, id)),
    })),
  MESSAGE_REACTION_ADD: (data, context) => reacted(data, context, true),
  MESSAGE_REACTION_REMOVE: (data, context) => reacted(data, context, false),
  GUILD_CREATE: (data, context) =>
    from(payload.guildCreated, data, context, (guild) => {
      if (!isFresh(guild.joined_at, context.now)) return undefined;
      const event: Event = { kind: 'installed', install: guild.id, name: guild.name || `guild ${guild.id}` };
      return { id: `g:${guild.id}:${String(guild.joined_at)}`, events: [event] };
    }),
  GUILD_DELETE: (data, context) =>
    from(payload.guildDeleted, data, context, (guild) => {
      // An outage of Discord's comes as the same dispatch.
      if (guild.unavailable === true) return undefined;
      return { id: context.counted, events: [{ kind: 'uninstalled', install: guild.id }] };
    }),
  THREAD_CREATE: (data, context) =>
    from(payload.threadCreated, data, context, (thread) => {
      if (thread.newly_created !== true) return undefined;
      return { id: `t:${thread.id}`, events: [ignored('a thread was opened: its messages come by themselves')] };
    }),
};

const ignored = (reason: string): Event => ({ kind: 'ignored', reason });

function from<Shape extends z.ZodType>(
  shape: Shape,
  data: unknown,
  context: Context,
  use: (parsed: z.output<Shape>) => ReadDispatch,
): ReadDispatch {
  const parsed = shape.safeParse(data);
  if (parsed.success) return use(parsed.data);
  const path = parsed.error.issues[0]?.path.join('.') || 'the top';
  return { id: context.counted, events: [ignored(`not in the documented shape at ${path}`)] };
}

/** Every guild comes as GUILD_CREATE after each connecting; only the time of joining tells a new one. Ours, generous. */
const FRESH_MS = 5 * 60_000;

function isFresh(joinedAt: string | null | undefined, now: Date): boolean {
  const at = Date.parse(joinedAt ?? '');
  return !Number.isNaN(at) && now.getTime() - at < FRESH_MS;
}

function said(message: DiscordMessage, context: Context): Event {
  if (isSystemMessage(message)) return ignored(`a notice of Discord's (message type ${message.type})`);
  if (isForOneOnly(message)) return ignored('an answer of ours that one person sees alone');
  const read = readMessage(message, context.bot, knownOf(message, context));
  // A bot comes into channels that are older than itself.
  return {
    kind: 'message',
    place: placeOfMessage(message),
    why: why(message, read.author, context),
    message: read,
    hasPast: true,
  };
}

/** Docs, "Message Flags": only those of interactions' answers are told, and without their guild, as if they were direct. */
const isForOneOnly = ({ flags }: DiscordMessage): boolean => ((flags ?? 0) & 64) !== 0;

function knownOf({ guild_id }: DiscordMessage, { memory }: Context): Known {
  return { ownRole: guild_id ? memory.roleIn(guild_id) : undefined, nameOf: memory.nameOf };
}

/** What the bot wrote itself is kept, and never taken for a question. */
function why(message: DiscordMessage, author: Author, { bot, memory }: Context): Why {
  if (author.kind === 'self') return 'overheard';
  if (!message.guild_id) return 'direct';
  const role = memory.roleIn(message.guild_id);
  const named =
    message.mentions.some((user) => user.id === bot.user) ||
    message.referenced_message?.author.id === bot.user ||
    (role !== undefined && message.mention_roles.includes(role));
  if (named) return 'mention';
  const inThread = isThreadType(message.channel_type) || memory.isThread(message.channel_id);
  return inThread ? 'follow-up' : 'overheard';
}

/** Docs, "Channel Types": threads of announcements, public and private ones. */
const isThreadType = (type: number | null | undefined): boolean => type === 10 || type === 11 || type === 12;

function placeOfMessage(message: DiscordMessage) {
  const at = { channel: message.channel_id, message: message.id, interaction: undefined };
  return placeOf(message.guild_id ?? undefined, at);
}

function edited(message: DiscordMessage, context: Context): Event {
  if (isForOneOnly(message)) return ignored('an answer of ours that one person sees alone');
  const read = readMessage(message, context.bot, knownOf(message, context));
  return { kind: 'edited', place: placeOfMessage(message), why: why(message, read.author, context), message: read };
}

function deleted(gone: { channel_id: string; guild_id?: string | null | undefined }, id: string): Event {
  const at = { channel: gone.channel_id, message: undefined, interaction: undefined };
  return { kind: 'deleted', place: placeOf(gone.guild_id ?? undefined, at), messageId: id };
}

function reacted(data: unknown, context: Context, added: boolean): ReadDispatch {
  return from(payload.reaction, data, context, (given) => {
    const at = { channel: given.channel_id, message: given.message_id, interaction: undefined };
    const user = given.member?.user ?? { id: given.user_id, username: given.user_id };
    const event: Event = {
      kind: 'reaction',
      place: placeOf(given.guild_id ?? undefined, at),
      messageId: given.message_id,
      author: personOf(user, given.member, context.bot),
      emoji: given.emoji.name ?? given.emoji.id ?? '',
      added,
    };
    return { id: context.counted, events: [event] };
  });
}
