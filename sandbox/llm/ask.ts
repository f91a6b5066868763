import { z } from 'zod';
import { readAnthropic } from './ask-anthropic.ts';
import { readChat } from './ask-chat.ts';
import type { Asked } from './ask-common.ts';
import { readResponses } from './ask-responses.ts';
import { checkCalls } from './said.ts';
import type { Protocol, Said, Tool } from './said.ts';

export type { Protocol } from './said.ts';

/** One request as the server understood it. */
export type Ask = {
  readonly at: Date;
  readonly protocol: Protocol;
  readonly model: string;
  readonly system: string;
  readonly messages: readonly Said[];
  /** What the model may call. */
  readonly tools: readonly Tool[];
  readonly stream: boolean;
  /** Chat Completions sends usage in a stream only when asked for it. */
  readonly usageWanted: boolean;
  readonly maxOutputTokens: number | undefined;
  /** As it came, for what is not read here. */
  readonly body: Readonly<Record<string, unknown>>;
};

const READERS: Readonly<Record<Protocol, (json: unknown) => Asked>> = {
  'openai-chat': readChat,
  'openai-responses': readResponses,
  anthropic: readAnthropic,
};

/**
 * Reads a body as its protocol has it.
 * @throws ZodError or Refused for a body that the real server would refuse with 400.
 */
export function readAsk(protocol: Protocol, json: unknown): Ask {
  const body = z.record(z.string(), z.unknown()).parse(json);
  const { system, ...read } = READERS[protocol](json);
  checkCalls(protocol, read.messages);
  return { ...read, at: new Date(), protocol, body, system: system.filter((text) => text !== '').join('\n\n') };
}
