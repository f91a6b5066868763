import { createHash, randomBytes } from 'node:crypto';
import { inRole, type Database, type Transaction } from './database.ts';

/**
 * Runs `work` as the role of sign-in, inside a transaction that goes on as what it was: so that a change of who may come in
 * and the row of the audit that says so are one. In an organization's transaction it sees that organization's rows only.
 */
export async function asSignIn<Result>(tx: Transaction, work: (tx: Transaction) => Promise<Result>): Promise<Result> {
  const [before] = await tx<{ role: string }[]>`select current_setting('role') as role`;
  await tx`select set_config('role', 'switchboard_auth', true)`;
  const result = await work(tx);
  await tx`select set_config('role', ${before?.role ?? 'none'}, true)`;
  return result;
}

/** Runs `work` as the role of sign-in, for no organization: it sees all of them. */
export function inSignIn<Result>(db: Database, work: (tx: Transaction) => Promise<Result>): Promise<Result> {
  return inRole(db, 'switchboard_auth', work);
}

/** Something that only whoever was given it knows: 256 random bits, for addresses and headers. */
export const newToken = (): string => randomBytes(32).toString('base64url');

/** As a token is kept. Of so many random bits nobody finds one by trying, so it need not be slow. */
export const tokenHash = (token: string): string => createHash('sha256').update(token).digest('hex');

/** Takes away what is over: sessions, tokens, counts of attempts, and keys and invitations that ended a month ago. */
export function sweepSignIn(db: Database): Promise<void> {
  return inSignIn(db, async (tx) => {
    await tx`delete from auth."session" where "expiresAt" < now()`;
    await tx`delete from auth."verification" where "expiresAt" < now()`;
    await tx`delete from auth.attempts where since < now() - interval '1 day'`;
    await tx`delete from auth.invitations where least(expires_at, accepted_at, revoked_at) < now() - interval '30 days'`;
    await tx`delete from auth.api_keys where least(expires_at, revoked_at) < now() - interval '30 days'`;
  });
}
