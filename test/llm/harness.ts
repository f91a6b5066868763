import { openLlmStandIn } from '../../sandbox/llm/index.ts';
import type { LlmStandIn } from '../../sandbox/llm/index.ts';
import type { Protocol } from '../../sandbox/llm/ask.ts';
import { openProvider } from '../../src/llm/open.ts';
import type { Deadlines, ModelEvent, ModelRequest, Provider } from '../../src/llm/provider.ts';

export const PROTOCOLS: readonly Protocol[] = ['openai-chat', 'openai-responses', 'anthropic'];

export const QUICK: Deadlines = { firstTokenMs: 600, idleMs: 400, totalMs: 2500 };

/** For what is not about deadlines: a busy machine is not to meet them. */
export const PATIENT: Deadlines = { firstTokenMs: 4000, idleMs: 1000, totalMs: 6000 };

export const REQUEST: ModelRequest = {
  model: 'some-model',
  system: 'Be short.',
  messages: [
    { role: 'user', text: 'Hi' },
    { role: 'assistant', text: 'Hello' },
    { role: 'user', text: 'What is 6 × 7?' },
  ],
  maxOutputTokens: 500,
  safetyId: 'pseudonym',
};

export const never = (): AbortSignal => new AbortController().signal;

export function connect(standIn: LlmStandIn, protocol: Protocol, deadlines = QUICK): Promise<Provider> {
  return openProvider({ protocol, baseUrl: standIn.baseUrl(protocol), apiKey: standIn.apiKey, deadlines });
}

export async function collect<Event>(events: AsyncIterable<Event>): Promise<Event[]> {
  const all: Event[] = [];
  for await (const event of events) all.push(event);
  return all;
}

export const textOf = (events: readonly { kind: string; text?: string }[]): string =>
  events.map((event) => (event.kind === 'text' ? (event.text ?? '') : '')).join('');

/** Asks a fresh stand-in once and gives everything that came. */
export async function askOnce(
  protocol: Protocol,
  prepare: (standIn: LlmStandIn) => void,
  request = REQUEST,
  deadlines = PATIENT,
): Promise<ModelEvent[]> {
  await using standIn = await openLlmStandIn();
  prepare(standIn);
  const provider = await connect(standIn, protocol, deadlines);
  // Awaited here: the stand-in closes when this function ends.
  return await collect(provider.stream(request, never()));
}

/** Waits until a condition holds, at most for a second. */
export async function soon(holds: () => boolean): Promise<boolean> {
  const until = performance.now() + 1000;
  while (!holds() && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 5));
  return holds();
}
