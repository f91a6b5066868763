import type { Block, View } from './blocks.ts';

/** A file that somebody shared. */
export type SharedFile = {
  readonly id: string;
  readonly name: string;
  readonly mimetype: string;
  readonly bytes: Uint8Array;
};

/** One message as the platform holds it. */
export type Held = {
  readonly channel: string;
  readonly ts: string;
  /** The first message of its thread; absent at the top of a channel. */
  readonly threadTs: string | undefined;
  readonly user: string;
  readonly fromBot: boolean;
  readonly files: readonly SharedFile[];
  readonly at: Date;
  text: string;
  blocks: readonly Block[];
  edits: number;
  editedTs: string | undefined;
  metadata: unknown;
  /** A stream is open until then (ms since 1970); 0: it has ended. Absent: it never was one. */
  streamingUntil: number | undefined;
  readonly reactions: Map<string, Set<string>>;
};

/** A message that one person sees, and no method reads. */
export type Whisper = Held & { readonly to: string };

/** A click or a command gives the right to show one form, for three seconds. */
export type Trigger = { readonly user: string; readonly at: number; used: boolean };

/** A form that somebody looks at. */
export type OpenView = { readonly id: string; readonly user: string; readonly view: View };

/** What a `response_url` is good for. */
export type Response = {
  readonly user: string;
  readonly channel: string;
  readonly threadTs: string | undefined;
  readonly at: number;
  /** The message that was clicked; undefined: it came with a command. */
  readonly original: string | undefined;
  uses: number;
};

/** A place for a file's bytes, by the key in its address. */
export type Upload = { readonly id: string; readonly name: string; readonly length: number; arrived: boolean };

export type Profile = { readonly name: string; readonly locale: string; readonly timeZone: string };

export type Channel = {
  readonly id: string;
  readonly name: string;
  readonly direct: boolean;
  archived: boolean;
  /** The bot was invited. */
  member: boolean;
  /** By `ts`, in the order of time. */
  readonly messages: Map<string, Held>;
  /** The `ts` of a thread's messages, its first among them, by the first's `ts`. */
  readonly threads: Map<string, string[]>;
};

/** One workspace with one app in it, whose bot speaks in one channel and one direct conversation. */
export type World = {
  /** Where it listens. */
  readonly address: string;
  readonly team: { readonly id: string; readonly domain: string };
  readonly app: { readonly id: string; readonly signingSecret: string };
  readonly bot: { readonly user: string; readonly id: string; readonly name: string; readonly token: string };
  installed: boolean;
  /** The bot's tokens, with the moment at which each of them ends (ms since 1970). */
  readonly tokens: Map<string, number>;
  /** The app is in a whole organization with Enterprise Grid. */
  readonly enterprise: string | undefined;
  readonly channels: Map<string, Channel>;
  readonly main: Channel;
  /** Where the next new conversation begins: all channels in turn. */
  readonly nextChannel: () => Channel;
  readonly direct: Channel;
  /** Direct conversations, by the id of who is in one with the bot. */
  readonly directs: Map<string, Channel>;
  readonly files: Map<string, SharedFile>;
  /** The messages that show a file, by its id. */
  readonly shares: Map<string, { readonly channel: string; readonly ts: string }[]>;
  readonly uploads: Map<string, Upload>;
  readonly whispers: Map<string, Whisper>;
  readonly triggers: Map<string, Trigger>;
  readonly views: Map<string, OpenView>;
  /** By the path of its address. */
  readonly responses: Map<string, Response>;
  /** By the id of a person. */
  readonly profiles: Map<string, Profile>;
  /** Ids of people by name, and names by id. */
  readonly people: Map<string, string>;
  readonly names: Map<string, string>;
  /** Slack's own clock: no two messages have one `ts`. */
  readonly nextTs: () => string;
  readonly nextId: (prefix: string) => string;
};

/** Who speaks when nobody is named. */
export const SOMEBODY = 'ada';

export type Setup = {
  readonly address: string;
  readonly signingSecret: string;
  readonly token: string;
  readonly channels: number;
  /** Default: those of the one workspace that is there from the beginning. */
  readonly ids?: { readonly team: string; readonly app: string; readonly enterprise: string | undefined };
};

export function createWorld({ address, signingSecret, token, channels, ids: given }: Setup): World {
  const [main, direct] = [channelOf('C0SANDBOX01', 'general', false), channelOf('D0SANDBOX01', 'direct', true)];
  const bot = { user: 'U0SANDBOT01', id: 'B0SANDBOT01', name: 'switchboard', token };
  const further = Array.from({ length: channels }, (_, index) =>
    channelOf(`C0SANDMORE${index}`, `more-${index}`, false),
  );
  const open = [main, ...further];
  let begun = 0;
  let micros = 0;
  let ids = 0;
  return {
    address,
    team: { id: given?.team ?? 'T0SANDBOX01', domain: 'sandbox' },
    app: { id: given?.app ?? 'A0SANDBOX01', signingSecret },
    bot,
    installed: true,
    tokens: new Map([[token, Infinity]]),
    enterprise: given?.enterprise,
    channels: new Map([main, ...further, direct].map((channel) => [channel.id, channel])),
    main,
    nextChannel: () => open[begun++ % open.length] ?? main,
    direct,
    directs: new Map(),
    files: new Map(),
    shares: new Map(),
    uploads: new Map(),
    whispers: new Map(),
    triggers: new Map(),
    views: new Map(),
    responses: new Map(),
    profiles: new Map(),
    people: new Map(),
    names: new Map([[bot.user, bot.name]]),
    nextTs() {
      micros = Math.max(Date.now() * 1000, micros + 1);
      return `${Math.floor(micros / 1e6)}.${String(micros % 1e6).padStart(6, '0')}`;
    },
    nextId: (prefix) => `${prefix}0SAND${String((ids += 1)).padStart(6, '0')}`,
  };
}

function channelOf(id: string, name: string, direct: boolean): Channel {
  return { id, name, direct, archived: false, member: true, messages: new Map(), threads: new Map() };
}

/** The id of a person, who comes to the workspace by being named. */
export function personOf(world: World, name: string): string {
  const known = world.people.get(name);
  if (known !== undefined) return known;
  const id = world.nextId('U');
  world.people.set(name, id);
  world.names.set(id, name);
  return id;
}

export type Fresh = Pick<Held, 'threadTs' | 'user' | 'text'> &
  Partial<Pick<Held, 'files' | 'blocks' | 'metadata' | 'streamingUntil'>>;

export function addMessage(world: World, channel: Channel, fresh: Fresh): Held {
  const held = newMessage(world, channel, fresh);
  channel.messages.set(held.ts, held);
  if (held.threadTs !== undefined) {
    const thread = channel.threads.get(held.threadTs);
    if (thread === undefined) channel.threads.set(held.threadTs, [held.threadTs, held.ts]);
    else thread.push(held.ts);
  }
  return held;
}

/** Says something to one person: it is in no history. */
export function addWhisper(world: World, channel: Channel, to: string, fresh: Fresh): Whisper {
  const whisper = { ...newMessage(world, channel, fresh), to };
  world.whispers.set(whisper.ts, whisper);
  return whisper;
}

function newMessage(world: World, channel: Channel, fresh: Fresh): Held {
  return {
    files: [],
    blocks: [],
    metadata: undefined,
    streamingUntil: undefined,
    ...fresh,
    channel: channel.id,
    ts: world.nextTs(),
    fromBot: fresh.user === world.bot.user,
    at: new Date(),
    edits: 0,
    editedTs: undefined,
    reactions: new Map(),
  };
}

/** The conversation of one person with the bot. The first is that of whoever speaks when nobody is named. */
export function directOf(world: World, user: string): Channel {
  const known = world.directs.get(user);
  if (known !== undefined) return known;
  const isFirst = user === world.people.get(SOMEBODY);
  const channel = isFirst ? world.direct : channelOf(world.nextId('D'), 'direct', true);
  world.directs.set(user, channel);
  world.channels.set(channel.id, channel);
  return channel;
}

export function removeMessage(channel: Channel, held: Held): void {
  channel.messages.delete(held.ts);
}

export const isStreaming = (held: Held): boolean => (held.streamingUntil ?? 0) > Date.now();

/** The conversation's name as `say` and `visible` use it. A direct conversation is one as long as nobody threads it. */
export function threadOf(channel: Channel, held: Pick<Held, 'threadTs' | 'ts'>): string {
  if (held.threadTs === undefined && channel.direct) return channel.id;
  return `${channel.id}:${held.threadTs ?? held.ts}`;
}
