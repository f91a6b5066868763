import type { Place } from './event.ts';

/** One platform message that we want to exist: what `post` creates and `edit` makes it say. */
export type Draft = {
  readonly place: Place;
  /** CommonMark; its `limits.measure` is at most `limits.part`. */
  readonly text: string;
  /** Names this part for ever: 22 characters of base64url. Lets a platform or `findPost` recognise a part sent before. */
  readonly nonce: string;
};

/** The platform's id of a message of ours. Opaque; only the adapter reads it. */
export type Posted = { readonly id: string };

/** What the bot is doing, for a typing sign, a status line or a reaction. */
export type Status = 'seen' | 'working' | 'done' | 'failed';
