import { createHash } from 'node:crypto';
import type { Limits } from '../model/adapter.ts';
import type { OutFile } from '../model/reply.ts';

/** Numbers of parts end long before; those of files begin here, and fit the database's integers. */
const FIRST = 1_000_000;
const COUNT = 1_000_000_000;

/** Said beside the file. */
export const FILE_WORDS = 'The answer is too long for posts. The whole of it, from its beginning, is in this file.';

/** The number of the post that holds a whole answer as a file: another answer's file is another post. */
export function fileOrdinal(answer: string): number {
  const hash = createHash('sha256').update(answer).digest();
  return FIRST + (hash.readUInt32BE(0) % COUNT);
}

export const isFile = (ordinal: number): boolean => ordinal >= FIRST;

export function fileOf(answer: string): OutFile {
  return { name: 'answer.md', mediaType: 'text/markdown; charset=utf-8', bytes: Buffer.from(answer, 'utf8') };
}

/** Milliseconds from the call that makes a post until it can be looked up, at the latest. */
export function lagOf({ readLagMs, shareLagMs = readLagMs }: Limits, ordinal: number): number {
  return isFile(ordinal) ? shareLagMs : readLagMs;
}
