import { createHash } from 'node:crypto';
import { z } from 'zod';

/** One request for vectors, as the server understood it. */
export type EmbeddingAsk = { readonly model: string; readonly texts: readonly string[]; readonly dimensions: number };

const text = z.string().min(1);
const Body = z.object({
  model: z.string().min(1),
  input: z.union([text.transform((one) => [one]), z.array(text).min(1).max(2_048)]),
  dimensions: z.int().min(1).max(3_072).optional(),
  encoding_format: z.enum(['float', 'base64']).default('float'),
});

/** As long as the vectors of the small model when nobody says otherwise. */
const USUAL = 1_536;

/** @throws ZodError or SyntaxError for what the real server would refuse with 400. */
export function readEmbeddingAsk(body: string): EmbeddingAsk & { readonly format: 'float' | 'base64' } {
  const json: unknown = JSON.parse(body);
  const { model, input, dimensions = USUAL, encoding_format: format } = Body.parse(json);
  return { model, texts: input, dimensions, format };
}

/** The answer's body; words that mean the same (see `meanings`) count as one. */
export function embeddingAnswer(
  { model, texts, dimensions, format }: ReturnType<typeof readEmbeddingAsk>,
  meanings: ReadonlyMap<string, string>,
): object {
  const tokens = texts.reduce((sum, one) => sum + Math.ceil(one.length / 4), 0);
  const data = texts.map((one, index) => {
    const vector = vectorOf(one, dimensions, meanings);
    const embedding = format === 'float' ? vector : Buffer.from(new Float32Array(vector).buffer).toString('base64');
    return { object: 'embedding', index, embedding };
  });
  return { object: 'list', model, data, usage: { prompt_tokens: tokens, total_tokens: tokens } };
}

/** The sum of its words' directions, of length 1: texts that share words are near each other. */
function vectorOf(text: string, dimensions: number, meanings: ReadonlyMap<string, string>): number[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [text];
  const sum = Array.from({ length: dimensions }, () => 0);
  for (const word of words) {
    const direction = directionOf(meanings.get(word) ?? word, dimensions);
    for (const [index, part] of direction.entries()) sum[index] = (sum[index] ?? 0) + part;
  }
  const length = Math.hypot(...sum) || 1;
  return sum.map((part) => part / length);
}

/** Numbers between -1 and 1 that a word always has, and hardly another one. */
function directionOf(word: string, dimensions: number): readonly number[] {
  const bytes = createHash('shake256', { outputLength: dimensions * 2 })
    .update(word)
    .digest();
  return Array.from({ length: dimensions }, (_, index) => bytes.readInt16LE(index * 2) / 32_768);
}
