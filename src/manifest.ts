import type { Environment } from './config.ts';
import type { AdapterListing } from './model/adapter.ts';
import { Failure } from './model/failure.ts';

/**
 * `manifest PLATFORM https://HOST`: what the platform has to be told of the app.
 * @returns the text to paste.
 * @throws Failure `invalid` that says how it is meant.
 */
export async function manifest(
  about: { readonly name: string; readonly environment: Environment },
  listings: readonly AdapterListing[],
  [platform = '', url = '']: readonly string[],
): Promise<string> {
  const able = listings.filter((listing) => listing.manifest !== undefined);
  const usage = `usage: node src/main.ts manifest ${able.map((listing) => listing.platform).join('|')} https://HOST`;
  const listing = able.find((one) => one.platform === platform);
  if (listing?.manifest === undefined) throw new Failure('invalid', usage);
  const address = URL.parse(url);
  if (address?.protocol !== 'https:')
    throw new Failure('invalid', `${usage}: HOST is the address under which ${listing.title} reaches this hub`);
  const { name, environment } = about;
  return `${await listing.manifest({ name, url: address.href.replace(/\/+$/, '') }, environment)}\n`;
}
