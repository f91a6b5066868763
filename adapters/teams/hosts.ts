import type { Credentials } from '../../src/model/adapter.ts';
import { Failure } from '../../src/model/failure.ts';

/** Whether the app's token may be sent to this address. */
export type Hosts = (url: URL) => boolean;

/**
 * Where the Bot Connector of the public cloud is: the Teams SDK's own list (docs: Service URL Validation), and the Bot
 * Framework's other channels. Government and sovereign clouds have other issuers and other hosts.
 */
const BOT_FRAMEWORK = [
  'smba.trafficmanager.net',
  'smba.onyx.prod.teams.trafficmanager.net',
  'smba.infra.gcc.teams.microsoft.com',
  '*.botframework.com',
];
const ENTRY = /^(?:(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)+|localhost|\[::1\])(?::\d{1,5})?$/;
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * The hosts named in TEAMS_ALLOWED_HOSTS, `host[:port]` each, `*.` for all below a name; else the Bot Framework's.
 * https only, but for a loopback address that is named there.
 * @throws Failure `invalid` that names the entry which is no host.
 */
export function openHosts(credentials: Credentials): Hosts {
  const given = (credentials['TEAMS_ALLOWED_HOSTS'] ?? '').split(',').map((one) => one.trim().toLowerCase());
  const named = given.filter((one) => one !== '');
  const wrong = named.find((one) => !ENTRY.test(one));
  if (wrong !== undefined) {
    throw new Failure('invalid', `TEAMS_ALLOWED_HOSTS holds "${wrong}", which is no host[:port] or *.host`);
  }
  const entries = named.length > 0 ? named : BOT_FRAMEWORK;
  return (url) => {
    const safe = url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.test(url.hostname));
    // A name and a password in the address would take the place of our own authorization.
    const plain = url.username === '' && url.password === '';
    return safe && plain && entries.some((entry) => fits(entry, url.host));
  };
}

function fits(entry: string, host: string): boolean {
  return entry.startsWith('*.') ? host.endsWith(entry.slice(1)) : host === entry;
}
