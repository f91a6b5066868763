import { randomBytes } from 'node:crypto';
import type { Embed, Row } from './components.ts';

export type User = { readonly id: string; readonly username: string; readonly name: string; readonly bot: boolean };

/** Discord's numbers of channel types: a text channel, a direct conversation, a public thread, a forum. */
export const CHANNEL_TYPE = { text: 0, direct: 1, thread: 11, forum: 15 } as const;

export type Channel = {
  readonly id: string;
  readonly type: (typeof CHANNEL_TYPE)[keyof typeof CHANNEL_TYPE];
  /** Undefined for a direct conversation. */
  readonly guild: string | undefined;
  readonly name: string;
  /** A thread's channel. */
  readonly parent: string | undefined;
  /** Who opened a thread. */
  readonly owner: string | undefined;
  /** Of a thread: nobody spoke in it for long. */
  archived: boolean;
  /** The bot may not see it. */
  hidden: boolean;
  /** Stays when that message is deleted. */
  lastMessage: string | undefined;
};

export type File = {
  readonly id: string;
  readonly name: string;
  readonly mediaType: string;
  readonly description?: string | undefined;
  readonly bytes: Uint8Array;
};

export type Message = {
  readonly id: string;
  readonly channel: Channel;
  readonly author: User;
  readonly createdAt: Date;
  readonly replyTo: string | undefined;
  /** The interaction that it answers. */
  readonly interaction: string | undefined;
  /** The one person who sees it; undefined: everybody there. */
  readonly seenBy: string | undefined;
  files: readonly File[];
  embeds: readonly Embed[];
  components: readonly Row[];
  /** Who was called by it, as Discord would: after `allowed_mentions`. */
  called: readonly string[];
  content: string;
  flags: number;
  editedAt: Date | undefined;
  edits: number;
};

export type Reaction = { readonly message: string; readonly user: string; readonly emoji: string };

export type Role = { readonly id: string; readonly name: string; readonly bot: string | undefined };

/** All that the stand-in knows, in the order in which it came to be. */
export type World = {
  readonly url: string;
  readonly bot: User;
  readonly guild: { readonly id: string; readonly name: string; readonly roles: readonly Role[] };
  readonly people: Map<string, User>;
  /** What people are called in the guild, by their id. */
  readonly nicks: Map<string, string>;
  readonly channels: Map<string, Channel>;
  readonly messages: Map<string, Message>;
  readonly files: Map<string, File>;
  readonly reactions: Reaction[];
  readonly commands: Map<string, Record<string, unknown>>;
  /** False: the bot was thrown out of the guild. */
  member: { joinedAt: Date; here: boolean };
  readonly nextId: () => string;
};

const DISCORD_EPOCH_MS = 1_420_070_400_000;

/** Ids as Discord makes them: the time, then a number that goes up. */
function openSnowflakes(): () => string {
  let last = 0n;
  return () => {
    const now = BigInt(Date.now() - DISCORD_EPOCH_MS) << 22n;
    last = now > last ? now : last + 1n;
    return String(last);
  };
}

export function createWorld(url: string): World {
  const nextId = openSnowflakes();
  const bot: User = { id: nextId(), username: 'Switchboard', name: 'Switchboard', bot: true };
  const guild = nextId();
  return {
    url,
    bot,
    guild: {
      id: guild,
      name: 'Acme',
      roles: [
        // The role of everybody has the guild's own id.
        { id: guild, name: '@everyone', bot: undefined },
        { id: nextId(), name: 'Switchboard', bot: bot.id },
      ],
    },
    people: new Map(),
    nicks: new Map(),
    channels: new Map(),
    messages: new Map(),
    files: new Map(),
    reactions: [],
    commands: new Map(),
    member: { joinedAt: new Date(Date.now() - 86_400_000), here: true },
    nextId,
  };
}

/** `base64(id).x.y`, as Discord's tokens are. */
export function makeToken(world: World): string {
  const first = Buffer.from(world.bot.id).toString('base64url');
  return `${first}.${randomBytes(4).toString('base64url')}.${randomBytes(28).toString('base64url')}`;
}

/** The person of that name; a new name is a new person. */
export function person(world: World, name: string): User {
  const known = world.people.get(name);
  if (known !== undefined) return known;
  const user: User = { id: world.nextId(), username: name.toLowerCase(), name, bot: false };
  world.people.set(name, user);
  return user;
}

export function addChannel(
  world: World,
  given: Pick<Channel, 'type' | 'guild' | 'name' | 'parent'> & { readonly owner?: string },
): Channel {
  const channel: Channel = {
    owner: undefined,
    ...given,
    id: world.nextId(),
    archived: false,
    hidden: false,
    lastMessage: undefined,
  };
  world.channels.set(channel.id, channel);
  return channel;
}

export function addMessage(
  world: World,
  given: Pick<Message, 'channel' | 'author' | 'content'> & Partial<Message>,
): Message {
  const message: Message = {
    createdAt: new Date(),
    replyTo: undefined,
    interaction: undefined,
    seenBy: undefined,
    files: [],
    embeds: [],
    components: [],
    called: [],
    flags: 0,
    editedAt: undefined,
    edits: 0,
    ...given,
    id: world.nextId(),
  };
  world.messages.set(message.id, message);
  message.channel.lastMessage = message.id;
  message.channel.archived = false;
  return message;
}

/** Everybody there is, by id. */
export function userOf(world: World, id: string): User | undefined {
  return id === world.bot.id ? world.bot : [...world.people.values()].find((user) => user.id === id);
}

/** Mentions of users in a text, by id. */
export function mentionsIn(content: string): readonly string[] {
  return [...new Set([...content.matchAll(/<@!?(\d+)>/g)].map(([, id = '']) => id))];
}

/** Two people talk with the bot in the same conversation however often it is opened. */
export function directChannel(world: World, name: string): Channel {
  const known = [...world.channels.values()].find((one) => one.type === CHANNEL_TYPE.direct && one.name === name);
  return known ?? addChannel(world, { type: CHANNEL_TYPE.direct, guild: undefined, parent: undefined, name });
}

/** @throws Error: a test that names what is not there is mistaken. */
export function existing<Item>(items: ReadonlyMap<string, Item>, id: string): Item {
  const found = items.get(id);
  if (found === undefined) throw new Error(`there is no ${id} in the stand-in`);
  return found;
}
