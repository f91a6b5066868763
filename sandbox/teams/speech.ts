import type { Delivered } from '../kit/deliver.ts';
import type { Said, Utterance } from '../kit/stand-in.ts';
import {
  deleteActivity,
  editActivity,
  installationActivity,
  membersActivity,
  messageActivity,
  reactionActivity,
  SOMEBODY,
} from './activities.ts';
import type { Activity } from './activities.ts';
import { openClicks } from './clicks.ts';
import type { Clicks } from './clicks.ts';
import type { Deliveries } from './deliver.ts';
import type { Signing } from './signing.ts';
import type { Held, SharedFile, World } from './world.ts';
import { addMessage, findMessage, findThread, personOf, threadOf } from './world.ts';

/** What somebody says, where, and with which file. */
export type TeamsUtterance = Utterance & {
  /** Where a new conversation is; default: the channel. In a personal one nobody is mentioned. */
  readonly to?: 'channel' | 'personal' | 'groupChat';
  /** Seen by the bot alone, in the middle of the others' conversation. */
  readonly privately?: boolean;
  readonly file?: Omit<SharedFile, 'id' | 'picture'> & { readonly picture?: boolean };
};

export type Speech = Clicks & {
  readonly say: (utterance: TeamsUtterance) => Promise<Said>;
  readonly edit: (messageId: string, text: string) => Promise<Delivered>;
  readonly remove: (messageId: string) => Promise<Delivered>;
  /** `type` as Teams names it: `like`, `1f440_eyes`. */
  readonly react: (messageId: string, type: string, options?: { as?: string; remove?: boolean }) => Promise<Delivered>;
  readonly install: () => Promise<Delivered>;
  /** The app is removed from the whole organization: the bot is put out of every conversation, and the hub is told. */
  readonly uninstall: () => Promise<Delivered>;
  /** The app is removed from the team of the channel, and stays everywhere else. */
  readonly leaveTeam: () => Promise<Delivered>;
  /** Any activity, with a token of the given making. */
  readonly activity: (activity: object, token?: string) => Promise<Delivered>;
};

type Send = (activity: Activity, token?: string) => Promise<Delivered>;

export function openSpeech(world: World, deliveries: Deliveries, signing: Signing): Speech {
  const send: Send = (activity, token) =>
    deliveries.deliver({
      id: activity.id,
      type: activity.type,
      body: () => JSON.stringify({ ...activity, timestamp: new Date().toISOString() }),
      token: () => token ?? signing.token(world.serviceUrl),
    });
  return {
    activity: (activity, token) => send({ type: '', id: '', ...activity }, token),
    say: (utterance) => say(world, send, utterance),
    ...openChanges(world, send),
    ...openClicks(world, send),
    async install() {
      for (const conversation of world.conversations.values()) conversation.hasBot = true;
      await send(membersActivity(world, personOf(world, SOMEBODY), true));
      return send(installationActivity(world, personOf(world, SOMEBODY), 'add'));
    },
    async uninstall() {
      for (const conversation of world.conversations.values()) conversation.hasBot = false;
      await send(membersActivity(world, personOf(world, SOMEBODY), false));
      return send(installationActivity(world, personOf(world, SOMEBODY), 'removeAll'));
    },
    async leaveTeam() {
      world.channel.hasBot = false;
      await send(membersActivity(world, personOf(world, SOMEBODY), false));
      return send(installationActivity(world, personOf(world, SOMEBODY), 'remove'));
    },
  };
}

async function say(world: World, send: Send, utterance: TeamsUtterance): Promise<Said> {
  const held = speak(world, utterance);
  const { status, acknowledgedInMs } = await send(messageActivity(world, held));
  return { id: held.id, thread: threadOf(held), status, acknowledgedInMs };
}

function speak(world: World, utterance: TeamsUtterance): Held {
  const { conversation, root } = whereOf(world, utterance);
  return addMessage(world, {
    conversation,
    ...(root !== '' && { root }),
    from: personOf(world, utterance.as ?? SOMEBODY),
    text: utterance.text,
    named: utterance.plain !== true && utterance.privately !== true && conversation.kind !== 'personal',
    ...(utterance.privately === true && { only: personOf(world, utterance.as ?? SOMEBODY) }),
    files: utterance.file === undefined ? [] : [keep(world, utterance.file)],
  });
}

function whereOf(world: World, { thread, to }: TeamsUtterance): Pick<Held, 'conversation' | 'root'> {
  if (thread === undefined) {
    const conversation = to === 'personal' ? world.personal : to === 'groupChat' ? world.group : world.channel;
    return { conversation, root: '' };
  }
  const found = findThread(world, thread);
  if (found === undefined) throw new Error(`there is no conversation ${thread}`);
  return found;
}

function keep(world: World, file: Omit<SharedFile, 'id' | 'picture'> & { readonly picture?: boolean }): SharedFile {
  const kept = { ...file, picture: file.picture === true, id: crypto.randomUUID() };
  world.files.set(kept.id, kept);
  return kept;
}

function openChanges(world: World, send: Send): Pick<Speech, 'edit' | 'remove' | 'react'> {
  return {
    edit(messageId, text) {
      const held = findMessage(world, messageId);
      held.text = text;
      held.edits += 1;
      return send(editActivity(world, held));
    },
    remove(messageId) {
      const held = findMessage(world, messageId);
      held.conversation.messages.delete(messageId);
      return send(deleteActivity(world, held));
    },
    react(messageId, type, options = {}) {
      const from = personOf(world, options.as ?? SOMEBODY);
      const held = findMessage(world, messageId);
      const added = options.remove !== true;
      const types = held.reactedBy.get(from) ?? new Set<string>();
      if (added) types.add(type);
      else types.delete(type);
      held.reactedBy.set(from, types);
      return send(reactionActivity(world, held, { from, type, added }));
    },
  };
}
