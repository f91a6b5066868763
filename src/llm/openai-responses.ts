import type OpenAI from 'openai';
import { z } from 'zod';
import type { Step } from './deadlines.ts';
import { failed, failedBy } from './errors.ts';
import { eventStream } from './event-stream.ts';
import type { OpenAiSettings } from './openai-chat.ts';
import { dataUrlOf } from './images.ts';
import type { ModelRequest, PromptMessage, Provider, Usage } from './provider.ts';
import { providerOf } from './provider-of.ts';

const count = z.number().nonnegative().nullish();
const UsageShape = z.object({
  input_tokens: z.number().nonnegative(),
  input_tokens_details: z.object({ cached_tokens: count, cache_write_tokens: count }).nullish(),
  output_tokens: z.number().nonnegative(),
  output_tokens_details: z.object({ reasoning_tokens: count }).nullish(),
});
const Ending = z.object({
  response: z.object({
    usage: UsageShape.nullish(),
    incomplete_details: z.object({ reason: z.string().nullish() }).nullish(),
    error: z.object({ code: z.string().nullish(), message: z.string().nullish() }).nullish(),
  }),
});
const Typed = z.object({ type: z.string() });
const Delta = z.object({ delta: z.string() });

/** OpenAI's Responses. Nothing is stored there: the history is ours. */
export function openAiResponses({ client, ...server }: OpenAiSettings): Provider {
  const { secret } = server;
  return providerOf(server, (request, signal) => read(client, bodyOf(request), { secret, signal }));
}

function bodyOf(request: ModelRequest): OpenAI.Responses.ResponseCreateParamsStreaming {
  return {
    model: request.model,
    ...(request.system !== '' && { instructions: request.system }),
    input: request.messages.map((message) => ({ role: message.role, content: contentOf(message) })),
    max_output_tokens: request.maxOutputTokens,
    store: false,
    stream: true,
    ...(request.safetyId !== undefined && { safety_identifier: request.safetyId }),
  };
}

function contentOf({ text, images = [] }: PromptMessage): OpenAI.Responses.EasyInputMessage['content'] {
  if (images.length === 0) return text;
  const shown = images.map((image): OpenAI.Responses.ResponseInputImage => ({
    type: 'input_image',
    image_url: dataUrlOf(image),
    detail: 'auto',
  }));
  return [...shown, { type: 'input_text', text }];
}

async function* read(
  client: OpenAI,
  body: OpenAI.Responses.ResponseCreateParamsStreaming,
  { secret, signal }: { secret: string | undefined; signal: AbortSignal },
): AsyncGenerator<Step> {
  let refusal = '';
  for await (const raw of await eventStream(client.responses.create(body, { signal }).withResponse())) {
    const { type } = Typed.parse(raw);
    if (type === 'response.output_text.delta') yield { kind: 'text', text: Delta.parse(raw).delta };
    else if (type === 'response.refusal.delta') refusal += Delta.parse(raw).delta;
    else if (type.startsWith('response.reasoning')) yield { kind: 'beat' };
    else if (/^response\.(completed|incomplete|failed)$/.test(type)) yield* endOf(type, raw, { refusal, secret });
    else if (type === 'error') yield failedBy(asError(raw), secret);
  }
}

function* endOf(
  type: string,
  raw: unknown,
  { refusal, secret }: { refusal: string; secret: string | undefined },
): Generator<Step> {
  const { usage, incomplete_details: incomplete, error } = Ending.parse(raw).response;
  if (usage) yield { kind: 'usage', usage: usageOf(usage) };
  if (type === 'response.failed') yield failedBy(asError({ error }), secret);
  else if (refusal !== '') yield failed('policy', `the model declined: ${refusal.slice(0, 300)}`);
  else if (type === 'response.completed') yield { kind: 'done', reason: 'stop' };
  else if (incomplete?.reason === 'content_filter')
    yield failed('policy', 'the provider’s content filter stopped the answer');
  else yield { kind: 'done', reason: 'length' };
}

/** An error within a stream, in the form in which the SDK throws one. */
const asError = (error: unknown): unknown => ({ message: 'the server gave up in mid-answer', error });

/** The protocol counts cached and written tokens within the input's; each is to be counted once. */
function usageOf(usage: z.infer<typeof UsageShape>): Usage {
  const cached = usage.input_tokens_details?.cached_tokens ?? 0;
  const written = usage.input_tokens_details?.cache_write_tokens ?? 0;
  return {
    inputTokens: Math.max(0, usage.input_tokens - cached - written),
    cachedInputTokens: cached,
    cacheWriteTokens: written,
    outputTokens: usage.output_tokens,
    reasoningTokens: usage.output_tokens_details?.reasoning_tokens ?? 0,
  };
}
