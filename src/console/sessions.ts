import { Hono, type Context } from 'hono';
import { z } from 'zod';
import type { People } from '../auth/open.ts';
import { addAccountAudit, type AccountDeed } from '../db/audit-person.ts';
import { inSystem, type Database, type Transaction } from '../db/database.ts';
import { endOtherSessions, endSession, listSessions, type OpenSession } from '../db/sessions.ts';
import { asSignIn, inSignIn } from '../db/sign-in.ts';
import { endpoint, takes, type ApiEnv } from './endpoint.ts';
import { forbidden, notFound } from './problem.ts';
import { IdParam } from './shapes.ts';

const SessionShape = z.object({
  id: z.string(),
  address: z.string(),
  agent: z.string(),
  createdAt: z.string(),
  usedAt: z.string(),
  expiresAt: z.string(),
  /** It is the one that asks. */
  current: z.boolean(),
});

type Options = { readonly db: Database; readonly people: People };

/** Where you are signed in. An account is in all organizations of its person, so what is ended is in the audit of each. */
export function sessions({ db, people }: Options) {
  return new Hono<ApiEnv>()
    .get(
      '/',
      endpoint({
        role: 'viewer',
        scope: 'members:read',
        summary: 'Where you are signed in, the newest first',
        answers: z.object({ items: z.array(SessionShape) }),
      }),
      async (c) => {
        const own = await sessionOf(people, c);
        const found = await inSignIn(db, (tx) => listSessions(tx, own.user));
        return c.json({ items: found.map((session) => ({ ...session, current: session.id === own.id })) });
      },
    )
    .delete(
      '/:id',
      endpoint({ role: 'viewer', scope: 'members:write', summary: 'Signs you out there' }),
      takes('param', IdParam),
      async (c) => {
        const own = await sessionOf(people, c);
        const { id } = c.req.valid('param');
        const ended = await inSystem(db, async (tx) => {
          const found = await asSignIn(tx, (all) => endSession(all, own.user, id));
          if (found) await tell(tx, own, { what: 'session.revoked', details: { session: id } });
          return found;
        });
        if (!ended) throw notFound('session');
        return c.body(null, 204);
      },
    )
    .delete(
      '/',
      endpoint({
        role: 'viewer',
        scope: 'members:write',
        summary: 'Signs you out everywhere else',
        answers: z.object({ ended: z.number() }),
      }),
      async (c) => {
        const own = await sessionOf(people, c);
        const ended = await inSystem(db, async (tx) => {
          const count = await asSignIn(tx, (all) => endOtherSessions(all, own.user, own.id));
          if (count > 0) await tell(tx, own, { what: 'sessions.revoked', details: { count } });
          return count;
        });
        return c.json({ ended });
      },
    );
}

const tell = (tx: Transaction, { user }: OpenSession, deed: Pick<AccountDeed, 'what' | 'details'>): Promise<void> =>
  addAccountAudit(tx, { ...deed, user, isThey: true, only: undefined });

/** The session that asks. @throws Failure: it is a key that asks. */
export async function sessionOf(people: People, c: Context<ApiEnv>): Promise<OpenSession> {
  const session = c.get('principal').kind === 'person' ? await people.sessionOf(c.req.raw) : undefined;
  if (session === undefined) throw forbidden('this is about a person’s session, and a key has none: sign in');
  return session;
}
