import { dictionary } from '@zxcvbn-ts/language-common';
import { APIError } from 'better-auth/api';
import { hashPassword as hashed } from 'better-auth/crypto';

/**
 * Passwords that many people have, as far as they are long enough to be taken here: 308 of the 49,233 of zxcvbn's list (OWASP ASVS
 * 5.0, 6.2.4 asks for the commonest 3,000 that fit).
 */
const COMMON = new Set(dictionary['passwords-common'].map((password) => password.toLowerCase()));

/** Three or fewer different characters make no password of any length. */
const FEWEST_CHARACTERS = 4;

/** A new password, as it is kept. @throws APIError `BAD_REQUEST` where it is one that others try first. */
export function hashPassword(password: string): Promise<string> {
  if (COMMON.has(password.toLowerCase()) || new Set(password).size < FEWEST_CHARACTERS)
    throw new APIError('BAD_REQUEST', {
      code: 'COMMON_PASSWORD',
      message:
        'many people have this password, and it is tried first: take another one, as four words that do not belong together',
    });
  return hashed(password);
}
