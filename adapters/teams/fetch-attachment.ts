import type { Adapter } from '../../src/model/adapter.ts';
import { Failure } from '../../src/model/failure.ts';
import { download } from '../kit/download.ts';
import type { AccessToken } from './access-token.ts';
import type { Hosts } from './hosts.ts';

/** A handle is one of these and the address. A file's address opens it by itself, for minutes; a picture's does not. */
export const FILE_HANDLE = 'file:';
export const IMAGE_HANDLE = 'image:';

/** Files that people send to a bot are kept in their OneDrive or the team's site. */
const SHAREPOINT = /\.sharepoint\.(?:com|us|cn|de)$/;

/**
 * Reads files from SharePoint without any token, and pictures from the Connector with the app's, which goes to no other
 * host, not even by a redirect.
 */
export function openFetchAttachment(tokens: AccessToken, hosts: Hosts): Adapter['fetchAttachment'] {
  return async (_, handle, mostBytes, signal) => {
    if (handle.startsWith(FILE_HANDLE)) {
      const url = handle.slice(FILE_HANDLE.length);
      return download(
        { url, mostBytes, allowed: (url) => isSharepoint(url) || hosts(url), headersFor: () => ({}) },
        signal,
      );
    }
    if (!handle.startsWith(IMAGE_HANDLE)) throw new Failure('invalid', 'this is no attachment in Teams');
    const url = URL.parse(handle.slice(IMAGE_HANDLE.length));
    if (url === null || !hosts(url))
      throw new Failure('refused', 'the picture is not on a host in TEAMS_ALLOWED_HOSTS');
    const headers = { authorization: `Bearer ${await tokens.get(signal)}` };
    return download({ url: url.href, mostBytes, allowed: hosts, headersFor: () => headers }, signal);
  };
}

function isSharepoint({ protocol, hostname, port, username }: URL): boolean {
  return protocol === 'https:' && port === '' && username === '' && SHAREPOINT.test(hostname);
}
