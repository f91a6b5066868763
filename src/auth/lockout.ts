import { createHash } from 'node:crypto';
import { APIError, createAuthMiddleware } from 'better-auth/api';
import { z } from 'zod';
import type { Database } from '../db/database.ts';
import { countAttempt, forgetAttempts } from '../db/attempts.ts';
import { inSignIn } from '../db/sign-in.ts';
import { refuseOldCode, withNewCode } from './second-factor.ts';

/** By what attempts for an address are counted: the address itself is not kept of those who are not here. */
export const attemptKey = (email: string): string => createHash('sha256').update(email.toLowerCase()).digest('hex');

const Credentials = z.object({ email: z.string().max(300) });

/** Before each way in: counts passwords that are tried, and knows codes that were. */
export function beforeAll(db: Database) {
  return createAuthMiddleware(async (ctx) => {
    // Whoever changes a password may do so because somebody else knows it.
    if (ctx.path === '/change-password') return { context: { body: { ...ctx.body, revokeOtherSessions: true } } };
    // A second factor that is asked for once in thirty days is none where somebody leaves a browser behind.
    if (ctx.path.startsWith('/two-factor/verify-'))
      return { context: { body: { ...(await withNewCode(db, ctx)), trustDevice: false } } };
    const given = ctx.path === '/sign-in/email' ? Credentials.safeParse(ctx.body) : undefined;
    if (given?.success !== true) return undefined;
    const minutes = await inSignIn(db, (tx) => countAttempt(tx, attemptKey(given.data.email)));
    if (minutes === 0) return undefined;
    const message = `too many wrong passwords for this address: try again in ${minutes} minutes, or set a new password by mail`;
    throw new APIError('TOO_MANY_REQUESTS', { code: 'LOCKED', message }, { 'retry-after': String(minutes * 60) });
  });
}

/** After each way in: forgets the count where the password was right. */
export function afterAll(db: Database) {
  return createAuthMiddleware(async (ctx) => {
    refuseOldCode(ctx, ctx.context.returned);
    if (ctx.path !== '/sign-in/email' || ctx.context.returned instanceof APIError) return;
    const given = Credentials.safeParse(ctx.body);
    if (given.success) await inSignIn(db, (tx) => forgetAttempts(tx, attemptKey(given.data.email)));
  });
}
