import type OpenAI from 'openai';
import { z } from 'zod';
import { failed, failedBy } from './errors.ts';
import type { Deadlines, Embed, Embedded } from './provider.ts';
import { SIGNS, signsOf } from './signs.ts';
import { chatUsage } from './usage.ts';

export type EmbeddingSettings = {
  readonly client: OpenAI;
  /** Kept out of every message. */
  readonly secret: string | undefined;
  readonly deadlines: Deadlines;
  readonly model: string;
};

const Answer = z.object({
  data: z.array(z.object({ index: z.int().nonnegative(), embedding: z.array(z.number()).min(1) })),
  usage: z.unknown().optional(),
});

/** Of OpenAI's models, those that know `dimensions`: others refuse it. */
const SHORTENED = /^text-embedding-3-/;

/** OpenAI's embeddings, which other servers (Ollama, vLLM, LocalAI) speak as well. */
export function openAiEmbedding({ client, secret, deadlines, model }: EmbeddingSettings): Embed {
  const dimensions = SHORTENED.test(model) ? { dimensions: SIGNS } : {};
  return {
    model,
    async bitsOf(texts, signal) {
      const late = AbortSignal.timeout(deadlines.firstTokenMs);
      const both = AbortSignal.any([signal, late]);
      try {
        // As numbers: not every server knows the shorter form, for which the SDK would ask.
        const body = { input: [...texts], model, encoding_format: 'float' as const, ...dimensions };
        const answer: unknown = await client.embeddings.create(body, { signal: both });
        return read(answer, texts.length);
      } catch (thrown) {
        if (signal.aborted) return failed('aborted', 'ended while texts were embedded');
        if (late.aborted) return failed('stall', `texts were not embedded within ${deadlines.firstTokenMs} ms`);
        return failedBy(thrown, secret);
      }
    },
  };
}

function read(answer: unknown, count: number): Embedded {
  const { data = [], usage } = Answer.safeParse(answer).data ?? {};
  const byIndex = new Map(data.map(({ index, embedding }) => [index, embedding]));
  const bits = Array.from({ length: count }, (_, index) => byIndex.get(index)).map(
    (vector) => vector && signsOf(vector),
  );
  const whole = bits.filter((signs) => signs !== undefined);
  return whole.length === count
    ? { kind: 'bits', bits: whole, usage: chatUsage(usage) }
    : failed('garbage', 'the server did not send one vector for each text');
}
