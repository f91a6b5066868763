import { z } from 'zod';
import { contentIn, type Content, type Picture } from './content.ts';

export type Protocol = 'openai-chat' | 'openai-responses' | 'anthropic';

/** One request as the server understood it. */
export type Ask = {
  readonly at: Date;
  readonly protocol: Protocol;
  readonly model: string;
  readonly system: string;
  readonly messages: readonly {
    readonly role: 'user' | 'assistant';
    readonly text: string;
    /** Only where there are any. */
    readonly images?: readonly Picture[];
  }[];
  readonly stream: boolean;
  /** Chat Completions sends usage in a stream only when asked for it. */
  readonly usageWanted: boolean;
  readonly maxOutputTokens: number | undefined;
  /** As it came, for what is not read here. */
  readonly body: Readonly<Record<string, unknown>>;
};

const Role = z.enum(['system', 'developer', 'user', 'assistant']);
const messagesIn = (protocol: Protocol) =>
  z
    .array(z.object({ role: Role, content: contentIn(protocol) }))
    .min(1)
    .refine(
      (messages) => messages.every(({ role, content }) => role === 'user' || content.images.length === 0),
      'only a user may send images',
    );
type Message = { readonly role: z.infer<typeof Role>; readonly content: Content };
const Limit = z.number().int().positive();
const Common = z.object({ model: z.string().min(1), stream: z.boolean().default(false) });

const Chat = Common.extend({
  messages: messagesIn('openai-chat'),
  max_tokens: Limit.optional(),
  max_completion_tokens: Limit.optional(),
  stream_options: z.object({ include_usage: z.boolean().optional() }).nullish(),
});
const Responses = Common.extend({
  input: z.union([
    z.string().transform((text) => [{ role: 'user' as const, content: { text, images: [] } }]),
    messagesIn('openai-responses'),
  ]),
  instructions: z.string().nullish(),
  max_output_tokens: Limit.nullish(),
});
const Anthropic = Common.extend({
  messages: messagesIn('anthropic'),
  system: contentIn('anthropic').default({ text: '', images: [] }),
  max_tokens: Limit,
});

/** Reads a body as its protocol has it. @throws ZodError for a body that the real server would refuse with 400. */
export function readAsk(protocol: Protocol, json: unknown): Ask {
  const body = z.record(z.string(), z.unknown()).parse(json);
  if (protocol === 'openai-chat') {
    const { max_tokens: most, max_completion_tokens: mostWhole, stream_options: options, ...read } = Chat.parse(json);
    return ask({
      protocol,
      body,
      ...read,
      maxOutputTokens: mostWhole ?? most,
      usageWanted: options?.include_usage ?? false,
    });
  }
  if (protocol === 'openai-responses') {
    const { input: messages, instructions, max_output_tokens: most, ...read } = Responses.parse(json);
    return ask({ protocol, body, ...read, messages, system: instructions ?? '', maxOutputTokens: most ?? undefined });
  }
  const { max_tokens: maxOutputTokens, system, ...read } = Anthropic.parse(json);
  return ask({ protocol, body, ...read, system: system.text, maxOutputTokens });
}

function ask(read: {
  protocol: Protocol;
  body: Record<string, unknown>;
  model: string;
  stream: boolean;
  messages: readonly Message[];
  system?: string;
  maxOutputTokens: number | undefined;
  usageWanted?: boolean;
}): Ask {
  const { messages, system = '', usageWanted = true, ...rest } = read;
  const heads = messages
    .filter(({ role }) => role === 'system' || role === 'developer')
    .map(({ content }) => content.text);
  return {
    ...rest,
    at: new Date(),
    usageWanted,
    system: [system, ...heads].filter((text) => text !== '').join('\n\n'),
    messages: messages.flatMap(({ role, content }) =>
      role === 'user' || role === 'assistant'
        ? [{ role, text: content.text, ...(content.images.length > 0 && { images: content.images }) }]
        : [],
    ),
  };
}
