import type { Transaction } from './database.ts';

/** Passwords that may be tried for one address before it is locked, and for how many minutes. */
export const ATTEMPTS = { most: 10, minutes: 15 } as const;

/**
 * Counts a password that is about to be tried, before anybody knows whether it is right: of a hundred tried at once only
 * the first ten are looked at, whichever processes they reach. Runs as sign-in, for no organization.
 * @returns minutes until one may be tried again; 0: this one may.
 */
export async function countAttempt(tx: Transaction, key: string): Promise<number> {
  const [row] = await tx<{ count: number; left: number }[]>`
    insert into auth.attempts as a (key, count) values (${key}, 1) on conflict (key) do update set
      count = case when a.since < now() - ${ATTEMPTS.minutes}::int * interval '1 minute' then 1 else a.count + 1 end,
      since = case when a.since < now() - ${ATTEMPTS.minutes}::int * interval '1 minute' then now() else a.since end
    returning count, ceil(extract(epoch from since + ${ATTEMPTS.minutes}::int * interval '1 minute' - now()) / 60)::int as left`;
  return row === undefined || row.count <= ATTEMPTS.most ? 0 : Math.max(1, row.left);
}

/** The right one was given, or a new one was set by mail. Runs as sign-in. */
export async function forgetAttempts(tx: Transaction, key: string): Promise<void> {
  await tx`delete from auth.attempts where key = ${key}`;
}

/** Minutes for which a code is remembered: it counts in its own half minute and in the two beside it. */
const CODE_MINUTES = 2;

/** @returns whether this code was not taken before: of two at once, one is the first. Runs as sign-in. */
export async function takeCode(tx: Transaction, key: string): Promise<boolean> {
  const { count } = await tx`insert into auth.attempts as a (key, count) values (${key}, 1)
    on conflict (key) do update set since = now() where a.since < now() - ${CODE_MINUTES}::int * interval '1 minute'`;
  return count === 1;
}
