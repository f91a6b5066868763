import { createHash } from 'node:crypto';
import type { StepEnd } from '../db/turns.ts';
import type { Carried, ModelFault, PromptMessage, ToolCall, ToolSpec } from '../llm/provider.ts';
import type { RouteRequest } from '../llm/route-request.ts';
import type { Route } from '../llm/route.ts';
import type { Agent } from './agent.ts';
import { listen, type Attempt, type Heard } from './listen.ts';

/** What the model is asked. */
export type Prompt = {
  readonly system: string;
  readonly messages: readonly PromptMessage[];
  readonly tools: readonly ToolSpec[];
  readonly askedBy: string;
  /** Of the model that answers. */
  readonly wants: Pick<RouteRequest, 'needs' | 'prefer' | 'task' | 'mostMs' | 'mostDollars'>;
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

/**
 * Asks the model and tells `show` the text so far, each time it changes; a text that begins anew is shown from its start.
 * @param seq the journaled step that this is the outcome of.
 */
export async function generate(
  { metrics }: Agent,
  prompt: Prompt,
  options: { route: Route; seq: number; signal: AbortSignal; show: (text: string) => void },
): Promise<Generated> {
  const heard = await listen(requestOf(prompt), options);
  const { text, calls, carried, end, attempts } = heard;
  count(metrics, heard);
  const last = attempts.at(-1);
  const step: StepEnd = {
    seq: options.seq,
    inputHash: hashOf(prompt),
    state: end.fault === undefined ? 'done' : 'failed',
    provider: last?.provider ?? '',
    model: last?.model ?? '',
    route: attempts,
    usage: heard.usage ?? null,
    cost: costOf(attempts),
    error: end.message,
  };
  // What was called before a failure is void.
  const { fault, retryInMs } = end;
  return { step, text, calls: fault === undefined ? calls : [], carried, fault, retryInMs };
}

/** As it is sent. */
export function requestOf({ askedBy, wants, ...asked }: Prompt): RouteRequest {
  return { ...asked, ...wants, maxOutputTokens: MOST_OUTPUT_TOKENS, safetyId: pseudonym(askedBy) };
}

/** Of all attempts, in US dollars; null where one of them cannot be told. */
function costOf(attempts: readonly Attempt[]): number | null {
  const costs = attempts.flatMap(({ usage, cost }) => (usage === undefined ? [] : [cost]));
  if (costs.length === 0) return null;
  return costs.reduce<number | null>((sum, cost) => (sum === null || cost === null ? null : sum + cost), 0);
}

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

function count(metrics: Agent['metrics'], { attempts, end }: Heard): void {
  for (const [index, { provider, usage, cost, fault }] of attempts.entries()) {
    const isLast = index === attempts.length - 1;
    metrics.modelCalls.inc({ provider, outcome: (isLast ? end.fault : fault) ?? 'done' });
    if (usage !== undefined) {
      const { inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens } = usage;
      metrics.modelTokens.inc({ provider, direction: 'in' }, inputTokens + cachedInputTokens + cacheWriteTokens);
      metrics.modelTokens.inc({ provider, direction: 'out' }, outputTokens);
    }
    if (cost !== null) metrics.modelCost.inc({ provider }, cost);
  }
}

function pseudonym(person: string): string {
  return createHash('sha256').update(`switchboard/${person}`).digest('hex').slice(0, 32);
}
