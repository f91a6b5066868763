import { setImmediate } from 'node:timers/promises';
import { openLocalBreakers } from '../../src/llm/local-breakers.ts';
import { FREE, type Price } from '../../src/llm/price.ts';
import type { Provider } from '../../src/llm/provider.ts';
import type { RouteRequest } from '../../src/llm/route-request.ts';
import { openRouter } from '../../src/llm/router.ts';
import type { Target } from '../../src/llm/target.ts';
import { REQUEST } from './play.ts';

const ROUNDS = 500;
/** Rounds before the measured ones, as a hub that has run for a minute. */
const WARM_UP = 200;

/** A long conversation with tools, a budget and a preference: what costs the router most. */
const LARGE: RouteRequest = {
  ...REQUEST,
  messages: Array.from({ length: 81 }, (_, index) => ({
    role: index % 2 === 0 ? 'user' : 'assistant',
    text: 'A sentence of a usual length, said in a long conversation about nothing in particular. '.repeat(8),
  })),
  tools: Array.from({ length: 12 }, (_, index) => ({
    name: `tool_${index}`,
    description: 'Does something that is useful now and then, and is described in a sentence or two.',
    parameters: { type: 'object', properties: { words: { type: 'string', description: 'What it is about' } } },
  })),
  prefer: 'cost',
  mostDollars: 5,
  needs: { region: ['eu'], retention: 'kept' },
};

const PRICED = [
  ['openai', 'gpt-4o'],
  ['anthropic', 'claude-sonnet-4-5'],
  ['google', 'gemini-2.5-pro'],
] as const;

/** An answer of a usual length, at once: what a server takes is the server's. */
const INSTANT: Provider = {
  name: 'instant',
  sees: true,
  async *stream() {
    for (let token = 0; token < 150; token += 1) yield { kind: 'text', text: 'word ' };
    yield { kind: 'usage', usage: USAGE };
    yield { kind: 'done', reason: 'stop' };
  },
};
const USAGE = { inputTokens: 9000, cachedInputTokens: 0, cacheWriteTokens: 0, outputTokens: 150, reasoningTokens: 0 };

/**
 * Milliseconds that the router adds to a call: routed and direct calls take turns, and of each routed one the direct one
 * before it is taken off. The last of four targets is chosen, the others are priced by the catalogue.
 */
export async function overheadMs(): Promise<readonly number[]> {
  const targets = [
    ...PRICED.map(([provider, model]) => targetOf(model, { kind: 'list', provider, model })),
    targetOf('free', FREE),
  ];
  const router = openRouter({ breakers: openLocalBreakers(), totalMs: 60_000 });
  const { signal } = new AbortController();
  const all: number[] = [];
  for (let round = 0; round < ROUNDS + WARM_UP; round += 1) {
    const direct = await timeOf(INSTANT.stream({ ...LARGE, model: 'free' }, signal));
    const routed = await timeOf(router.stream(targets, LARGE, signal));
    if (round >= WARM_UP) all.push(routed - direct);
    // As in a hub: other work has its turn between calls.
    await setImmediate();
  }
  return all;
}

async function timeOf(events: AsyncIterable<{ readonly kind: string }>): Promise<number> {
  const began = performance.now();
  let end = '';
  for await (const event of events) end = event.kind;
  if (end !== 'done') throw new Error(`a healthy call ended as ${end}`);
  return performance.now() - began;
}

function targetOf(name: string, price: Price): Target {
  return {
    name,
    provider: INSTANT,
    model: name,
    can: { tools: true, sees: true },
    windowTokens: 200_000,
    maxOutputTokens: 4_000,
    region: 'eu',
    retention: 'none',
    price,
    quality: 0.5,
  };
}
