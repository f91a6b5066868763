import { inOrganization, inSystem, type Database } from './db/database.ts';
import { listSealed, replaceSealed } from './db/sealed.ts';
import { inSignIn } from './db/sign-in.ts';
import { listSealedProviders, replaceSealedProvider } from './db/sso-providers.ts';
import { organizationId, type OrganizationId } from './model/ids.ts';
import { openKeyRing, type KeyRing } from './vault/keys.ts';
import { resealed } from './vault/seal.ts';

/** What the command needs of the program. */
export type ResealContext = {
  readonly db: Database;
  readonly vaultKeys: string | undefined;
  readonly dataFolder: string;
};

/**
 * `reseal` puts all that is kept sealed under the newest key of `SWITCHBOARD_SECRET`; then the older ones can be taken out of it.
 * What somebody changes meanwhile is sealed by the newest key anyway.
 * @returns what is to be printed.
 * @throws Failure `unauthorized` where a key that is still needed is missing.
 */
export async function reseal({ db, vaultKeys, dataFolder }: ResealContext): Promise<string> {
  const ring = await openKeyRing(vaultKeys, dataFolder);
  const rows = await inSystem(
    db,
    (tx) => tx<{ id: string }[]>`select organization_id as id from switchboard.organizations order by organization_id`,
  );
  let count = await resealProviders(db, ring);
  for (const { id } of rows) count += await resealOne(db, ring, organizationId(id));
  return `${count} secrets are sealed anew; keys behind the first one of SWITCHBOARD_SECRET are needed for none of them any more.
Sessions and second steps of sign-in are read with older keys until they end: keep those keys for another month, or all have to sign in again.
`;
}

async function resealOne(db: Database, ring: KeyRing, organization: OrganizationId): Promise<number> {
  let count = 0;
  for (const row of await inOrganization(db, organization, listSealed)) {
    const fresh = await resealed(ring, row.sealed);
    if (fresh === undefined) continue;
    if (await inOrganization(db, organization, (tx) => replaceSealed(tx, row, fresh))) count += 1;
  }
  return count;
}

async function resealProviders(db: Database, ring: KeyRing): Promise<number> {
  let count = 0;
  for (const { id, sealed: old } of await inSignIn(db, listSealedProviders)) {
    const fresh = await resealed(ring, old);
    if (fresh === undefined) continue;
    await inSignIn(db, (tx) => replaceSealedProvider(tx, id, { old, fresh }));
    count += 1;
  }
  return count;
}
