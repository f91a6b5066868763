import { importJWK } from 'jose';
import { z } from 'zod';
import { Failure } from '../../src/model/failure.ts';
import { call } from '../kit/http.ts';
import { parseJson } from '../../src/model/parse-json.ts';

/** A key with which the Bot Framework signs, and the channels that it may sign for. */
export type SigningKey = {
  readonly key: Exclude<Awaited<ReturnType<typeof importJWK>>, Uint8Array>;
  readonly endorsements: readonly string[];
};

export type Keys = {
  /**
   * The key of this id; undefined when there is none. Unknown ids make it look anew, once a minute at most.
   * @throws Failure `unavailable` when the keys cannot be read.
   */
  readonly find: (id: string) => Promise<SigningKey | undefined>;
};

const metadataAnswer = z.object({ jwks_uri: z.url() });
const jwk = z.looseObject({
  kid: z.string(),
  kty: z.literal('RSA'),
  n: z.string().min(1),
  e: z.string().min(1),
  endorsements: z.array(z.string()).nullish(),
});
const keySet = z.object({ keys: z.array(jwk.or(z.unknown().transform(() => undefined))) });

/** The Bot Framework asks to read them anew after 24 hours at the latest (docs: Authentication, "Connector to Bot"). */
const FRESH_MS = 24 * 3_600_000;
/** Whoever invents key ids must not make us ask more often than this. */
const LOOK_AGAIN_MS = 60_000;
/** Two calls within Teams' 15 seconds, with time left to commit. */
const WITHIN_MS = 4_000;

export function openKeys(metadataUrl: string, now: () => number = Date.now): Keys {
  let known: ReadonlyMap<string, SigningKey> | undefined;
  let readAt = 0;
  let reading: Promise<ReadonlyMap<string, SigningKey>> | undefined;
  const read = async (): Promise<ReadonlyMap<string, SigningKey>> => {
    reading ??= readKeys(metadataUrl).finally(() => {
      reading = undefined;
    });
    const found = await reading;
    known = found;
    readAt = now();
    return found;
  };
  return {
    async find(id) {
      if (known === undefined) return (await read()).get(id);
      const key = known.get(id);
      const age = now() - readAt;
      if (key === undefined) return age < LOOK_AGAIN_MS ? undefined : (await read()).get(id);
      if (age < FRESH_MS) return key;
      // A key that was good yesterday is better than no messages while its host is away.
      return (await read().catch(() => known))?.get(id);
    },
  };
}

async function readKeys(metadataUrl: string): Promise<ReadonlyMap<string, SigningKey>> {
  const { jwks_uri } = await readJson(metadataUrl, metadataAnswer);
  if (!jwks_uri.startsWith('https:') && !metadataUrl.startsWith('http:')) {
    throw new Failure('unavailable', 'the OpenID metadata names keys that are not behind https');
  }
  const { keys } = await readJson(jwks_uri, keySet);
  const found = new Map<string, SigningKey>();
  for (const one of keys) {
    // A key that cannot be used is like one that is not there.
    const key = one === undefined ? undefined : await importJWK(one, 'RS256').catch(() => undefined);
    if (one === undefined || key === undefined || key instanceof Uint8Array) continue;
    found.set(one.kid, { key, endorsements: one.endorsements ?? [] });
  }
  return found;
}

async function readJson<Shape extends z.ZodType>(url: string, shape: Shape): Promise<z.output<Shape>> {
  const request = { method: 'GET', url, withinMs: WITHIN_MS, mostBytes: 1024 * 1024 } as const;
  const answer = await call(request, new AbortController().signal).catch((thrown: unknown) => {
    throw new Failure('unavailable', 'the Bot Framework’s signing keys cannot be read', { cause: thrown });
  });
  const parsed = shape.safeParse(parseJson(answer.text));
  if (answer.status === 200 && parsed.success) return parsed.data;
  throw new Failure('unavailable', `the Bot Framework’s signing keys cannot be read: ${answer.status}`);
}
