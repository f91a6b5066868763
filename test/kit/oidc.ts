import type { RequestListener } from 'node:http';
import { decodeJwt, exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey, type JWTPayload } from 'jose';
import { Provider } from 'oidc-provider';
import { openListener } from './listen.ts';

/** What a provider says of whoever signs in there. */
export type Person = { sub: string; email?: string; email_verified?: boolean; name?: string };

/** How a provider misbehaves: what it changes in a token before it signs it, and what it signs it by. */
export type Tampering = {
  readonly claims?: (claims: JWTPayload) => JWTPayload;
  readonly by?: 'foreign key' | 'nobody' | 'client secret';
};

export type TestProvider = AsyncDisposable & {
  readonly issuer: string;
  readonly client: { readonly id: string; readonly secret: string };
  /** Who signs in next, and how it goes wrong. */
  readonly next: { person: Person; tampering: Tampering | undefined };
  /** Walks a browser through the provider's pages. @returns where it is sent back to. */
  readonly walk: (url: string) => Promise<string>;
};

const KID = 'signs';

/** A real OpenID provider (oidc-provider) on 127.0.0.1, where everybody is signed in at once as `next.person`. */
export async function openTestProvider(redirectUri: string): Promise<TestProvider> {
  const own = await generateKeyPair('RS256', { extractable: true });
  const foreign = await generateKeyPair('RS256');
  const client = { id: 'switchboard', secret: 'a secret of some length, for HS256 as well' };
  const next: TestProvider['next'] = { person: { sub: 'nobody' }, tampering: undefined };
  const late: { answer: RequestListener } = { answer: (_request, response) => void response.writeHead(503).end() };
  const listener = await openListener((request, response) => late.answer(request, response));
  const issuer = listener.url;
  const jwk = { ...(await exportJWK(own.privateKey)), kid: KID, alg: 'RS256', use: 'sig' };
  const provider = new Provider(issuer, configurationOf({ jwk, client, redirectUri, next }));
  provider.use(async (ctx, go) => {
    await go();
    const { tampering } = next;
    if (ctx.path !== '/token' || tampering === undefined) return;
    const claims = decodeJwt(String(Object(ctx.body).id_token));
    const token = await sign(
      tampering.claims?.(claims) ?? claims,
      keyOf(tampering, own.privateKey, foreign.privateKey, client.secret),
    );
    ctx.body = { ...Object(ctx.body), id_token: token };
  });
  const pages = provider.callback();
  late.answer = (request, response) => {
    const result = { login: { accountId: next.person.sub } };
    if (request.url?.startsWith('/interaction/') === true)
      provider.interactionFinished(request, response, result).catch(() => response.writeHead(500).end());
    else pages(request, response);
  };
  return {
    issuer,
    client,
    next,
    walk: (url) => walk(url, issuer),
    [Symbol.asyncDispose]: () => listener[Symbol.asyncDispose](),
  };
}

type Parts = {
  readonly jwk: object;
  readonly client: TestProvider['client'];
  readonly redirectUri: string;
  readonly next: TestProvider['next'];
};

const configurationOf = ({ jwk, client, redirectUri, next }: Parts) => ({
  jwks: { keys: [jwk] },
  clients: [{ client_id: client.id, client_secret: client.secret, redirect_uris: [redirectUri] }],
  cookies: { keys: ['for tests'] },
  features: { devInteractions: { enabled: false } },
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
  // What providers of companies do: all that is known stands in the token.
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  interactions: { url: (_ctx: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
  ttl: { Interaction: 600, Session: 600, Grant: 600, IdToken: 600, AccessToken: 600 },
  findAccount: (_ctx: unknown, accountId: string) => ({ accountId, claims: () => Promise.resolve({ ...next.person }) }),
  loadExistingGrant: async (ctx: {
    oidc: { provider: Provider; session?: { accountId?: string }; client?: { clientId: string } };
  }) => {
    const { provider, session, client: asking } = ctx.oidc;
    const grant = new provider.Grant({ clientId: asking?.clientId, accountId: session?.accountId });
    grant.addOIDCScope('openid email profile');
    await grant.save();
    return grant;
  },
});

type Signer = { readonly key: CryptoKey | Uint8Array; readonly alg: string } | undefined;

function keyOf({ by }: Tampering, own: CryptoKey, foreign: CryptoKey, secret: string): Signer {
  if (by === 'nobody') return undefined;
  if (by === 'client secret') return { key: new TextEncoder().encode(secret), alg: 'HS256' };
  return { key: by === 'foreign key' ? foreign : own, alg: 'RS256' };
}

const sign = async (claims: JWTPayload, signer: Signer): Promise<string> =>
  signer === undefined
    ? new UnsecuredJWT(claims).encode()
    : new SignJWT(claims).setProtectedHeader({ alg: signer.alg, kid: KID }).sign(signer.key);

/** Follows redirections as long as they stay with the provider. */
async function walk(begin: string, issuer: string): Promise<string> {
  const cookies = new Map<string, string>();
  let url = begin;
  for (let step = 0; step < 10 && url.startsWith(issuer); step += 1) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(url, { redirect: 'manual', headers: { cookie } });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    const location = answer.headers.get('location');
    if (location === null) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
    url = new URL(location, url).href;
  }
  return url;
}
