import type OpenAI from 'openai';
import { z } from 'zod';
import type { Step } from './deadlines.ts';
import { failed } from './errors.ts';
import { eventStream } from './event-stream.ts';
import { dataUrlOf } from './images.ts';
import type { ModelRequest, PromptMessage, Provider, ToolCall } from './provider.ts';
import { providerOf } from './provider-of.ts';
import type { Server } from './provider-of.ts';
import { answerText, collectCalls, jsonOf, portableId } from './tool-calls.ts';
import type { CallCollector, CallFragment } from './tool-calls.ts';
import { chatUsage } from './usage.ts';
import { wholeOf } from './whole.ts';

export type OpenAiSettings = Server & {
  readonly client: OpenAI;
  /** The server is OpenAI's own: it wants newer names of fields that other servers refuse. */
  readonly genuine: boolean;
};

/** Arguments are an object where a server sends a call in one piece. */
const Json = z.union([z.string(), z.record(z.string(), z.unknown()).transform((all) => JSON.stringify(all))]);
const Called = z.object({ name: z.string().nullish(), arguments: Json.nullish() });
const ToolCallDelta = z
  .object({ index: z.number().nullish(), id: z.string().nullish(), function: Called.nullish() })
  .transform(({ index, id, function: called }): CallFragment => ({
    index: index ?? undefined,
    id: id ?? '',
    name: called?.name ?? '',
    arguments: called?.arguments ?? '',
  }));
const Chunk = z.object({
  choices: z
    .array(
      z.object({
        delta: z
          .object({
            content: z.string().nullish(),
            refusal: z.string().nullish(),
            reasoning_content: z.string().nullish(),
            reasoning: z.unknown().optional(),
            tool_calls: z.array(ToolCallDelta).nullish(),
          })
          .nullish(),
        finish_reason: z.string().nullish(),
      }),
    )
    .nullish(),
  usage: z.unknown().optional(),
  /** Groq's place for it in a stream. */
  x_groq: z.object({ usage: z.unknown().optional() }).nullish(),
});
type Choice = NonNullable<z.infer<typeof Chunk>['choices']>[number];

/** OpenAI's Chat Completions, which every compatible server speaks (Ollama, vLLM, Groq, Azure, OpenRouter). */
export function openAiChat({ client, genuine, ...server }: OpenAiSettings): Provider {
  return providerOf(server, (request, signal) => read(client, bodyOf(request, genuine), signal));
}

function bodyOf(request: ModelRequest, genuine: boolean): OpenAI.ChatCompletionCreateParamsStreaming {
  const system = request.system === '' ? [] : [{ role: 'system', content: request.system } as const];
  const { tools = [] } = request;
  // A server that made an id up may want it back to the letter; OpenAI takes others' in its own form only.
  const idOf = genuine ? portableId : (id: string): string => id;
  return {
    model: request.model,
    messages: [...system, ...request.messages.map((message) => messageOf(message, idOf))],
    ...(tools.length > 0 && { tools: tools.map((tool) => ({ type: 'function' as const, function: tool })) }),
    stream: true,
    stream_options: { include_usage: true },
    ...(genuine ? { max_completion_tokens: request.maxOutputTokens } : { max_tokens: request.maxOutputTokens }),
    ...(genuine && request.safetyId !== undefined && { safety_identifier: request.safetyId }),
  };
}

function messageOf(message: PromptMessage, idOf: (id: string) => string): OpenAI.ChatCompletionMessageParam {
  if (message.role === 'tool') {
    return { role: 'tool', tool_call_id: idOf(message.call), content: answerText(message) };
  }
  if (message.role === 'assistant') return assistantOf(message, idOf);
  const { text, images = [] } = message;
  if (images.length === 0) return { role: 'user', content: text };
  const shown = images.map((image) => ({ type: 'image_url', image_url: { url: dataUrlOf(image) } }) as const);
  return { role: 'user', content: [...shown, { type: 'text', text }] };
}

function assistantOf(
  { text, calls = [] }: { readonly text: string; readonly calls?: readonly ToolCall[] },
  idOf: (id: string) => string,
): OpenAI.ChatCompletionAssistantMessageParam {
  if (calls.length === 0) return { role: 'assistant', content: text };
  const called = calls.map((call) => ({
    id: idOf(call.id),
    type: 'function' as const,
    function: { name: call.name, arguments: jsonOf(call) },
  }));
  return { role: 'assistant', content: text === '' ? null : text, tool_calls: called };
}

async function* read(
  client: OpenAI,
  body: OpenAI.ChatCompletionCreateParamsStreaming,
  signal: AbortSignal,
): AsyncGenerator<Step> {
  let refusal = '';
  const calls = collectCalls();
  for await (const raw of await eventStream(client.chat.completions.create(body, { signal }).withResponse())) {
    const { choices, usage: own, x_groq: groq } = Chunk.parse(raw);
    const usage = chatUsage(own) ?? chatUsage(groq?.usage);
    if (usage !== undefined) yield { kind: 'usage', usage };
    const choice = choices?.[0];
    refusal += choice?.delta?.refusal ?? '';
    if (choice !== undefined) yield* stepsOf(choice, refusal, calls);
  }
}

function* stepsOf({ delta, finish_reason: reason }: Choice, refusal: string, calls: CallCollector): Generator<Step> {
  if (delta) yield* deltaOf(delta, calls);
  if (reason) yield* endOf(reason, refusal, calls);
}

function* deltaOf(delta: NonNullable<Choice['delta']>, calls: CallCollector): Generator<Step> {
  if (delta.content) yield { kind: 'text', text: delta.content };
  else if (delta.reasoning_content || delta.reasoning || delta.refusal) yield { kind: 'beat' };
  for (const fragment of delta.tool_calls ?? []) {
    calls.add(fragment);
    yield { kind: 'beat', size: fragment.arguments?.length ?? 0 };
  }
}

function* endOf(reason: string, refusal: string, collector: CallCollector): Generator<Step> {
  if (reason === 'content_filter') yield failed('policy', 'the provider’s content filter stopped the answer');
  else if (refusal !== '') yield failed('policy', `the model declined: ${refusal.slice(0, 300)}`);
  else if (reason === 'error') yield failed('server', 'the server gave up in mid-answer');
  else {
    const end = { kind: 'whole', reason: reason === 'length' ? 'length' : 'stop' } as const;
    yield* wholeOf({ calls: collector.take() }, end);
  }
}
