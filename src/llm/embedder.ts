import { embeddingPriceOf, type Price } from './price.ts';
import type { Embed } from './provider.ts';
import type { Target } from './target.ts';

/** What tells what texts mean, with what has to be known before it is asked. */
export type Embedder = Embed &
  Pick<Target, 'name' | 'region' | 'retention'> & {
    /** The server, for records. */
    readonly provider: string;
    readonly price: Price;
  };

/**
 * The first that can, at a price that is known: the catalogue's, or else what the organization has set for the target. That is of
 * its dearer model, so never too little.
 */
export function embedderOf(targets: readonly Target[]): Embedder | undefined {
  for (const { provider, price: given, name, region, retention } of targets) {
    const { embed } = provider;
    const set = given?.kind === 'set' ? given : undefined;
    const price = embed && (embeddingPriceOf(provider.name, embed.model) ?? set);
    if (embed && price) return { ...embed, name, region, retention, provider: provider.name, price };
  }
  return undefined;
}
