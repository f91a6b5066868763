import { createHash, hkdfSync, randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../model/failure.ts';

/** One key of 256 bits; its id stands in what was sealed with it and tells nothing of it. */
export type Key = { readonly id: string; readonly bytes: Uint8Array };

/** The keys that open what is sealed; the first one seals. */
export type KeyRing = readonly [Key, ...Key[]];

const KEY_BYTES = 32;
const FILE = 'vault.key';

/**
 * The keys that were given, newest first, else the one in the data folder, which is made where there is none.
 * @param given base64 of 32 bytes each, parted by commas; undefined or empty: none.
 * @throws Failure `invalid` that names what to mend, never a key.
 */
export async function openKeyRing(given: string | undefined, dataFolder: string): Promise<KeyRing> {
  const [first, ...others] = (given ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(keyOf);
  return first === undefined ? [keyOf(await ownKey(dataFolder))] : [first, ...others];
}

/** A key for one purpose alone, of the newest of the ring: with a new one what was named by it is forgotten. */
export function derivedKey([newest]: KeyRing, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', newest.bytes, '', `switchboard/${purpose}`, KEY_BYTES));
}

function keyOf(text: string): Key {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== KEY_BYTES)
    throw new Failure(
      'invalid',
      'SWITCHBOARD_SECRET: each key has to be 32 bytes as base64; make one with: openssl rand -base64 32',
    );
  return { id: createHash('sha256').update(bytes).digest('base64url').slice(0, 12), bytes };
}

/** Readable by this user alone. Of two processes that make it at once the first one's counts, and none sees half of it. */
async function ownKey(folder: string): Promise<string> {
  const path = join(folder, FILE);
  await mkdir(folder, { recursive: true });
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, randomBytes(KEY_BYTES).toString('base64'), { flag: 'wx', mode: 0o600 });
  await link(draft, path).catch((thrown: unknown) => {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST')) throw thrown;
  });
  await unlink(draft);
  return (await readFile(path, 'utf8')).trim();
}
