import type { Transaction } from './database.ts';

/** Bytes that are sent at once: postgres.js holds four copies of a parameter on its way, in hexadecimal. */
const PIECE = 512 * 1024;

/**
 * Sends bytes in pieces, which are put together in a large object that is gone at the end of the same transaction. `use` is
 * given its number, for `lo_get(${object}::text::oid)`.
 */
export async function sendLarge(
  tx: Transaction,
  bytes: Uint8Array,
  use: (object: string) => PromiseLike<unknown>,
): Promise<void> {
  const [made] = await tx<{ object: string }[]>`select lo_create(0)::text as object`;
  const object = made?.object ?? '';
  for (let at = 0; at < bytes.length; at += PIECE) {
    const piece = toHex(bytes.subarray(at, at + PIECE));
    await tx`select lo_put(${object}::text::oid, ${at}::float8::bigint, decode(${piece}, 'hex'))`;
  }
  await use(object);
  await tx`select lo_unlink(${object}::text::oid)`;
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}
