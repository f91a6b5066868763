import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Usage } from '../../src/llm/provider.ts';
import { anthropicUsage, chatUsage, responsesUsage } from '../../src/llm/usage.ts';

type Row = readonly [name: string, body: unknown, counts: readonly number[] | undefined];

/** Input, cached, written, output, and the part of the output that was thought. */
const counts = (usage: Usage | undefined): readonly number[] | undefined =>
  usage && [
    usage.inputTokens,
    usage.cachedInputTokens,
    usage.cacheWriteTokens,
    usage.outputTokens,
    usage.reasoningTokens,
  ];

const CHAT: readonly Row[] = [
  [
    'OpenAI',
    {
      prompt_tokens: 2006,
      completion_tokens: 300,
      total_tokens: 2306,
      prompt_tokens_details: { cached_tokens: 1920, audio_tokens: 0 },
      completion_tokens_details: {
        reasoning_tokens: 128,
        audio_tokens: 0,
        accepted_prediction_tokens: 0,
        rejected_prediction_tokens: 0,
      },
    },
    [86, 1920, 0, 300, 128],
  ],
  [
    'OpenAI with written tokens',
    { prompt_tokens: 100, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 40, cache_write_tokens: 50 } },
    [10, 40, 50, 5, 0],
  ],
  [
    'OpenRouter with null details and a cost',
    {
      prompt_tokens: 14,
      completion_tokens: 163,
      total_tokens: 177,
      cost: 0.00012,
      is_byok: false,
      prompt_tokens_details: null,
      completion_tokens_details: null,
      cost_details: { upstream_inference_cost: null },
    },
    [14, 0, 0, 163, 0],
  ],
  [
    'OpenRouter with null counts within',
    {
      prompt_tokens: 10,
      completion_tokens: 7,
      prompt_tokens_details: { cached_tokens: null },
      completion_tokens_details: { reasoning_tokens: null },
    },
    [10, 0, 0, 7, 0],
  ],
  [
    'Groq with times',
    {
      queue_time: 0.04,
      prompt_tokens: 43,
      prompt_time: 0.002,
      completion_tokens: 40,
      total_tokens: 83,
      total_time: 0.1,
    },
    [43, 0, 0, 40, 0],
  ],
  [
    'Azure',
    {
      prompt_tokens: 33,
      completion_tokens: 12,
      total_tokens: 45,
      prompt_tokens_details: { cached_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0 },
    },
    [33, 0, 0, 12, 0],
  ],
  ['Ollama', { prompt_tokens: 26, completion_tokens: 298, total_tokens: 324 }, [26, 0, 0, 298, 0]],
  ['vLLM', { prompt_tokens: 9, total_tokens: 13, completion_tokens: 4, prompt_tokens_details: null }, [9, 0, 0, 4, 0]],
  [
    'DeepSeek',
    {
      prompt_tokens: 100,
      completion_tokens: 50,
      total_tokens: 150,
      prompt_cache_hit_tokens: 64,
      prompt_cache_miss_tokens: 36,
      completion_tokens_details: { reasoning_tokens: 20 },
    },
    [36, 64, 0, 50, 20],
  ],
  ['Moonshot', { prompt_tokens: 19, completion_tokens: 13, total_tokens: 32, cached_tokens: 12 }, [7, 12, 0, 13, 0]],
  [
    'xAI, whose thoughts are beside the completion',
    {
      prompt_tokens: 32,
      completion_tokens: 9,
      total_tokens: 135,
      completion_tokens_details: { reasoning_tokens: 94 },
      prompt_tokens_details: { text_tokens: 32, cached_tokens: 6 },
    },
    [26, 6, 0, 103, 94],
  ],
  [
    'LiteLLM before Anthropic',
    {
      prompt_tokens: 500,
      completion_tokens: 8,
      cache_creation_input_tokens: 300,
      cache_read_input_tokens: 150,
      prompt_tokens_details: { cached_tokens: 150 },
    },
    [50, 150, 300, 8, 0],
  ],
  ['more cached than there is', { prompt_tokens: 5, completion_tokens: 1, cached_tokens: 9 }, [0, 5, 0, 1, 0]],
  [
    'more thought than was said',
    { prompt_tokens: 5, completion_tokens: 1, completion_tokens_details: { reasoning_tokens: 4 } },
    [5, 0, 0, 1, 1],
  ],
  ['counts that are none', { prompt_tokens: 'many', completion_tokens: -4 }, undefined],
  ['no usage: null', null, undefined],
  ['no usage: nothing', undefined, undefined],
  ['no usage: an empty object', {}, undefined],
];

const RESPONSES: readonly Row[] = [
  [
    'OpenAI',
    {
      input_tokens: 36,
      input_tokens_details: {
        cached_tokens: 10,
        cache_write_tokens: 6,
        cache_write_tokens_details: { ttl_30m_tokens: 6 },
      },
      output_tokens: 87,
      output_tokens_details: { reasoning_tokens: 64 },
      total_tokens: 123,
    },
    [20, 10, 6, 87, 64],
  ],
  [
    'null details',
    { input_tokens: 3, input_tokens_details: null, output_tokens: 4, output_tokens_details: null },
    [3, 0, 0, 4, 0],
  ],
  ['no usage', null, undefined],
];

const ANTHROPIC: readonly Row[] = [
  [
    'whole',
    {
      input_tokens: 2095,
      cache_creation_input_tokens: 100,
      cache_read_input_tokens: 50,
      cache_creation: { ephemeral_5m_input_tokens: 60, ephemeral_1h_input_tokens: 40 },
      output_tokens: 503,
      output_tokens_details: { thinking_tokens: 200 },
      service_tier: 'standard',
    },
    [2095, 50, 100, 503, 200],
  ],
  [
    'written tokens by age alone',
    { input_tokens: 1, cache_creation: { ephemeral_5m_input_tokens: 7 }, output_tokens: 2 },
    [1, 0, 7, 2, 0],
  ],
  [
    'nulls',
    { input_tokens: 9, cache_read_input_tokens: null, cache_creation_input_tokens: null, output_tokens: 1 },
    [9, 0, 0, 1, 0],
  ],
  ['no usage', undefined, undefined],
];

for (const [protocol, usageOf, rows] of [
  ['openai-chat', chatUsage, CHAT],
  ['openai-responses', responsesUsage, RESPONSES],
  ['anthropic', (body: unknown) => anthropicUsage(body), ANTHROPIC],
] as const) {
  for (const [name, body, expected] of rows) {
    test(`${protocol}: usage of ${name}`, () => assert.deepEqual(counts(usageOf(body)), expected));
  }
}

test('anthropic: a later event repeats some counts and leaves the rest as they were', () => {
  const start = anthropicUsage({ input_tokens: 25, cache_read_input_tokens: 5, output_tokens: 1 });
  const end = anthropicUsage({ input_tokens: null, cache_read_input_tokens: null, output_tokens: 15 }, start);
  assert.deepEqual(counts(end), [25, 5, 0, 15, 0]);
  assert.deepEqual(counts(anthropicUsage(undefined, end)), [25, 5, 0, 15, 0]);
});
