import { inOrganization, type Database } from '../db/database.ts';
import { digestOf, readBits } from '../db/embeddings.ts';
import type { Store } from '../db/store.ts';
import { countCalls, type Bill } from '../db/usage.ts';
import type { Embedder } from '../llm/embedder.ts';
import { costOf, worstCostOf } from '../llm/price.ts';
import { MOST_TEXTS, type Embedded, type ModelFault } from '../llm/provider.ts';
import type { Spot } from '../model/budget.ts';
import type { OrganizationId } from '../model/ids.ts';
import { reserve } from './reserve.ts';

export type Embedding = {
  readonly db: Database;
  readonly store: Pick<Store, 'budgets' | 'reserve' | 'settleHold'>;
  readonly organization: OrganizationId;
  readonly embedder: Embedder;
  /** Whose budgets it counts against. */
  readonly spot: Spot;
};

/** What is known of texts, by digest; and why not more, where it is not of all. */
export type Told = {
  readonly bits: ReadonlyMap<string, string>;
  /** `budget`: one is used up. */
  readonly fault?: ModelFault | 'budget';
};

/**
 * What texts mean, each asked for once: what this organization knows already is not paid for again. Counted under the budgets of the
 * place. Nothing is kept here.
 * @throws Failure `unavailable` when the database cannot serve.
 */
export async function embed(embedding: Embedding, texts: readonly string[], signal: AbortSignal): Promise<Told> {
  const { db, organization, embedder } = embedding;
  const byDigest = new Map(texts.map((text) => [digestOf(embedder.model, text), text]));
  const bits = new Map(await inOrganization(db, organization, (tx) => readBits(tx, [...byDigest.keys()])));
  const missing = [...byDigest].filter(([digest]) => !bits.has(digest));
  for (let start = 0; start < missing.length; start += MOST_TEXTS) {
    const told = await ask(embedding, missing.slice(start, start + MOST_TEXTS), signal);
    for (const [digest, signs] of told.bits) bits.set(digest, signs);
    if (told.fault !== undefined && !OF_A_TEXT.has(told.fault)) return { bits, fault: told.fault };
  }
  return { bits };
}

/** What one text may cause, and then all that are asked with it are refused. */
const OF_A_TEXT: ReadonlySet<string> = new Set<ModelFault>(['bad-request', 'context', 'policy', 'garbage']);

type Wanted = readonly (readonly [digest: string, text: string])[];

/** Where a text is refused, the others are asked for without it. */
async function ask(embedding: Embedding, wanted: Wanted, signal: AbortSignal): Promise<Told> {
  const told = await askOnce(embedding, wanted, signal);
  if (told.fault === undefined || !OF_A_TEXT.has(told.fault) || wanted.length === 1) return told;
  const middle = Math.ceil(wanted.length / 2);
  const first = await ask(embedding, wanted.slice(0, middle), signal);
  // Not even one of a half is taken: it is the server.
  if (first.bits.size === 0 && wanted.length > 2) return { ...first, fault: 'server' };
  const second = await ask(embedding, wanted.slice(middle), signal);
  const fault = second.fault ?? first.fault;
  return { bits: new Map([...first.bits, ...second.bits]), ...(fault && { fault }) };
}

async function askOnce(embedding: Embedding, wanted: Wanted, signal: AbortSignal): Promise<Told> {
  const { store, organization, embedder, spot } = embedding;
  const texts = wanted.map(([, text]) => text);
  // No model makes more tokens of a text than it has bytes.
  const inputTokens = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  const dollars = worstCostOf(embedder.price, { inputTokens, outputTokens: 0 }) ?? 0;
  const paid = await reserve(store, organization, { spot, dollars });
  if (paid === undefined) return { bits: new Map(), fault: 'budget' };
  const told = await embedder.bitsOf(texts, signal);
  await count(embedding, told, paid.hold);
  if (told.kind === 'failed') return { bits: new Map(), fault: told.fault };
  return { bits: new Map(wanted.map(([digest], index) => [digest, told.bits[index] ?? ''])) };
}

/** Faults after which a server may have done the work: what was held counts as spent. */
const MAY_COST: ReadonlySet<ModelFault> = new Set(['stall', 'garbage', 'aborted']);

function count(
  { db, organization, embedder, spot }: Embedding,
  told: Embedded,
  hold: string | undefined,
): Promise<void> {
  const usage = told.kind === 'bits' ? (told.usage ?? null) : null;
  const cost = usage === null ? null : (costOf(embedder.price, usage) ?? null);
  const isFree = told.kind === 'failed' && !MAY_COST.has(told.fault);
  const bill: Bill = { ...spot, hold, dollars: isFree ? 0 : cost };
  const { provider, model } = embedder;
  const state = told.kind === 'bits' ? 'done' : 'failed';
  const step = { state, provider, model, usage, cost, bill } as const;
  return inOrganization(db, organization, (tx) => countCalls(tx, [{ steps: [step], answered: false }]));
}
