import type { Transaction } from './database.ts';

// Both run as sign-in, for no organization.

/** The link counts from now for an hour; an earlier one no more. */
export async function renewFirstRun(tx: Transaction, tokenHash: string): Promise<void> {
  await tx`insert into auth.first_run (token_hash, expires_at) values (${tokenHash}, now() + interval '1 hour')
    on conflict (id) do update set token_hash = excluded.token_hash, expires_at = excluded.expires_at`;
}

/** Uses the link up. @returns false: it is not this one, or it is over. Of two at once the second one finds it used. */
export async function takeFirstRun(tx: Transaction, tokenHash: string): Promise<boolean> {
  const { count } = await tx`delete from auth.first_run where token_hash = ${tokenHash} and expires_at > now()`;
  return count === 1;
}
