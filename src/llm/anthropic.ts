import type Anthropic from '@anthropic-ai/sdk';
import { z } from 'zod';
import type { Step } from './deadlines.ts';
import { failed } from './errors.ts';
import { eventStream } from './event-stream.ts';
import { base64Of } from './images.ts';
import type { ModelRequest, PromptMessage, Provider, Usage } from './provider.ts';
import { providerOf } from './provider-of.ts';
import type { Server } from './provider-of.ts';

export type AnthropicSettings = Server & { readonly client: Anthropic; readonly secret: string };

const count = z.number().nonnegative().nullish();
const UsageShape = z.object({
  input_tokens: count,
  cache_read_input_tokens: count,
  cache_creation_input_tokens: count,
  output_tokens: count,
  output_tokens_details: z.object({ thinking_tokens: count }).nullish(),
});
const Typed = z.object({ type: z.string() });
const Started = z.object({ message: z.object({ usage: UsageShape }) });
const BlockDelta = z.object({ delta: z.object({ type: z.string(), text: z.string().optional() }) });
const MessageDelta = z.object({
  delta: z.object({ stop_reason: z.string().nullish() }),
  usage: UsageShape.nullish(),
});

/** Anthropic's Messages. */
export function anthropicMessages({ client, ...server }: AnthropicSettings): Provider {
  return providerOf(server, (request, signal) => read(client, bodyOf(request), signal));
}

function bodyOf(request: ModelRequest): Anthropic.MessageCreateParamsStreaming {
  return {
    model: request.model,
    max_tokens: request.maxOutputTokens,
    ...(request.system !== '' && { system: request.system }),
    messages: request.messages.map((message) => ({ role: message.role, content: contentOf(message) })),
    stream: true,
    ...(request.safetyId !== undefined && { metadata: { user_id: request.safetyId } }),
  };
}

/** Images first: a question behind what it is about is answered better (the vendor's page on vision). */
function contentOf({ text, images = [] }: PromptMessage): Anthropic.MessageParam['content'] {
  if (images.length === 0) return text;
  const shown = images.map((image): Anthropic.ImageBlockParam => ({
    type: 'image',
    source: { type: 'base64', media_type: image.mediaType, data: base64Of(image) },
  }));
  return [...shown, { type: 'text', text }];
}

async function* read(
  client: Anthropic,
  body: Anthropic.MessageCreateParamsStreaming,
  signal: AbortSignal,
): AsyncGenerator<Step> {
  let usage: Usage | undefined;
  let stop: string | undefined;
  for await (const raw of await eventStream(client.messages.create(body, { signal }).withResponse())) {
    const { type } = Typed.parse(raw);
    if (type === 'message_start') usage = usageOf(Started.parse(raw).message.usage, usage);
    else if (type === 'content_block_delta') yield stepOf(BlockDelta.parse(raw).delta);
    else if (type === 'message_delta') {
      const change = MessageDelta.parse(raw);
      stop = change.delta.stop_reason ?? stop;
      usage = usageOf(change.usage ?? {}, usage);
    } else if (type === 'message_stop') {
      yield endOf(stop);
    }
    if (usage !== undefined && type.startsWith('message_') && type !== 'message_stop') yield { kind: 'usage', usage };
  }
}

const stepOf = ({ type, text }: { type: string; text?: string | undefined }): Step =>
  type === 'text_delta' ? { kind: 'text', text: text ?? '' } : { kind: 'beat' };

function endOf(reason: string | undefined): Step {
  if (reason === 'refusal') return failed('policy', 'the model declined to answer');
  if (reason === 'model_context_window_exceeded')
    return failed('context', 'the conversation is longer than the model’s window');
  return { kind: 'done', reason: reason === 'max_tokens' ? 'length' : 'stop' };
}

/** Counts are cumulative, and exclusive of each other; a later event repeats only some of them. */
function usageOf(seen: z.infer<typeof UsageShape>, before: Usage = NOTHING): Usage {
  return {
    inputTokens: seen.input_tokens ?? before.inputTokens,
    cachedInputTokens: seen.cache_read_input_tokens ?? before.cachedInputTokens,
    cacheWriteTokens: seen.cache_creation_input_tokens ?? before.cacheWriteTokens,
    outputTokens: seen.output_tokens ?? before.outputTokens,
    reasoningTokens: seen.output_tokens_details?.thinking_tokens ?? before.reasoningTokens,
  };
}

const NOTHING: Usage = {
  inputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
};
