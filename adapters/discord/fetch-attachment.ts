import type { Adapter } from '../../src/model/adapter.ts';
import { download } from '../kit/download.ts';
import type { Client } from './client.ts';

/** Where Discord keeps files. Their addresses are signed, so no token goes there. */
const FILE_HOSTS = new Set(['cdn.discordapp.com', 'media.discordapp.net']);

/** Reads a file from Discord's hosts, or from the configured API host (a stand-in's files are there). */
export function openFetchAttachment(client: Client): Adapter['fetchAttachment'] {
  const own = new URL(client.apiUrl).origin;
  const allowed = (url: URL): boolean =>
    url.origin === own || (url.protocol === 'https:' && url.port === '' && FILE_HOSTS.has(url.hostname));
  const headers = { 'user-agent': 'switchboard' };
  return (_access, handle, mostBytes, signal) =>
    download({ url: handle, mostBytes, allowed, headersFor: () => headers }, signal);
}
