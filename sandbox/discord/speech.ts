import type { Gateway } from './gateway.ts';
import { channelJson, guildJson, memberJson, messageEvent, userJson } from './shapes.ts';
import type { Json } from './shapes.ts';
import type { Channel, Message, User, World } from './world.ts';
import { addMessage } from './world.ts';

/** Docs, "List of Intents". */
const INTENT = {
  guilds: 1,
  guildMessages: 1 << 9,
  guildReactions: 1 << 10,
  direct: 1 << 12,
  directReactions: 1 << 13,
} as const;

export type Changes = Partial<Pick<Message, 'content' | 'embeds' | 'components' | 'files' | 'flags'>>;

/** Everything that happens, done in the world and told over the gateway. */
export type Speech = {
  readonly post: (
    given: Pick<Message, 'channel' | 'author' | 'content'> & Partial<Message>,
    nonce?: string | number,
  ) => Message;
  readonly change: (message: Message, changes: Changes) => void;
  readonly remove: (message: Message) => void;
  /** As a moderator's bot does it: many of one channel at once. */
  readonly removeAll: (messages: readonly Message[]) => void;
  readonly react: (message: Message, user: User, emoji: string, added: boolean) => void;
  readonly opened: (channel: Channel) => void;
  /** The bot came into the guild, or was thrown out. */
  readonly joined: () => void;
  readonly left: () => void;
  readonly interaction: (payload: Json) => void;
};

export function openSpeech(world: World, tell: Gateway['tell']): Speech {
  const ofMessages = ({ guild }: Channel): number => (guild === undefined ? INTENT.direct : INTENT.guildMessages);
  const tellOf = (message: Message, t: string, extra: Json = {}): void => {
    const { channel } = message;
    tell({ t, d: messageEvent(world, message, extra), intent: ofMessages(channel), guild: channel.guild });
  };
  const tellGuild = (t: string, d: unknown): void => tell({ t, d, intent: INTENT.guilds, guild: world.guild.id });

  return {
    post(given, nonce) {
      const message = addMessage(world, given);
      // Discord gives the nonce to the gateway as well, and to nobody who reads later.
      tellOf(message, 'MESSAGE_CREATE', nonce === undefined ? {} : { nonce });
      return message;
    },
    change(message, changes) {
      Object.assign(message, changes);
      message.editedAt = new Date();
      message.edits += 1;
      tellOf(message, 'MESSAGE_UPDATE');
    },
    remove(message) {
      world.messages.delete(message.id);
      const { channel } = message;
      const d = { id: message.id, ...whereOf(channel) };
      tell({ t: 'MESSAGE_DELETE', d, intent: ofMessages(channel), guild: channel.guild });
    },
    removeAll(messages) {
      for (const { id } of messages) world.messages.delete(id);
      const channel = messages[0]?.channel;
      if (channel === undefined) return;
      const d = { ids: messages.map(({ id }) => id), ...whereOf(channel) };
      tell({ t: 'MESSAGE_DELETE_BULK', d, intent: ofMessages(channel), guild: channel.guild });
    },
    react: (message, user, emoji, added) => tell(reacted(world, message, { user, emoji, added })),
    opened(channel) {
      const thread = channel.parent !== undefined;
      if (channel.guild === undefined) return;
      const d = { ...channelJson(channel), ...(thread ? { newly_created: true } : {}) };
      tellGuild(thread ? 'THREAD_CREATE' : 'CHANNEL_CREATE', d);
    },
    joined() {
      world.member = { joinedAt: new Date(), here: true };
      tellGuild('GUILD_CREATE', guildJson(world));
    },
    left() {
      world.member = { ...world.member, here: false };
      tellGuild('GUILD_DELETE', { id: world.guild.id });
    },
    interaction: (payload) => tell({ t: 'INTERACTION_CREATE', d: payload, intent: -1, guild: world.guild.id }),
  };
}

const whereOf = ({ guild, id }: Channel): Json => ({
  channel_id: id,
  ...(guild === undefined ? {} : { guild_id: guild }),
});

type Reacting = { readonly user: User; readonly emoji: string; readonly added: boolean };

function reacted(world: World, message: Message, { user, emoji, added }: Reacting): Parameters<Gateway['tell']>[0] {
  const { channel } = message;
  const at = world.reactions.findIndex(
    (one) => one.message === message.id && one.user === user.id && one.emoji === emoji,
  );
  if (added && at < 0) world.reactions.push({ message: message.id, user: user.id, emoji });
  if (!added && at >= 0) world.reactions.splice(at, 1);
  const member = channel.guild === undefined ? {} : { member: { ...memberJson(world, user), user: userJson(user) } };
  return {
    t: added ? 'MESSAGE_REACTION_ADD' : 'MESSAGE_REACTION_REMOVE',
    d: {
      user_id: user.id,
      message_id: message.id,
      emoji: { id: null, name: emoji },
      burst: false,
      type: 0,
      ...whereOf(channel),
      // Discord tells who it is only when it is added.
      ...(added ? { message_author_id: message.author.id, ...member } : {}),
    },
    intent: channel.guild === undefined ? INTENT.directReactions : INTENT.guildReactions,
    guild: channel.guild,
  };
}
