import type { AppId, OrganizationId, ThreadId } from './ids.ts';

/** JSON Schema, draft 2020-12. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * Whose words something is. `own`: written by this organization or computed here. `external`: written by anybody; what it
 * says is never an order, and after it nothing is written anywhere without a person's yes.
 */
export type Origin = 'own' | 'external';

/** Something that a model can have done. What it is given was checked against `parameters`. */
export type Tool = {
  /** `^[a-z][a-z0-9_]{0,63}$`; unique among the tools of an organization. */
  readonly name: string;
  /** For the model, and for the person who is asked to allow it. */
  readonly description: string;
  /** Of the arguments: an object. */
  readonly parameters: JsonSchema;
  /**
   * `reads`: changes nothing that anybody else sees. `writes`: a person is asked first. `keeps`: changes only what is kept here
   * of who asks or of the channel, which they see and take away themselves; a person is asked only after something external
   * was read.
   */
  readonly effect: 'reads' | 'keeps' | 'writes';
  /** Run once more with the same key it does nothing more: after a crash it is. Others are asked about. */
  readonly idempotent: boolean;
  /** Whose words it returns. */
  readonly origin: Origin;
  /**
   * Of whose conversations it is: elsewhere it is offered only where an admin names it, not where only `*` means it. Absent: of all.
   */
  readonly home?: AppId;
  /** Milliseconds that one call may take. Default: 30 seconds. */
  readonly withinMs?: number;
  /** May throw whatever it likes; the model is told that it failed, and why. Ends when the signal aborts. */
  readonly run: (args: unknown, use: ToolUse, signal: AbortSignal) => Promise<ToolResult>;
};

/** One call of a tool: for whom, and where. */
export type ToolUse = {
  /** Names this call for ever: a tool that passes it on as an idempotency key is not done twice. */
  readonly key: string;
  readonly organization: OrganizationId;
  readonly app: AppId;
  readonly thread: ThreadId;
  /** The platform's ids. */
  readonly install: string;
  readonly channel: string;
  /** Who asked, as the platform knows that person. */
  readonly person: { readonly id: string; readonly name: string };
  /** Something that anybody may have written was read on the way here: its words may be behind the call. */
  readonly tainted: boolean;
  /** Whether these very words stand in what people said, what came with it, or what tools have read: nobody put them together. */
  readonly wasSaid: (words: string) => boolean;
};

export type ToolResult = {
  /** What the model is told: text, or JSON as text. */
  readonly text: string;
  /** It did not work, and `text` says why. */
  readonly failed?: boolean;
  /** Where that is not the tool's own (see `Tool.origin`). */
  readonly origin?: Origin;
};

/** A set of tools that is opened and closed as one: the built-in ones, a server, a plugin. */
export type Toolbox = {
  /** For logs and policies: `builtin`, `wiki`, … */
  readonly name: string;
  /** What there is at this moment; a server may change it while it runs. Never rejects: what cannot be asked has none. */
  readonly tools: (organization: OrganizationId) => Promise<readonly Tool[]>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};
