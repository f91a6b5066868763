import type Anthropic from '@anthropic-ai/sdk';
import { z } from 'zod';
import { anthropicBody } from './anthropic-body.ts';
import { openBlocks } from './anthropic-blocks.ts';
import type { Blocks } from './anthropic-blocks.ts';
import type { Step } from './deadlines.ts';
import { failed } from './errors.ts';
import { eventStream } from './event-stream.ts';
import type { ModelRequest, Provider, Usage } from './provider.ts';
import { providerOf } from './provider-of.ts';
import type { Server } from './provider-of.ts';
import { anthropicUsage } from './usage.ts';
import { wholeOf } from './whole.ts';

export type AnthropicSettings = Server & { readonly client: Anthropic; readonly secret: string };

const Typed = z.object({ type: z.string() });
const Started = z.object({ message: z.object({ usage: z.unknown().optional() }) });
const MessageDelta = z.object({
  delta: z.object({ stop_reason: z.string().nullish() }),
  usage: z.unknown().optional(),
});

/** Anthropic's Messages. */
export function anthropicMessages({ client, ...server }: AnthropicSettings): Provider {
  return providerOf(server, (request, signal) => read(client, request, server.name, signal));
}

async function* read(
  client: Anthropic,
  request: ModelRequest,
  provider: string,
  signal: AbortSignal,
): AsyncGenerator<Step> {
  let usage: Usage | undefined;
  let stop: string | undefined;
  const blocks = openBlocks();
  const body = anthropicBody(request, provider);
  for await (const raw of await eventStream(client.messages.create(body, { signal }).withResponse())) {
    const { type } = Typed.parse(raw);
    if (type.startsWith('content_block_')) yield* blocks.take(type, raw);
    else if (type === 'message_start') usage = anthropicUsage(Started.parse(raw).message.usage, usage);
    else if (type === 'message_delta') {
      const change = MessageDelta.parse(raw);
      stop = change.delta.stop_reason ?? stop;
      usage = anthropicUsage(change.usage, usage);
    } else if (type === 'message_stop') {
      yield* endOf(stop, blocks, { provider, model: request.model });
    }
    if (usage !== undefined && type.startsWith('message_') && type !== 'message_stop') yield { kind: 'usage', usage };
  }
}

function* endOf(reason: string | undefined, blocks: Blocks, by: { provider: string; model: string }): Generator<Step> {
  if (reason === 'refusal') yield failed('policy', 'the model declined to answer');
  else if (reason === 'model_context_window_exceeded')
    yield failed('context', 'the conversation is longer than the model’s window');
  else {
    const end = { kind: 'done', reason: reason === 'max_tokens' ? 'length' : 'stop' } as const;
    yield* wholeOf({ calls: blocks.calls(), carried: blocks.carried(by) }, end);
  }
}
