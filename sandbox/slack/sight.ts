import type { Visible } from '../kit/stand-in.ts';
import type { Block } from './blocks.ts';
import type { Held, Profile, SharedFile, World } from './world.ts';
import { directOf, personOf, threadOf } from './world.ts';

/** Something that one person alone sees. */
export type Whispered = Pick<Visible, 'id' | 'thread' | 'text' | 'edits' | 'at'> & { readonly to: string };

/** What people see beside texts, and who they are. People come to the workspace by being named. */
export type Sight = {
  readonly personId: (name: string) => string;
  /** What somebody's profile says; `name` is the one that person is found by here. */
  readonly setProfile: (name: string, profile: Profile) => void;
  /** Somebody opens the conversation with the bot; its id. */
  readonly openDirect: (as: string) => string;
  /** The blocks that a message shows, private ones among them. */
  readonly blocksOf: (messageId: string) => readonly Block[];
  /** What was said to one person alone, oldest first. */
  readonly whispered: (to?: string) => readonly Whispered[];
  /** Who reacted to a message with what, by short names. */
  readonly reactionsOn: (messageId: string) => Readonly<Record<string, readonly string[]>>;
  readonly filesOf: (messageId: string) => readonly SharedFile[];
};

export function openSight(world: World): Sight {
  const heldAt = (messageId: string): Held | undefined =>
    world.whispers.get(messageId) ??
    [...world.channels.values()].map(({ messages }) => messages.get(messageId)).find((held) => held !== undefined);
  const nameOf = (id: string): string => world.names.get(id) ?? id;
  return {
    personId: (name) => personOf(world, name),
    setProfile: (name, profile) => void world.profiles.set(personOf(world, name), profile),
    openDirect: (as) => directOf(world, personOf(world, as)).id,
    blocksOf: (messageId) => heldAt(messageId)?.blocks ?? [],
    filesOf: (messageId) => heldAt(messageId)?.files ?? [],
    reactionsOn(messageId) {
      const all = [...(heldAt(messageId)?.reactions ?? [])].filter(([, users]) => users.size > 0);
      return Object.fromEntries(all.map(([name, users]) => [name, [...users].map(nameOf)]));
    },
    whispered(to) {
      const shown = [...world.whispers.values()].map(({ ts, threadTs, channel, text, edits, at, to }) => {
        const place = world.channels.get(channel);
        const thread = place === undefined ? channel : threadOf(place, { ts, threadTs });
        return { id: ts, thread, text, edits, at, to: nameOf(to) };
      });
      return shown.filter((one) => to === undefined || one.to === to);
    },
  };
}
