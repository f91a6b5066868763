import type { IncomingMessage } from 'node:http';
import { Failure } from '../model/failure.ts';

/** What one request may bring, and all of them together. Bytes. */
export type BodyBudget = {
  /**
   * Counted for nobody: nearly every delivery is smaller, and must not wait for the large ones. The number of connections
   * bounds them.
   */
  readonly free: number;
  /** What is beyond that, of all requests that are being read or answered. */
  readonly most: number;
};

/** A body that is held in memory; disposing it gives its share of the budget back. */
export type Body = { readonly bytes: Buffer; readonly [Symbol.dispose]: () => void };

/**
 * Reads a body, its bytes untouched.
 * @throws Failure `too-large` as soon as more than `limit` bytes were announced or have come, `unavailable` when all
 * bodies together are too large, `aborted` when the sender went away.
 */
export type ReadBody = (request: IncomingMessage, limit: number) => Promise<Body>;

/** Milliseconds after which a sender may come again: large bodies take about a second each to be stored. */
const COME_BACK_IN_MS = 2_000;

/**
 * One budget for a process. What counts is what has come, not what was announced: otherwise a few senders who promise
 * much and send nothing would keep everybody else out.
 */
export function openBodies(budget: BodyBudget): ReadBody {
  let held = 0;
  return (request, limit) => {
    const announced = Number(request.headers['content-length'] ?? 0);
    if (announced > limit) return Promise.reject(tooLarge(limit));
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      let [size, counted] = [0, 0];
      const giveBack = (): void => {
        held -= counted;
        counted = 0;
      };
      const fail = (failure: Failure): void => {
        request.off('data', take);
        chunks.length = 0;
        giveBack();
        reject(failure);
      };
      const take = (chunk: Buffer): void => {
        size += chunk.length;
        const more = Math.max(0, size - budget.free) - counted;
        if (size > limit) return fail(tooLarge(limit));
        if (held + more > budget.most) return fail(tooMany());
        held += more;
        counted += more;
        chunks.push(chunk);
      };
      const leave = (): void => fail(new Failure('aborted', 'the sender went away'));
      request.on('data', take);
      request.once('error', leave);
      request.once('close', leave);
      request.once('end', () => {
        request.off('error', leave).off('close', leave);
        resolve({ bytes: Buffer.concat(chunks, size), [Symbol.dispose]: giveBack });
      });
    });
  };
}

function tooLarge(limit: number): Failure {
  return new Failure('too-large', `the body is larger than ${limit} bytes`);
}

function tooMany(): Failure {
  const options = { retryInMs: COME_BACK_IN_MS };
  return new Failure('unavailable', 'too many large bodies are being read: try again in a moment', options);
}
