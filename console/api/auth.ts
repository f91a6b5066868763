import * as z from 'zod/mini';
import { Problem } from './problem.ts';

/** What sign-in says when it does not do something. */
const Refused = z.object({ message: z.optional(z.string()), code: z.optional(z.string()) });

/** Asks sign-in, which is not of the API: it has no keys and no pages. @throws Problem */
export async function ask<Body>(path: string, shape: z.ZodMiniType<Body>, body?: object): Promise<Body> {
  const init = body && { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(`/api/auth${path}`, init);
  const answer: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw refused(response, answer);
  const read = shape.safeParse(answer);
  if (read.success) return read.data;
  const detail = 'Sign-in answered something that this page does not know: reload it, it may be of an older version.';
  throw new Problem({ title: 'Not understood', status: response.status, detail });
}

function refused({ status, headers }: Response, answer: unknown): Problem {
  if (status === 429) {
    const seconds = headers.get('x-retry-after') ?? headers.get('retry-after') ?? '60';
    return new Problem({ title: 'Too often', status, detail: `Wait ${seconds} seconds, then try again.` });
  }
  const said = Refused.safeParse(answer).data?.message ?? `sign-in answered ${status}: try again`;
  const detail = said.charAt(0).toUpperCase() + said.slice(1);
  return new Problem({ title: 'That did not work', status, detail });
}

export const Nothing = z.unknown();
const Offers = z.object({ firstRun: z.boolean(), social: z.array(z.string()), mail: z.boolean() });
const SignedIn = z.object({ twoFactorRedirect: z.optional(z.boolean()) });
const Leads = z.object({ url: z.string() });

/** What can be done before somebody is signed in. */
export const offers = () => ask('/offers', Offers);
export const signIn = (email: string, password: string) => ask('/sign-in/email', SignedIn, { email, password });
export const verifyTotp = (code: string) => ask('/two-factor/verify-totp', Nothing, { code });
export const verifyBackupCode = (code: string) => ask('/two-factor/verify-backup-code', Nothing, { code });
export const signOut = () => ask('/sign-out', Nothing, {});
export const requestReset = (email: string) => ask('/request-password-reset', Nothing, { email });
export const resetPassword = (token: string, newPassword: string) =>
  ask('/reset-password', Nothing, { token, newPassword });
export const firstRun = (first: { token: string; name: string; email: string; password: string }) =>
  ask('/first-run', Nothing, first);

/** Where a provider of everybody's leads to. */
export const signInSocial = (provider: string, callbackURL: string) =>
  ask('/sign-in/social', Leads, { provider, callbackURL, errorCallbackURL: '/sign-in' });
/** Where the provider of an organization leads to, found by the address. */
export const signInSso = (email: string, callbackURL: string) => ask('/sign-in/sso', Leads, { email, callbackURL });

const Invitation = z.object({ organization: z.string(), email: z.string(), role: z.string(), isKnown: z.boolean() });
export const lookAtInvitation = (token: string) => ask('/invitation/look', Invitation, { token });
export const acceptInvitation = (token: string, more: { name?: string; password?: string }) =>
  ask('/invitation/accept', Nothing, { token, ...more });
