import { createSign, generateKeyPair, randomUUID } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

/** The Bot Framework as an issuer of tokens: a key that it publishes, and the tokens that it signs with it. */
export type Signing = {
  readonly kid: string;
  /** The JSON Web Key Set. */
  readonly keySet: () => object;
  /** A token for the hub, good for an hour, the same one for a while. */
  readonly token: (serviceUrl: string) => string;
  /** Any token, signed with the published key. */
  readonly sign: (claims: object, header?: object) => string;
};

/** docs: Authentication with the Bot Connector API, "Connector to Bot: example JWT components". */
const ISSUER = 'https://api.botframework.com';
const GOOD_FOR_S = 3600;
/** Signing costs a millisecond, which a load must not pay for each message; the real one keeps its tokens too. */
const KEEP_MS = 300_000;

export async function openSigning(appId: string, endorsements: readonly string[]): Promise<Signing> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const kid = randomUUID();
  const kept = new Map<string, { token: string; until: number }>();
  const sign = (claims: object, header: object = {}): string =>
    signed({ alg: 'RS256', kid, x5t: kid, typ: 'JWT', ...header }, claims, privateKey);
  return {
    kid,
    keySet: () => ({ keys: [{ ...publicKey.export({ format: 'jwk' }), use: 'sig', kid, x5t: kid, endorsements }] }),
    sign,
    token(serviceUrl) {
      const known = kept.get(serviceUrl);
      if (known !== undefined && known.until > Date.now()) return known.token;
      const token = sign(claimsOf(appId, serviceUrl));
      kept.set(serviceUrl, { token, until: Date.now() + KEEP_MS });
      return token;
    },
  };
}

export function claimsOf(appId: string, serviceUrl: string): Record<string, unknown> {
  const now = Math.floor(Date.now() / 1000);
  return { serviceurl: serviceUrl, nbf: now, exp: now + GOOD_FOR_S, iss: ISSUER, aud: appId };
}

function signed(header: object, claims: object, key: KeyObject): string {
  const input = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${input}.${createSign('sha256').update(input).sign(key).toString('base64url')}`;
}
