import * as z from 'zod/mini';
import { ask, Nothing } from './auth.ts';

const has = (value: unknown, ...names: readonly string[]): boolean =>
  typeof value === 'object' && value !== null && names.every((name) => name in value);

/** The browser itself checks the rest of them. */
const Creation = z.custom<PublicKeyCredentialCreationOptionsJSON>((value) =>
  has(value, 'challenge', 'rp', 'user', 'pubKeyCredParams'),
);
const Request = z.custom<PublicKeyCredentialRequestOptionsJSON>((value) => has(value, 'challenge'));

/** Whether this browser knows passkeys in the form that the server sends them. */
export const hasPasskeys = (): boolean =>
  typeof PublicKeyCredential === 'function' && 'parseRequestOptionsFromJSON' in PublicKeyCredential;

/** Signs in with a passkey of this device. @throws Problem, or DOMException when the person cancels */
export async function signInWithPasskey(): Promise<void> {
  const options = await ask('/passkey/generate-authenticate-options', Request);
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  const credential = await navigator.credentials.get({ publicKey });
  await ask('/passkey/verify-authentication', Nothing, { response: jsonOf(credential) });
}

/** Makes a passkey for whoever is signed in. */
export async function addPasskey(name: string): Promise<void> {
  const options = await ask(`/passkey/generate-register-options?name=${encodeURIComponent(name)}`, Creation);
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  const credential = await navigator.credentials.create({ publicKey });
  await ask('/passkey/verify-registration', Nothing, { response: jsonOf(credential), name });
}

function jsonOf(credential: Credential | null): unknown {
  if (!(credential instanceof PublicKeyCredential)) throw new Error('The browser made no passkey: try again.');
  return credential.toJSON();
}
