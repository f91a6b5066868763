import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Renderers } from '../../../adapters/kit/markdown.ts';
import { parseMarkdown, renderMarkdown } from '../../../adapters/kit/markdown.ts';

/** A platform that shows its nodes by name, so that the tests see what the walk hands over. */
const named: Renderers = {
  text: (node) => node.value,
  paragraph: (node, walk) => walk.inside(node),
  heading: (node, walk) => `H${node.depth}(${walk.inside(node)})`,
  strong: (node, walk) => `B(${walk.inside(node)})`,
  emphasis: (node, walk) => `I(${walk.inside(node)})`,
  delete: (node, walk) => `S(${walk.inside(node)})`,
  inlineCode: (node) => `C(${node.value})`,
  code: (node) => `CODE${node.lang ?? ''}(${node.value})`,
  link: (node, walk) => `L(${walk.inside(node)}→${node.url})`,
  image: (node) => `IMG(${node.alt ?? ''}→${node.url})`,
  blockquote: (node, walk) => `Q(${walk.inside(node, '/')})`,
  list: (node, walk) => `${node.ordered ? 'OL' : 'UL'}(${walk.inside(node, ',')})`,
  listItem: (node, walk) => walk.inside(node, '/'),
  table: (node, walk) =>
    `T(${node.children.map((row) => row.children.map((c) => walk.inside(c)).join('|')).join(';')})`,
  thematicBreak: () => '---',
  break: () => 'BR',
  html: (node) => `HTML(${node.value})`,
  footnoteReference: (node) => `^${node.identifier}`,
  footnoteDefinition: (node, walk) => `FN${node.identifier}(${walk.inside(node)})`,
};

const cases: readonly [what: string, markdown: string, shown: string][] = [
  ['blocks are put apart', '# A\n\nb', 'H1(A)\n\nb'],
  ['inline marks nest', '**a *b* `c`** ~~d~~', 'B(a I(b) C(c)) S(d)'],
  ['one tilde is no strikethrough', 'from ~5 to ~10', 'from ~5 to ~10'],
  ['nested lists keep their nesting', '- a\n  1. b\n- c', 'UL(a/OL(b),c)'],
  ['a table hands over its rows', '|a|b|\n|-|-|\n|1|2|', 'T(a|b;1|2)'],
  [
    'a reference becomes its link',
    '[a][x] ![i][x]\n\n[x]: https://e.org "t"',
    'L(a→https://e.org) IMG(i→https://e.org)',
  ],
  ['the first of two definitions counts', '[x]\n\n[x]: /1\n[x]: /2', 'L(x→/1)'],
  ['a reference in a quote finds a definition outside', '> [x]\n\n[x]: /1', 'Q(L(x→/1))'],
  ['a reference without definition stays text', '[a][nowhere]', '[a][nowhere]'],
  ['footnotes stay', 'a[^1]\n\n[^1]: n', 'a^1\n\nFN1(n)'],
  ['a bare address is a link', 'see https://e.org/a', 'see L(https://e.org/a→https://e.org/a)'],
  ['an unclosed fence is code to the end', '```ts\na\n', 'CODEts(a)'],
  ['html is named as such', '<b>x', 'HTML(<b>)x'],
  ['nothing is nothing', '', ''],
];
for (const [what, markdown, shown] of cases) {
  test(what, () => assert.equal(renderMarkdown(markdown, named), shown));
}

test('the walk knows what is around a node', () => {
  const inQuote: Renderers = {
    ...named,
    text: (node, walk) => `${node.value}@${walk.ancestors.map((one) => one.type).join('.')}`,
  };
  assert.equal(renderMarkdown('> *a*', inQuote), 'Q(I(a@root.blockquote.paragraph.emphasis))');
});

for (const [what, markdown] of [
  ['quotes', `${'>'.repeat(20_000)} deep`],
  ['lists', `${'- '.repeat(20_000)} deep`],
  ['emphases', `${'*'.repeat(20_000)}deep${'*'.repeat(20_000)}`],
  ['emphases, one after the other,', `${'**a '.repeat(300)}deep${' a**'.repeat(300)}`],
  ['emphases a parser takes', `${'*'.repeat(180)}deep${'*'.repeat(180)}`],
] as const) {
  test(`a great many nested ${what} are shown as text and do not end the process`, () => {
    const shown = renderMarkdown(markdown, named);
    assert.match(shown, /deep/);
    assert.ok(shown.length < 41_000);
  });
}

test('a plain line is read as the parser would read it', () => {
  for (const line of ['Hello, world! 1 + 1 = 2 (a-b); "x" it\'s 50 %', 'é東京 done.', 'a: b/c?']) {
    assert.equal(renderMarkdown(line, named), line);
    assert.equal(renderMarkdown(`${line} *x*`, named), `${line} I(x)`);
  }
  assert.equal(renderMarkdown('trailing space ', named), 'trailing space');
  assert.match(renderMarkdown('see www.e.org', named), /L\(/);
  assert.match(renderMarkdown('See HTTP://e.org', named), /L\(/);
});

test('a tree can be made once and asked for its parts', () => {
  assert.deepEqual(
    parseMarkdown('# A\n\nb\n\n- c').children.map((node) => node.type),
    ['heading', 'paragraph', 'list'],
  );
});
