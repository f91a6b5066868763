import { z } from 'zod';
import { Failure } from '../../model/failure.ts';
import { ask } from './ask.ts';
import type { Reach } from './reach.ts';

const address = z.url({ protocol: /^https?$/ });

/** What we need of OpenID Connect Discovery 1.0, section 3. */
const Metadata = z.object({
  issuer: z.string(),
  authorization_endpoint: address,
  token_endpoint: address,
  jwks_uri: address,
  userinfo_endpoint: address.optional(),
  token_endpoint_auth_methods_supported: z.array(z.string()).optional(),
  id_token_signing_alg_values_supported: z.array(z.string()).optional(),
});

/** Where a provider's doors are. */
export type Provider = z.infer<typeof Metadata>;

/**
 * Reads what a provider says of itself.
 * @param issuer as it stands in its tokens.
 * @throws Failure `refused` where it is none, or says that it is another one; else as `ask`.
 */
export async function discover(issuer: string, where: Reach): Promise<Provider> {
  const url = URL.parse(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  if (url === null) throw new Failure('invalid', 'issuer: must be an address, as https://login.example.com');
  const { status, json } = await ask({ url }, where);
  const provider = Metadata.safeParse(json);
  if (status !== 200 || !provider.success)
    throw new Failure('refused', `${url.origin} serves no OpenID configuration: check the issuer`);
  // Section 4.3: else one provider could speak for another.
  if (provider.data.issuer !== issuer)
    throw new Failure(
      'refused',
      `the provider calls itself ${provider.data.issuer.slice(0, 200)}: use that as the issuer`,
    );
  return provider.data;
}
