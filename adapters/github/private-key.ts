import { createPrivateKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { Failure } from '../../src/model/failure.ts';

const FIX = 'give the .pem file whole, with its line breaks or with \\n in their place, or the base64 of the file';

/**
 * `PRIVATE_KEY` in every form that people put into an environment, as PKCS#8 PEM, which is what Octokit can sign with.
 * @throws Failure `invalid`; its message holds nothing of the key.
 */
export function privateKeyOf(value: string): string {
  const unquoted = value.trim().replace(/^(["'])([\s\S]*)\1$/, '$2');
  const text = unquoted.includes('-----BEGIN') ? unquoted : Buffer.from(unquoted, 'base64').toString('utf8');
  const key = keyOf(text.replaceAll(String.raw`\n`, '\n'));
  if (key.asymmetricKeyType !== 'rsa') throw new Failure('invalid', `PRIVATE_KEY is not an RSA key: ${FIX}`);
  return key.export({ type: 'pkcs8', format: 'pem' });
}

function keyOf(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new Failure('invalid', `PRIVATE_KEY is not a private key in PEM form: ${FIX}`);
  }
}
