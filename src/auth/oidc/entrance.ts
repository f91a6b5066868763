import { createHash, timingSafeEqual } from 'node:crypto';
import type { BetterAuthPlugin, GenericEndpointContext } from 'better-auth';
import { APIError, createAuthEndpoint, formCsrfMiddleware } from 'better-auth/api';
import { expireCookie } from 'better-auth/cookies';
import { z } from 'zod';
import type { Database } from '../../db/database.ts';
import { inSignIn, newToken } from '../../db/sign-in.ts';
import { findSsoProvider, type UsedSsoProvider } from '../../db/sso-providers.ts';
import { Failure } from '../../model/failure.ts';
import type { Log } from '../../observe/log.ts';
import type { KeyRing } from '../../vault/keys.ts';
import { unseal } from '../../vault/seal.ts';
import { auditRefusal, type Later } from '../account-audit.ts';
import { signIn } from '../entrances.ts';
import { answerFailures } from '../failures.ts';
import { discover } from './discover.ts';
import { exchange, type Client } from './exchange.ts';
import { join } from './join.ts';
import { ssoPurpose } from './purpose.ts';
import type { Reach } from './reach.ts';

export type OidcOptions = {
  readonly db: Database;
  readonly keys: () => Promise<KeyRing>;
  readonly log: Log;
  readonly reach: Reach;
  readonly later: Later;
};

/** Seconds for a person to sign in at the provider. */
const WITHIN_S = 600;
const COOKIE = 'sso_state';

/** A page of ours, as a path: never of another host, which `//host` and `/\host` would be. */
const path = z
  .string()
  .max(500)
  .regex(/^\/(?![/\\])[^\s\\]*$/, 'must be a path of this console');

const Begin = z.object({ email: z.email().max(300).toLowerCase(), callbackURL: path.default('/') });

/** What came back: an answer, or an error; `iss` by RFC 9207. */
const Back = z.object({
  state: z.string().max(200).optional(),
  code: z.string().max(4_000).optional(),
  iss: z.string().max(500).optional(),
  error: z.string().max(200).optional(),
});

/** What waits for the person to come back. */
const Pending = z.object({ provider: z.string(), nonce: z.string(), verifier: z.string(), to: z.string() });
type Pending = z.infer<typeof Pending>;

/** Sign-in by an organization's own OpenID provider: the code flow, with PKCE, state and nonce. */
export function oidcEntrance(options: OidcOptions) {
  return {
    id: 'switchboard-oidc',
    endpoints: {
      signInSso: createAuthEndpoint('/sign-in/sso', { method: 'POST', body: Begin, use: [formCsrfMiddleware] }, (ctx) =>
        answerFailures(async () => ctx.json({ url: await begin(options, ctx, ctx.body), redirect: true })),
      ),
      ssoCallback: createAuthEndpoint('/sso/callback', { method: 'GET', query: Back }, async (ctx) => {
        const base = new URL(ctx.context.baseURL).origin;
        try {
          throw ctx.redirect(`${base}${await finish(options, ctx, ctx.query)}`);
        } catch (thrown) {
          if (!(thrown instanceof Failure)) throw thrown;
          options.log.warn({ reason: thrown.message }, 'a sign-in by an organization’s provider was refused');
          throw ctx.redirect(`${base}/sign-in?error=sso&reason=${encodeURIComponent(thrown.message)}`);
        }
      }),
    },
  } satisfies BetterAuthPlugin;
}

async function begin(
  { db, reach }: OidcOptions,
  ctx: GenericEndpointContext,
  { email, callbackURL }: z.infer<typeof Begin>,
): Promise<string> {
  const domain = email.split('@').at(-1) ?? '';
  const provider = await inSignIn(db, (tx) => findSsoProvider(tx, { domain }));
  if (provider === undefined)
    throw new Failure('gone', `nobody vouches for addresses of ${domain} here: sign in otherwise`);
  const { authorization_endpoint: endpoint } = await discover(provider.issuer, reach);
  const [state, nonce, verifier] = [newToken(), newToken(), newToken()];
  const pending: Pending = { provider: provider.id, nonce, verifier, to: callbackURL };
  await ctx.context.internalAdapter.createVerificationValue({
    identifier: `sso/${state}`,
    value: JSON.stringify(pending),
    expiresAt: new Date(Date.now() + WITHIN_S * 1000),
  });
  const cookie = ctx.context.createAuthCookie(COOKIE, { maxAge: WITHIN_S });
  await ctx.setSignedCookie(cookie.name, state, ctx.context.secret, cookie.attributes);
  const url = new URL(endpoint);
  const query = {
    response_type: 'code',
    client_id: provider.clientId,
    redirect_uri: `${ctx.context.baseURL}/sso/callback`,
    scope: 'openid email profile',
    state,
    nonce,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    login_hint: email,
  };
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.href;
}

/** @returns the path to go on at. */
async function finish(options: OidcOptions, ctx: GenericEndpointContext, back: z.infer<typeof Back>): Promise<string> {
  const pending = await takePending(ctx, back.state);
  const provider = await inSignIn(options.db, (tx) => findSsoProvider(tx, { id: pending.provider }));
  if (provider === undefined) throw new Failure('refused', 'the provider was removed meanwhile');
  try {
    await admit(options, ctx, { provider, pending, back });
    return pending.to;
  } catch (thrown) {
    if (thrown instanceof Failure) options.later(auditRefusal(options.db, provider, thrown.message));
    throw thrown;
  }
}

type Returning = {
  readonly provider: UsedSsoProvider;
  readonly pending: Pending;
  readonly back: z.infer<typeof Back>;
};

async function admit(
  { db, keys, reach }: OidcOptions,
  ctx: GenericEndpointContext,
  { provider, pending, back: { code, iss, error } }: Returning,
): Promise<void> {
  if (error !== undefined || code === undefined)
    throw new Failure('refused', 'the provider did not sign you in: try again, or ask whoever runs it');
  if (iss !== undefined && iss !== provider.issuer) throw new Failure('refused', 'another provider answered (iss)');
  const identity = await exchange(
    await discover(provider.issuer, reach),
    await clientOf(provider, await keys(), `${ctx.context.baseURL}/sso/callback`),
    { code, ...pending },
    reach,
  );
  const user = await join(db, provider, identity);
  const { organization } = provider;
  await signIn(ctx, user, { activeOrganizationId: organization, boundOrganizationId: organization });
}

async function clientOf(provider: UsedSsoProvider, ring: KeyRing, redirectUri: string): Promise<Client> {
  const purpose = ssoPurpose(provider.organization, provider.id);
  return { id: provider.clientId, secret: await unseal(ring, provider.sealedSecret, purpose), redirectUri };
}

/** Counts once, and only in the browser that began: else somebody could be signed in as somebody else by a link. */
async function takePending(ctx: GenericEndpointContext, state: string | undefined): Promise<Pending> {
  const cookie = ctx.context.createAuthCookie(COOKIE);
  const begun = await ctx.getSignedCookie(cookie.name, ctx.context.secret);
  expireCookie(ctx, cookie);
  if (state === undefined || typeof begun !== 'string' || !isSame(begun, state))
    throw new Failure('refused', 'this sign-in was not begun in this browser (state): begin it again');
  const row = await ctx.context.internalAdapter.consumeVerificationValue(`sso/${state}`);
  if (row === null || row.expiresAt < new Date())
    throw new Failure('refused', 'this sign-in is over or was used already (state): begin it again');
  const pending = Pending.safeParse(JSON.parse(row.value));
  if (!pending.success) throw new APIError('INTERNAL_SERVER_ERROR', { message: 'what waited cannot be read' });
  return pending.data;
}

const isSame = (one: string, other: string): boolean =>
  one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
