import { credentialsPurpose, saveApp } from '../db/apps.ts';
import { inOrganization } from '../db/database.ts';
import { deriveId } from '../db/derive-id.ts';
import type { Connections } from '../connect/connections.ts';
import type { Accept } from '../intake/accept.ts';
import { Failure } from '../model/failure.ts';
import { appId, type AppId, type OrganizationId } from '../model/ids.ts';
import { OWN_INSTALL, OWN_PLATFORM } from '../model/platform.ts';
import { seal } from '../vault/seal.ts';
import { written } from './deliver.ts';

/** The one chat of an organization. */
export const chatAppOf = (organization: OrganizationId): AppId =>
  appId(deriveId('app', organization, OWN_PLATFORM, 'chat'));

type Options = { readonly connections: Pick<Connections, 'db' | 'keys' | 'apps'>; readonly accept: Accept };

/**
 * Makes the organization's chat when it is first used: an app like those that are connected, so that policies, pausing, usage and
 * the workers know it as any other.
 * @throws Failure `closed`: an admin has removed it.
 */
export async function ensureChatApp(
  { connections: { db, keys, apps }, accept }: Options,
  organization: OrganizationId,
): Promise<AppId> {
  const app = chatAppOf(organization);
  if (apps.connected(app) !== undefined) return app;
  const state = await inOrganization(db, organization, async (tx) => {
    const [row] = await tx<{ state: string }[]>`select state from switchboard.apps
      where organization_id = current_setting('switchboard.organization')::uuid and id = ${app}`;
    return row?.state;
  });
  if (state === 'removed') throw new Failure('closed', 'chat was removed from this organization by an admin');
  if (state !== undefined) return app;
  const credentials = JSON.stringify({ CHAT_ORGANIZATION: organization });
  const sealedCredentials = await seal(await keys(), credentials, credentialsPurpose(organization, app));
  await inOrganization(db, organization, (tx) =>
    saveApp(tx, { app, platform: OWN_PLATFORM, name: 'Chat', sealedCredentials, details: {} }),
  );
  await apps.refresh();
  await accept({ organization, app }, written('installed', INSTALLED), new Date());
  return app;
}

const INSTALLED = { kind: 'installed', install: OWN_INSTALL, name: 'Chat' } as const;
