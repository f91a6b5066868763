import { setTimeout as sleep } from 'node:timers/promises';
import type { Said, Utterance, Visible } from '../kit/stand-in.ts';
import type { Clicks, Did } from './clicks.ts';
import { DEFAULT_PERSON, giveCommand, openClicks } from './clicks.ts';
import { wordsOf } from './components.ts';
import type { Gateway } from './gateway.ts';
import type { Upload } from './route.ts';
import type { Interactions } from './interactions.ts';
import type { Speech } from './speech.ts';
import type { Channel, File, Message, World } from './world.ts';
import { addChannel, CHANNEL_TYPE, directChannel, existing, person } from './world.ts';

/** What people do in the stand-in beside saying something. */
export type People = Clicks & {
  /** Says something in a direct conversation with the bot; always the same one for the same person. */
  readonly direct: (said: Pick<Utterance, 'text' | 'as'>) => Promise<Said>;
  /** Opens a thread in a channel (a new one when none is named) and gives its id. */
  readonly openThread: (channel?: string) => Promise<string>;
  /** Says something in answer to a message. */
  readonly reply: (to: string, said: Pick<Utterance, 'text' | 'as' | 'plain'>) => Promise<Said>;
  /** Says something with a file. */
  readonly share: (said: Utterance, file: Upload) => Promise<Said>;
  readonly edit: (id: string, text: string) => Promise<void>;
  readonly remove: (id: string) => Promise<void>;
  readonly react: (id: string, emoji: string, added?: boolean, as?: string) => Promise<void>;
  /** `/ask text: …`, over HTTP where an endpoint is set, else over the gateway. */
  readonly ask: (said: Pick<Utterance, 'text' | 'as' | 'thread'>) => Promise<Did>;
  /** Any command, in a conversation or in a new one. */
  readonly command: (name: string, given?: CommandGiven) => Promise<Did>;
  /** Opens a forum and gives its id. */
  readonly openForum: () => Promise<string>;
  /** The id of somebody; a new name is a new person. */
  readonly personId: (name: string) => string;
  /** What somebody is called in the guild. */
  readonly nick: (name: string, nick: string) => void;
  /** A moderator takes many messages of one channel away at once. */
  readonly removeAll: (ids: readonly string[]) => Promise<void>;
  /** What somebody sees, with what is shown to nobody else. */
  readonly seenBy: (name: string, thread?: string) => readonly Visible[];
};

export type CommandGiven = Pick<Utterance, 'thread' | 'as'> & { readonly text?: string; readonly file?: Upload };

const SUPPRESS_EMBEDS = 4;
const WAIT_FOR_SESSION_MS = 10_000;
const LOOK_EVERY_MS = 10;

type Parts = {
  readonly world: World;
  readonly speech: Speech;
  readonly gateway: Gateway;
  readonly interactions: Interactions;
};

export function openPeople(parts: Parts): People & { say: (utterance: Utterance) => Promise<Said> } {
  const { world, speech, interactions } = parts;
  const ready = () => untilSession(parts.gateway);
  const write = async (said: Utterance, channel: Channel, more: Partial<Message> = {}): Promise<Said> => {
    await ready();
    const named = said.plain === true || channel.type === CHANNEL_TYPE.direct;
    const content = named ? said.text : `<@${world.bot.id}> ${said.text}`;
    const message = speech.post({ channel, content, author: person(world, said.as ?? DEFAULT_PERSON), ...more });
    return { id: message.id, thread: channel.id, status: undefined, acknowledgedInMs: undefined };
  };
  const channelFor = async (thread: string | undefined): Promise<Channel> => {
    await ready();
    return thread === undefined ? newChannel(world, speech) : existing(world.channels, thread);
  };

  const command = (name: string, { thread, file, as, text }: CommandGiven = {}): Promise<Did> => {
    const channel = thread === undefined ? newChannel(world, speech) : existing(world.channels, thread);
    const shared = file === undefined ? {} : { file: upload(world, file) };
    return giveCommand(world, interactions, { name, channel, as, ...(text !== undefined && { text }), ...shared });
  };

  return {
    say: async (said) => write(said, await channelFor(said.thread)),
    direct: (said) => write(said, directChannel(world, said.as ?? DEFAULT_PERSON)),
    async openThread(channel) {
      const { id, guild, name } = await channelFor(channel);
      const thread = addChannel(world, { type: CHANNEL_TYPE.thread, guild, parent: id, name: `${name}-thread` });
      speech.opened(thread);
      return thread.id;
    },
    reply: (to, said) => write(said, existing(world.messages, to).channel, { replyTo: to }),
    async share(said, file) {
      return write(said, await channelFor(said.thread), { files: [upload(world, file)] });
    },
    async edit(id, text) {
      await ready();
      speech.change(existing(world.messages, id), { content: text });
    },
    async remove(id) {
      await ready();
      speech.remove(existing(world.messages, id));
    },
    async react(id, emoji, added = true, as = DEFAULT_PERSON) {
      await ready();
      speech.react(existing(world.messages, id), person(world, as), emoji, added);
    },
    ask: ({ text, as, thread }) => command('ask', { text, ...(as && { as }), ...(thread && { thread }) }),
    command,
    ...othersOf(parts, ready),
    ...openClicks(world, interactions),
  };
}

type Others = Pick<People, 'openForum' | 'personId' | 'nick' | 'removeAll' | 'seenBy'>;

function othersOf({ world, speech }: Parts, ready: () => Promise<void>): Others {
  return {
    async openForum() {
      await ready();
      const given = { type: CHANNEL_TYPE.forum, guild: world.guild.id, parent: undefined, name: 'questions' };
      const forum = addChannel(world, given);
      speech.opened(forum);
      return forum.id;
    },
    personId: (name) => person(world, name).id,
    nick: (name, nick) => void world.nicks.set(person(world, name).id, nick),
    async removeAll(ids) {
      await ready();
      speech.removeAll(ids.map((id) => existing(world.messages, id)));
    },
    seenBy: (name, thread) => visibleIn(world, thread, person(world, name).id),
  };
}

function upload(world: World, given: Upload): File {
  const file: File = { ...given, id: world.nextId() };
  world.files.set(file.id, file);
  return file;
}

/** Messages as Discord holds them, oldest first: what everybody sees, and what is for `user` alone. */
export function visibleIn(world: World, thread?: string, user?: string): readonly Visible[] {
  return [...world.messages.values()]
    .filter((message) => thread === undefined || message.channel.id === thread)
    .filter(({ seenBy }) => seenBy === undefined || seenBy === user)
    .map(({ id, channel, author, content, embeds, flags, edits, createdAt }) => ({
      id,
      thread: channel.id,
      author: author.name,
      fromBot: author.bot,
      text: [content, ...((flags & SUPPRESS_EMBEDS) === 0 ? embeds.flatMap(wordsOf) : [])]
        .join('\n')
        .replace(/^\n/, ''),
      edits,
      at: createdAt,
    }));
}

/** Discord keeps nothing for a bot that never connected; for one that is away for a moment it does. */
async function untilSession(gateway: Gateway): Promise<void> {
  for (let waitedMs = 0; !gateway.hasSession() && waitedMs < WAIT_FOR_SESSION_MS; waitedMs += LOOK_EVERY_MS) {
    await sleep(LOOK_EVERY_MS);
  }
}

function newChannel(world: World, speech: Speech): Channel {
  const number = [...world.channels.values()].filter((channel) => channel.type === CHANNEL_TYPE.text).length + 1;
  const given = { type: CHANNEL_TYPE.text, guild: world.guild.id, parent: undefined, name: `talk-${number}` };
  const channel = addChannel(world, given);
  speech.opened(channel);
  return channel;
}
