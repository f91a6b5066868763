import type { AppId, MessageId, ThreadId, TurnId } from '../model/ids.ts';
import type { Card } from '../model/card.ts';
import type { CommandCall } from '../model/commands.ts';
import type { Policy } from '../model/policy.ts';
import type { Attachment, CodeAnchor } from '../model/message.ts';
import type { Step } from './step.ts';

/** The right to speak in one thread, until it runs out or a newer fence is given. */
export type Lease = { readonly thread: ThreadId; readonly owner: string; readonly fence: number };

export type StoredMessage = {
  readonly id: MessageId;
  readonly authorName: string;
  readonly authorId: string;
  readonly authorKind: 'human' | 'bot' | 'self';
  /** What it tells the bot to do, when it is no question. */
  readonly command: CommandCall | undefined;
  /** The platform's id. */
  readonly external: string;
  /** The turn that has taken it. */
  readonly turn: TurnId | undefined;
  readonly text: string;
  readonly attachments: readonly Attachment[];
  readonly anchor: CodeAnchor | undefined;
  readonly address: string;
  readonly why: string;
  readonly hasPast: boolean;
  readonly correlation: string;
  readonly sentAt: Date;
  readonly receivedAt: Date;
};

/** What was said in a thread before, oldest first. */
export type Said = {
  readonly by: 'user' | 'bot';
  /** The platform's id of a person. */
  readonly author?: string;
  readonly name: string;
  readonly text: string;
  readonly at: Date;
  /** The message, where it is one of ours to keep. */
  readonly message: MessageId | undefined;
  readonly attachments: readonly Attachment[];
  /** Words of another program, or an answer for which something external was read. */
  readonly external?: boolean;
};

export type StoredPost = {
  readonly ordinal: number;
  /** `closed`: it was sent, and can be changed no more. */
  readonly state: 'attempting' | 'sent' | 'closed' | 'unknown' | 'rate-limited' | 'dead';
  readonly nonce: string;
  readonly externalId: string | undefined;
  /** What its last attempt was to say; undefined when it is sent. When it is closed, the answer up to its end, if that is known. */
  readonly text: string | undefined;
  readonly streaming: boolean;
  readonly attempts: number;
  /** Milliseconds since the last attempt was written, by the database's clock. */
  readonly attemptedMsAgo: number;
};

/** A turn that began and did not end (its worker died, or it waits for a retry), or one that is to be answered anew. */
export type RunningTurn = {
  readonly id: TurnId;
  /** It was answered before: its posts are there, and say the old answer until the new one is whole. */
  readonly anew: boolean;
  /** Whoever worked on it before has surely ended: no change of its posts can still arrive. */
  readonly settled: boolean;
  readonly attempts: number;
  /** Times that it was put off, and times that its process ended under it: this time as well. */
  readonly failures: number;
  readonly crashes: number;
  /** Milliseconds that are still to be waited. */
  readonly waitMs: number;
  readonly answer: string | undefined;
  readonly card: Card | undefined;
  /** Times that it was taken up anew after it had ended, this time included. */
  readonly runs: number;
  readonly journal: readonly Step[];
  readonly messages: readonly MessageId[];
  /** Where it is answered, when all that it answers was deleted; undefined: what it answers tells that. */
  readonly address: string | undefined;
  readonly posts: readonly StoredPost[];
};

/** A thread in our hands, with everything that a turn needs to know. */
export type Mailbox = {
  readonly lease: Lease;
  readonly app: AppId;
  /** The platform's id of the install, the channel and the thread. */
  readonly install: string;
  readonly installActive: boolean;
  /** An admin has paused the app or this install: what waits stays waiting. Absent: no. */
  readonly paused?: boolean;
  readonly channel: string;
  readonly external: string;
  readonly engaged: boolean;
  /** Where nobody can tell whether a post was made. */
  readonly inDoubt: 'repeat' | 'leave';
  readonly policy: Policy;
  /** Who wants the turn that runs here to be stopped. */
  readonly stopBy: string | undefined;
  /** Answers to other bots since a person's last word here, as far as is remembered. */
  readonly botsInARow: number;
  readonly waiting: readonly StoredMessage[];
  readonly history: readonly Said[];
  readonly turn: RunningTurn | undefined;
};

/** Somebody else has the thread, for at most so many milliseconds more. */
export type Busy = { readonly busyForMs: number };

export type TakeRequest = {
  readonly thread: ThreadId;
  readonly owner: string;
  /** Of the lease already held, if any. */ readonly fence: number;
};

/** Milliseconds of a lease. Renewed every third of it; longer than a garbage collection, shorter than a person's patience. */
export const LEASE_MS = 12_000;
