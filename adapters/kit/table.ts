import type { Table } from 'mdast';

const WIDE = /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}]/u;
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/**
 * A table as lines for a fixed-width font, for platforms that have no tables: cells padded to one width per column and
 * a rule below the head. `cell` gives a cell's plain text.
 */
export function tableInFixedWidth(table: Table, cell: (cell: Table['children'][number]['children'][number]) => string) {
  const rows = table.children.map((row) => row.children.map((one) => cell(one).replaceAll(/\s+/g, ' ').trim()));
  const columns = greatest(0, rows, (row) => row.length);
  const widths = Array.from({ length: columns }, (_, column) =>
    greatest(3, rows, (row) => columnsOf(row[column] ?? '')),
  );
  const line = (row: readonly string[]): string =>
    widths
      .map((width, column) => pad(row[column] ?? '', width, table.align?.[column]))
      .join(' | ')
      .trimEnd();
  const [head = [], ...body] = rows;
  return [line(head), widths.map((width) => '-'.repeat(width)).join('-|-'), ...body.map(line)].join('\n');
}

/** One by one: as arguments of one call, a hundred thousand rows are more than the stack holds. */
function greatest<Item>(least: number, items: readonly Item[], size: (item: Item) => number): number {
  return items.reduce((most, item) => Math.max(most, size(item)), least);
}

function pad(text: string, width: number, align: 'left' | 'right' | 'center' | null | undefined): string {
  const gap = width - columnsOf(text);
  if (align === 'right') return ' '.repeat(gap) + text;
  if (align === 'center') return ' '.repeat(Math.floor(gap / 2)) + text + ' '.repeat(Math.ceil(gap / 2));
  return text + ' '.repeat(gap);
}

/** Columns that a text takes in a fixed-width font: two for East Asian letters and emoji. */
function columnsOf(text: string): number {
  let columns = 0;
  for (const { segment } of graphemes.segment(text)) columns += WIDE.test(segment) ? 2 : 1;
  return columns;
}
