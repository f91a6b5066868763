import type { InboundRequest } from '../model/adapter.ts';
import type { AppsView } from './apps-view.ts';
import type { ConnectedApp } from './hooks.ts';

/** For whom a path is: several, where only the signature can tell; `away`, when it cannot be taken now. */
export type FindApps = (path: string) => readonly ConnectedApp[] | 'away' | undefined;

/** The path of an app's own. */
export const ownPath = ({ listing, app }: Pick<ConnectedApp, 'listing' | 'app'>): string =>
  `/hooks/${listing.platform}/${app}`;

/**
 * Finds apps by their paths: each has one of its own, and a platform's general ones belong to the app of the environment, or
 * to all others where there is none.
 */
export function openFindApps(apps: AppsView): FindApps {
  let paths = pathsOf(apps);
  apps.onChange?.(() => void (paths = pathsOf(apps)));
  return (path) => {
    const found = paths.get(path);
    if (found !== undefined) return found;
    const [, app] = /^\/hooks\/[a-z]+\/([0-9a-f-]{36})$/.exec(path) ?? [];
    return app !== undefined && apps.isAway?.(app) === true ? 'away' : undefined;
  };
}

function pathsOf(apps: AppsView): ReadonlyMap<string, readonly ConnectedApp[]> {
  const paths = new Map<string, readonly ConnectedApp[]>();
  for (const [platform, all] of Map.groupBy(apps, (app) => app.listing.platform)) {
    const fixed = all.filter((app) => app.stored !== true);
    const general = fixed.length > 0 ? fixed.slice(0, 1) : all;
    for (const path of [`/hooks/${platform}`, ...(all[0]?.listing.paths ?? [])]) paths.set(path, general);
    for (const app of all) paths.set(ownPath(app), [app]);
  }
  return paths;
}

/** Of several that share a path, the one that takes the request for its own; else the first, which says what is wrong. */
export async function chooseApp(
  [first, ...others]: readonly ConnectedApp[],
  request: InboundRequest,
): Promise<ConnectedApp | undefined> {
  if (first === undefined || others.length === 0) return first;
  for (const app of [first, ...others]) {
    const received = await app.adapter.receive?.(request);
    if (received !== undefined && received.response.status !== 401) return app;
  }
  return first;
}
