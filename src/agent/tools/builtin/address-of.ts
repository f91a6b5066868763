import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { Failure } from '../../../model/failure.ts';
import type { IsPublic } from '../../../model/public-address.ts';

/** A host's addresses, as the system finds them. */
export type Resolve = (host: string) => Promise<readonly string[]>;

export const systemResolve: Resolve = async (host) =>
  (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address);

/**
 * The address to connect to for a host; asked for again, its name may lead elsewhere.
 * @returns undefined: it leads to one that may not be reached.
 * @throws Failure `unavailable` where there is no such host.
 */
export async function addressOf(hostname: string, resolve: Resolve, mayReach: IsPublic): Promise<string | undefined> {
  const host = hostname.replace(/^\[|\]$/g, '');
  const addresses = isIP(host) === 0 ? await resolved(host, resolve) : [host];
  // One private address among public ones is how names are made to point inside.
  return addresses.every(mayReach) ? addresses[0] : undefined;
}

async function resolved(host: string, resolve: Resolve): Promise<readonly string[]> {
  try {
    return await resolve(host);
  } catch {
    throw new Failure('unavailable', `there is no host ${host}`);
  }
}
