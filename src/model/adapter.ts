import type { Form } from './card.ts';
import type { Connect } from './connect.ts';
import type { Delivery, Place } from './event.ts';
import type { AppId } from './ids.ts';
import type { Message } from './message.ts';
import type { Person } from './person.ts';
import type { Platform } from './platform.ts';
import type { Draft, OutFile, Posted, Status } from './reply.ts';
import type { Tool } from './tool.ts';

/** An HTTP request as it came: the body's bytes untouched, because signatures are over them. */
export type InboundRequest = {
  readonly method: string;
  /** Path and query, as in the request line. */
  readonly url: string;
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
  readonly receivedAt: Date;
};

export type InboundResponse = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/**
 * What a request was. The response is sent only after the delivery's rows are committed.
 * Without a delivery there is nothing to keep: a handshake, or a refusal (4xx).
 */
export type Received = {
  readonly response: InboundResponse;
  readonly delivery: Delivery | undefined;
  readonly click?: Clicking;
};

/** A click that may ask for a form, which has to be shown in the response or within seconds of it. */
export type Clicking = {
  /** The `Control.id` that was clicked. */
  readonly action: string;
  /** Shows the form; the answer takes the place of the response. Its submission names the same control. */
  readonly open: (form: Form, signal: AbortSignal) => Promise<InboundResponse>;
};

/**
 * What a gateway socket said: a delivery, and the opaque session to resume from once that delivery is committed.
 * A session without a delivery moves the resume point alone; an undefined session says that the old one is void.
 */
export type Heard = {
  readonly delivery: Delivery | undefined;
  readonly session: string | undefined;
  readonly click?: Clicking;
};

/** A workspace, guild, tenant or installation, and its own token where it has one apart from the app's. */
export type Access = { readonly install: string; readonly secret: string | undefined };

/** An install with places in it that the hub knows, one for each channel, for platforms that list none to an app. */
export type Present = Access & { readonly places?: readonly Place[] };

/** What a platform can take, as data. Sources stand where an adapter gives its numbers. */
export type Limits = {
  /** Largest size of one part, in the unit of `measure`. */
  readonly part: number;
  /** Size of a CommonMark text once rendered for this platform. Pure. */
  readonly measure: (markdown: string) => number;
  /** Least milliseconds between two edits of the same post; undefined: posts are written once, when complete. */
  readonly editEveryMs: number | undefined;
  /** Least milliseconds between two appends to a stream; undefined: no native streaming. */
  readonly appendEveryMs: number | undefined;
  /** A stream older than this is closed and goes on in a new post. */
  readonly streamForMs: number | undefined;
  /**
   * `findPost` can tell everywhere whether a post exists, so the first post may carry text; otherwise it is a placeholder,
   * and where `findPost` is there all the same and rejects with `unauthorized`, nobody can tell there.
   */
  readonly findable: boolean;
  /** A post becomes visible to `findPost` so many milliseconds after the call that makes it has begun, at the latest. */
  readonly readLagMs: number;
  /**
   * A call that nobody waits for any more is performed so many milliseconds after it began, at the latest. Ours, where no
   * platform says it: its calls take ten seconds at most.
   */
  readonly lateMs: number;
  /** So many posts of one answer at most: one that needs more becomes a file, where `share` is there. Undefined: no end. */
  readonly mostPosts?: number;
  /** As `readLagMs`, of a file that is shared. */
  readonly shareLagMs?: number;
  /** A sign of work that is shown is gone after so many milliseconds; undefined: it stays, or there is none. */
  readonly statusForMs?: number;
  /** What the platform lets one app do in a time, where it says so: kept over all processes. */
  readonly budgets: readonly Budget[];
};

/** The calls that an answer is made of; `share` posts a file, `find` looks for a post that may have been made, `show` shows a status. */
export type OutboundCall = 'post' | 'share' | 'edit' | 'start' | 'append' | 'stop' | 'find' | 'show';

/** Calls that one limit of the platform counts together. No window has more calls than it may, wherever it begins. */
export type Budget = {
  readonly calls: readonly OutboundCall[];
  /** What the limit is counted for. */
  readonly per: 'app' | 'install' | 'channel' | 'thread';
  readonly windows: readonly { readonly most: number; readonly everyMs: number }[];
};

/**
 * How far back to read and how much, oldest first in the result. What was sent at `after` itself is part of it: times are
 * in milliseconds, and two messages can share one; whoever reads on knows the messages he has by their ids.
 */
export type HistoryRange = { readonly after: Date | undefined; readonly most: number };

/** An attachment's bytes. `truncated` when there were more than asked for. */
export type Fetched = {
  readonly bytes: Uint8Array;
  readonly mediaType: string | undefined;
  readonly truncated: boolean;
};

/**
 * Native streaming into one post: start, any number of appends, stop. A stopped post can be edited like any other, unless
 * its reader had it stopped: then everything rejects with `stopped`.
 */
export type Streaming = {
  /** Whether there are streams in this place; absent: everywhere. Pure. */
  readonly fits?: (place: Place) => boolean;
  /** The draft's text may be empty: an empty stream. */
  start(access: Access, draft: Draft, signal: AbortSignal): Promise<Posted>;
  append(access: Access, post: { place: Place; id: string }, grown: Grown, signal: AbortSignal): Promise<void>;
  /** Ends it with the text that is there, as far as it is known. Does nothing when the stream has ended already. */
  stop(access: Access, post: { place: Place; id: string }, text: string, signal: AbortSignal): Promise<void>;
};

/** A streamed text: CommonMark, whole, and that of it which follows directly on what is there. */
export type Grown = { readonly text: string; readonly more: string };

/**
 * One platform app. An adapter translates and never calls back; every promise rejects with a Failure.
 * Outbound calls never retry by themselves, and say `unknown-outcome` when they cannot tell.
 */
export type Adapter = {
  readonly platform: Platform;
  readonly limits: Limits;
  /**
   * Below a question about lines of code, a fenced block with the language `suggestion` is a change of exactly these lines
   * that people can take over.
   */
  readonly suggests?: boolean;

  /** HTTP in: verify over the raw bytes, parse, translate. No network call but for signing keys. Never rejects. */
  readonly receive?: (request: InboundRequest) => Promise<Received>;
  /** Gateway in, from the last committed session. Ends when the signal aborts; throws a Failure when it cannot go on. */
  readonly listen?: (session: string | undefined, signal: AbortSignal) => AsyncIterable<Heard>;

  readonly post: (access: Access, draft: Draft, signal: AbortSignal) => Promise<Posted>;
  /** Makes an existing post say `draft.text`. Idempotent. */
  readonly edit: (access: Access, postId: string, draft: Draft, signal: AbortSignal) => Promise<void>;
  /** Takes a post of ours away. Idempotent: one that is gone already is no failure. */
  readonly remove: (access: Access, postId: string, place: Place, signal: AbortSignal) => Promise<void>;
  readonly stream?: Streaming;
  /** Best effort; the caller does not wait for it. */
  readonly show?: (access: Access, place: Place, status: Status, signal: AbortSignal) => Promise<void>;
  /** Sets a reaction of ours on a message, or takes it away. Idempotent. */
  readonly react?: (
    access: Access,
    on: { readonly place: Place; readonly messageId: string },
    reaction: { readonly emoji: string; readonly added: boolean },
    signal: AbortSignal,
  ) => Promise<void>;
  /** Says something that only `person` sees, in the place of what that person did. Best effort: it is never looked up. */
  readonly whisper?: (
    access: Access,
    place: Place,
    to: { readonly person: string; readonly text: string },
    signal: AbortSignal,
  ) => Promise<void>;
  /** Where something can be said first: to one person, or in a channel; with a title as a thread of that name, if there are such. */
  readonly reach?: (
    access: Access,
    to: { readonly person: string } | { readonly channel: string; readonly title?: string },
    signal: AbortSignal,
  ) => Promise<Place>;
  /** The conversation that people have under a post of ours which began it. Pure. */
  readonly under?: (place: Place, postId: string) => Place;
  /** Posts a file, with `draft.text` beside it. */
  readonly share?: (access: Access, draft: Draft, file: OutFile, signal: AbortSignal) => Promise<Posted>;
  /** What the platform tells of a person. */
  readonly person?: (access: Access, id: string, signal: AbortSignal) => Promise<Person>;

  /** Messages of a thread, for what we were never sent. */
  readonly history?: (
    access: Access,
    place: Place,
    range: HistoryRange,
    signal: AbortSignal,
  ) => Promise<readonly Message[]>;
  /** At most `mostBytes` of an attachment. */
  readonly fetchAttachment: (
    access: Access,
    handle: string,
    mostBytes: number,
    signal: AbortSignal,
  ) => Promise<Fetched>;
  /**
   * What happened in these installs after `since` that we may not have been told of, as the deliveries that would have
   * come: their messages have the same ids as when they are delivered, so what we know already changes nothing. A
   * platform that delivers again by itself when it is asked to is asked, and yields nothing.
   */
  readonly missed?: (installs: readonly Present[], since: Date, signal: AbortSignal) => AsyncIterable<Delivery>;
  /**
   * A genuine, signed delivery that means nothing (a ping), as the platform would send it: for asking ourselves whether
   * deliveries arrive. Absent where only the platform can sign.
   */
  readonly probe?: () => InboundRequest;
  /**
   * What a model can read on this platform of what these installs may see. They change nothing, and whose words they return is
   * anybody's. Asked in a conversation of this app itself they read of its channel alone: who can write there may not be one
   * who can read more.
   */
  readonly tools?: (app: AppId, installs: readonly Access[]) => readonly Tool[];
  /** The post that carries `draft.nonce`, if it was made since then. */
  readonly findPost?: (access: Access, draft: Draft, since: Date, signal: AbortSignal) => Promise<Posted | undefined>;
};

/** Credentials by the environment variable's name, e.g. `{WEBHOOK_SECRET: '…'}`. */
export type Credentials = Readonly<Record<string, string | undefined>>;

/** What an adapter tells about itself without being loaded: cheap to import, no SDK behind it. */
export type AdapterListing = {
  readonly platform: Platform;
  /** For people, as the vendor writes it. */
  readonly title: string;
  /** Environment variables that must all be set for the app to be connected. */
  readonly required: readonly string[];
  /** Environment variables that may be set (base URLs of stand-ins among them). */
  readonly optional: readonly string[];
  /** Paths under which this vendor's users know the endpoint, beside `/hooks/:platform`. */
  readonly paths: readonly string[];
  /** Bytes. Larger bodies are refused with 413 before they are read whole. */
  readonly bodyLimit: number;
  /** One line: how to get the credentials, with the README's anchor. */
  readonly howToConnect: string;
  /**
   * What the platform has to be told of an app, as text to paste; `url` is the hub's public base address without a slash at
   * its end; `hookUrl` and `callbackUrl` are an app's own, absent for the one of the environment. Absent where there is no such form. Throws a Failure (`invalid`) that names a variable it needs.
   */
  readonly manifest?: (
    about: {
      readonly name: string;
      readonly url: string;
      readonly hookUrl?: string;
      readonly callbackUrl?: string;
    },
    credentials: Credentials,
  ) => Promise<string>;
  /** How an app is connected from the console; absent: by the environment alone. */
  readonly connect?: Connect | undefined;
  /** Loads the SDK and opens the adapter. Throws a Failure (`invalid`) that names the variable to mend. */
  readonly open: (credentials: Credentials, signal: AbortSignal) => Promise<Adapter>;
};
