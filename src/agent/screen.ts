/** Shown when a model ended well and said nothing. */
const NOTHING = '*(The model gave an empty answer.)*';

/** Characters that hide text from a reader's eye: zero-width, bidirectional overrides, and the tag block. */
const HIDDEN = /[\u200B\u2060\uFEFF\u202A-\u202E\u2066-\u2069\u{E0000}-\u{E007F}]/gu;

/** An answer as it may leave: what can be seen of it, and never empty. Pure. */
export function screen(answer: string): string {
  const seen = visible(answer);
  return seen.trim() === '' ? NOTHING : seen;
}

/** A text well-formed, without NUL and hidden characters. Pure. */
export function visible(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '').replace(HIDDEN, '');
}
