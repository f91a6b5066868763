import type { Card } from './card.ts';
import type { Place } from './event.ts';

/** One platform message that we want to exist: what `post` creates and `edit` makes it say. */
export type Draft = {
  readonly place: Place;
  /** CommonMark; its `limits.measure` is at most `limits.part`. */
  readonly text: string;
  /** Names this part for ever: 22 characters of base64url. Lets a platform or `findPost` recognise a part sent before. */
  readonly nonce: string;
  /** Shown in place of the text, which says the same in words. */
  readonly card?: Card;
  /** People whom `@name` in the text may call; nobody else is called, whatever names are in it. */
  readonly calls?: readonly Called[];
};

/** Somebody whom a text may call: the platform's id, and the name behind the `@`. */
export type Called = { readonly id: string; readonly name: string };

/** A file that we send. */
export type OutFile = { readonly name: string; readonly mediaType: string; readonly bytes: Uint8Array };

/** The platform's id of a message of ours. Opaque; only the adapter reads it. */
export type Posted = { readonly id: string };

/** What the bot is doing, for a typing sign, a status line, a check run or a reaction. */
export type Status = 'seen' | 'working' | 'done' | 'failed';
