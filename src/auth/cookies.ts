import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * What the names of all cookies of sign-in begin with. `__Host-` makes browsers take them over TLS only, for this host
 * alone and from no other host of the domain; it cannot be where there is no TLS.
 */
export const cookiePrefix = (secure: boolean): string => (secure ? '__Host-switchboard' : 'switchboard');

/** The session's token in a request's cookie, if it is signed by us; better-auth writes it as `token.signature`. Pure. */
export function sessionToken(request: Request, secret: string, secure: boolean): string | undefined {
  const value = cookieOf(request, `${cookiePrefix(secure)}.session_token`);
  const at = value?.lastIndexOf('.') ?? -1;
  if (value === undefined || at < 1) return undefined;
  const token = value.slice(0, at);
  const signature = Buffer.from(value.slice(at + 1), 'base64');
  const wanted = createHmac('sha256', secret).update(token).digest();
  return signature.length === wanted.length && timingSafeEqual(signature, wanted) ? token : undefined;
}

function cookieOf(request: Request, name: string): string | undefined {
  for (const pair of (request.headers.get('cookie') ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return decoded(pair.slice(at + 1).trim());
  }
  return undefined;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
