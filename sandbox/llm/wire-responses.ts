import type { Answer } from './answer.ts';
import type { Ask } from './ask.ts';
import type { Wire } from './wire-form.ts';

/** Responses: named events with a running number; the last one repeats the whole response, with usage. */
export function responsesWire(ask: Ask, answer: Answer, id: string): Wire {
  let number = 0;
  const frame = (type: string, data: object): string => {
    const json = JSON.stringify({ type, sequence_number: number, ...data });
    number += 1;
    return `event: ${type}\ndata: ${json}\n\n`;
  };
  const at = { item_id: `msg_${id}`, output_index: 0, content_index: 0 };
  const part = (text: string) => ({ type: 'output_text', text, annotations: [], logprobs: [] });
  const item = (status: string, content: readonly object[]) => ({
    id: at.item_id,
    type: 'message',
    role: 'assistant',
    status,
    content,
  });
  const status = answer.finish === 'stop' ? 'completed' : 'incomplete';
  const done = item(status, [part(answer.text)]);
  const response = (status: string, rest: object = {}) => ({
    id: `resp_${id}`,
    object: 'response',
    created_at: Math.floor(ask.at.getTime() / 1000),
    model: ask.model,
    status,
    error: null,
    incomplete_details: null,
    output: [],
    usage: null,
    ...rest,
  });
  const reason = answer.finish === 'length' ? 'max_output_tokens' : 'content_filter';
  const incomplete = status === 'incomplete' ? { incomplete_details: { reason } } : {};
  const whole = () => response(status, { output: [done], usage: usageOf(answer), ...incomplete });
  return {
    opening: () => [
      frame('response.created', { response: response('in_progress') }),
      frame('response.in_progress', { response: response('in_progress') }),
      frame('response.output_item.added', { output_index: 0, item: item('in_progress', []) }),
      frame('response.content_part.added', { ...at, part: part('') }),
    ],
    token: (delta) => frame('response.output_text.delta', { ...at, delta, logprobs: [] }),
    closing: () => [
      frame('response.output_text.done', { ...at, text: answer.text, logprobs: [] }),
      frame('response.content_part.done', { ...at, part: part(answer.text) }),
      frame('response.output_item.done', { output_index: 0, item: done }),
      frame(`response.${status}`, { response: whole() }),
    ],
    errorEvent: () => frame('error', { code: 'server_error', message: 'The server had an error.', param: null }),
    oddEvent: () => frame('response.output_text.delta', { delta: 7 }),
    whole,
  };
}

function usageOf({ tokens }: Answer): object {
  const input = tokens.input + tokens.cached + tokens.written;
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: tokens.cached, cache_write_tokens: tokens.written },
    output_tokens: tokens.output,
    output_tokens_details: { reasoning_tokens: tokens.reasoning },
    total_tokens: input + tokens.output,
  };
}
