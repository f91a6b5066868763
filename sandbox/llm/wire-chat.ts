import type { Answer } from './answer.ts';
import type { Ask } from './ask.ts';
import type { Call } from './said.ts';
import { piecesOf, type Wire } from './wire-form.ts';

const FINISH = { stop: 'stop', length: 'length', filter: 'content_filter' } as const;

const frame = (data: object): string => `data: ${JSON.stringify(data)}\n\n`;

/** Chat Completions: unnamed events, usage in one of its own behind the finish, and `[DONE]`. */
export function chatWire(ask: Ask, answer: Answer, id: string): Wire {
  const base = { id: `chatcmpl-${id}`, created: Math.floor(ask.at.getTime() / 1000), model: ask.model };
  const chunk = (choices: readonly object[], usage?: object): string =>
    frame({ ...base, object: 'chat.completion.chunk', choices, ...(ask.usageWanted && { usage: usage ?? null }) });
  const choice = (delta: object, finish: string | null = null): object => ({ index: 0, delta, finish_reason: finish });
  const called = answer.calls.length > 0;
  const finish = called && answer.finish === 'stop' ? 'tool_calls' : FINISH[answer.finish];
  return {
    opening: () => [
      chunk([choice({ role: 'assistant', content: called ? null : '', refusal: null })]),
      // As the servers of open models do; OpenAI's keeps thoughts to itself.
      ...(answer.thoughts === '' ? [] : [chunk([choice({ reasoning_content: answer.thoughts })])]),
    ],
    token: (content) => chunk([choice({ content })]),
    calls: () => answer.calls.flatMap(deltasOf).map((delta) => chunk([choice({ tool_calls: [delta] })])),
    closing: () => [
      chunk([choice({}, finish)]),
      ...(ask.usageWanted ? [chunk([], usageOf(answer))] : []),
      'data: [DONE]\n\n',
    ],
    errorEvent: () =>
      frame({ error: { message: 'The server had an error.', type: 'server_error', code: 'server_error' } }),
    oddEvent: () => frame({ ...base, choices: 'none' }),
    whole: () => ({
      ...base,
      object: 'chat.completion',
      choices: [{ index: 0, message: messageOf(answer), finish_reason: finish }],
      usage: usageOf(answer),
    }),
  };
}

function messageOf({ text, calls }: Answer): object {
  const toolCalls = calls.map(({ id, name, arguments: json }) => ({
    id,
    type: 'function',
    function: { name, arguments: json },
  }));
  return {
    role: 'assistant',
    content: text === '' && calls.length > 0 ? null : text,
    refusal: null,
    ...(calls.length > 0 && { tool_calls: toolCalls }),
  };
}

function deltasOf({ id, name, arguments: json }: Call, index: number): readonly object[] {
  const head = { index, ...(id !== '' && { id }), type: 'function', function: { name, arguments: '' } };
  return [head, ...piecesOf(json).map((piece) => ({ index, function: { arguments: piece } }))];
}

function usageOf({ tokens }: Answer): object {
  const prompt = tokens.input + tokens.cached + tokens.written;
  return {
    prompt_tokens: prompt,
    completion_tokens: tokens.output,
    total_tokens: prompt + tokens.output,
    prompt_tokens_details: { cached_tokens: tokens.cached, cache_write_tokens: tokens.written },
    completion_tokens_details: { reasoning_tokens: tokens.reasoning },
  };
}
