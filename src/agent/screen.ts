import { storable } from '../model/storable.ts';
/** Shown when a model ended well and said nothing. */
const NOTHING = '*(The model gave an empty answer.)*';

/**
 * Characters that hide text from a reader's eye: zero-width, bidirectional overrides, fillers, tags. Joiners, marks of
 * direction and the two ways of drawing a sign belong to scripts and emoji; rows of them do not.
 */
const HIDDEN =
  /(?!\p{Join_Control}|[\u200E\u200F]|\uFE0E|\uFE0F)(?:\p{Default_Ignorable_Code_Point}|[\u202A-\u202E\uFFF9-\uFFFB])|(?:\p{Join_Control}|[\u200E\u200F]|\uFE0E|\uFE0F){3,}/gu;

/** An answer as it may leave: what can be seen of it, and never empty. Pure. */
export function screen(answer: string): string {
  const seen = visible(answer);
  return seen.trim() === '' ? NOTHING : seen;
}

/** A text well-formed, without NUL and hidden characters. Pure. */
export function visible(text: string): string {
  return storable(text).replace(HIDDEN, '');
}
