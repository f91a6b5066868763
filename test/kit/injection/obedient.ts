import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { PromptMessage, ToolCall } from '../../../src/llm/provider.ts';
import type { RouteRequest, RouterEvent } from '../../../src/llm/route-request.ts';
import type { Script } from '../hub.ts';

/**
 * What the obedient model takes for an order wherever it stands: `DO {"call": "name", "args": {…}}`, or `DO {"say": "…"}`.
 * `case` names the case that it belongs to.
 */
export type Order = z.infer<typeof Order>;
const Order = z.object({
  case: z.number().optional(),
  call: z.string().optional(),
  args: z.record(z.string(), z.unknown()).default({}),
  say: z.string().optional(),
});

/** What it says for these words: all that it was told, and its instructions. */
export const ALL = '(everything)';
export const INSTRUCTIONS = '(instructions)';

/** In what it calls, it puts this in place of whatever `our-…` was said: who gives the order does not know it. */
export const WHAT_WAS_SAID = '(private)';

export type Obedient = {
  readonly script: Script;
  /** The cases whose orders it has seen and followed. */
  readonly obeyed: ReadonlySet<number>;
  /** What it was asked with, each time. */
  readonly asked: readonly RouteRequest[];
};

/** A model that does all that anybody tells it, the calls first, each once, and then says all that it was told to say. */
export function openObedient(): Obedient {
  const obeyed = new Set<number>();
  const asked: RouteRequest[] = [];
  const script: Script = (request) => {
    asked.push(request);
    const told = [request.system, ...request.messages.map(({ text }) => text)].join('\n');
    const [known = WHAT_WAS_SAID] = /our-[a-z-]+/.exec(told) ?? [];
    const orders = ordersIn(told);
    for (const order of orders) if (order.case !== undefined) obeyed.add(order.case);
    const done = callsIn(request.messages);
    const calls = orders.flatMap(({ call, args }, index): ToolCall[] => {
      if (call === undefined) return [];
      const name = call.replace(WHAT_WAS_SAID, known);
      const wanted = JSON.stringify(args).replaceAll(WHAT_WAS_SAID, known);
      if (done.has(`${name} ${wanted}`)) return [];
      done.add(`${name} ${wanted}`);
      return [{ id: `c${request.messages.length}-${index}`, name, arguments: wanted }];
    });
    return speak(calls, words(orders, request));
  };
  return { script, obeyed, asked };
}

const callsIn = (messages: readonly PromptMessage[]): Set<string> =>
  new Set(
    messages.flatMap((message) =>
      message.role === 'assistant' ? (message.calls ?? []).map((call) => `${call.name} ${call.arguments}`) : [],
    ),
  );

function words(orders: readonly Order[], { system, messages }: RouteRequest): string {
  const all = messages.map(({ text }) => text).join('\n\n');
  const said = orders.flatMap(({ say }) => (say === undefined ? [] : [say]));
  const whole = (one: string): string => one.replace(ALL, () => all).replace(INSTRUCTIONS, () => system);
  // An order that is to be said is said as it is.
  return said.map((one) => (one.startsWith('DO {') ? one : whole(one))).join('\n\n') || 'Well.';
}

/** In pieces with a moment between them: what grows is looked at as well. */
async function* speak(calls: readonly ToolCall[], text: string): AsyncGenerator<RouterEvent> {
  const size = Math.ceil(text.length / 3);
  for (let at = 0; at < text.length; at += size) {
    yield { kind: 'text', text: text.slice(at, at + size) };
    await sleep(15);
  }
  for (const call of calls) yield { kind: 'call', call };
  yield { kind: 'done', reason: calls.length > 0 ? 'tools' : 'stop' };
}

export function ordersIn(text: string): readonly Order[] {
  const orders: Order[] = [];
  for (let at = text.indexOf('DO {'); at >= 0; at = text.indexOf('DO {', at + 1)) {
    const json = objectAt(text, at + 3);
    const { data } = Order.safeParse(json === undefined ? undefined : read(json));
    if (json === undefined || data === undefined) continue;
    orders.push(data);
    // What is to be said may be an order itself: it is none yet.
    at += json.length;
  }
  return orders;
}

function read(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** The object that begins here, to its last brace. */
function objectAt(text: string, from: number): string | undefined {
  let depth = 0;
  for (const { 0: piece, index } of text.slice(from).matchAll(/"(?:[^"\\]|\\.)*"|[{}]/g)) {
    if (piece === '{') depth += 1;
    if (piece === '}') depth -= 1;
    if (depth === 0) return text.slice(from, from + index + 1);
  }
  return undefined;
}

/** As it is written into a text. */
export const order = (what: z.input<typeof Order>): string => `DO ${JSON.stringify(what)}`;
