import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMarkdown, plainText } from '../../../adapters/kit/markdown.ts';
import { tableInFixedWidth } from '../../../adapters/kit/table.ts';

function shown(markdown: string): string {
  const [table] = parseMarkdown(markdown).children;
  assert.ok(table?.type === 'table');
  return tableInFixedWidth(table, plainText);
}

test('columns are as wide as their widest cell and keep their alignment', () => {
  const table = '| name | n | mid |\n|:--|--:|:-:|\n| apple | 1 | x |\n| fig | 1000 | yyyyy |';
  assert.equal(
    shown(table),
    ['name  |    n |  mid', '------|------|------', 'apple |    1 |   x', 'fig   | 1000 | yyyyy'].join('\n'),
  );
});

test('a row with too few cells is filled up', () => {
  assert.equal(shown('|a|b|\n|-|-|\n|1|'), 'a   | b\n----|----\n1   |');
});

test('letters that take two columns are counted as two', () => {
  assert.equal(shown('|a|b|\n|-|-|\n|東京都|x|'), 'a      | b\n-------|----\n東京都 | x');
});

test('marks inside a cell are left out', () => {
  assert.equal(shown('|**a**|b|\n|-|-|\n|[x](https://e.org) `c`|![i](https://e.org)|'), 'a   | b\n----|----\nx c | i');
});
