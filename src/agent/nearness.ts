import { inOrganization, type Database } from '../db/database.ts';
import { digestOf, dropOldBits, saveBits } from '../db/embeddings.ts';
import {
  isAnywhereOn,
  placesToEmbed,
  savePassages,
  textsToEmbed,
  type Passage,
  type Unembedded,
} from '../db/passages.ts';
import { openPolicies } from '../db/policies.ts';
import type { MeaningOf } from '../db/recall-more.ts';
import type { SearchPlace } from '../db/search.ts';
import type { Embedder } from '../llm/embedder.ts';
import { toFailure } from '../model/failure.ts';
import type { OrganizationId } from '../model/ids.ts';
import type { Log } from '../observe/log.ts';
import type { Agent } from './agent.ts';
import { embed, type Embedding } from './embed.ts';
import { mayEmbed } from './may-embed.ts';
import { passagesOf } from './passages.ts';

export type NearnessOptions = Pick<Agent, 'routeOf'> & Pick<Embedding, 'db' | 'store'> & { readonly log: Log };

/** What is found by its meaning, where an organization's policy and models have that. */
export type Nearness = {
  readonly meaningOf: MeaningOf;
  /**
   * Has it looked up what was said and read of late means, in all channels that want that.
   * @returns how many texts that were.
   * @throws Failure `unavailable` when the database cannot serve.
   */
  readonly catchUp: (organization: OrganizationId, signal: AbortSignal) => Promise<number>;
};

/** Milliseconds that somebody who looks for something waits for its meaning: words are looked for without. */
const WITHIN_MS = 4_000;

/** Times that texts of one channel are read in one run. */
const MOST_ROUNDS = 20;

export function openNearness(options: NearnessOptions): Nearness {
  const policies = openPolicies(options.db);
  const embedderAt = async (organization: OrganizationId, place: SearchPlace): Promise<Embedder | undefined> => {
    const { embed: embedder } = await options.routeOf(organization);
    if (embedder === undefined) return undefined;
    const book = await policies(organization);
    return mayEmbed(book(place.app, place), embedder) ? embedder : undefined;
  };
  return {
    async meaningOf(organization, place, words) {
      try {
        const embedder = await embedderAt(organization, place);
        return embedder && (await meaning({ ...options, organization, embedder, spot: spotOf(place) }, words));
      } catch (thrown) {
        options.log.warn({ reason: toFailure(thrown, 'unavailable').message }, 'what is looked for is not understood');
        return undefined;
      }
    },
    async catchUp(organization, signal) {
      const { db } = options;
      await inOrganization(db, organization, dropOldBits);
      const places = await wantingPlaces(options, organization);
      let count = 0;
      for (const place of places) {
        const embedder = signal.aborted ? undefined : await embedderAt(organization, place);
        if (embedder === undefined) continue;
        count += await catchUpIn({ ...options, organization, embedder, spot: spotOf(place) }, place, signal);
      }
      return count;
    },
  };
}

const spotOf = ({ app, install, channel }: SearchPlace): Embedding['spot'] => ({ app, install, channel, person: '' });

type Work = Embedding & { readonly log: Log };

async function meaning(work: Work, words: string): ReturnType<MeaningOf> {
  const { db, organization, embedder, log } = work;
  const { model } = embedder;
  const { bits, fault } = await embed(work, [words], AbortSignal.timeout(WITHIN_MS));
  const digest = digestOf(model, words);
  const found = bits.get(digest);
  if (found === undefined) {
    log.info({ fault }, 'what is looked for is looked for by its words alone');
    return undefined;
  }
  await inOrganization(db, organization, (tx) => saveBits(tx, model, [{ digest, bits: found }]));
  return { model, bits: found };
}

/** Where something is to be done; whoever has it switched off everywhere is asked nothing more. */
async function wantingPlaces(
  { db, routeOf }: { readonly db: Database } & Pick<Agent, 'routeOf'>,
  organization: OrganizationId,
): Promise<readonly SearchPlace[]> {
  const { embed: embedder } = await routeOf(organization);
  if (embedder === undefined) return [];
  return inOrganization(db, organization, async (tx) =>
    (await isAnywhereOn(tx)) ? placesToEmbed(tx, embedder.model) : [],
  );
}

async function catchUpIn(work: Work, place: SearchPlace, signal: AbortSignal): Promise<number> {
  const { db, organization, embedder, log } = work;
  let count = 0;
  for (let round = 0; round < MOST_ROUNDS && !signal.aborted; round += 1) {
    const texts = await inOrganization(db, organization, (tx) => textsToEmbed(tx, embedder.model, place));
    if (texts.length === 0) break;
    const { saved, fault } = await embedTexts(work, texts, signal);
    count += saved;
    if (fault !== undefined) log.info({ channel: place.channel, fault }, 'not all texts were embedded');
    if (fault !== undefined || saved === 0) break;
  }
  return count;
}

async function embedTexts(
  work: Work,
  texts: readonly Unembedded[],
  signal: AbortSignal,
): Promise<{ readonly saved: number; readonly fault?: string }> {
  const { db, organization, embedder } = work;
  const { model } = embedder;
  const parts = texts.map((text) => ({ text, parts: passagesOf(text.text) }));
  const all = parts.flatMap((one) => one.parts.map(({ text }) => text));
  const { bits, fault } = await embed(work, all, signal);
  // What was not asked for stays for the next time; what was refused does not come again, unless all was.
  const isAnswered = (one: (typeof parts)[number]): boolean =>
    one.parts.every(({ text }) => bits.has(digestOf(model, text)));
  const done = fault === undefined && bits.size > 0 ? parts : parts.filter(isAnswered);
  const passages = done.flatMap(({ text: { kind, source, hash }, parts: of }) =>
    of.map(({ start, length, text }, part): Passage => {
      const digest = digestOf(model, text);
      return { kind, source, hash, part, digest, start, length, bits: bits.get(digest) };
    }),
  );
  await inOrganization(db, organization, (tx) => savePassages(tx, model, passages));
  return { saved: done.length, ...(fault && { fault }) };
}
