import { randomUUID } from 'node:crypto';
import { openLedger } from '../kit/ledger.ts';
import type { Ledger } from '../kit/ledger.ts';
import { openServer } from '../kit/server.ts';
import type { Script } from './answer.ts';
import type { Ask, Protocol } from './ask.ts';
import type { EmbeddingAsk } from './embeddings.ts';
import { openLlmFaults } from './faults.ts';
import type { LlmFaults } from './faults.ts';
import type { Recording } from './recordings.ts';
import { serve } from './serve.ts';
import type { World } from './serve.ts';

export type LlmStandInOptions = {
  readonly script?: Script;
  /** Default 0: at once. */
  readonly tokensPerSecond?: number;
  readonly chunkBytes?: number;
  /** Default 0: any free port. */
  readonly port?: number;
};

/** A model server as far as a client can tell, on 127.0.0.1, in three protocols. */
export type LlmStandIn = {
  readonly url: string;
  /** What every request must carry. */
  readonly apiKey: string;
  /** The protocol's base URL, as a client of it is configured. */
  readonly baseUrl: (protocol: Protocol) => string;
  /** Environment variables that connect a hub to it, by OpenAI's protocol. */
  readonly environment: Readonly<Record<string, string>>;
  readonly ledger: Ledger;
  readonly faults: LlmFaults;
  /** Every request that was understood, oldest first. */
  readonly asks: readonly Ask[];
  /** Every recording that was written down, oldest first. */
  readonly recordings: readonly Recording[];
  /** Every request for vectors that was understood, oldest first. */
  readonly embeddingAsks: readonly EmbeddingAsk[];
  /** Words that from now on mean the same as another one, as `car` → `automobile`. */
  readonly mean: (meanings: Readonly<Record<string, string>>) => void;
  /** What is said in recordings from now on. */
  readonly speak: (words: string) => void;
  /** Answers from now on; undefined: the helpful default. */
  readonly script: (script: Script | undefined) => void;
  /** Requests whose connection is still open. */
  readonly open: () => number;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

export async function openLlmStandIn(options: LlmStandInOptions = {}): Promise<LlmStandIn> {
  const world: World = {
    apiKey: `sk-standin-${randomUUID()}`,
    ledger: openLedger(),
    faults: openLlmFaults(),
    asks: [],
    recordings: [],
    embeddingAsks: [],
    meanings: new Map(),
    spoken: 'Hello, this is a recording.',
    pace: { tokensPerSecond: options.tokensPerSecond ?? 0, chunkBytes: options.chunkBytes },
    script: options.script,
    open: 0,
  };
  const server = await openServer(options.port);
  const { url } = server;
  server.serve((request, response) => {
    world.open += 1;
    response.once('close', () => (world.open -= 1));
    response.on('error', () => undefined);
    return serve(world, request, response);
  });
  return {
    url,
    apiKey: world.apiKey,
    baseUrl: (protocol) => (protocol === 'anthropic' ? url : `${url}/v1`),
    environment: { OPENAI_API_KEY: world.apiKey, OPENAI_BASE_URL: `${url}/v1` },
    ledger: world.ledger,
    faults: world.faults,
    asks: world.asks,
    recordings: world.recordings,
    embeddingAsks: world.embeddingAsks,
    mean: (meanings) => void (world.meanings = new Map(Object.entries(meanings))),
    speak: (words) => void (world.spoken = words),
    script: (script) => void (world.script = script),
    open: () => world.open,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
