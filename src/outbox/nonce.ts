import { createHash } from 'node:crypto';
import type { TurnId } from '../model/ids.ts';

/** 22 characters: 132 bits, and within what every platform takes as a nonce (25 at the least). */
const LENGTH = 22;

/** The name of one part of one answer: the same after a crash, so that the part is recognised. */
export function nonceOf(turn: TurnId, ordinal: number): string {
  return createHash('sha256').update(`${turn}/${ordinal}`).digest('base64url').slice(0, LENGTH);
}
