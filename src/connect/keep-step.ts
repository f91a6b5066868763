import { credentialsPurpose, noteApp, saveApp } from '../db/apps.ts';
import type { Begun } from '../db/connecting.ts';
import { saveBegun } from '../db/connecting.ts';
import type { Transaction } from '../db/database.ts';
import { saveInstall, tokensPurpose } from '../db/installs.ts';
import { installKey } from '../db/keys.ts';
import type { ConnectGo, ConnectInstall, ConnectStep } from '../model/connect.ts';
import type { AppId, OrganizationId } from '../model/ids.ts';
import type { Platform } from '../model/platform.ts';
import type { KeyRing } from '../vault/keys.ts';
import { seal } from '../vault/seal.ts';

/** What came of a step, with its secrets sealed: it may be written down. */
export type SealedStep = {
  readonly app: AppId;
  readonly platform: Platform;
  readonly name: string;
  /** Null: they stay as they are. */
  readonly sealedCredentials: string | null;
  readonly details: object;
  readonly installs: readonly (Omit<ConnectInstall, 'tokens'> & { readonly sealedTokens: string | null })[];
  /** Where the person goes next, and who may come back from there. */
  readonly go: ConnectGo | undefined;
  readonly begun: Begun | undefined;
};

export type Around = {
  readonly organization: OrganizationId;
  readonly actor: string;
  readonly app: AppId;
  readonly platform: Platform;
  readonly name: string;
  /** Of the state that was given to the platform. */
  readonly stateHash: string;
};

export async function sealStep(ring: KeyRing, step: ConnectStep, around: Around): Promise<SealedStep> {
  const { organization, actor, app, platform, stateHash } = around;
  const name = step.name ?? around.name;
  const { credentials, details = {}, go } = step;
  const sealedCredentials =
    credentials === undefined
      ? null
      : await seal(ring, JSON.stringify(credentials), credentialsPurpose(organization, app));
  const installs = await Promise.all(
    step.installs.map(async ({ tokens, ...install }) => {
      const purpose = tokensPurpose(organization, installKey(app, install.install));
      const sealedTokens = tokens === undefined ? null : await seal(ring, JSON.stringify(tokens), purpose);
      return { ...install, sealedTokens };
    }),
  );
  const begun = go && { stateHash, actor, platform, app, step: 'away' as const, name };
  return { app, platform, name, sealedCredentials, details, installs, go, begun };
}

/** Writes it down, all or nothing. @returns the ids of the installs. */
export async function keepStep(tx: Transaction, step: SealedStep): Promise<readonly string[]> {
  const { app, platform, name, sealedCredentials, details, installs, begun } = step;
  if (sealedCredentials !== null) await saveApp(tx, { app, platform, name, sealedCredentials, details });
  else if (Object.keys(details).length > 0) await noteApp(tx, app, details);
  const ids: string[] = [];
  for (const install of installs) ids.push(await saveInstall(tx, { app, ...install }));
  if (begun !== undefined) await saveBegun(tx, begun);
  return ids;
}
