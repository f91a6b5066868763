import type { Target } from '../llm/target.ts';
import { Failure } from '../model/failure.ts';

/** A model's first words. */
export type Tried = { readonly text: string; readonly ms: number };

/**
 * Asks a model for one word: for people who have set it up.
 * @throws Failure `refused` that says how it failed.
 */
export async function tryModel({ name, model, provider, price }: Target, withinMs: number): Promise<Tried> {
  // It would never be asked, and nobody would know why.
  if (price === undefined)
    throw new Failure('refused', `what ${name} costs is not known: set its price, in dollars per million tokens`);
  const startedAt = performance.now();
  let text = '';
  const messages = [{ role: 'user', text: 'Say one word.' }] as const;
  const request = { model, system: '', messages, maxOutputTokens: 1_000, safetyId: undefined };
  for await (const event of provider.stream(request, AbortSignal.timeout(withinMs))) {
    if (event.kind === 'text') text += event.text;
    if (event.kind === 'failed') throw new Failure('refused', `${name} failed (${event.fault}): ${event.message}`);
  }
  return { text: text.trim().slice(0, 200), ms: Math.round(performance.now() - startedAt) };
}
