import type { Answer } from './answer.ts';
import type { Ask } from './ask.ts';
import type { Wire } from './wire-form.ts';

const STOP = { stop: 'end_turn', length: 'max_tokens', filter: 'refusal' } as const;

/** In the event that ends an answer null stands for what the first one said. */
const UNCHANGED = { input_tokens: null, cache_read_input_tokens: null, cache_creation_input_tokens: null };

const frame = (type: string, data: object = {}): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;

/** Messages: named events with pings among them; input is counted at the start, output at the end. */
export function anthropicWire(ask: Ask, answer: Answer, id: string): Wire {
  const { tokens } = answer;
  const input = {
    input_tokens: tokens.input,
    cache_read_input_tokens: tokens.cached,
    cache_creation_input_tokens: tokens.written,
  };
  const output = { output_tokens: tokens.output, output_tokens_details: { thinking_tokens: tokens.reasoning } };
  const message = { id: `msg_${id}`, type: 'message', role: 'assistant', model: ask.model, stop_sequence: null };
  return {
    opening: () => [
      frame('message_start', {
        message: { ...message, content: [], stop_reason: null, usage: { ...input, output_tokens: 1 } },
      }),
      frame('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
      frame('ping'),
    ],
    token: (text) => frame('content_block_delta', { index: 0, delta: { type: 'text_delta', text } }),
    closing: () => [
      frame('content_block_stop', { index: 0 }),
      frame('message_delta', {
        delta: { stop_reason: STOP[answer.finish], stop_sequence: null },
        usage: { ...UNCHANGED, ...output },
      }),
      frame('message_stop'),
    ],
    errorEvent: () => frame('error', { error: { type: 'overloaded_error', message: 'Overloaded' } }),
    oddEvent: () => frame('content_block_delta', { index: 0, delta: 'x' }),
    whole: () => ({
      ...message,
      content: [{ type: 'text', text: answer.text }],
      stop_reason: STOP[answer.finish],
      usage: { ...input, ...output },
    }),
  };
}
