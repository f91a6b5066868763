import { storable } from '../../src/model/storable.ts';

/** Text from outside, as it is kept. Pure. */
export const clean = storable;

/** At most `most` UTF-16 units from the start, and never half of a character. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  // A pair that is cut through leaves its first half, which alone is no character.
  return text.slice(0, most).replace(/[\uD800-\uDBFF]$/, '');
}
