import type { BetterAuthOptions, BetterAuthPlugin, GenericEndpointContext } from 'better-auth';
import { APIError, createAuthMiddleware } from 'better-auth/api';
import { z } from 'zod';
import { countAttempt } from '../db/attempts.ts';
import { addAudit } from '../db/audit.ts';
import { addAccountAudit, type AccountDeed } from '../db/audit-person.ts';
import { inOrganization, inSystem, type Database, type Transaction } from '../db/database.ts';
import { asSignIn } from '../db/sign-in.ts';
import type { UsedSsoProvider } from '../db/sso-providers.ts';
import { findUserByEmail, findUserByPasskey } from '../db/users.ts';
import { organizationId, type OrganizationId } from '../model/ids.ts';
import { ADDRESS_HEADER } from './address-header.ts';
import { attemptKey } from './lockout.ts';
import { challengedUser } from './second-factor.ts';

/** Who sees to what need not be done before an answer. */
export type Later = (work: Promise<unknown>) => void;

/** Ways in, and what the audit calls them. */
const WAYS: Readonly<Record<string, string>> = {
  '/sign-in/email': 'password',
  '/two-factor/verify-totp': 'authenticator',
  '/two-factor/verify-backup-code': 'recovery code',
  '/passkey/verify-authentication': 'passkey',
  '/sso/callback': 'sso',
  '/first-run': 'first run',
  '/invitation/accept': 'invitation',
};

/** What somebody does who is in. */
const DEEDS: Readonly<Record<string, string>> = {
  '/change-password': 'person.password-changed',
  '/two-factor/disable': 'person.two-factor-disabled',
  '/two-factor/generate-backup-codes': 'person.recovery-codes-renewed',
  '/passkey/verify-registration': 'person.passkey-added',
  '/passkey/delete-passkey': 'person.passkey-removed',
};

/**
 * What is done with accounts, in the audit of each organization that it concerns. Has to be the last plugin: another one ends
 * the sessions of those who have given a password and not yet their code.
 */
export function accountAudit(db: Database, later: Later) {
  const handler = createAuthMiddleware(async (ctx) => {
    const { returned, newSession, session } = ctx.context;
    if (returned instanceof APIError && returned.statusCode >= 400) {
      // Asked before the answer: with the next code that is right nobody knows any more whose this one was.
      const challenged = ctx.path.startsWith('/two-factor/') ? await challengedUser(ctx) : undefined;
      return later(tellFailure(db, ctx, { statusCode: returned.statusCode, challenged }));
    }
    const current = newSession ?? session;
    const what = deedOf(ctx, newSession !== null);
    if (current === null || what === undefined) return;
    const by = what === SIGNED_IN ? { by: wayOf(ctx) } : {};
    await tell(db, ctx, { ...whose(current), what, details: by });
    if (ctx.path === '/two-factor/verify-backup-code')
      await tell(db, ctx, { ...whose(current), what: 'person.recovery-code-used' });
  });
  return {
    id: 'switchboard-audit',
    hooks: { after: [{ matcher: () => true, handler }] },
  } satisfies BetterAuthPlugin;
}

const SIGNED_IN = 'person.signed-in';

function deedOf(ctx: GenericEndpointContext, isNewSession: boolean): string | undefined {
  const { path, context } = ctx;
  if (Object.hasOwn(DEEDS, path)) return DEEDS[path];
  if (!isNewSession) return undefined;
  // Whoever was in already has shown that the authenticator is set up.
  if (path === '/two-factor/verify-totp' && context.session !== null) return 'person.two-factor-enabled';
  return wayOf(ctx) === undefined ? undefined : SIGNED_IN;
}

const wayOf = ({ path, params }: GenericEndpointContext): string | undefined =>
  path === '/callback/:id' ? z.object({ id: z.string() }).safeParse(params).data?.id : WAYS[path];

/** What has no hook of its own way. */
export const auditHooks = (db: Database) =>
  ({
    session: {
      delete: {
        after: async (session, ctx) => {
          if (ctx?.path === '/sign-out') await tell(db, ctx, { ...whose({ session }), what: 'person.signed-out' });
        },
      },
    },
  }) satisfies BetterAuthOptions['databaseHooks'];

/** A password was set by a link that came by mail. */
export const auditReset = (db: Database, user: string): Promise<void> =>
  inSystem(db, (tx) =>
    addAccountAudit(tx, { user, what: 'person.password-reset', details: {}, isThey: true, only: undefined }),
  );

/** An organization’s provider did not vouch for somebody; nobody knows for whom. As often as passwords may be tried. */
export const auditRefusal = (
  db: Database,
  { organization, id, domain }: UsedSsoProvider,
  reason: string,
): Promise<void> =>
  inOrganization(db, organization, async (tx) => {
    const minutes = await asSignIn(tx, (own) => countAttempt(own, attemptKey(`audit/sso/${id}`)));
    if (minutes > 0) return;
    const who = { actor: 'somebody', actorName: 'Somebody' };
    const details = { by: 'sso', domain, reason };
    await addAudit(tx, { ...who, what: 'person.sign-in-failed', subject: `sso/${id}`, details });
  });

const Bound = z.looseObject({ userId: z.string(), boundOrganizationId: z.string().nullish() });

/** Of a session that counts in one organization, that one alone is told. */
function whose({ session }: { readonly session: unknown }): {
  readonly user: string;
  readonly only: OrganizationId | undefined;
} {
  const { userId: user, boundOrganizationId: bound } = Bound.parse(session);
  return { user, only: typeof bound === 'string' ? organizationId(bound) : undefined };
}

const addressOf = (ctx: GenericEndpointContext): { readonly address?: string } => {
  const address = ctx.headers?.get(ADDRESS_HEADER);
  return typeof address === 'string' ? { address } : {};
};

type Told = Pick<AccountDeed, 'user' | 'what' | 'only'> & Partial<Pick<AccountDeed, 'details'>>;

const tell = (db: Database, ctx: GenericEndpointContext, { details, ...told }: Told): Promise<void> =>
  inSystem(db, (tx) => addAccountAudit(tx, { ...told, details: { ...details, ...addressOf(ctx) }, isThey: true }));

const Tried = z.looseObject({
  email: z.string().max(300).optional(),
  response: z.looseObject({ id: z.string().max(2000) }).optional(),
});

/** Statuses of what was wrong, and not of a request that is none or comes too often. */
const WRONG = new Set([400, 401]);

/**
 * What was tried with an account that is here. After the answer, which takes as long for an address that nobody has; and of
 * one person as often as passwords may be tried in the time of a lock, whatever is tried: nobody fills the audit.
 */
async function tellFailure(
  db: Database,
  ctx: GenericEndpointContext,
  { statusCode, challenged }: { readonly statusCode: number; readonly challenged: string | undefined },
): Promise<void> {
  const by = wayOf(ctx);
  if (by === undefined || !WRONG.has(statusCode)) return;
  await inSystem(db, async (tx) => {
    const user = await asSignIn(tx, async (own) => {
      const user = challenged ?? (await triedUser(own, ctx));
      if (user === undefined) return undefined;
      return (await countAttempt(own, attemptKey(`audit/${user}`))) === 0 ? user : undefined;
    });
    if (user === undefined) return;
    const details = { by, ...addressOf(ctx) };
    await addAccountAudit(tx, { user, what: 'person.sign-in-failed', details, isThey: false, only: undefined });
  });
}

async function triedUser(tx: Transaction, ctx: GenericEndpointContext): Promise<string | undefined> {
  const tried = Tried.safeParse(ctx.body);
  if (!tried.success) return undefined;
  const { email, response } = tried.data;
  if (ctx.path === '/sign-in/email' && email !== undefined) return findUserByEmail(tx, email.toLowerCase());
  if (ctx.path === '/passkey/verify-authentication' && response !== undefined)
    return findUserByPasskey(tx, response.id);
  return undefined;
}
