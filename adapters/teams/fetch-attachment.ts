import type { Adapter } from '../../src/model/adapter.ts';
import { Failure } from '../../src/model/failure.ts';
import { download } from '../kit/download.ts';
import { refuseLoginPage } from '../kit/login-page.ts';
import type { AccessToken } from './access-token.ts';
import { FILE_HANDLE, IMAGE_HANDLE, PAGE_HANDLE } from './handles.ts';
import { fetchShared, siteUrlOf } from './fetch-shared.ts';
import type { Reader } from './lookup.ts';
import type { Hosts } from './hosts.ts';

/** Files that people send to a bot are kept in their OneDrive or the team's site. */
const SHAREPOINT = /\.sharepoint\.(?:com|us|cn|de)$/;

/**
 * Reads files from SharePoint without any token, and pictures from the Connector with the app's, which goes to no other
 * host, not even by a redirect.
 */
export function openFetchAttachment(tokens: AccessToken, hosts: Hosts, reader: Reader): Adapter['fetchAttachment'] {
  const allowed = (url: URL): boolean => isSharepoint(url) || hosts(url);
  return async ({ install }, handle, mostBytes, signal) => {
    const site = await siteUrlOf(reader, { tenant: install, handle }, signal);
    if (site !== undefined) {
      if (!URL.canParse(site) || !allowed(new URL(site))) throw new Failure('refused', 'the file is not in SharePoint');
      return fetchShared(reader.graph, { tenant: install, site, mostBytes, allowed }, signal);
    }
    const isPage = handle.startsWith(PAGE_HANDLE);
    if (isPage || handle.startsWith(FILE_HANDLE)) {
      const url = handle.slice(handle.indexOf(':') + 1);
      const fetched = await download({ url, mostBytes, allowed, headersFor: () => ({}) }, signal);
      return refuseLoginPage(fetched, { mediaType: isPage ? 'text/html' : undefined }, FILE_FIX);
    }
    if (!handle.startsWith(IMAGE_HANDLE)) throw new Failure('invalid', 'this is no attachment in Teams');
    const url = URL.parse(handle.slice(IMAGE_HANDLE.length));
    if (url === null || !hosts(url))
      throw new Failure('refused', 'the picture is not on a host in TEAMS_ALLOWED_HOSTS');
    const headers = { authorization: `Bearer ${await tokens.get(signal)}` };
    const fetched = await download({ url: url.href, mostBytes, allowed: hosts, headersFor: () => headers }, signal);
    return refuseLoginPage(fetched, {}, PICTURE_FIX);
  };
}

const FILE_FIX =
  'its address has run out (it is good for minutes), or the tenant lets no app read files: send it again';
const PICTURE_FIX =
  'check MicrosoftAppId, MicrosoftAppPassword and that the app is installed where the picture was sent';

function isSharepoint({ protocol, hostname, port, username }: URL): boolean {
  return protocol === 'https:' && port === '' && username === '' && SHAREPOINT.test(hostname);
}
