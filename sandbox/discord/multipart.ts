import type { IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { jsonIn } from '../kit/json.ts';
import type { Request, Upload } from './route.ts';

/** The body of a call: JSON, or `payload_json` and `files[n]` of a multipart form (docs: Reference, "Uploading Files"). */
export async function readBody(incoming: IncomingMessage): Promise<Pick<Request, 'body' | 'files'>> {
  const bytes = await buffer(incoming);
  const type = incoming.headers['content-type'] ?? '';
  if (!type.startsWith('multipart/form-data')) return { body: jsonIn(bytes.toString('utf8')), files: new Map() };
  const form = await new Response(bytes, { headers: { 'content-type': type } }).formData().catch(() => new FormData());
  const files = new Map<number, Upload>();
  for (const [key, value] of form.entries()) {
    const [, number] = /^files\[(\d{1,2})\]$/.exec(key) ?? [];
    if (number === undefined || typeof value === 'string') continue;
    const mediaType = value.type || 'application/octet-stream';
    files.set(Number(number), { name: value.name, mediaType, bytes: new Uint8Array(await value.arrayBuffer()) });
  }
  const payload = form.get('payload_json');
  return { body: typeof payload === 'string' ? jsonIn(payload) : undefined, files };
}
