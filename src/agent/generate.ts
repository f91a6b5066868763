import { createHash } from 'node:crypto';
import type { StepEnd } from '../db/turns.ts';
import { costOf } from '../llm/prices.ts';
import type { Carried, ModelFault, PromptMessage, ToolCall, ToolSpec, Usage } from '../llm/provider.ts';
import type { Route, RouteEvent } from '../llm/route.ts';
import type { Agent } from './agent.ts';

/** What the model is asked. */
export type Prompt = {
  readonly system: string;
  readonly messages: readonly PromptMessage[];
  readonly tools: readonly ToolSpec[];
  readonly askedBy: string;
};

/** How a generation ended. It never throws. */
export type Generated = {
  readonly step: StepEnd;
  readonly text: string;
  /** What it wants to have done before it answers. */
  readonly calls: readonly ToolCall[];
  readonly carried: Carried | undefined;
  readonly fault: ModelFault | undefined;
  readonly retryInMs: number | undefined;
};

/** A model's failure on its way to the record, with the journaled step that it ends. */
export class ModelFailed extends Error {
  override readonly name = 'ModelFailed';
  readonly generated: Generated;

  constructor(generated: Generated) {
    super(generated.step.error ?? 'the model failed');
    this.generated = generated;
  }
}

/** Tokens of one answer at most. */
const MOST_OUTPUT_TOKENS = 16_384;

/** Characters of one answer: a model that repeats itself for ever is stopped here. */
const MOST_CHARACTERS = 200_000;

/** A stable name for the journal: the same question to the same prompt has the same hash. */
function hashOf(prompt: Prompt): string {
  const messages = prompt.messages.map((message) =>
    message.role === 'user' && message.images !== undefined
      ? { ...message, images: message.images.map(({ digest }) => digest) }
      : message,
  );
  return createHash('sha256')
    .update(JSON.stringify([prompt.system, messages, prompt.tools.map(({ name }) => name)]))
    .digest('hex')
    .slice(0, 32);
}

type End = {
  readonly fault: ModelFault | undefined;
  readonly message: string | null;
  readonly retryInMs: number | undefined;
};

const WHOLE: End = { fault: undefined, message: null, retryInMs: undefined };
const REACHED_LIMIT: End = { fault: undefined, message: 'the longest answer was reached', retryInMs: undefined };
const LIMIT_NOTE = '*(The answer ends here: it reached the longest that is allowed.)*';

const SAID_NOTHING: End = { fault: 'garbage', message: 'the model said nothing', retryInMs: undefined };

/**
 * Asks the model and tells `show` the text so far, each time it changes; a text that begins anew is shown from its start.
 * @param seq the journaled step that this is the outcome of.
 */
export async function generate(
  agent: Agent,
  prompt: Prompt,
  options: { seq: number; signal: AbortSignal; show: (text: string) => void },
): Promise<Generated> {
  const { route, model, metrics } = agent;
  const { text, calls, carried, usage, end } = await listen(route, prompt, options);
  const cost = usage === undefined ? null : (costOf(model.provider, model.name, usage) ?? null);
  count(metrics, model.provider, { usage, cost, outcome: end.fault ?? 'done' });
  const state = end.fault === undefined ? 'done' : 'failed';
  const step: StepEnd = {
    seq: options.seq,
    inputHash: hashOf(prompt),
    state,
    route: null,
    usage: usage ?? null,
    cost,
    error: end.message,
  };
  // What was called before a failure is void.
  return {
    step,
    text,
    calls: end.fault === undefined ? calls : [],
    carried,
    fault: end.fault,
    retryInMs: end.retryInMs,
  };
}

type Heard = {
  readonly text: string;
  readonly calls: readonly ToolCall[];
  readonly carried: Carried | undefined;
  readonly usage: Usage | undefined;
  readonly end: End;
};

async function listen(
  route: Route,
  prompt: Prompt,
  options: { signal: AbortSignal; show: (text: string) => void },
): Promise<Heard> {
  const tooLong = new AbortController();
  const request = {
    system: prompt.system,
    messages: prompt.messages,
    tools: prompt.tools,
    maxOutputTokens: MOST_OUTPUT_TOKENS,
    safetyId: pseudonym(prompt.askedBy),
  };
  let heard: Heard = { ...VOID, usage: undefined, end: SAID_NOTHING };
  for await (const event of route.stream(request, AbortSignal.any([options.signal, tooLong.signal]))) {
    heard = after(heard, event);
    if (event.kind === 'text' || event.kind === 'reset') options.show(heard.text);
    if (heard.text.length > MOST_CHARACTERS) tooLong.abort();
  }
  const end = tooLong.signal.aborted ? REACHED_LIMIT : heard.end;
  // Said openly, because a text that ends early looks like an answer.
  return { ...heard, end, text: end === REACHED_LIMIT ? `${heard.text}\n\n${LIMIT_NOTE}` : heard.text };
}

function after(heard: Heard, event: RouteEvent): Heard {
  switch (event.kind) {
    case 'text':
      return { ...heard, text: heard.text + event.text };
    case 'call':
      return { ...heard, calls: [...heard.calls, event.call] };
    case 'carried':
      return { ...heard, carried: event.carried };
    case 'usage':
      return { ...heard, usage: add(heard.usage, event.usage) };
    case 'reset':
      return { ...heard, ...VOID };
    case 'done':
      return { ...heard, end: event.reason === 'length' ? REACHED_LIMIT : WHOLE };
    case 'failed':
      return { ...heard, end: event };
    default:
      return heard;
  }
}

/** After an attempt that failed. */
const VOID: Pick<Heard, 'text' | 'calls' | 'carried'> = { text: '', calls: [], carried: undefined };

/** Every attempt has to be paid, also one that was started over. */
function add(one: Usage | undefined, other: Usage): Usage {
  if (one === undefined) return other;
  return {
    inputTokens: one.inputTokens + other.inputTokens,
    cachedInputTokens: one.cachedInputTokens + other.cachedInputTokens,
    cacheWriteTokens: one.cacheWriteTokens + other.cacheWriteTokens,
    outputTokens: one.outputTokens + other.outputTokens,
    reasoningTokens: one.reasoningTokens + other.reasoningTokens,
  };
}

function count(
  metrics: Agent['metrics'],
  provider: string,
  call: { usage: Usage | undefined; cost: number | null; outcome: string },
): void {
  metrics.modelCalls.inc({ provider, outcome: call.outcome });
  if (call.usage !== undefined) {
    const { inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens } = call.usage;
    metrics.modelTokens.inc({ provider, direction: 'in' }, inputTokens + cachedInputTokens + cacheWriteTokens);
    metrics.modelTokens.inc({ provider, direction: 'out' }, outputTokens);
  }
  if (call.cost !== null) metrics.modelCost.inc({ provider }, call.cost);
}

function pseudonym(person: string): string {
  return createHash('sha256').update(`switchboard/${person}`).digest('hex').slice(0, 32);
}
