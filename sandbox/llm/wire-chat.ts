import type { Answer } from './answer.ts';
import type { Ask } from './ask.ts';
import type { Wire } from './wire-form.ts';

const FINISH = { stop: 'stop', length: 'length', filter: 'content_filter' } as const;

const frame = (data: object): string => `data: ${JSON.stringify(data)}\n\n`;

/** Chat Completions: unnamed events, usage in one of its own behind the finish, and `[DONE]`. */
export function chatWire(ask: Ask, answer: Answer, id: string): Wire {
  const base = { id: `chatcmpl-${id}`, created: Math.floor(ask.at.getTime() / 1000), model: ask.model };
  const chunk = (choices: readonly object[], usage?: object): string =>
    frame({ ...base, object: 'chat.completion.chunk', choices, ...(ask.usageWanted && { usage: usage ?? null }) });
  const choice = (delta: object, finish: string | null = null): object => ({ index: 0, delta, finish_reason: finish });
  return {
    opening: () => [chunk([choice({ role: 'assistant', content: '', refusal: null })])],
    token: (content) => chunk([choice({ content })]),
    closing: () => [
      chunk([choice({}, FINISH[answer.finish])]),
      ...(ask.usageWanted ? [chunk([], usageOf(answer))] : []),
      'data: [DONE]\n\n',
    ],
    errorEvent: () =>
      frame({ error: { message: 'The server had an error.', type: 'server_error', code: 'server_error' } }),
    oddEvent: () => frame({ ...base, choices: 'none' }),
    whole: () => ({
      ...base,
      object: 'chat.completion',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: answer.text, refusal: null },
          finish_reason: FINISH[answer.finish],
        },
      ],
      usage: usageOf(answer),
    }),
  };
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
