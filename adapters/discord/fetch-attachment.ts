import type { Adapter } from '../../src/model/adapter.ts';
import { download } from '../kit/download.ts';
import { refuseLoginPage } from '../kit/login-page.ts';
import type { Client } from './client.ts';

/** Where Discord keeps files. Their addresses are signed, so no token goes there. */
const FILE_HOSTS = new Set(['cdn.discordapp.com', 'media.discordapp.net']);

const FIX = 'give the bot View Channel and Read Message History there, and let no proxy stand between';

/** Reads a file from Discord's hosts, or from the configured API host (a stand-in's files are there). */
export function openFetchAttachment(client: Client): Adapter['fetchAttachment'] {
  const own = new URL(client.apiUrl).origin;
  const allowed = (url: URL): boolean =>
    url.origin === own || (url.protocol === 'https:' && url.port === '' && FILE_HOSTS.has(url.hostname));
  const headers = { 'user-agent': 'switchboard' };
  return async (_access, handle, mostBytes, signal) => {
    const fetched = await download({ url: handle, mostBytes, allowed, headersFor: () => headers }, signal);
    return refuseLoginPage(fetched, { name: URL.parse(handle)?.pathname }, FIX);
  };
}
