import { useApiKey } from '../db/api-keys.ts';
import type { Database } from '../db/database.ts';
import { gather } from '../db/gather.ts';
import { findSessions, type OpenSession } from '../db/sessions.ts';
import { inSignIn, tokenHash } from '../db/sign-in.ts';
import { sessionToken } from './cookies.ts';
import type { Identify, Principal } from './principal.ts';
import { isAtLeast, SCOPES } from './roles.ts';

/** What our API keys begin with, so that people and scanners of secrets know them. */
export const KEY_PREFIX = 'sb_';

const BEARER = /^bearer +(sb_[\w-]{20,100})$/i;

/** The session of a request. */
export type SessionOf = (request: Request) => Promise<OpenSession | undefined>;

/** @param secret by which cookies are signed. */
export function openSessionOf(db: Database, secret: () => Promise<string>, isSecure: () => boolean): SessionOf {
  // All pages that are told of a change come back at the same moment.
  const find = gather((tokens: readonly string[]) => inSignIn(db, (tx) => findSessions(tx, tokens)));
  return async (request) => {
    const token = sessionToken(request, await secret(), isSecure());
    return token === undefined ? undefined : ((await find(token)) ?? undefined);
  };
}

/** By an API key where one is sent, else by the session's cookie. Reads the database each time: what is revoked is so at once. */
export const openIdentify =
  (db: Database, sessionOf: SessionOf): Identify =>
  async (request) => {
    const authorization = request.headers.get('authorization') ?? '';
    // Of another scheme it is a proxy's, before the console.
    if (/^bearer\b/i.test(authorization)) return byKey(db, authorization);
    const session = await sessionOf(request);
    if (session?.place === undefined) return undefined;
    const { user: id, name, place } = session;
    return { kind: 'person', id, name, ...place, scopes: undefined };
  };

async function byKey(db: Database, authorization: string): Promise<Principal | undefined> {
  const key = BEARER.exec(authorization)?.[1];
  if (key === undefined) return undefined;
  const found = await inSignIn(db, (tx) => useApiKey(tx, tokenHash(key)));
  if (found === undefined) return undefined;
  const { id, name, organization, scopes } = found;
  // Whoever made it may be less by now.
  const role = isAtLeast(found.makersRole, found.role) ? found.role : found.makersRole;
  const allowed = scopes === null ? undefined : SCOPES.filter((scope) => scopes.includes(scope));
  return { kind: 'key', id, name, organization, role, scopes: allowed };
}
