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
  edits: number;
  editedTs: string | undefined;
  metadata: unknown;
  /** A stream is open until then (ms since 1970); 0: it has ended. Absent: it never was one. */
  streamingUntil: number | undefined;
  readonly reactions: Map<string, Set<string>>;
};

export type Channel = {
  readonly id: string;
  readonly name: string;
  readonly direct: boolean;
  archived: boolean;
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
  readonly channels: ReadonlyMap<string, Channel>;
  readonly main: Channel;
  readonly direct: Channel;
  readonly files: Map<string, SharedFile>;
  /** Ids of people by name, and names by id. */
  readonly people: Map<string, string>;
  readonly names: Map<string, string>;
  /** Slack's own clock: no two messages have one `ts`. */
  readonly nextTs: () => string;
  readonly nextId: (prefix: string) => string;
};

export type Setup = { readonly address: string; readonly signingSecret: string; readonly token: string };

export function createWorld({ address, signingSecret, token }: Setup): World {
  const [main, direct] = [channelOf('C0SANDBOX01', 'general', false), channelOf('D0SANDBOX01', 'direct', true)];
  const bot = { user: 'U0SANDBOT01', id: 'B0SANDBOT01', name: 'switchboard', token };
  let micros = 0;
  let ids = 0;
  return {
    address,
    team: { id: 'T0SANDBOX01', domain: 'sandbox' },
    app: { id: 'A0SANDBOX01', signingSecret },
    bot,
    installed: true,
    channels: new Map([main, direct].map((channel) => [channel.id, channel])),
    main,
    direct,
    files: new Map(),
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
  return { id, name, direct, archived: false, messages: new Map(), threads: new Map() };
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
  Partial<Pick<Held, 'files' | 'metadata' | 'streamingUntil'>>;

export function addMessage(world: World, channel: Channel, fresh: Fresh): Held {
  const held: Held = {
    files: [],
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
  channel.messages.set(held.ts, held);
  if (held.threadTs !== undefined) {
    const thread = channel.threads.get(held.threadTs);
    if (thread === undefined) channel.threads.set(held.threadTs, [held.threadTs, held.ts]);
    else thread.push(held.ts);
  }
  return held;
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
