/** A file that somebody sent, or a picture between the words. */
export type SharedFile = {
  readonly id: string;
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  /** Pictures are at the Connector and need the bot's token; files are in SharePoint and their address opens them. */
  readonly picture: boolean;
};

export type Kind = 'channel' | 'personal' | 'groupChat';

/** One message as the platform holds it. */
export type Held = {
  readonly id: string;
  readonly conversation: Conversation;
  /** The first message of its thread; its own id at the top of a channel; empty outside of channels. */
  readonly root: string;
  readonly from: string;
  readonly fromBot: boolean;
  readonly named: boolean;
  readonly files: readonly SharedFile[];
  readonly at: Date;
  /** The one person who sees it, beside the bot. */
  readonly only: string | undefined;
  /** What the bot has reacted with. */
  readonly reactions: Set<string>;
  /** What people have, by their id. */
  readonly reactedBy: Map<string, Set<string>>;
  text: string;
  /** What notifications say of a card. */
  summary: string;
  card: Readonly<Record<string, unknown>> | undefined;
  /** Ids of people whom it calls. */
  called: readonly string[];
  /** The message above it, of which its reader is shown a preview. */
  preview: string;
  edits: number;
  readonly stream: Streamed | undefined;
};

/** A message that is, or was, streamed. */
export type Streamed = {
  readonly startedAt: number;
  state: 'open' | 'finished' | 'canceled';
  sequence: number;
  /** What was shown of the text; what only says what the bot does is none of it. */
  shown: string;
};

export type Conversation = {
  readonly id: string;
  readonly kind: Kind;
  /** False: the bot was put out of it. */
  hasBot: boolean;
  /** By id, in the order of time. */
  readonly messages: Map<string, Held>;
};

/** One tenant with one bot in it: in a channel, in a group chat, and with one person alone. */
export type World = {
  /** Where the Connector is, with a slash at the end. */
  readonly serviceUrl: string;
  readonly address: string;
  readonly tenant: string;
  readonly team: string;
  readonly app: { readonly id: string; readonly password: string };
  readonly bot: { readonly id: string; readonly name: string };
  readonly conversations: Map<string, Conversation>;
  readonly channel: Conversation;
  readonly personal: Conversation;
  readonly group: Conversation;
  readonly files: Map<string, SharedFile>;
  /** Addresses of files open nothing any more. */
  linksRunOut: boolean;
  /** What the app may read by Microsoft Graph. */
  readonly consents: Set<'channels' | 'group chat' | 'files'>;
  /** Ids of people by name, and names by id. */
  readonly people: Map<string, string>;
  readonly names: Map<string, string>;
  /** Teams' own clock: no two messages have one id, which is the time in milliseconds. */
  readonly nextId: () => string;
};

export const ROOT = ';messageid=';

export function createWorld(address: string, app: World['app']): World {
  const tenant = crypto.randomUUID();
  const [channel, personal, group] = [
    conversationOf('19:sandbox-general@thread.tacv2', 'channel'),
    conversationOf('a:1sandbox-personal', 'personal'),
    conversationOf('19:sandbox-group@thread.v2', 'groupChat'),
  ];
  const bot = { id: `28:${app.id}`, name: 'Switchboard' };
  let last = 0;
  return {
    serviceUrl: `${address}/amer/${tenant}/`,
    address,
    tenant,
    team: '19:sandbox-team@thread.tacv2',
    app,
    bot,
    conversations: new Map([channel, personal, group].map((one) => [one.id, one])),
    channel,
    personal,
    group,
    files: new Map(),
    linksRunOut: false,
    consents: new Set(),
    people: new Map(),
    names: new Map([[bot.id, bot.name]]),
    nextId() {
      last = Math.max(Date.now(), last + 1);
      return String(last);
    },
  };
}

export function conversationOf(id: string, kind: Kind): Conversation {
  return { id, kind, hasBot: true, messages: new Map() };
}

/** The id of a person, who comes to the tenant by being named. */
export function personOf(world: World, name: string): string {
  const known = world.people.get(name);
  if (known !== undefined) return known;
  const id = `29:1${Buffer.from(name).toString('base64url')}-${world.people.size + 1}`;
  world.people.set(name, id);
  world.names.set(id, name);
  return id;
}

export type Fresh = Pick<Held, 'conversation' | 'from' | 'text'> &
  Partial<Pick<Held, 'root' | 'files' | 'named' | 'only' | 'summary' | 'card' | 'called' | 'preview' | 'stream'>>;

export function addMessage(world: World, fresh: Fresh): Held {
  const id = world.nextId();
  const root = fresh.conversation.kind === 'channel' ? (fresh.root ?? id) : '';
  const held: Held = {
    files: [],
    named: false,
    only: undefined,
    summary: '',
    card: undefined,
    called: [],
    preview: '',
    stream: undefined,
    ...fresh,
    reactions: new Set(),
    reactedBy: new Map(),
    id,
    root,
    fromBot: fresh.from === world.bot.id,
    at: new Date(Number(id)),
    edits: 0,
  };
  held.conversation.messages.set(id, held);
  return held;
}

/** The conversation's id as activities name it, which is also the name that `say` and `visible` use. */
export function threadOf({ conversation, root }: Pick<Held, 'conversation' | 'root'>): string {
  return root === '' ? conversation.id : `${conversation.id}${ROOT}${root}`;
}

/** What an id with or without `;messageid=` names; undefined when there is no such conversation or thread. */
export function findThread(world: World, id: string): { conversation: Conversation; root: string } | undefined {
  const [name = '', root = ''] = id.split(ROOT, 2);
  const conversation = world.conversations.get(name);
  if (conversation === undefined) return undefined;
  if (root !== '' && (conversation.kind !== 'channel' || !isRoot(conversation, root))) return undefined;
  return { conversation, root };
}

/** Threads outlive their first message. */
function isRoot({ messages }: Conversation, root: string): boolean {
  return messages.has(root) || [...messages.values()].some((held) => held.root === root);
}

/** @throws Error: a test named a message that is not there. */
export function findMessage(world: World, id: string): Held {
  for (const { messages } of world.conversations.values()) {
    const held = messages.get(id);
    if (held !== undefined) return held;
  }
  throw new Error(`there is no message ${id}`);
}
