import { createServer } from 'node:net';
import type { Protocol } from '../../sandbox/llm/ask.ts';
import { openLlmStandIn, type LlmStandIn } from '../../sandbox/llm/index.ts';
import { openLocalBreakers } from '../../src/llm/local-breakers.ts';
import { openProvider } from '../../src/llm/open.ts';
import { FREE } from '../../src/llm/price.ts';
import type { RouteRequest, RouterEvent } from '../../src/llm/route-request.ts';
import { openRouter } from '../../src/llm/router.ts';
import type { Target } from '../../src/llm/target.ts';
import type { Scenario } from './scenarios.ts';

const DEADLINES = { firstTokenMs: 1500, idleMs: 1000, totalMs: 8000 };

const WORDS = 'one two three four five six seven eight nine ten eleven twelve, said the ';
const FAULTS = 1_000;

export const REQUEST: RouteRequest = {
  system: 'Be short.',
  messages: [{ role: 'user', text: 'Count to twelve.' }],
  maxOutputTokens: 500,
  safetyId: 'somebody',
};

/** What is wrong with how a scenario ended; undefined: nothing. */
export async function play(protocol: Protocol, scenario: Scenario): Promise<string | undefined> {
  await using first = await openLlmStandIn({ script: `${WORDS}first` });
  await using second = await openLlmStandIn({ script: `${WORDS}second` });
  const { fault } = scenario;
  if (fault !== 'refused') first.faults.plan({ times: FAULTS, ...fault });
  const targets = [
    await targetOf('first', { protocol, standIn: first, ...(fault === 'refused' && { port: await closedPort() }) }),
    await targetOf('second', { protocol, standIn: second }),
  ];
  const router = openRouter({ breakers: openLocalBreakers(), totalMs: DEADLINES.totalMs });
  const began = performance.now();
  const events: RouterEvent[] = [];
  for await (const event of router.stream(targets, REQUEST, new AbortController().signal)) events.push(event);
  const tookMs = performance.now() - began;
  return verdict(scenario, events, { asked: first.asks.length, askedSecond: second.asks.length, tookMs });
}

type Seen = { readonly asked: number; readonly askedSecond: number; readonly tookMs: number };

function verdict(scenario: Scenario, events: readonly RouterEvent[], seen: Seen): string | undefined {
  const { asked, waitMs = 0 } = scenario;
  const ended = events.filter(({ kind }) => kind === 'done' || kind === 'failed').length;
  const { tookMs } = seen;
  const wrong = [
    ended !== 1 && `it ended ${ended} times`,
    seen.asked !== asked && `the first target was asked ${seen.asked} times, not ${asked}`,
    tookMs < waitMs && `it did not wait ${waitMs} ms`,
    tookMs > DEADLINES.totalMs + 500 && `it took ${Math.round(tookMs)} ms`,
    ...(scenario.ends === 'policy' ? refusal(events, seen) : answer(scenario, events)),
  ];
  return wrong.find((one) => one !== false);
}

type Wrong = readonly (string | false)[];

function refusal(events: readonly RouterEvent[], { askedSecond }: Seen): Wrong {
  const end = events.at(-1);
  const right = end?.kind === 'failed' && end.fault === 'policy';
  return [
    !right && `it ended as ${JSON.stringify(end)}`,
    askedSecond > 0 && 'another target was asked for what the first one declined',
  ];
}

function answer({ ends, spoke }: Scenario, events: readonly RouterEvent[]): Wrong {
  const end = events.at(-1);
  const whole = end?.kind === 'done' && end.reason === 'stop';
  const last = events.findLastIndex(({ kind }) => kind === 'reset');
  const text = textOf(events.slice(last + 1));
  return [
    text !== `${WORDS}${ends}` && `the answer is “${text}”`,
    !whole && `it ended as ${JSON.stringify(end)}`,
    last >= 0 !== (spoke === true) && 'what was seen and what was taken back are not the same',
  ];
}

const textOf = (events: readonly RouterEvent[]): string =>
  events.map((event) => (event.kind === 'text' ? event.text : '')).join('');

/** @param at `port`: where nobody listens, in place of the stand-in's. */
async function targetOf(
  name: 'first' | 'second',
  { protocol, standIn, port }: { protocol: Protocol; standIn: LlmStandIn; port?: number },
): Promise<Target> {
  const url = new URL(standIn.baseUrl(protocol));
  if (port !== undefined) url.port = String(port);
  const baseUrl = url.href.replace(/\/$/, '');
  const provider = await openProvider({ protocol, baseUrl, apiKey: standIn.apiKey, deadlines: DEADLINES, name });
  return {
    name,
    provider,
    model: `${name}-model`,
    can: { tools: true, sees: true },
    windowTokens: name === 'first' ? 8_000 : 200_000,
    maxOutputTokens: 4_000,
    region: 'eu',
    retention: 'none',
    price: FREE,
    quality: 0.5,
  };
}

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => void server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => void server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
