import { createHash } from 'node:crypto';
import type { GenericEndpointContext } from 'better-auth';
import { APIError, getSessionFromCtx } from 'better-auth/api';
import { z } from 'zod';
import type { Database } from '../db/database.ts';
import { takeCode } from '../db/attempts.ts';
import { inSignIn } from '../db/sign-in.ts';

/** As better-auth names what it keeps in the browser between the password and the code. */
const COOKIE = 'two_factor';

/** Whose second factor is asked for: who is signed in, or who gave the password. Undefined: nobody did. */
export async function challengedUser(ctx: GenericEndpointContext): Promise<string | undefined> {
  const session = await getSessionFromCtx(ctx);
  if (session !== null) return session.user.id;
  const begun = await ctx.getSignedCookie(ctx.context.createAuthCookie(COOKIE).name, ctx.context.secret);
  if (typeof begun !== 'string') return undefined;
  return (await ctx.context.internalAdapter.findVerificationValue(begun))?.value;
}

const Given = z.looseObject({ code: z.string().min(1).max(20) });

/** In place of a code that was tried before. It fits nobody, so that it counts as a wrong one where those are counted. */
const NONE = '';
const Used = z.looseObject({ code: z.literal(NONE) });

/**
 * The body of a second step as it may go on: a code of an authenticator is looked at once (RFC 6238, 5.2), whether it was
 * right or wrong, and by whichever process.
 */
export async function withNewCode(db: Database, ctx: GenericEndpointContext): Promise<Record<string, unknown>> {
  const given = Given.safeParse(ctx.body);
  if (!given.success || ctx.path !== '/two-factor/verify-totp') return { ...ctx.body };
  const user = await challengedUser(ctx);
  if (user === undefined) return given.data;
  const key = createHash('sha256').update(`totp/${user}/${given.data.code}`).digest('hex');
  const isNew = await inSignIn(db, (tx) => takeCode(tx, key));
  return isNew ? given.data : { ...given.data, code: NONE };
}

/** After a second step. @throws APIError that says it where the code was one that was tried before. */
export function refuseOldCode(ctx: GenericEndpointContext, returned: unknown): void {
  if (ctx.path !== '/two-factor/verify-totp' || !(returned instanceof APIError)) return;
  if (returned.statusCode !== 401 || !Used.safeParse(ctx.body).success) return;
  const message = 'this code was tried already, and each counts once: wait for the next one';
  throw new APIError('UNAUTHORIZED', { code: 'CODE_USED', message });
}
