import type OpenAI from 'openai';
import { z } from 'zod';
import { piecesOf } from './carried.ts';
import type { Piece } from './carried.ts';
import { dataUrlOf } from './images.ts';
import type { ModelRequest, PromptImage, PromptMessage } from './provider.ts';
import { answerText, jsonOf, portableId } from './tool-calls.ts';

type Item = OpenAI.Responses.ResponseInputItem;

/**
 * Thoughts as a server sealed them. Without their sealed content they would have to be stored there, which nothing is:
 * their id alone gets a 404.
 */
export const Reasoning = z.looseObject({
  type: z.literal('reasoning'),
  id: z.string(),
  summary: z.array(z.object({ type: z.literal('summary_text'), text: z.string() })),
  encrypted_content: z.string().min(1),
});

/** @param provider by whose name thoughts were carried. */
export function responsesBody(
  request: ModelRequest,
  provider: string,
  sealed: boolean,
): OpenAI.Responses.ResponseCreateParamsStreaming {
  const { tools = [] } = request;
  return {
    model: request.model,
    ...(request.system !== '' && { instructions: request.system }),
    input: request.messages.flatMap((message) => itemsOf(message, { provider, model: request.model })),
    ...(tools.length > 0 && { tools: tools.map((tool) => ({ type: 'function', strict: false, ...tool }) as const) }),
    max_output_tokens: request.maxOutputTokens,
    store: false,
    ...(sealed && { include: ['reasoning.encrypted_content' as const] }),
    stream: true,
    ...(request.safetyId !== undefined && { safety_identifier: request.safetyId }),
  };
}

function itemsOf(message: PromptMessage, to: { provider: string; model: string }): readonly Item[] {
  if (message.role === 'user') return [{ role: 'user', content: contentOf(message) }];
  if (message.role === 'tool') {
    return [{ type: 'function_call_output', call_id: portableId(message.call), output: answerText(message) }];
  }
  return piecesOf(message, to).flatMap(itemOf);
}

function itemOf(piece: Piece): readonly Item[] {
  if (piece.kind === 'text') return [{ role: 'assistant', content: piece.text }];
  if (piece.kind === 'sealed') {
    const item = Reasoning.safeParse(piece.item).data;
    return item === undefined ? [] : [item];
  }
  const { call } = piece;
  return [{ type: 'function_call', call_id: portableId(call.id), name: call.name, arguments: jsonOf(call) }];
}

function contentOf({
  text,
  images = [],
}: {
  readonly text: string;
  readonly images?: readonly PromptImage[];
}): OpenAI.Responses.EasyInputMessage['content'] {
  if (images.length === 0) return text;
  const shown = images.map((image): OpenAI.Responses.ResponseInputImage => ({
    type: 'input_image',
    image_url: dataUrlOf(image),
    detail: 'auto',
  }));
  return [...shown, { type: 'input_text', text }];
}
