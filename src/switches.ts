import type { Config } from './config.ts';
import type { Switch } from './console/system.ts';

/**
 * What this deployment has switched on, by its configuration: read at the start, and the same until the next one. Without
 * secrets and addresses, since every organization sees it. Pure.
 */
export function switchesOf({ auth, tools, vaultKeys }: Pick<Config, 'auth' | 'tools' | 'vaultKeys'>): Switch[] {
  const providers = Object.keys(auth.social);
  return [
    {
      name: 'Mail',
      on: auth.smtpUrl !== undefined,
      says: auth.smtpUrl === undefined ? 'Links of invitations and resets are shown, or printed in the log' : '',
      by: 'SMTP_URL, MAIL_FROM',
    },
    {
      name: 'Sign-in by a provider of the whole hub',
      on: providers.length > 0,
      says: providers.join(', '),
      by: 'SIGN_IN_<PROVIDER>_CLIENT_ID and _SECRET',
    },
    {
      name: 'Addresses in private networks, for every organization',
      on: auth.allowPrivateIssuers,
      says: 'For providers of sign-in, and servers of models and tools',
      by: 'SSO_ALLOW_PRIVATE',
    },
    {
      name: 'Addresses of clients as a proxy tells them',
      on: auth.clientHeader !== undefined,
      says: auth.clientHeader ?? '',
      by: 'SWITCHBOARD_CLIENT_HEADER',
    },
    {
      name: 'Secrets under keys of one’s own',
      on: vaultKeys !== undefined,
      says: vaultKeys === undefined ? 'A key of this machine seals them: several machines need one that is set' : '',
      by: 'SWITCHBOARD_SECRET',
    },
    {
      name: 'Pages of the web (http_get)',
      on: tools.httpAllow.length > 0,
      says: counted(tools.httpAllow.length, 'host'),
      by: 'tools.http.allow',
    },
    {
      name: 'Plugins',
      on: tools.plugins.length > 0,
      says: counted(tools.plugins.length, 'plugin'),
      by: 'plugins',
    },
    {
      name: 'Servers of tools for every organization',
      on: tools.mcpServers.length > 0,
      says: counted(tools.mcpServers.length, 'server'),
      by: 'mcpServers',
    },
  ];
}

const counted = (count: number, what: string): string =>
  count === 0 ? '' : `${count} ${what}${count === 1 ? '' : 's'}`;
