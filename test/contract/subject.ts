import type { Access, Adapter, InboundRequest } from '../../src/model/adapter.ts';
import type { Control } from '../../src/model/card.ts';
import type { Why } from '../../src/model/event.ts';
import type { Platform } from '../../src/model/platform.ts';
import type { Said, StandIn } from '../../sandbox/kit/stand-in.ts';
import type { Inbox } from './inbox.ts';

/**
 * Why something cannot be shown of a platform: the platform has no such thing, as its vendor says at `source`, or our
 * adapter lacks it.
 */
export type Lack =
  | { readonly notSupported: string; readonly source: string }
  | { readonly notYet: string; readonly source?: string };

/** What not every platform, or not every adapter, has. */
export type Need =
  | 'direct'
  | 'command'
  | 'reactions'
  | 'own posts'
  | 'other bots'
  | 'signed time'
  | 'look-up'
  /** Posts carry a mark that can be read back. */
  | 'marks'
  | 'history'
  | 'streaming'
  /** Cards can be clicked. */
  | 'clicks'
  | 'forms'
  /** Something can be said that one person alone sees. */
  | 'whispers'
  /** The bot can send files. */
  | 'sharing';

/** A file that somebody shares. */
export type File = { readonly name: string; readonly mediaType: string; readonly bytes: Uint8Array };

/** What people do on a platform. Ids are the stand-in's own. */
export type People = {
  /** Says something to the bot in a new conversation in which others can go on. */
  readonly mention: (text: string) => Promise<Said>;
  /** Goes on there without naming the bot. */
  readonly followUp: (thread: string, text: string) => Promise<Said>;
  readonly direct: (text: string) => Promise<Said>;
  /** A command of the platform's own; `ask` when none is named. */
  readonly command: (text: string, name?: string) => Promise<Said>;
  readonly share: (text: string, file: File) => Promise<Said>;
  /** Shares a file in whose place the bot gets a page to sign in at. */
  readonly shareHidden: (text: string, file: File) => Promise<unknown>;
  readonly edit: (id: string, text: string) => Promise<unknown>;
  readonly remove: (id: string) => Promise<unknown>;
  /** Adds or takes away a thumb. */
  readonly thumb: (id: string, added: boolean) => Promise<unknown>;
  /** Another program names the bot in a message. */
  readonly otherBot: (text: string) => Promise<unknown>;
  /** The app is removed from the workspace, guild, tenant or organization. */
  readonly uninstall: () => Promise<unknown>;
};

/** What people do with cards. */
export type Clicks = {
  readonly click: (messageId: string, control: Control, as: string) => Promise<unknown>;
  readonly choose: (messageId: string, control: Control, value: string, as: string) => Promise<unknown>;
  /** Labels of what the form asks that somebody has open. */
  readonly form: (as: string) => readonly string[] | undefined;
  readonly submit: (values: Readonly<Record<string, string>>, as: string) => Promise<unknown>;
};

/** What is seen of messages beside their texts, by the ids of the stand-in or the adapter. */
export type Sight = {
  /** All that is read on a card, and the labels of what can be pressed. */
  readonly card: (id: string) => { readonly words: string; readonly controls: readonly string[] };
  /** How many reactions of the bot's are on a message. */
  readonly reactions: (id: string) => number;
  /** What somebody sees, texts for this person alone among them. */
  readonly seenBy: (name: string) => readonly string[];
  readonly files: (id: string) => readonly { readonly name: string; readonly bytes: Uint8Array }[];
};

/** Names of calls in the stand-in's ledger. */
export type Calls = { readonly post: string; readonly edit: string; readonly remove: string };

/** A request that must not be taken, and what is wrong with it. */
export type Forgery = { readonly wrong: string; readonly request: InboundRequest };

/** An adapter that talks to a stand-in of its platform, and what a test has to know of the two. */
export type Talk = AsyncDisposable & {
  readonly platform: Platform;
  readonly standIn: StandIn;
  readonly adapter: Adapter;
  readonly access: Access;
  readonly inbox: Inbox;
  readonly people: People;
  readonly clicks: Clicks;
  readonly sight: Sight;
  /** A channel, as `reach` names it, in which the bot may begin to speak. */
  readonly channel: () => Promise<string>;
  readonly calls: Calls;
  /** Why a message that names the bot is meant for it, in the conversations of `people.mention`. */
  readonly why: Why;
  /** The adapter, opened with credentials that the platform does not know. */
  readonly stranger: () => Promise<Adapter>;
  /** Whatever must never be told: credentials, the stranger's among them. */
  readonly secrets: readonly string[];
  /** A genuine request around any body. */
  readonly signed: (body: Uint8Array) => Promise<InboundRequest>;
  readonly forgeries: () => Promise<readonly Forgery[]>;
  /** A genuine request that was signed so many seconds from now. */
  readonly signedAt: (body: Uint8Array, inS: number) => Promise<InboundRequest>;
  /** Whom the bot's message calls, by whatever makes a call on this platform. */
  readonly called: (message: { readonly id: string; readonly text: string }) => readonly string[];
};

/** One platform in the suite. */
export type Subject = {
  readonly platform: Platform;
  readonly lacks: Readonly<Partial<Record<Need, Lack>>>;
  readonly open: () => Promise<Talk>;
};

/** One sentence that is true of every platform that has what it needs. */
export type Behaviour = {
  readonly sentence: string;
  readonly needs?: Need;
  /** It breaks the stand-in or the installation, and gets a talk of its own. */
  readonly alone?: true;
  readonly run: (talk: Talk) => Promise<void>;
};

export const nameOf = (subject: Subject, behaviour: Behaviour): string => `${subject.platform}: ${behaviour.sentence}`;

/** Why a behaviour is not shown of a platform; undefined when it is. */
export function lackOf({ lacks }: Subject, { needs }: Behaviour): Lack | undefined {
  return needs === undefined ? undefined : lacks[needs];
}

/** In the place of what a platform has not got: a test that needs it is skipped. */
export const absent = (): never => {
  throw new Error('this platform has no such thing');
};

export const noClicks: Clicks = { click: absent, choose: absent, form: absent, submit: absent };
