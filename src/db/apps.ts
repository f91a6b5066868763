import { appId, organizationId, type AppId, type OrganizationId } from '../model/ids.ts';
import type { Platform } from '../model/platform.ts';
import type { Transaction } from './database.ts';
import { deriveId } from './derive-id.ts';

/** The organization of a deployment that was set up by environment variables alone. */
export const DEFAULT_ORGANIZATION: OrganizationId = organizationId('00000000-0000-4000-8000-000000000001');

/** The same app for the same platform at every start. */
export function environmentApp(platform: Platform): AppId {
  return appId(deriveId('app', DEFAULT_ORGANIZATION, platform, 'environment'));
}

/** Writes down the default organization, its choice, and the apps that the environment has credentials for. */
export async function registerEnvironmentApps(
  tx: Transaction,
  platforms: readonly Platform[],
  inDoubt: 'repeat' | 'leave' = 'repeat',
): Promise<void> {
  await tx`insert into switchboard.organizations as o (organization_id, name, in_doubt) values (${DEFAULT_ORGANIZATION}, 'default', ${inDoubt})
    on conflict (organization_id) do update set in_doubt = excluded.in_doubt where o.in_doubt <> excluded.in_doubt`;
  for (const platform of platforms) {
    await tx`insert into switchboard.apps (organization_id, id, platform, name)
      values (${DEFAULT_ORGANIZATION}, ${environmentApp(platform)}, ${platform}, 'environment') on conflict do nothing`;
  }
}
