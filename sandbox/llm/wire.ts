import type { Answer } from './answer.ts';
import type { Ask, Protocol } from './ask.ts';
import { anthropicWire } from './wire-anthropic.ts';
import { chatWire } from './wire-chat.ts';
import { responsesWire } from './wire-responses.ts';
import type { Wire } from './wire-form.ts';

export type Trouble = {
  readonly status: number;
  readonly kind: 'auth' | 'rate' | 'context' | 'invalid' | 'server' | 'overloaded';
};

const WIRES: Readonly<Record<Protocol, (ask: Ask, answer: Answer, id: string) => Wire>> = {
  'openai-chat': chatWire,
  'openai-responses': responsesWire,
  anthropic: anthropicWire,
};

export function openWire(ask: Ask, answer: Answer, id: string): Wire {
  return WIRES[ask.protocol](ask, answer, id);
}

const WORDS: Readonly<Record<Trouble['kind'], { openai: [string, string]; anthropic: string; message: string }>> = {
  auth: {
    openai: ['invalid_request_error', 'invalid_api_key'],
    anthropic: 'authentication_error',
    message: 'Incorrect API key provided.',
  },
  rate: { openai: ['requests', 'rate_limit_exceeded'], anthropic: 'rate_limit_error', message: 'Rate limit reached.' },
  context: {
    openai: ['invalid_request_error', 'context_length_exceeded'],
    anthropic: 'invalid_request_error',
    message: 'prompt is too long: 210000 tokens > 200000 maximum',
  },
  invalid: {
    openai: ['invalid_request_error', 'invalid_value'],
    anthropic: 'invalid_request_error',
    message: 'Invalid request.',
  },
  server: { openai: ['server_error', 'server_error'], anthropic: 'api_error', message: 'The server had an error.' },
  overloaded: { openai: ['server_error', 'overloaded'], anthropic: 'overloaded_error', message: 'Overloaded' },
};

/** The body of an error before any stream. */
export function errorBody(protocol: Protocol, { kind }: Trouble, message?: string): object {
  const { openai, anthropic, message: usual } = WORDS[kind];
  if (protocol === 'anthropic') {
    return { type: 'error', error: { type: anthropic, message: message ?? usual }, request_id: 'req_standin' };
  }
  return { error: { message: message ?? usual, type: openai[0], param: null, code: openai[1] } };
}
