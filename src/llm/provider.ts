/** A picture that a model is shown. */
export type PromptImage = {
  /** What its bytes say that it is. */
  readonly mediaType: 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp';
  readonly bytes: Uint8Array;
  /** Names the bytes, for the journal. */
  readonly digest: string;
};

/** One message of the conversation as a model sees it. */
export type PromptMessage =
  | {
      readonly role: 'user';
      readonly text: string;
      /** In the order in which the text names them. */
      readonly images?: readonly PromptImage[];
    }
  | {
      readonly role: 'assistant';
      /** May be empty where it calls tools. */
      readonly text: string;
      /** Each is answered by a `tool` message, before anything else is said. */
      readonly calls?: readonly ToolCall[];
      /** What only the server that said it understands (thoughts, sealed), given back to that server alone. */
      readonly carried?: Carried;
    }
  | {
      readonly role: 'tool';
      /** The `ToolCall.id` that it answers. */
      readonly call: string;
      readonly text: string;
      readonly failed: boolean;
    };

/** A tool as a model is told of it. */
export type ToolSpec = {
  /** `^[a-zA-Z0-9_-]{1,64}$`: what all three protocols take. */
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the arguments: an object. */
  readonly parameters: Readonly<Record<string, unknown>>;
};

/** A tool that a model wants to have called. */
export type ToolCall = {
  /** The server's, or made here where it gives none. */
  readonly id: string;
  readonly name: string;
  /** JSON as the model wrote it: whole, but neither parsed nor checked. */
  readonly arguments: string;
};

/** Items of a protocol, as they came, for the same server and model. */
export type Carried = { readonly provider: string; readonly model: string; readonly items: readonly unknown[] };

export type ModelRequest = {
  /** The model's name as its server knows it. */
  readonly model: string;
  readonly system: string;
  /** Oldest first; the last one is from the user, or a tool's answer. */
  readonly messages: readonly PromptMessage[];
  /** What the model may call; absent or empty: nothing. */
  readonly tools?: readonly ToolSpec[];
  readonly maxOutputTokens: number;
  /** Stable pseudonym of the asking person, for the provider's abuse checks. Never the person's own id. */
  readonly safetyId: string | undefined;
};

/** Tokens of one call. Every token is counted in exactly one field. */
export type Usage = {
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly cacheWriteTokens: number;
  readonly outputTokens: number;
  /** The part of `outputTokens` that was spent on thinking. */
  readonly reasoningTokens: number;
};

/** What went wrong in a model call, by what to do about it (see route). */
export type ModelFault =
  | 'rate'
  | 'server'
  | 'connection'
  | 'stall'
  | 'garbage'
  | 'context'
  | 'policy'
  | 'auth'
  | 'bad-request'
  | 'aborted'
  /** No target fits the request: the message says why, and what to change. Told by the router alone. */
  | 'unroutable';

/** The one event union of all protocols. A stream ends with exactly one `done` or `failed` and never throws. */
export type ModelEvent =
  | { readonly kind: 'text'; readonly text: string }
  /** Whole: half a call is never told. All calls come before `done`, which then says `tools`. */
  | { readonly kind: 'call'; readonly call: ToolCall }
  | { readonly kind: 'carried'; readonly carried: Carried }
  | { readonly kind: 'usage'; readonly usage: Usage }
  | { readonly kind: 'done'; readonly reason: 'stop' | 'length' | 'tools' }
  | {
      readonly kind: 'failed';
      readonly fault: ModelFault;
      readonly message: string;
      readonly retryInMs: number | undefined;
    };

/** Milliseconds. */
export type Deadlines = { readonly firstTokenMs: number; readonly idleMs: number; readonly totalMs: number };

/** A recording whose words are wanted. */
export type Recording = {
  /** With the ending of its format, by which servers tell it. */
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
};

/** What is said in a recording, or why that is not known. */
export type Transcript = { readonly kind: 'text'; readonly text: string } | Extract<ModelEvent, { kind: 'failed' }>;

/** Writes down what is said in a recording. Never throws. */
export type Hear = (recording: Recording, signal: AbortSignal) => Promise<Transcript>;

/** What texts mean, each as 1024 signs (`0`, `1`) in the order of asking, or why that is not known. */
export type Embedded =
  | { readonly kind: 'bits'; readonly bits: readonly string[]; readonly usage: Usage | undefined }
  | Extract<ModelEvent, { kind: 'failed' }>;

/** Tells what texts mean: of two that mean the like, more signs are the same. */
export type Embed = {
  /** Its name as its server knows it. Signs of different models cannot be compared. */
  readonly model: string;
  /** Never throws. At most `MOST_TEXTS` at once. */
  readonly bitsOf: (texts: readonly string[], signal: AbortSignal) => Promise<Embedded>;
};

/** Texts of one call of `Embed.bitsOf`. */
export const MOST_TEXTS = 64;

/** One model server. */
export type Provider = {
  /** For logs and records: `openai`, `anthropic`, `demo`, … */
  readonly name: string;
  /** Its models are shown images; one that does not see is told in words that there was one. */
  readonly sees: boolean;
  /** Absent: this server hears nothing. */
  readonly hear?: Hear;
  /** Absent: this server does not tell what texts mean. */
  readonly embed?: Embed;
  readonly stream: (request: ModelRequest, signal: AbortSignal) => AsyncIterable<ModelEvent>;
};
