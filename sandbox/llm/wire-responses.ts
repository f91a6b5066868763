import type { Answer } from './answer.ts';
import type { Ask } from './ask.ts';
import type { Call } from './said.ts';
import { sealOf } from './seals.ts';
import { piecesOf, type Wire } from './wire-form.ts';

type Frame = (type: string, data: object) => string;

/** Responses: named events with a running number; the last one repeats the whole response, with usage. */
export function responsesWire(ask: Ask, answer: Answer, id: string): Wire {
  const frame = numbered();
  const items = itemsOf(ask, answer, id);
  const texts = answer.text !== '' || answer.calls.length === 0;
  const messageIndex = items.length - answer.calls.length - 1;
  const at = { item_id: `msg_${id}`, output_index: messageIndex, content_index: 0 };
  const status = answer.finish === 'stop' ? 'completed' : 'incomplete';
  const response = responseOf(ask, id);
  const reason = answer.finish === 'length' ? 'max_output_tokens' : 'content_filter';
  const incomplete = status === 'incomplete' ? { incomplete_details: { reason } } : {};
  const whole = () => response(status, { output: items, usage: usageOf(answer), ...incomplete });
  const done = (index: number) => frame('response.output_item.done', { output_index: index, item: items[index] });
  const added = (index: number, item: object) =>
    frame('response.output_item.added', { output_index: index, item: { ...items[index], ...item } });
  return {
    opening: () => [
      frame('response.created', { response: response('in_progress') }),
      frame('response.in_progress', { response: response('in_progress') }),
      ...(answer.thoughts === '' ? [] : [added(0, { encrypted_content: '' }), done(0)]),
      ...(texts
        ? [
            added(messageIndex, { status: 'in_progress', content: [] }),
            frame('response.content_part.added', { ...at, part: part('') }),
          ]
        : []),
    ],
    token: (delta) => frame('response.output_text.delta', { ...at, delta, logprobs: [] }),
    calls: () =>
      answer.calls.flatMap((call, number) => {
        const index = items.length - answer.calls.length + number;
        return [
          added(index, { arguments: '', status: 'in_progress' }),
          ...argumentsOf(frame, call, index),
          done(index),
        ];
      }),
    closing: () => [
      ...(texts
        ? [
            frame('response.output_text.done', { ...at, text: answer.text, logprobs: [] }),
            frame('response.content_part.done', { ...at, part: part(answer.text) }),
            done(messageIndex),
          ]
        : []),
      frame(`response.${status}`, { response: whole() }),
    ],
    errorEvent: () => frame('error', { code: 'server_error', message: 'The server had an error.', param: null }),
    oddEvent: () => frame('response.output_text.delta', { delta: 7 }),
    whole,
  };
}

function numbered(): Frame {
  let number = 0;
  return (type, data) => {
    const json = JSON.stringify({ type, sequence_number: number, ...data });
    number += 1;
    return `event: ${type}\ndata: ${json}\n\n`;
  };
}

const part = (text: string) => ({ type: 'output_text', text, annotations: [], logprobs: [] });

/** Everything that an answer holds: what was thought, what is said, what is called. */
function itemsOf(ask: Ask, answer: Answer, id: string): readonly object[] {
  const status = answer.finish === 'stop' ? 'completed' : 'incomplete';
  const { thoughts, text, calls } = answer;
  const sealed = { encrypted_content: sealOf(ask.model, thoughts) };
  const reasoning = { id: `rs_${id}`, type: 'reasoning', summary: [], ...sealed };
  const message = { id: `msg_${id}`, type: 'message', role: 'assistant', status, content: [part(text)] };
  return [
    ...(thoughts === '' ? [] : [reasoning]),
    ...(text === '' && calls.length > 0 ? [] : [message]),
    ...calls.map((call, number) => ({
      id: `fc_${id}_${number}`,
      type: 'function_call',
      status,
      ...(call.id !== '' && { call_id: call.id }),
      name: call.name,
      arguments: call.arguments,
    })),
  ];
}

function argumentsOf(frame: Frame, { id, arguments: json }: Call, index: number): readonly string[] {
  const at = { item_id: `fc_${id}`, output_index: index };
  return [
    ...piecesOf(json).map((delta) => frame('response.function_call_arguments.delta', { ...at, delta })),
    frame('response.function_call_arguments.done', { ...at, arguments: json }),
  ];
}

const responseOf =
  (ask: Ask, id: string) =>
  (status: string, rest: object = {}): object => ({
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
