import type { Delivered } from '../kit/deliver.ts';
import type { Said, Utterance } from '../kit/stand-in.ts';
import type { Deliveries } from './deliver.ts';
import type { Clicks } from './clicks.ts';
import { openClicks } from './clicks.ts';
import { changed, deleted, envelope, escape, reacted, stopped, tombstone } from './event-shapes.ts';
import { messageShape } from './shapes.ts';
import type { Channel, Held, SharedFile, World } from './world.ts';
import { addMessage, directOf, isStreaming, personOf, removeMessage, SOMEBODY, threadOf } from './world.ts';

/** What somebody says, where, and with which file. */
export type SlackUtterance = Utterance & {
  /** To the bot alone. Default: in the channel. */
  readonly direct?: boolean;
  readonly file?: { readonly name: string; readonly mimetype: string; readonly bytes: Uint8Array };
};

export type Speech = Clicks & {
  readonly say: (utterance: SlackUtterance) => Promise<Said>;
  /** `named`: with the mention of the bot in front, as it was said. Default false. */
  readonly edit: (messageId: string, text: string, named?: boolean) => Promise<Delivered>;
  readonly remove: (messageId: string) => Promise<Delivered>;
  /** `name` is a short name, as `thumbsup`. */
  readonly react: (messageId: string, name: string, options?: { as?: string; remove?: boolean }) => Promise<Delivered>;
  /** Whether an answer is streamed in this thread now: below it stands Slack's own Stop. */
  readonly streamsIn: (thread: string) => boolean;
  /** Presses it. @throws Error when nothing is streamed there. */
  readonly pressStop: (thread: string, as?: string) => Promise<Delivered>;
  /** The app is removed: its token is dead, and the hub is told. */
  readonly uninstall: () => Promise<Delivered>;
  /** Any event in its envelope, signed. */
  readonly event: (event: object) => Promise<Delivered>;
};

type Send = Speech['event'];

export function openSpeech(world: World, deliveries: Deliveries): Speech {
  const event: Send = (inner) => {
    const id = world.nextId('Ev');
    const type = 'type' in inner ? String(inner.type) : '';
    return deliveries.deliver({ id, type, body: JSON.stringify(envelope(world, id, inner)) });
  };
  return {
    event,
    say: (utterance) => say(world, event, utterance),
    ...openChanges(world, event),
    ...openStop(world, event),
    ...openClicks(world, deliveries),
    async uninstall() {
      world.installed = false;
      await event({ type: 'tokens_revoked', tokens: { oauth: [], bot: [world.bot.user] }, event_ts: world.nextTs() });
      return event({ type: 'app_uninstalled', event_ts: world.nextTs() });
    },
  };
}

async function say(world: World, event: Send, utterance: SlackUtterance): Promise<Said> {
  const { channel, held, named } = speak(world, utterance);
  const shape = messageShape(world, held, true);
  const message = {
    ...shape,
    ...(held.files.length > 0 && { subtype: 'file_share' }),
    client_msg_id: crypto.randomUUID(),
    channel: channel.id,
    event_ts: held.ts,
    channel_type: channel.direct ? 'im' : 'channel',
  };
  // A mention comes twice, under two event ids; nobody promises in which order.
  const twins = [event(message)];
  if (named) twins.push(event({ ...shape, type: 'app_mention', channel: channel.id, event_ts: held.ts }));
  const first = await Promise.race(twins);
  return { id: held.ts, thread: threadOf(channel, held), ...first };
}

function openChanges(world: World, event: Send): Pick<Speech, 'edit' | 'remove' | 'react'> {
  return {
    edit(messageId, text, named = false) {
      const { channel, held } = find(world, messageId);
      const before = messageShape(world, held, true);
      held.text = writtenAs(world, text, named);
      held.edits += 1;
      held.editedTs = world.nextTs();
      return event(changed(world, channel, held, before));
    },
    remove(messageId) {
      const { channel, held } = find(world, messageId);
      removeMessage(channel, held);
      // The first message of a thread that goes on leaves a stone behind.
      const replies = channel.threads.get(held.ts)?.some((ts) => channel.messages.has(ts)) === true;
      return event(replies ? tombstone(world, channel, held) : deleted(world, channel, held));
    },
    react(messageId, name, options = {}) {
      const { held } = find(world, messageId);
      const user = personOf(world, options.as ?? SOMEBODY);
      const users = held.reactions.get(name) ?? new Set<string>();
      if (options.remove === true) users.delete(user);
      else users.add(user);
      held.reactions.set(name, users);
      return event(reacted(world, held, { user, name, added: options.remove !== true }));
    },
  };
}

function openStop(world: World, event: Send): Pick<Speech, 'streamsIn' | 'pressStop'> {
  const streams = (thread: string): readonly Held[] =>
    [...world.channels.values()].flatMap((channel) =>
      [...channel.messages.values()].filter((held) => isStreaming(held) && threadOf(channel, held) === thread),
    );
  return {
    streamsIn: (thread) => streams(thread).length > 0,
    pressStop(thread, as = SOMEBODY) {
      const all = streams(thread);
      const [first] = all;
      if (first === undefined) throw new Error(`nothing is streamed in ${thread}`);
      return event(stopped(world, all, { user: personOf(world, as), first }));
    },
  };
}

const writtenAs = (world: World, text: string, named: boolean): string =>
  `${named ? `<@${world.bot.user}> ` : ''}${escape(text)}`;

function speak(world: World, utterance: SlackUtterance): { channel: Channel; held: Held; named: boolean } {
  const [channelId = '', threadTs] = (utterance.thread ?? '').split(':', 2);
  const user = personOf(world, utterance.as ?? SOMEBODY);
  const channel =
    world.channels.get(channelId) ?? (utterance.direct === true ? directOf(world, user) : world.nextChannel());
  const named = utterance.plain !== true && !channel.direct;
  const text = writtenAs(world, utterance.text, named);
  const files = utterance.file === undefined ? [] : [keep(world, utterance.file)];
  return { channel, held: addMessage(world, channel, { threadTs, user, text, files }), named };
}

function keep(world: World, file: Omit<SharedFile, 'id'>): SharedFile {
  const kept = { ...file, id: world.nextId('F') };
  world.files.set(kept.id, kept);
  return kept;
}

/** @throws Error: a test named a message that is not there. */
function find(world: World, messageId: string): { channel: Channel; held: Held } {
  for (const channel of world.channels.values()) {
    const held = channel.messages.get(messageId);
    if (held !== undefined) return { channel, held };
  }
  throw new Error(`there is no message ${messageId}`);
}
