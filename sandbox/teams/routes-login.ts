import { tempauthOf } from './activities.ts';
import type { Asked, Outcome, Route } from './route.ts';
import { failed } from './route.ts';
import type { Signing } from './signing.ts';

/** The bot's own tokens, as Microsoft Entra gives them for its password. */
export type Tokens = {
  readonly issue: () => { readonly token: string; readonly expiresInS: number };
  readonly accepts: (authorization: string | undefined) => boolean;
  /** From now on every token so far is refused. */
  readonly revoke: () => void;
};

export function openTokens(goodForS: number): Tokens {
  const issued = new Map<string, number>();
  return {
    issue() {
      const token = `sandbox-${crypto.randomUUID()}`;
      issued.set(token, Date.now() + goodForS * 1000);
      return { token, expiresInS: goodForS };
    },
    accepts: (authorization) => (issued.get(authorization?.replace(/^Bearer /i, '') ?? '') ?? 0) > Date.now(),
    revoke: () => issued.clear(),
  };
}

const SCOPE = 'https://api.botframework.com/.default';

export type AllTokens = { readonly tokens: Tokens; readonly graph: Tokens };

const nameOfToken = ({ body }: Asked): string =>
  new URLSearchParams(body).get('scope') === SCOPE ? 'token' : 'graphToken';

const tokenOf = ({ token, expiresInS }: ReturnType<Tokens['issue']>, about: string): Outcome => ({
  status: 200,
  json: { token_type: 'Bearer', expires_in: expiresInS, access_token: token },
  about,
});

/** Where tokens come from, in both directions, and SharePoint, whose addresses open by themselves. */
export function loginRoutes(signing: Signing, { tokens, graph }: AllTokens, tenantPath: string): readonly Route[] {
  const token = ({ world, body, request }: Asked): Outcome => {
    const form = new URLSearchParams(body);
    if (form.get('grant_type') !== 'client_credentials') return refused(400, 'unsupported_grant_type');
    const known = form.get('client_id') === world.app.id && form.get('client_secret') === world.app.password;
    if (!known) return refused(401, 'invalid_client');
    const audience = form.get('scope');
    // Only the organization itself gives tokens for what is its own.
    const isTheirs = request.url === `/${world.tenant}/oauth2/v2.0/token`;
    if (audience === `${world.address}/.default` && isTheirs) return tokenOf(graph.issue(), world.app.id);
    if (audience !== SCOPE || !request.url?.startsWith(`/${tenantPath}/`)) return refused(400, 'invalid_scope');
    return tokenOf(tokens.issue(), world.app.id);
  };
  const metadata = ({ world }: Asked): Outcome => ({
    status: 200,
    json: {
      issuer: 'https://api.botframework.com',
      authorization_endpoint: 'https://invalid.botframework.com',
      jwks_uri: `${world.address}/v1/.well-known/keys`,
      id_token_signing_alg_values_supported: ['RS256'],
      token_endpoint_auth_methods_supported: ['private_key_jwt'],
    },
  });
  const open = { guarded: false, limited: false } as const;
  return [
    { ...open, method: 'POST', pattern: /^\/[\w.-]+\/oauth2\/v2\.0\/token$/, call: nameOfToken, run: token },
    { ...open, method: 'GET', pattern: /^\/v1\/\.well-known\/openidconfiguration$/, call: 'metadata', run: metadata },
    {
      ...open,
      method: 'GET',
      pattern: /^\/v1\/\.well-known\/keys$/,
      call: 'keys',
      run: () => ({ status: 200, json: signing.keySet() }),
    },
    { ...open, method: 'GET', pattern: /^\/_layouts\/15\/download\.aspx$/, call: 'download', run: getFile },
  ];
}

const refused = (status: number, error: string): Outcome => ({ status, json: { error }, about: error });

const getFile = ({ world, query, request }: Asked): Outcome => {
  // SharePoint answers 401 to a bearer token that is not its own, whatever else the address holds.
  if (request.headers.authorization !== undefined) return failed(401, 'invalidToken');
  if (world.linksRunOut) return { status: 200, bytes: { mediaType: 'text/html; charset=utf-8', content: SIGN_IN } };
  const file = world.files.get(query.get('UniqueId') ?? '');
  if (file === undefined || file.picture) return failed(404, 'itemNotFound');
  if (query.get('tempauth') !== tempauthOf(file)) return failed(403, 'accessDenied');
  return { status: 200, bytes: { mediaType: file.mediaType, content: file.bytes }, about: file.id };
};

/** What SharePoint shows to whoever it does not know. */
const SIGN_IN = Buffer.from('<!DOCTYPE html><html><head><title>Sign in to your account</title></head></html>');
