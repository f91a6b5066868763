import type { AdapterListing, Credentials } from '../model/adapter.ts';
import type { ConnectAbout } from '../model/connect.ts';
import type { AppId } from '../model/ids.ts';

/** What the environment says for all apps of a platform: base addresses of stand-ins. */
export function settingsIn(
  environment: Readonly<Record<string, string | undefined>>,
  { connect }: Partial<Pick<AdapterListing, 'connect'>>,
): Credentials {
  const given = (connect?.settings ?? []).map((name) => [name, environment[name]] as const);
  return Object.fromEntries(given.filter(([, value]) => value !== undefined && value.trim() !== ''));
}

/** What a platform is told of an app, by the hub's public address. */
export function aboutApp(
  { url, name, settings }: Pick<ConnectAbout, 'url' | 'name' | 'settings'>,
  { app, platform }: { readonly app: AppId; readonly platform: string },
  signal: AbortSignal,
): ConnectAbout {
  const base = url.replace(/\/+$/, '');
  const [hookUrl, callbackUrl] = [`${base}/hooks/${platform}/${app}`, `${base}/connect/${platform}/callback`];
  return { url: base, name, settings, hookUrl, callbackUrl, signal };
}
