import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { Failure } from '../../model/failure.ts';
import { isPublic } from '../../model/public-address.ts';

/** Where a provider may be. */
export type Reach = {
  /** Also in private networks, and without TLS: for a provider of one's own, or one that is tried. */
  readonly allowPrivate: boolean;
};

/**
 * The address that a provider's URL leads to, to be connected to as it is: asked for again, the name may lead elsewhere.
 * @throws Failure `refused` where an organization's admin may not make us go, `unavailable` where there is no such host.
 */
export async function reach(url: URL, { allowPrivate }: Reach): Promise<string> {
  if (url.protocol !== 'https:' && !(allowPrivate && url.protocol === 'http:'))
    throw new Failure('refused', `${url.origin}: a provider has to be reached by https`);
  if (url.username !== '' || url.password !== '')
    throw new Failure('refused', `${url.origin}: an address with a password in it`);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const addresses = isIP(host) === 0 ? await resolved(host) : [host];
  const [first] = addresses;
  // One private address among public ones is how names are made to point inside.
  if (first === undefined || !(allowPrivate || addresses.every(isPublic)))
    throw new Failure('refused', `${url.origin} is not in the public internet: set SSO_ALLOW_PRIVATE=true to allow it`);
  return first;
}

async function resolved(host: string): Promise<readonly string[]> {
  try {
    return (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address);
  } catch {
    throw new Failure('unavailable', `there is no host ${host}`);
  }
}
