import type { CommandCall } from './commands.ts';
import type { Author, Message } from './message.ts';

/** Where something happened. All four strings are opaque: only their adapter reads them. */
export type Place = {
  /** The platform's id of the workspace, guild, tenant or installation. */
  readonly install: string;
  readonly channel: string;
  /** One conversation, the unit of order. The same for every message of it, for ever. */
  readonly thread: string;
  /** How to reach it right now (a service URL, the message to reply to, an interaction's token). May differ per message. */
  readonly address: string;
};

/**
 * Why a message is, or is not, meant for the bot.
 *
 * `mention`, `direct` (one to one), `command` and `review` (a review comment that mentions the bot) are always answered.
 * `follow-up`: written in a thread without naming the bot; answered when the bot has taken part in that thread.
 * `overheard`: none of these; kept as history, never answered.
 */
export type Why = 'mention' | 'direct' | 'command' | 'review' | 'follow-up' | 'overheard';

/** What a delivery means. */
export type Event =
  | {
      readonly kind: 'message';
      readonly place: Place;
      readonly why: Why;
      readonly message: Message;
      /** The thread has earlier messages that we may never have been sent. */
      readonly hasPast: boolean;
      /** Given as a command of the platform's own; what is a command in plain words is found out by the hub. */
      readonly command?: CommandCall;
    }
  /** `why` as for a message that was said as it reads now: an edit may name the bot. */
  | { readonly kind: 'edited'; readonly place: Place; readonly why: Why; readonly message: Message }
  | { readonly kind: 'deleted'; readonly place: Place; readonly messageId: string }
  | {
      readonly kind: 'reaction';
      /** Its thread may be unknown to the platform: the message is found by install, channel and id. */
      readonly place: Place;
      /** As in `Message.id`; of a post of ours as in `Posted.id`. */
      readonly messageId: string;
      readonly author: Author;
      /** The emoji itself where it has a Unicode form, else the platform's short name. */
      readonly emoji: string;
      readonly added: boolean;
    }
  | {
      readonly kind: 'action';
      readonly place: Place;
      readonly author: Author;
      /** The `Control.id` that the clicked element was given when it was posted, and the value that was chosen. */
      readonly action: string;
      readonly value: string;
      /** The post that was clicked on, as in `Posted.id`, where the platform tells it. */
      readonly messageId: string | undefined;
    }
  /** A form that a click had opened. */
  | {
      readonly kind: 'submitted';
      readonly place: Place;
      readonly author: Author;
      /** The `Control.id` of the button that opened it. */
      readonly action: string;
      /** By `Input.id`. */
      readonly values: Readonly<Record<string, string>>;
    }
  /** Somebody presses a button of the platform's own: to stop a running answer, or to have the last one again. */
  | { readonly kind: 'pressed'; readonly button: 'stop' | 'again'; readonly place: Place; readonly author: Author }
  | { readonly kind: 'installed'; readonly install: string; readonly name: string }
  | { readonly kind: 'uninstalled'; readonly install: string }
  /** Genuine, but nothing for us to do; the reason is stored and shown. */
  | { readonly kind: 'ignored'; readonly reason: string };

/** One thing a platform sent us, with what it means. Kept whole, so that it can be read again. */
export type Delivery = {
  /** The platform's own id of the delivery (or a digest of the body where it has none): at most 200 characters. */
  readonly id: string;
  readonly raw: Uint8Array;
  readonly events: readonly Event[];
};
