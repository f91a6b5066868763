/** Who wrote a message. `self` is this bot, `bot` any other program. */
export type Author = {
  /** The platform's id of the person or bot. */
  readonly id: string;
  readonly name: string;
  readonly kind: 'human' | 'bot' | 'self';
  /** BCP 47 and IANA, where the platform tells them with what somebody does. */
  readonly locale?: string;
  readonly timeZone?: string;
};

/** A file that came with a message. Its bytes stay at the platform until `fetchAttachment` is asked for them. */
export type Attachment = {
  /** Opaque; only the adapter reads it. Never holds a secret. */
  readonly handle: string;
  readonly name: string;
  /** Media type as the platform says it, when it does. */
  readonly mediaType: string | undefined;
  /** Bytes, when the platform says it. */
  readonly size: number | undefined;
};

/** The place in code that a review comment talks about. */
export type CodeAnchor = {
  readonly path: string;
  /** Last line of the commented range, 1-based; absent for a comment on a whole file or an outdated one. */
  readonly line: number | undefined;
  readonly startLine: number | undefined;
  readonly side: 'left' | 'right' | undefined;
  readonly commit: string;
  /** The unified-diff hunk that the platform shows above the comment. */
  readonly hunk: string | undefined;
};

/** One thing that somebody wrote, in the same form for every platform. It holds no raw platform object. */
export type Message = {
  /** The platform's id of the message, unique within its channel. */
  readonly id: string;
  /** Changes when the message is edited; the same for every delivery of the same text. */
  readonly version: string;
  readonly author: Author;
  /** CommonMark, well-formed Unicode without NUL; the mention of this bot is taken out. */
  readonly text: string;
  readonly attachments: readonly Attachment[];
  readonly anchor: CodeAnchor | undefined;
  readonly sentAt: Date;
};
