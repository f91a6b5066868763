import type { MiddlewareHandler } from 'hono';
import type { Identify } from '../auth/principal.ts';
import type { ApiEnv } from './endpoint.ts';
import { problem } from './problem.ts';

const LOOKS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Lets those through whom we know. What changes something has to come from a page of ours, or with a key. */
export function gate(identify: Identify): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const principal = await identify(c.req.raw);
    if (principal === undefined)
      return problem(c, 401, 'sign in, or send an API key as: Authorization: Bearer KEY', {
        'www-authenticate': 'Bearer',
      });
    if (principal.kind === 'person' && !LOOKS.has(c.req.method) && !isOurs(c.req.raw))
      return problem(c, 403, 'a change has to come from a page of this console; programs use an API key');
    c.set('principal', principal);
    return next();
  };
}

/**
 * A browser says itself from where a request comes: all that have been current since 2023 send `Sec-Fetch-Site`, older ones
 * `Origin` with what changes. A request without either is no browser's, and has no cookie that it was not given by hand.
 */
export function isOurs({ headers, url }: Request): boolean {
  const site = headers.get('sec-fetch-site');
  if (site !== null) return site === 'same-origin';
  const origin = headers.get('origin');
  return origin !== null && URL.parse(origin)?.host === (headers.get('host') ?? new URL(url).host);
}
