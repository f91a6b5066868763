import type { Transaction } from './database.ts';

// All of these run as sign-in, for no organization.

/** Whether anybody is there at all. */
export async function hasUsers(tx: Transaction): Promise<boolean> {
  const [row] = await tx<{ found: boolean }[]>`select exists (select from auth."user") as found`;
  return row?.found ?? false;
}

/** Somebody new. */
export type NewUser = {
  readonly name: string;
  /** In lower case. */
  readonly email: string;
  /** Whether it is known that they read its mail. */
  readonly verified: boolean;
};

/** @returns the id; undefined: somebody has this address already. */
export async function addUser(tx: Transaction, { name, email, verified }: NewUser): Promise<string | undefined> {
  const [row] = await tx<{ id: string }[]>`
    insert into auth."user" (name, email, "emailVerified") values (${name}, ${email}, ${verified}) on conflict (email) do nothing returning id`;
  return row?.id;
}

/** @param hash as better-auth makes it. */
export async function addPassword(tx: Transaction, user: string, hash: string): Promise<void> {
  await tx`insert into auth."account" ("accountId", "providerId", "userId", password) values (${user}, 'credential', ${user}, ${hash})`;
}

export async function findUserByEmail(tx: Transaction, email: string): Promise<string | undefined> {
  const [row] = await tx<{ id: string }[]>`select id from auth."user" where email = ${email}`;
  return row?.id;
}

/** Who is known to a provider by this name. */
export async function findAccount(tx: Transaction, provider: string, account: string): Promise<string | undefined> {
  const [row] = await tx<
    { id: string }[]
  >`select "userId" as id from auth."account" where "providerId" = ${provider} and "accountId" = ${account}`;
  return row?.id;
}

export async function addAccount(tx: Transaction, provider: string, account: string, user: string): Promise<void> {
  await tx`insert into auth."account" ("accountId", "providerId", "userId") values (${account}, ${provider}, ${user})`;
}

/** Whose passkey goes by this name. */
export async function findUserByPasskey(tx: Transaction, credential: string): Promise<string | undefined> {
  const [row] = await tx<
    { id: string }[]
  >`select "userId" as id from auth."passkey" where "credentialID" = ${credential}`;
  return row?.id;
}
