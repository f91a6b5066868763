import type Anthropic from '@anthropic-ai/sdk';
import { z } from 'zod';
import { piecesOf } from './carried.ts';
import type { Piece } from './carried.ts';
import { base64Of } from './images.ts';
import type { ModelRequest, PromptMessage } from './provider.ts';
import { objectOf, portableId } from './tool-calls.ts';

type Block = Anthropic.ContentBlockParam;

/** Thoughts as the server signed or sealed them; they are checked there, to the letter. */
const Thoughts = z.union([
  z.object({ type: z.literal('thinking'), thinking: z.string(), signature: z.string() }),
  z.object({ type: z.literal('redacted_thinking'), data: z.string() }),
]);

/** @param provider by whose name thoughts were carried. */
export function anthropicBody(request: ModelRequest, provider: string): Anthropic.MessageCreateParamsStreaming {
  const { tools = [] } = request;
  return {
    model: request.model,
    max_tokens: request.maxOutputTokens,
    ...(request.system !== '' && { system: request.system }),
    messages: messagesOf(request.messages, { provider, model: request.model }),
    ...(tools.length > 0 && { tools: tools.map(toolOf) }),
    stream: true,
    ...(isInLoop(request) && { cache_control: { type: 'ephemeral' } }),
    ...(request.safetyId !== undefined && { metadata: { user_id: request.safetyId } }),
  };
}

/** What is written to the cache costs a quarter more, and a tenth when it is read: worth it once more rounds are likely. */
const isInLoop = ({ messages }: ModelRequest): boolean => messages.some(({ role }) => role === 'tool');

function toolOf({ name, description, parameters }: NonNullable<ModelRequest['tools']>[number]): Anthropic.Tool {
  return { name, description, input_schema: { ...parameters, type: 'object' } };
}

/** Roles take turns here: answers of tools are the user's, and all of one turn are one message, before what the user says. */
function messagesOf(
  messages: readonly PromptMessage[],
  to: { provider: string; model: string },
): Anthropic.MessageParam[] {
  const merged: { role: 'user' | 'assistant'; content: Block[]; tools: boolean }[] = [];
  for (const message of messages) {
    const role = message.role === 'assistant' ? 'assistant' : 'user';
    const content = blocksOf(message, to);
    const last = merged.at(-1);
    if (last?.role === 'user' && role === 'user' && last.tools) last.content.push(...content);
    else merged.push({ role, content, tools: message.role === 'tool' });
  }
  return merged
    .filter(({ content }) => content.length > 0)
    .map(({ role, content }) => ({ role, content: plain(content) }));
}

/** A text alone goes as a text. */
function plain(content: Block[]): string | Block[] {
  const [only, ...rest] = content;
  return rest.length === 0 && only?.type === 'text' ? only.text : content;
}

function blocksOf(message: PromptMessage, to: { provider: string; model: string }): Block[] {
  if (message.role === 'assistant') return piecesOf(message, to).flatMap(blockOf);
  if (message.role === 'user') {
    // Images first: a question behind what it is about is answered better (the vendor's page on vision).
    const shown = (message.images ?? []).map((image): Block => ({
      type: 'image',
      source: { type: 'base64', media_type: image.mediaType, data: base64Of(image) },
    }));
    return [...shown, { type: 'text', text: message.text }];
  }
  const { call, text, failed } = message;
  return [{ type: 'tool_result', tool_use_id: portableId(call), content: text, ...(failed && { is_error: true }) }];
}

function blockOf(piece: Piece): readonly Block[] {
  if (piece.kind === 'text') return [{ type: 'text', text: piece.text }];
  if (piece.kind === 'sealed') {
    const thoughts = Thoughts.safeParse(piece.item).data;
    return thoughts === undefined ? [] : [thoughts];
  }
  const { call } = piece;
  return [{ type: 'tool_use', id: portableId(call.id), name: call.name, input: objectOf(call) }];
}
