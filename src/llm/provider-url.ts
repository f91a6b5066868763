import { Failure } from '../model/failure.ts';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * A model server's base address without a slash at the end. The key goes there, so it has to be encrypted or local.
 * @throws Failure `invalid` unless it is https, or http on a loopback address, without user and password.
 */
export function providerUrl(value: string): string {
  if (!URL.canParse(value))
    throw new Failure('invalid', 'the model’s base URL is no address: give it as https://host/v1');
  const { protocol, hostname, username, password } = new URL(value);
  const safe = protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname));
  if (!safe)
    throw new Failure('invalid', 'the model’s base URL must begin with https:// (plain http only for 127.0.0.1)');
  if (username !== '' || password !== '') {
    throw new Failure('invalid', 'the model’s base URL must not hold a password: give the key by itself');
  }
  return value.replace(/\/+$/, '');
}
