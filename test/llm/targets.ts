import { openDemo } from '../../src/llm/demo.ts';
import { FREE } from '../../src/llm/price.ts';
import type { ModelEvent, ModelRequest, Provider } from '../../src/llm/provider.ts';
import type { Target } from '../../src/llm/target.ts';

/** A target that can everything, costs nothing and is nowhere in particular. */
export function targetOf(name: string, rest: Partial<Target> = {}): Target {
  return {
    name,
    provider: openDemo({ tokensPerSecond: 0, answer: `I am ${name}.` }),
    model: `${name}-model`,
    can: { tools: true, sees: true },
    windowTokens: 100_000,
    maxOutputTokens: 4_000,
    region: undefined,
    retention: 'none',
    price: FREE,
    quality: 0.5,
    ...rest,
  };
}

/** A provider that plays one list of events for each request, the last one again and again; and what it was asked. */
export function played(...plays: readonly (readonly ModelEvent[])[]): Provider & { readonly asked: ModelRequest[] } {
  const asked: ModelRequest[] = [];
  return {
    name: 'played',
    sees: true,
    asked,
    async *stream(request) {
      asked.push(request);
      yield* plays[Math.min(asked.length, plays.length) - 1] ?? [];
    },
  };
}

export const failing = (fault: Extract<ModelEvent, { kind: 'failed' }>['fault'], retryInMs?: number): ModelEvent[] => [
  { kind: 'failed', fault, message: 'said the server', retryInMs },
];
export const saying = (text: string): ModelEvent[] => [
  { kind: 'text', text },
  { kind: 'done', reason: 'stop' },
];
