import type { Answer } from './answer.ts';
import type { Ask } from './ask.ts';
import type { Call } from './said.ts';
import { sealOf } from './seals.ts';
import { piecesOf, type Wire } from './wire-form.ts';

const STOP = { stop: 'end_turn', length: 'max_tokens', filter: 'refusal' } as const;

/** In the event that ends an answer null stands for what the first one said. */
const UNCHANGED = { input_tokens: null, cache_read_input_tokens: null, cache_creation_input_tokens: null };

const frame = (type: string, data: object = {}): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;

/** One block, in pieces. */
const blockOf = (index: number, start: object, deltas: readonly object[]): readonly string[] => [
  frame('content_block_start', { index, content_block: start }),
  ...deltas.map((delta) => frame('content_block_delta', { index, delta })),
  frame('content_block_stop', { index }),
];

/** Messages: named events with pings among them; input is counted at the start, output at the end. */
export function anthropicWire(ask: Ask, answer: Answer, id: string): Wire {
  const { tokens, thoughts, calls } = answer;
  const input = {
    input_tokens: tokens.input,
    cache_read_input_tokens: tokens.cached,
    cache_creation_input_tokens: tokens.written,
  };
  const output = { output_tokens: tokens.output, output_tokens_details: { thinking_tokens: tokens.reasoning } };
  const message = { id: `msg_${id}`, type: 'message', role: 'assistant', model: ask.model, stop_sequence: null };
  const stop = calls.length > 0 && answer.finish === 'stop' ? 'tool_use' : STOP[answer.finish];
  const texts = answer.text !== '' || calls.length === 0;
  const index = thoughts === '' ? 0 : 1;
  return {
    opening: () => [
      frame('message_start', {
        message: { ...message, content: [], stop_reason: null, usage: { ...input, output_tokens: 1 } },
      }),
      ...(thoughts === '' ? [] : thinkingOf(ask.model, thoughts)),
      ...(texts ? [frame('content_block_start', { index, content_block: { type: 'text', text: '' } })] : []),
      frame('ping'),
    ],
    token: (text) => frame('content_block_delta', { index, delta: { type: 'text_delta', text } }),
    calls: () => [
      ...(texts && calls.length > 0 ? [frame('content_block_stop', { index })] : []),
      ...calls.flatMap((call, number) => toolUseOf(call, index + number + (texts ? 1 : 0))),
    ],
    closing: () => [
      ...(calls.length > 0 ? [] : [frame('content_block_stop', { index })]),
      frame('message_delta', {
        delta: { stop_reason: stop, stop_sequence: null },
        usage: { ...UNCHANGED, ...output },
      }),
      frame('message_stop'),
    ],
    errorEvent: () => frame('error', { error: { type: 'overloaded_error', message: 'Overloaded' } }),
    oddEvent: () => frame('content_block_delta', { index: 0, delta: 'x' }),
    whole: () => ({
      ...message,
      content: [...(texts ? [{ type: 'text', text: answer.text }] : []), ...calls.map(wholeToolUse)],
      stop_reason: stop,
      usage: { ...input, ...output },
    }),
  };
}

function thinkingOf(model: string, thoughts: string): readonly string[] {
  return blockOf(0, { type: 'thinking', thinking: '', signature: '' }, [
    { type: 'thinking_delta', thinking: thoughts },
    { type: 'signature_delta', signature: sealOf(model, thoughts) },
  ]);
}

function toolUseOf({ id, name, arguments: json }: Call, index: number): readonly string[] {
  return blockOf(index, { type: 'tool_use', id, name, input: {} }, [
    { type: 'input_json_delta', partial_json: '' },
    ...piecesOf(json).map((piece) => ({ type: 'input_json_delta', partial_json: piece })),
  ]);
}

function wholeToolUse({ id, name, arguments: json }: Call): object {
  const input: unknown = JSON.parse(json);
  return { type: 'tool_use', id, name, input };
}
