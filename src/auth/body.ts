import { ADDRESS_HEADER } from './address-header.ts';

/** Bytes of a body: an attestation of a passkey has some thousands. */
const MOST_BYTES = 64 * 1024;

/** The same request with its body read, and with the client's address in our header alone. Undefined: it is too large. */
export async function readBody(request: Request, address: string | undefined): Promise<Request | undefined> {
  const headers = new Headers(request.headers);
  headers.delete(ADDRESS_HEADER);
  if (address !== undefined) headers.set(ADDRESS_HEADER, address);
  const { url, method } = request;
  if (request.body === null) return new Request(url, { method, headers });
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body) {
    size += chunk.length;
    if (size > MOST_BYTES) return undefined;
    chunks.push(chunk);
  }
  return new Request(url, { method, headers, body: Buffer.concat(chunks) });
}
