import { CompactEncrypt, compactDecrypt, decodeProtectedHeader, errors } from 'jose';
import { Failure } from '../model/failure.ts';
import type { KeyRing } from './keys.ts';

/** What a secret is for, as `organization/target/name`: sealed for one thing, it opens for no other. */
export type Purpose = string;

/** A secret as it may be written down: a JWE (RFC 7516), AES-256-GCM with the key itself. */
export async function seal([current]: KeyRing, secret: string, purpose: Purpose): Promise<string> {
  return new CompactEncrypt(new TextEncoder().encode(secret))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: current.id, for: purpose })
    .encrypt(current.bytes);
}

/**
 * The secret again.
 * @throws Failure `unauthorized` where no key of the ring opens it, `invalid` where it was sealed for something else.
 */
export async function unseal(ring: KeyRing, sealed: string, purpose: Purpose): Promise<string> {
  try {
    const { plaintext, protectedHeader } = await compactDecrypt(
      sealed,
      ({ kid }) => {
        const key = ring.find(({ id }) => id === kid);
        if (key === undefined)
          throw new Failure(
            'unauthorized',
            'a secret was sealed with a key that is not in SWITCHBOARD_SECRET: add the old key behind the new one',
          );
        return key.bytes;
      },
      { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] },
    );
    if (protectedHeader['for'] !== purpose)
      throw new Failure('invalid', 'a secret was sealed for something else: it was moved by hand');
    return new TextDecoder().decode(plaintext);
  } catch (thrown) {
    if (thrown instanceof errors.JOSEError)
      throw new Failure('unauthorized', 'a sealed secret cannot be opened: it was changed, or its key is another one', {
        cause: thrown,
      });
    throw thrown;
  }
}

/** Whether it should be sealed anew, because the ring has a newer key. */
export function isOldSeal([current]: KeyRing, sealed: string): boolean {
  const header = Buffer.from(sealed.split('.', 1)[0] ?? '', 'base64url').toString('utf8');
  return !header.includes(`"kid":"${current.id}"`);
}

/** The same secret for the same purpose under the newest key; undefined: it is already. @throws as `unseal`. */
export async function resealed(ring: KeyRing, sealed: string): Promise<string | undefined> {
  if (!isOldSeal(ring, sealed)) return undefined;
  const purpose = decodeProtectedHeader(sealed)['for'];
  if (typeof purpose !== 'string') throw new Failure('invalid', 'a sealed secret does not say what it is for');
  return seal(ring, await unseal(ring, sealed, purpose), purpose);
}
