import { Failure } from '../model/failure.ts';
import type { AppId, OrganizationId } from '../model/ids.ts';
import { aboutOf, appOf, credentialsOf, listingOf, type Connections } from './connections.ts';

/**
 * What a platform has to be told of an app, as text to paste.
 * @param app one that is connected, with its own addresses; undefined: the one of the environment.
 * @throws Failure `gone`: there is no such app of this platform here; `refused`: the platform takes no such text; `invalid`:
 * it is about an app that is there already, and none is named.
 */
export async function manifestOf(
  connections: Connections,
  organization: OrganizationId,
  { platform, app }: { readonly platform: string; readonly app?: AppId | undefined },
): Promise<string> {
  const { manifest, title } = listingOf(connections, platform);
  if (manifest === undefined) throw new Failure('refused', `${title} takes no manifest: it is set up by hand`);
  const fixed = { name: connections.name, url: connections.url().replace(/\/+$/, '') };
  if (app === undefined) return manifest(fixed, {});
  const found = await appOf(connections, organization, app);
  if (found.platform !== platform) throw new Failure('gone', `there is no such app of ${title}`);
  const credentials = (await credentialsOf(connections, organization, app)) ?? {};
  if (found.origin === 'environment') return manifest({ ...fixed, name: found.name || fixed.name }, credentials);
  const { name, url, hookUrl, callbackUrl } = aboutOf(connections, platform, { app, name: found.name });
  return manifest({ name, url, hookUrl, callbackUrl }, credentials);
}
