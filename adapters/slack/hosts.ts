import { Failure } from '../../src/model/failure.ts';

/** Where Slack keeps files and takes them, and GovSlack. Its login pages are on other hosts, which are refused. */
const FILE_HOSTS: ReadonlySet<string> = new Set(['files.slack.com', 'files.slack-gov.com']);

/** Where a `response_url` leads to. */
const HOOK_HOSTS: ReadonlySet<string> = new Set(['hooks.slack.com', 'hooks.slack-gov.com']);

/** Slack's hosts of one kind, and the one that the API was set to: a stand-in is all of them at once. */
export type Hosts = (url: URL) => boolean;

export const fileHosts = (apiUrl: string): Hosts => allow(FILE_HOSTS, apiUrl);
export const hookHosts = (apiUrl: string): Hosts => allow(HOOK_HOSTS, apiUrl);

/** @throws Failure `refused`: an address that did not come from Slack, which nothing is sent to. */
export function addressAt(hosts: Hosts, address: string, what: string): string {
  const url = URL.parse(address);
  if (url !== null && hosts(url)) return url.href;
  throw new Failure('refused', `${what} is not at one of Slack’s hosts`);
}

function allow(hosts: ReadonlySet<string>, apiUrl: string): Hosts {
  const { origin } = new URL(apiUrl);
  return (url) => url.origin === origin || (url.protocol === 'https:' && hosts.has(url.host));
}
