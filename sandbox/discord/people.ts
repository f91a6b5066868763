import { setTimeout as sleep } from 'node:timers/promises';
import type { Said, Utterance, Visible } from '../kit/stand-in.ts';
import type { Gateway } from './gateway.ts';
import type { Interactions } from './interactions.ts';
import type { Speech } from './speech.ts';
import type { Channel, File, Message, World } from './world.ts';
import { addChannel, CHANNEL_TYPE, person } from './world.ts';

export type Upload = { readonly name: string; readonly mediaType: string; readonly bytes: Uint8Array };

/** What people do in the stand-in beside saying something. */
export type People = {
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
  readonly react: (id: string, emoji: string, added?: boolean) => Promise<void>;
  /** `/ask text: …`, over HTTP where an endpoint is set, else over the gateway. */
  readonly ask: (said: Pick<Utterance, 'text' | 'as' | 'thread'>) => Promise<Said>;
  /** Clicks an element with that id below a message. */
  readonly click: (message: string, action: string) => Promise<Said>;
};

const DEFAULT_PERSON = 'Ada';
const WAIT_FOR_SESSION_MS = 10_000;
const LOOK_EVERY_MS = 10;
const COMMAND = 2;
const COMPONENT = 3;

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
    async share(said, upload) {
      const file: File = { ...upload, id: world.nextId() };
      world.files.set(file.id, file);
      return write(said, await channelFor(said.thread), { files: [file] });
    },
    async edit(id, text) {
      await ready();
      speech.change(existing(world.messages, id), text);
    },
    async remove(id) {
      await ready();
      speech.remove(existing(world.messages, id));
    },
    async react(id, emoji, added = true) {
      await ready();
      speech.react(existing(world.messages, id), person(world, DEFAULT_PERSON), emoji, added);
    },
    async ask(said) {
      const channel = said.thread === undefined ? newChannel(world, speech) : existing(world.channels, said.thread);
      const options = [{ name: 'text', type: 3, value: said.text }];
      const data = { id: world.nextId(), name: 'ask', type: 1, options };
      const user = person(world, said.as ?? DEFAULT_PERSON);
      const sent = await interactions.send({ type: COMMAND, channel, user, data });
      return { id: sent.id, thread: channel.id, status: sent.status, acknowledgedInMs: sent.inMs };
    },
    async click(message, action) {
      const { channel } = existing(world.messages, message);
      const data = { id: 2, component_type: 2, custom_id: action };
      const user = person(world, DEFAULT_PERSON);
      const sent = await interactions.send({ type: COMPONENT, channel, user, data });
      return { id: sent.id, thread: channel.id, status: sent.status, acknowledgedInMs: sent.inMs };
    },
  };
}

/** Messages as Discord holds them, oldest first. */
export function visibleIn(world: World, thread?: string): readonly Visible[] {
  return [...world.messages.values()]
    .filter((message) => thread === undefined || message.channel.id === thread)
    .map(({ id, channel, author, content, edits, createdAt }) => ({
      id,
      thread: channel.id,
      author: author.name,
      fromBot: author.bot,
      text: content,
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

function directChannel(world: World, name: string): Channel {
  const known = [...world.channels.values()].find((one) => one.type === CHANNEL_TYPE.direct && one.name === name);
  return known ?? addChannel(world, { type: CHANNEL_TYPE.direct, guild: undefined, parent: undefined, name });
}

function existing<Item>(items: ReadonlyMap<string, Item>, id: string): Item {
  const found = items.get(id);
  if (found === undefined) throw new Error(`there is no ${id} in the stand-in`);
  return found;
}
