import type { Adapter } from '../../src/model/adapter.ts';
import { download } from '../kit/download.ts';
import { refuseLoginPage } from '../kit/login-page.ts';
import type { Client } from './client.ts';

/**
 * Where github.com's answer to an upload's address leads: buckets of GitHub's own, with a signature in the address.
 * Reached by redirect only; their names are as seen in 2026.
 */
const BUCKETS = new Set([
  'github-production-user-asset-6210df.s3.amazonaws.com',
  'github-production-repository-file-5c1aeb.s3.amazonaws.com',
]);

/** Reads uploads from GitHub's hosts. The installation's token goes to the page and API hosts, never past a redirect. */
export function openFetchAttachment(client: Client, webUrl: string): Adapter['fetchAttachment'] {
  const own = new Set([new URL(client.apiUrl).origin, new URL(webUrl).origin]);
  return async (access, handle, mostBytes, signal) => {
    const token = await client.token(access, signal);
    const fetched = await download(
      {
        url: handle,
        mostBytes,
        allowed: (url) => own.has(url.origin) || isGithubs(url),
        headersFor: (url): Record<string, string> =>
          own.has(url.origin)
            ? { authorization: `token ${token}`, 'user-agent': 'switchboard' }
            : { 'user-agent': 'switchboard' },
      },
      signal,
    );
    // A page to sign in at has no name of its own: what was uploaded has.
    return refuseLoginPage(fetched, { name: URL.parse(handle)?.pathname }, FIX);
  };
}

const FIX =
  'GitHub opens uploads of private repositories to signed-in people only: give the app read access to the contents, or attach the text itself';

function isGithubs({ protocol, hostname, port }: URL): boolean {
  if (protocol !== 'https:' || port !== '') return false;
  return hostname === 'github.com' || hostname.endsWith('.githubusercontent.com') || BUCKETS.has(hostname);
}
