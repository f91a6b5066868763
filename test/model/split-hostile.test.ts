import assert from 'node:assert/strict';
import { test } from 'node:test';
import { split } from '../../src/model/split.ts';
import { leavesFenceOpen } from './leaves-fence-open.ts';

const length = (text: string): number => text.length;
const escaped = (text: string): number => text.replace(/&/g, '&amp;').replace(/[<>]/g, '&lt;').length;

test('hostile texts are divided soundly and soon', () => {
  const hostile: Record<string, string> = {
    backticks: '`'.repeat(40_000),
    'pairs of backticks': 'a `'.repeat(13_000),
    'open fences': '```\n'.repeat(10_000),
    tildes: '~~~ x\n'.repeat(6_000),
    'deep quotes': '>'.repeat(10_000),
    'deep lists': `${'- '.repeat(10_000)}x`,
    'deep numbers': '1. '.repeat(8_000),
    'ever deeper lists': Array.from({ length: 10_000 }, (_, depth) => `${' '.repeat(depth % 300)}- x`).join('\n'),
    brackets: '['.repeat(40_000),
    'bracketed letters': '[a]'.repeat(13_000),
    'open links': '[a]('.repeat(10_000),
    emphasis: '*a_'.repeat(13_000),
    'emphasis behind a fence in HTML': `<pre>\n\`\`\`\n${'*a_*a_*a_\n'.repeat(4000)}`,
    'one word': 'x'.repeat(100_000),
    marks: `e${'\u0301'.repeat(20_000)}`,
    'line ends': '\r\n'.repeat(20_000),
    'line ends before a word': `${'\n'.repeat(50_000)}x`,
    blanks: `a${' '.repeat(50_000)}b`,
    comments: '<!--'.repeat(10_000),
    'a row': `|a|b|\n|-|-|\n|${'x y '.repeat(5000)}|2|\n|3|4|`,
    'a wide table': `${'|a'.repeat(5000)}\n${'|-'.repeat(5000)}\n${'|1'.repeat(5000)}\n`,
    'a long info string': `\`\`\`${'i'.repeat(9000)}\nx\n\`\`\`\nend`,
    'lone surrogates': '\uD800'.repeat(9000),
  };
  for (const [name, text] of Object.entries(hostile)) {
    const before = performance.now();
    const parts = split(text, { part: 2000, measure: length });
    const took = performance.now() - before;
    assert.ok(took < 2500, `${name} took ${took} ms`);
    assert.equal(parts.map((part) => part.source).join(''), text, name);
    for (const part of parts) {
      assert.ok(part.text.length <= 2000, name);
      assert.ok(!leavesFenceOpen(part.text), name);
    }
  }
});

test('a megabyte is divided within a second', () => {
  const page =
    '## Title\n\nThis is a *sentence* with a [link](https://example.com/a) and `code`. Another one.\n\n- item\n- item\n\n```js\nconst a = 1;\n```\n\n';
  const text = page.repeat(Math.ceil(1_000_000 / page.length));
  const before = performance.now();
  const parts = split(text, { part: 4000, measure: escaped });
  assert.ok(performance.now() - before < 1500, `${performance.now() - before} ms`);
  assert.equal(parts.map((part) => part.source).join(''), text);
  assert.ok(parts.every((part) => escaped(part.text) <= 4000));
});

test('measures seldom: rendering a part may be dear', () => {
  const text = 'A sentence of some words. '.repeat(2000);
  let calls = 0;
  const parts = split(text, { part: 2000, measure: (piece) => ((calls += 1), piece.length) });
  assert.ok(calls / parts.length < 7, `${calls / parts.length} per part`);
});

test('a limit smaller than one character is refused', () => {
  assert.throws(() => split('abc', { part: 0, measure: length }), RangeError);
});
