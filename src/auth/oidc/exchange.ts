import { createLocalJWKSet, errors, jwtVerify, type JSONWebKeySet, type JWTPayload } from 'jose';
import { z } from 'zod';
import { Failure } from '../../model/failure.ts';
import { ask } from './ask.ts';
import type { Provider } from './discover.ts';
import type { Reach } from './reach.ts';

/** Who we are to a provider. */
export type Client = { readonly id: string; readonly secret: string; readonly redirectUri: string };

/** What came back, and what was sent out for it. */
export type Returned = { readonly code: string; readonly verifier: string; readonly nonce: string };

/** Who somebody is, as the provider says. */
export type Identity = {
  /** Its own name of them, which it never gives to anybody else. */
  readonly subject: string;
  /** In lower case. */
  readonly email: string;
  /** Undefined: the provider does not say. */
  readonly verified: boolean | undefined;
  readonly name: string;
};

/** Signatures that only the provider can make. HS256 is none: a secret that two know proves nothing of who. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];

/** Seconds by which two clocks may differ. */
const TOLERANCE_S = 60;

const Tokens = z.object({ id_token: z.string().max(100_000), access_token: z.string().max(100_000).optional() });
const Keys = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).max(100) });
const Claims = z.object({
  sub: z.string().min(1).max(255),
  email: z.email().max(300).optional(),
  email_verified: z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]).optional(),
  name: z.string().max(300).optional(),
});
type Claims = z.infer<typeof Claims>;

/**
 * Exchanges a code for an identity: OpenID Connect Core 1.0, 3.1.3.
 * @throws Failure `refused` with a word that says what was wrong; else as `ask`.
 */
export async function exchange(
  provider: Provider,
  client: Client,
  returned: Returned,
  where: Reach,
): Promise<Identity> {
  const tokens = await fetchTokens(provider, client, returned, where);
  const keys = await fetchKeys(provider, where);
  const payload = await verify(tokens.id_token, keys, provider, client);
  if (payload['nonce'] !== returned.nonce) throw new Failure('refused', 'the token is not for this sign-in (nonce)');
  if (Array.isArray(payload.aud) && payload.aud.length > 1 && payload['azp'] !== client.id)
    throw new Failure('refused', 'the token is for somebody else as well (azp)');
  const claims = Claims.safeParse(payload);
  if (!claims.success) throw new Failure('refused', 'the token does not say who it is about (claims)');
  const whole =
    claims.data.email === undefined ? await userInfo(claims.data, provider, tokens.access_token, where) : claims.data;
  if (whole.email === undefined)
    throw new Failure('refused', 'the provider does not tell the address: allow the scope `email`');
  return {
    subject: whole.sub,
    email: whole.email.toLowerCase(),
    verified: whole.email_verified,
    name: whole.name ?? whole.email,
  };
}

async function fetchTokens(provider: Provider, client: Client, { code, verifier }: Returned, where: Reach) {
  const form = new URLSearchParams({
    grant_type: 'authorization_code',
    code,
    redirect_uri: client.redirectUri,
    code_verifier: verifier,
  });
  const methods = provider.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
  const basic = methods.includes('client_secret_basic');
  if (!basic) {
    form.set('client_id', client.id);
    form.set('client_secret', client.secret);
  }
  // RFC 6749, 2.3.1: both are form-encoded first.
  const pair = `${encodeURIComponent(client.id)}:${encodeURIComponent(client.secret)}`;
  const authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
  const { status, json } = await ask(
    { url: new URL(provider.token_endpoint), form, ...(basic && { authorization }) },
    where,
  );
  const tokens = Tokens.safeParse(json);
  if (status !== 200 || !tokens.success)
    throw new Failure(
      'refused',
      `the provider gives no token (${status}): check client id, secret and redirect address`,
    );
  return tokens.data;
}

async function fetchKeys(provider: Provider, where: Reach): Promise<JSONWebKeySet> {
  const { status, json } = await ask({ url: new URL(provider.jwks_uri) }, where);
  const keys = Keys.safeParse(json);
  if (status !== 200 || !keys.success) throw new Failure('refused', 'the provider does not show its keys');
  return keys.data;
}

async function verify(token: string, keys: JSONWebKeySet, provider: Provider, client: Client): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, createLocalJWKSet(keys), {
      issuer: provider.issuer,
      audience: client.id,
      algorithms: ALGORITHMS,
      clockTolerance: TOLERANCE_S,
      requiredClaims: ['sub', 'exp', 'iat', 'nonce'],
    });
    return payload;
  } catch (thrown) {
    const why = thrown instanceof errors.JWTClaimValidationFailed ? `${thrown.claim} ${thrown.reason}` : codeOf(thrown);
    throw new Failure('refused', `the token of the provider is not right (${why})`);
  }
}

const codeOf = (thrown: unknown): string => (thrown instanceof errors.JOSEError ? thrown.code : 'unreadable');

async function userInfo(
  known: Claims,
  { userinfo_endpoint: endpoint }: Provider,
  accessToken: string | undefined,
  where: Reach,
): Promise<Claims> {
  if (endpoint === undefined || accessToken === undefined) return known;
  const { json } = await ask({ url: new URL(endpoint), authorization: `Bearer ${accessToken}` }, where);
  const claims = Claims.safeParse(json);
  // Core 5.3.2: what is about another subject is not to be used.
  if (!claims.success || claims.data.sub !== known.sub) return known;
  return { ...known, ...claims.data };
}
