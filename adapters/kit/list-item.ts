import type { ListItem } from 'mdast';
import type { Walk } from './markdown.ts';

/** What stands before an item: its number in an ordered list, else the platform's `bullet`. */
export function signOf(item: ListItem, { ancestors }: Walk, bullet: string): string {
  const list = ancestors.at(-1);
  if (list?.type !== 'list' || list.ordered !== true) return bullet;
  return `${(list.start ?? 1) + list.children.indexOf(item)}.`;
}

/** A task's box with the space behind it, as a letter, because no platform has boxes; nothing for other items. */
export function boxOf({ checked }: ListItem): string {
  if (checked === true) return '☑ ';
  return checked === false ? '☐ ' : '';
}
