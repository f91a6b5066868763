import type { Ledger } from './ledger.ts';
import type { Faults } from './faults.ts';

/** What a person in the stand-in sees of one message. */
export type Visible = {
  readonly id: string;
  readonly thread: string;
  readonly author: string;
  readonly fromBot: boolean;
  /** As the platform holds it (mrkdwn, Discord markdown, HTML comment and all). */
  readonly text: string;
  readonly edits: number;
  readonly at: Date;
};

/** What a person does: says something, in a thread or anew. */
export type Utterance = {
  readonly text: string;
  /** The thread's id as `Said` gave it; absent: a new conversation. */
  readonly thread?: string;
  readonly as?: string;
  /** Without a mention of the bot in front. Default: the bot is mentioned. */
  readonly plain?: boolean;
};

/** The hub's answer to the delivery of one utterance. */
export type Said = {
  readonly id: string;
  readonly thread: string;
  /** HTTP status of the acknowledgement; undefined over a socket, which has none. */
  readonly status: number | undefined;
  readonly acknowledgedInMs: number | undefined;
};

/** A platform as far as a hub can tell, on 127.0.0.1, with people in it who speak when told to. */
export type StandIn = {
  readonly name: string;
  /** Base address of its API. */
  readonly url: string;
  /** Environment variables that connect a hub to it. */
  readonly environment: Readonly<Record<string, string>>;
  readonly ledger: Ledger;
  readonly faults: Faults;
  /** Where deliveries go from now on: the hub's base URL. A gateway platform is dialled by the hub and ignores it. */
  readonly deliverTo: (hubUrl: string) => void;
  /** Speaks, delivers as the platform would (signed, with its retries), and resolves after the acknowledgement. */
  readonly say: (utterance: Utterance) => Promise<Said>;
  /** Everything visible, oldest first; only one thread's when named. */
  readonly visible: (thread?: string) => readonly Visible[];
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};
