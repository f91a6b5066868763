import { Failure } from '../../../model/failure.ts';
import type { IsPublic } from '../../../model/public-address.ts';
import { addressOf, type Resolve } from './address-of.ts';

/** One entry of the list: a host with its scheme, and a port where it is not the scheme's own. */
type Allowed = { readonly protocol: string; readonly host: string; readonly isSuffix: boolean; readonly port: string };

export type Guard = {
  /** The address to connect to. @throws Failure `refused` that says why not. */
  readonly check: (url: URL) => Promise<string>;
  /** What may be reached, for people. */
  readonly described: string;
};

/**
 * Lets through what stands in the list and leads to a public address.
 * @param allow `example.com`, `*.example.com`, `example.com:8443`, and with its scheme `http://example.com` for what has no TLS.
 */
export function openGuard(allow: readonly string[], resolve: Resolve, mayReach: IsPublic): Guard {
  const allowed = allow.map(entryOf);
  return {
    described: allow.join(', '),
    async check(url) {
      const refuse = (why: string): Failure => new Failure('refused', `${url.origin} is not fetched: ${why}`);
      if (url.username !== '' || url.password !== '') throw refuse('an address with a password in it');
      const found = allowed.some((entry) => fits(entry, url));
      if (!found) throw refuse(`an admin allows only ${allow.join(', ')}`);
      const address = await addressOf(url.hostname, resolve, mayReach);
      if (address === undefined) throw refuse('it is not in the public internet');
      return address;
    },
  };
}

const ENTRY = /^(?:(https?):\/\/)?(\*\.)?([a-z0-9.-]+|\[[0-9a-f:.]+\])(?::(\d{1,5}))?\/?$/;

/** Whether it is an entry of the list. Pure. */
export const isHostEntry = (text: string): boolean => ENTRY.test(text.toLowerCase());

function entryOf(text: string): Allowed {
  const [, scheme = 'https', star, host = '', port = ''] = ENTRY.exec(text.toLowerCase()) ?? [];
  return { protocol: `${scheme}:`, host, isSuffix: star !== undefined, port };
}

function fits({ protocol, host, isSuffix, port }: Allowed, url: URL): boolean {
  const named = url.hostname.toLowerCase().replace(/\.$/, '');
  const isHost = isSuffix ? named.endsWith(`.${host}`) : named === host;
  return isHost && url.protocol === protocol && url.port === port;
}
