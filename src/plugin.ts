/**
 * What a plugin is. For authors: `import('switchboard/plugin').Plugin`; docs/plugins.md tells the rest. Types only.
 */
import type { Provider, PromptMessage } from './llm/provider.ts';
import type { JsonSchema, Origin, ToolResult, ToolUse } from './model/tool.ts';

/** The default export of a plugin's module. */
export type Plugin = {
  /** Lower-case letters, digits and `-`: for logs. */
  readonly name: string;
  readonly version: string;
  /** What a model may have done. */
  readonly tools?: (settings: unknown, host: PluginHost) => PluginTools | Promise<PluginTools>;
  /** Servers of models, by the name under which `models:` has them as their protocol. */
  readonly providers?: (settings: unknown, host: PluginHost) => PluginProviders | Promise<PluginProviders>;
  /** What is done with every question and every answer. */
  readonly stages?: (settings: unknown, host: PluginHost) => PluginStages | Promise<PluginStages>;
  /** Called once, when the hub ends: within five seconds. */
  readonly close?: () => void | Promise<void>;
};

export type PluginTools = readonly PluginTool[];
export type PluginProviders = Readonly<Record<string, OpenProvider>>;

/** What the hub gives a plugin. */
export type PluginHost = {
  readonly log: PluginLog;
  /** Aborts when the hub ends. */
  readonly signal: AbortSignal;
  /** Where the configuration's file is: relative paths in settings mean this folder. */
  readonly folder: string;
};

/** Fields and words. Values of variables that the settings name are never written. */
export type PluginLog = {
  readonly info: (fields: object, words: string) => void;
  readonly warn: (fields: object, words: string) => void;
  readonly error: (fields: object, words: string) => void;
};

export type PluginTool = {
  /** `^[a-z][a-z0-9_]{0,63}$`; of two with one name the first counts. */
  readonly name: string;
  /** For the model, and for the person who is asked to allow it. */
  readonly description: string;
  /** JSON Schema of the arguments: `{type: 'object', …}`. What does not fit never reaches `run`. */
  readonly parameters: JsonSchema;
  /** `reads`: changes nothing that anybody else sees. `writes`: a person is asked first. */
  readonly effect: 'reads' | 'writes';
  /** Run once more with the same `use.key` it does nothing more. Default: false. */
  readonly idempotent?: boolean;
  /** Whose words it returns. Default: `external`, anybody's. */
  readonly origin?: Origin;
  /** Milliseconds for one call, 600,000 at the most. Default: 30,000. */
  readonly withinMs?: number;
  /** What it throws, the model is told: no secrets in it. */
  readonly run: (
    args: unknown,
    use: ToolUse,
    signal: AbortSignal,
  ) => Promise<string | ToolResult> | string | ToolResult;
};

/** Opens a server of models as `models:` describes it. Throws when something in there has to be mended. */
export type OpenProvider = (settings: {
  readonly model: string;
  readonly baseUrl: string | undefined;
  readonly apiKey: string | undefined;
  /** Milliseconds that the provider itself keeps to. */
  readonly deadlines: { readonly firstTokenMs: number; readonly idleMs: number; readonly totalMs: number };
}) => Provider | Promise<Provider>;

/** Each has two seconds. */
export type PluginStages = {
  /** The messages that the model is asked with, or others in their place; or why nothing is asked. */
  readonly beforeAnswer?: (
    messages: readonly PromptMessage[],
  ) => Asking | readonly PromptMessage[] | Promise<Asking | readonly PromptMessage[]>;
  /** An answer in CommonMark, whole, or another one in its place. A growing answer is shown as it is. */
  readonly afterAnswer?: (text: string) => string | Promise<string>;
};

/** The words that are said instead of an answer. */
export type Asking = { readonly refuse: string };

export type { Provider, PromptMessage, ToolResult, ToolUse };
