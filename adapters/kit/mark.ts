import type { Walk } from './markdown.ts';

/**
 * `sign` on both sides of a text, unless a node of one of `types` is around it: platforms have no marks inside the same
 * marks, so the inner ones are left out. A blank text takes none.
 */
export function mark(sign: string, text: string, walk: Walk, types: readonly string[]): string {
  const already = walk.ancestors.some((node) => types.includes(node.type));
  return already || text.trim() === '' ? text : `${sign}${text}${sign}`;
}
