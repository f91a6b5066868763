import type { Credentials } from '../../src/model/adapter.ts';
import { Failure } from '../../src/model/failure.ts';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * The address in variable `name`, or `fallback`; without a slash at the end.
 * @throws Failure `invalid` unless it is https, or http on a loopback address (a stand-in on this machine).
 */
export function baseUrl(credentials: Credentials, name: string, fallback: string): string {
  const value = credentials[name] ?? fallback;
  if (!URL.canParse(value)) throw new Failure('invalid', `${name} is not an address: give it as https://host/path`);
  const { protocol, hostname } = new URL(value);
  const safe = protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname));
  if (!safe) throw new Failure('invalid', `${name} must begin with https:// (plain http is taken for 127.0.0.1 only)`);
  return value.replace(/\/+$/, '');
}

/** @throws Failure `invalid` that names the variable, when it is missing or blank. */
export function required(credentials: Credentials, name: string): string {
  const value = credentials[name]?.trim();
  if (value === undefined || value === '') throw new Failure('invalid', `${name} is not set`);
  return value;
}
