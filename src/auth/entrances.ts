import type { BetterAuthPlugin, GenericEndpointContext } from 'better-auth';
import { APIError, createAuthEndpoint, formCsrfMiddleware, getSessionFromCtx } from 'better-auth/api';
import { setSessionCookie } from 'better-auth/cookies';
import { z } from 'zod';
import type { Database } from '../db/database.ts';
import { enterFirst, enterInvited, lookAtInvitation, type Accepting } from './enter.ts';
import { answerFailures } from './failures.ts';

/** Characters of a password: at least as many as ASVS 5.0 asks (6.2.1), at most what is worth hashing. */
export const PASSWORD = { least: 12, most: 128 } as const;

const token = z.string().min(20).max(100);
const name = z.string().trim().min(1).max(100);
const password = z.string().min(PASSWORD.least, `at least ${PASSWORD.least} characters`).max(PASSWORD.most);

const FirstRun = z.object({ token, name, email: z.email().max(300).toLowerCase(), password });
const Look = z.object({ token });
const Accept = z.object({ token, name: name.optional(), password: password.optional() });

/** The ways in that better-auth does not have: the first run, and invitations. Signing up is otherwise closed. */
export function entrances(db: Database) {
  const use = [formCsrfMiddleware];
  return {
    id: 'switchboard-entrances',
    endpoints: {
      firstRun: createAuthEndpoint('/first-run', { method: 'POST', body: FirstRun, use }, (ctx) =>
        answerFailures(async () => {
          const { token, name, email, password } = ctx.body;
          const passwordHash = await ctx.context.password.hash(password);
          const user = await enterFirst(db, token, { name, email, passwordHash });
          await signIn(ctx, user, {});
          return ctx.json({ user: { id: user, name, email } });
        }),
      ),
      lookAtInvitation: createAuthEndpoint('/invitation/look', { method: 'POST', body: Look, use }, (ctx) =>
        answerFailures(async () => {
          const found = await lookAtInvitation(db, ctx.body.token);
          if (found === undefined)
            throw new APIError('NOT_FOUND', { message: 'this invitation does not count any more' });
          const { organizationName, email, role } = found;
          const isKnown = (await ctx.context.internalAdapter.findUserByEmail(email)) !== null;
          return ctx.json({ organization: organizationName, email, role, isKnown });
        }),
      ),
      acceptInvitation: createAuthEndpoint('/invitation/accept', { method: 'POST', body: Accept, use }, (ctx) =>
        answerFailures(async () => {
          const session = await getSessionFromCtx(ctx);
          const who: Accepting =
            session === null
              ? { newcomer: await newcomerOf(ctx.body, ctx.context.password.hash) }
              : { user: session.user.id, name: session.user.name, email: session.user.email };
          const { user, organization } = await enterInvited(db, ctx.body.token, who);
          if (session === null) await signIn(ctx, user, { activeOrganizationId: organization });
          else
            await ctx.context.internalAdapter.updateSession(session.session.token, {
              activeOrganizationId: organization,
            });
          return ctx.json({ organization });
        }),
      ),
    },
  } satisfies BetterAuthPlugin;
}

async function newcomerOf({ name, password }: z.infer<typeof Accept>, hash: (password: string) => Promise<string>) {
  if (name === undefined || password === undefined)
    throw new APIError('UNAUTHORIZED', { message: 'sign in first, or give a name and a password to make an account' });
  return { name, passwordHash: await hash(password) };
}

/** Begins a session, always a new one: what a cookie held before is nothing any more. */
export async function signIn(
  ctx: GenericEndpointContext,
  id: string,
  more: Readonly<Record<string, unknown>>,
): Promise<void> {
  const user = await ctx.context.internalAdapter.findUserById(id);
  if (user === null) throw new APIError('INTERNAL_SERVER_ERROR', { message: 'the account is gone' });
  const session = await ctx.context.internalAdapter.createSession(id, false, { ...more });
  await setSessionCookie(ctx, { session, user });
}
