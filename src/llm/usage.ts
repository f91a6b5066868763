import { z } from 'zod';
import type { Usage } from './provider.ts';

const Fields = z.record(z.string(), z.unknown());
/** A count that is missing, null or no count is not known: it must not make an answer fail. */
const Count = z.number().nonnegative();

/** The first of these fields that holds a count; a dot goes into an object. */
function first(body: unknown, ...paths: readonly string[]): number | undefined {
  for (const path of paths) {
    const value = path.split('.').reduce((at: unknown, key) => Fields.safeParse(at).data?.[key], body);
    const count = Count.safeParse(value).data;
    if (count !== undefined) return count;
  }
  return undefined;
}

/** Counts as OpenAI means them: cached and written ones are a part of the input, thoughts one of the output. */
type Inclusive = {
  readonly input: number | undefined;
  readonly cached: number | undefined;
  readonly written: number | undefined;
  readonly output: number | undefined;
  readonly reasoning: number | undefined;
};

/** The usage of a Chat Completions body as OpenAI and the servers that speak alike write it; undefined: there is none. */
export function chatUsage(body: unknown): Usage | undefined {
  const input = first(body, 'prompt_tokens');
  const said = first(body, 'completion_tokens');
  const reasoning = first(body, 'completion_tokens_details.reasoning_tokens') ?? 0;
  // xAI and Gemini count thoughts beside the completion: their total then says so.
  const beside = reasoning > 0 && first(body, 'total_tokens') === (input ?? 0) + (said ?? 0) + reasoning;
  return once({
    input,
    // DeepSeek, LiteLLM before Anthropic, and Moonshot have names of their own.
    cached: first(
      body,
      'prompt_tokens_details.cached_tokens',
      'prompt_cache_hit_tokens',
      'cache_read_input_tokens',
      'cached_tokens',
    ),
    written: first(body, 'prompt_tokens_details.cache_write_tokens', 'cache_creation_input_tokens'),
    output: beside ? (said ?? 0) + reasoning : said,
    reasoning,
  });
}

/** The usage of a Responses body; undefined: there is none. */
export function responsesUsage(body: unknown): Usage | undefined {
  return once({
    input: first(body, 'input_tokens'),
    cached: first(body, 'input_tokens_details.cached_tokens'),
    written: first(body, 'input_tokens_details.cache_write_tokens'),
    output: first(body, 'output_tokens'),
    reasoning: first(body, 'output_tokens_details.reasoning_tokens'),
  });
}

/**
 * The usage of a Messages body or event. Its counts exclude each other and are cumulative; a later event repeats only some
 * of them, the rest stand as they were `before`.
 */
export function anthropicUsage(body: unknown, before?: Usage): Usage | undefined {
  const short = first(body, 'cache_creation.ephemeral_5m_input_tokens');
  const long = first(body, 'cache_creation.ephemeral_1h_input_tokens');
  const written = short === undefined && long === undefined ? undefined : (short ?? 0) + (long ?? 0);
  const seen = {
    inputTokens: first(body, 'input_tokens'),
    cachedInputTokens: first(body, 'cache_read_input_tokens'),
    cacheWriteTokens: first(body, 'cache_creation_input_tokens') ?? written,
    outputTokens: first(body, 'output_tokens'),
    reasoningTokens: first(body, 'output_tokens_details.thinking_tokens'),
  };
  const known = Object.entries(seen).filter(([, tokens]) => tokens !== undefined);
  if (known.length === 0) return before;
  const usage: Usage = { ...(before ?? NOTHING), ...Object.fromEntries(known) };
  return { ...usage, reasoningTokens: Math.min(usage.reasoningTokens, usage.outputTokens) };
}

/** Every token in one field, whatever a server claims. */
function once({ input, cached = 0, written = 0, output, reasoning = 0 }: Inclusive): Usage | undefined {
  if (input === undefined && output === undefined) return undefined;
  const all = input ?? 0;
  const cachedInputTokens = Math.min(cached, all);
  const cacheWriteTokens = Math.min(written, all - cachedInputTokens);
  return {
    inputTokens: all - cachedInputTokens - cacheWriteTokens,
    cachedInputTokens,
    cacheWriteTokens,
    outputTokens: output ?? 0,
    reasoningTokens: Math.min(reasoning, output ?? 0),
  };
}

const NOTHING: Usage = {
  inputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
};
