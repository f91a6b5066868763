import type { Fetched, HistoryRange } from '../../src/model/adapter.ts';
import type { Card } from '../../src/model/card.ts';
import type { Delivery } from '../../src/model/event.ts';
import type { Message } from '../../src/model/message.ts';
import type { OutFile } from '../../src/model/reply.ts';

/** What a post says. */
export type Content = { readonly text: string; readonly card: Card | undefined };

/** A post that is to be made, once for each nonce. */
export type NewPost = Content & { readonly nonce: string; readonly file: OutFile | undefined };

/**
 * Where conversations of one organization in the browser are kept: what a vendor's servers are to the other platforms. Every
 * call ends by itself within ten seconds, and rejects with a Failure: `refused` where there is no such conversation, `gone` where
 * a post is no more, `unavailable` while the store is away, which leaves open whether something was done.
 */
export type Room = {
  /** @returns the post's id: of the one that there is, where one was made with this nonce. */
  readonly put: (conversation: string, post: NewPost) => Promise<string>;
  readonly change: (conversation: string, post: string, content: Content) => Promise<void>;
  readonly remove: (conversation: string, post: string) => Promise<void>;
  readonly find: (conversation: string, nonce: string) => Promise<string | undefined>;
  /** The bot does something else now. Never rejects, and nobody need wait for it. */
  readonly show: (conversation: string) => void;
  readonly react: (
    conversation: string,
    post: string,
    reaction: { readonly emoji: string; readonly added: boolean },
  ) => Promise<void>;
  readonly whisper: (conversation: string, to: { readonly person: string; readonly text: string }) => Promise<void>;
  readonly past: (conversation: string, range: HistoryRange) => Promise<readonly Message[]>;
  /** Whether there is such a conversation, with somebody in it. */
  readonly isAttended: (conversation: string) => Promise<boolean>;
  readonly file: (handle: string, mostBytes: number) => Promise<Fetched>;
  /** What people have written that nobody was told of. */
  readonly unheard: (since: Date) => AsyncIterable<Delivery>;
};

/** The room of an organization, by its id. */
export type RoomOf = (organization: string) => Room;
