import type { IncomingMessage } from 'node:http';
import { Failure } from '../model/failure.ts';

/**
 * The body's bytes, untouched.
 * @throws Failure `too-large` as soon as more than `limit` bytes have come, `aborted` when the sender went away.
 */
export function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > limit) return Promise.reject(tooLarge(limit));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) {
        request.pause();
        reject(tooLarge(limit));
      } else chunks.push(chunk);
    });
    request.once('end', () => resolve(Buffer.concat(chunks, size)));
    request.once('error', () => reject(new Failure('aborted', 'the sender went away')));
    request.once('close', () => reject(new Failure('aborted', 'the sender went away')));
  });
}

function tooLarge(limit: number): Failure {
  return new Failure('too-large', `the body is larger than ${limit} bytes`);
}
