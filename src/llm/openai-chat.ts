import type OpenAI from 'openai';
import { z } from 'zod';
import type { Step } from './deadlines.ts';
import { failed } from './errors.ts';
import { eventStream } from './event-stream.ts';
import { dataUrlOf } from './images.ts';
import type { ModelRequest, PromptMessage, Provider, Usage } from './provider.ts';
import { providerOf } from './provider-of.ts';
import type { Server } from './provider-of.ts';

export type OpenAiSettings = Server & {
  readonly client: OpenAI;
  /** The server is OpenAI's own: it wants newer names of fields that other servers refuse. */
  readonly genuine: boolean;
};

const count = z.number().nonnegative().nullish();
const Chunk = z.object({
  choices: z.array(
    z.object({
      delta: z
        .object({
          content: z.string().nullish(),
          refusal: z.string().nullish(),
          reasoning_content: z.string().nullish(),
          reasoning: z.unknown().optional(),
        })
        .nullish(),
      finish_reason: z.string().nullish(),
    }),
  ),
  usage: z
    .object({
      prompt_tokens: z.number().nonnegative(),
      completion_tokens: count,
      prompt_tokens_details: z.object({ cached_tokens: count, cache_write_tokens: count }).nullish(),
      completion_tokens_details: z.object({ reasoning_tokens: count }).nullish(),
    })
    .nullish(),
});
type Chunk = z.infer<typeof Chunk>;

/** OpenAI's Chat Completions, which every compatible server speaks (Ollama, vLLM, Groq, Azure, OpenRouter). */
export function openAiChat({ client, genuine, ...server }: OpenAiSettings): Provider {
  return providerOf(server, (request, signal) => read(client, bodyOf(request, genuine), signal));
}

function bodyOf(request: ModelRequest, genuine: boolean): OpenAI.ChatCompletionCreateParamsStreaming {
  const system = request.system === '' ? [] : [{ role: 'system', content: request.system } as const];
  return {
    model: request.model,
    messages: [...system, ...request.messages.map(messageOf)],
    stream: true,
    stream_options: { include_usage: true },
    ...(genuine ? { max_completion_tokens: request.maxOutputTokens } : { max_tokens: request.maxOutputTokens }),
    ...(genuine && request.safetyId !== undefined && { safety_identifier: request.safetyId }),
  };
}

function messageOf({ role, text, images = [] }: PromptMessage): OpenAI.ChatCompletionMessageParam {
  if (role === 'assistant' || images.length === 0) return { role, content: text };
  const shown = images.map((image) => ({ type: 'image_url', image_url: { url: dataUrlOf(image) } }) as const);
  return { role, content: [...shown, { type: 'text', text }] };
}

async function* read(
  client: OpenAI,
  body: OpenAI.ChatCompletionCreateParamsStreaming,
  signal: AbortSignal,
): AsyncGenerator<Step> {
  let refusal = '';
  for await (const raw of await eventStream(client.chat.completions.create(body, { signal }).withResponse())) {
    const { choices, usage } = Chunk.parse(raw);
    if (usage) yield { kind: 'usage', usage: usageOf(usage) };
    const [choice] = choices;
    refusal += choice?.delta?.refusal ?? '';
    if (choice !== undefined) yield* stepsOf(choice, refusal);
  }
}

function* stepsOf({ delta, finish_reason: reason }: Chunk['choices'][number], refusal: string): Generator<Step> {
  if (delta?.content) yield { kind: 'text', text: delta.content };
  else if (delta?.reasoning_content || delta?.reasoning || delta?.refusal) yield { kind: 'beat' };
  if (reason) yield endOf(reason, refusal);
}

function endOf(reason: string, refusal: string): Step {
  if (reason === 'content_filter') return failed('policy', 'the provider’s content filter stopped the answer');
  if (refusal !== '') return failed('policy', `the model declined: ${refusal.slice(0, 300)}`);
  if (reason === 'error') return failed('server', 'the server gave up in mid-answer');
  return { kind: 'whole', reason: reason === 'length' ? 'length' : 'stop' };
}

/** The protocol counts cached and written tokens within the prompt's; each is to be counted once. */
function usageOf(usage: NonNullable<Chunk['usage']>): Usage {
  const cached = usage.prompt_tokens_details?.cached_tokens ?? 0;
  const written = usage.prompt_tokens_details?.cache_write_tokens ?? 0;
  return {
    inputTokens: Math.max(0, usage.prompt_tokens - cached - written),
    cachedInputTokens: cached,
    cacheWriteTokens: written,
    outputTokens: usage.completion_tokens ?? 0,
    reasoningTokens: usage.completion_tokens_details?.reasoning_tokens ?? 0,
  };
}
