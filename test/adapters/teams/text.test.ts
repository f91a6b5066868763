import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { readHtml } from '../../../adapters/teams/read-html.ts';
import { render } from '../../../adapters/teams/render.ts';

const names = new Set(['Switch Board']);
const mention = (name: string) =>
  `<span itemtype="http://schema.skype.com/Mention" itemscope="" itemid="0">${name}</span>`;

const reading: readonly [what: string, html: string, markdown: string][] = [
  ['our mention goes', `<p>${mention('Switch Board')}&nbsp;Hey</p>`, 'Hey'],
  ['our mention goes in the middle, with its space', `<p>ask ${mention('Switch&nbsp;Board')} now</p>`, 'ask now'],
  ['other people stay', `<p>${mention('Bob')} <at id="1">Eve</at></p>`, '@Bob @Eve'],
  ['other spans mean nothing', '<p><span style="color:red">a</span></p>', 'a'],
  ['bold, italic, struck', '<b>a</b> <strong>b</strong> <i>c</i> <em>d</em> <s>e</s>', '**a** **b** *c* *d* ~~e~~'],
  ['marks in marks', '<b>a<strong>b</strong><i> c </i></b>', '**ab *c***'],
  ['spaces move out of marks', '<b> a </b>b', '**a** b'],
  ['letters stay letters', 'a*b* _c_ snake_case &lt;div&gt;', String.raw`a\*b\* \_c\_ snake_case \<div>`],
  ['paragraphs and breaks', '<p>a<br> b</p>\n<p>c</p><div>d</div>', 'a\nb\n\nc\n\nd'],
  ['lists in lists', '<ul>\n<li>a</li>\n<li>b<ol><li>c</li><li>d</li></ol></li></ul>', '- a\n- b\n  1. c\n  2. d'],
  ['a code block is left alone', '<pre>a &lt; *b*\n\n\nc<br>d</pre>', '```\na < *b*\n\n\nc\nd\n```'],
  ['Teams’ own code block', '<codeblock class="Rust"><code>fn a()</code></codeblock>', '```Rust\nfn a()\n```'],
  ['code with backticks', '<code>a`b</code>', '`` a`b ``'],
  ['a fence in code', '<pre>```\nx\n```</pre>', '````\n```\nx\n```\n````'],
  [
    'links',
    '<a href="https://e.org/?a=1&amp;b=2">x</a> <a href="https://e.org">https://e.org</a>',
    '[x](https://e.org/?a=1&b=2) <https://e.org>',
  ],
  ['links that are none', '<a href="javascript:x">x</a>', 'x'],
  ['quotes', '<blockquote><p>a</p><p>b</p></blockquote><p>c</p>', '> a\n> \n> b\n\nc'],
  [
    'tables',
    '<table><tr><td>a</td><td>b|</td></tr><tr><td></td><td>d</td></tr></table>',
    '| a | b\\| |\n| --- | --- |\n|  | d |',
  ],
  ['emoji', '<img alt="😀" itemtype="http://schema.skype.com/Emoji"/><emoji id="x" alt="🎉"></emoji>', '😀🎉'],
  ['pictures and cards are attachments', 'a<img src="https://x/y.png"><attachment id="1"></attachment>', 'a'],
  ['headings and rules', '<h2>a <b>b</b></h2><hr>c', '## a **b**\n\n---\n\nc'],
  ['entities', '&amp;lt; &#65;&#x1F600; &nope; &#0; &#xD800;', '&lt; A😀 &nope; \uFFFD \uFFFD'],
  ['what is not closed', '<p>a <b>b', 'a **b**'],
  ['what was never opened', 'a</b></p> b', 'a b'],
  ['an unfinished tag', 'a <b', String.raw`a \<b`],
  ['nothing', '', ''],
];
for (const [what, html, markdown] of reading) {
  test(`HTML in: ${what}`, () => assert.equal(readHtml(html, names), markdown));
}

const writing: readonly [what: string, markdown: string, shown: string][] = [
  ['marks', '**a** _b_ ~~c~~ `d`', '**a** *b* ~~c~~ `d`'],
  ['headings are bold', '# a **b**\n\nc', '**a b**\n\nc'],
  ['rules are lines', 'a\n\n---\n\nb', 'a\n\n──────────\n\nb'],
  ['tables are code', '| a | b |\n|---|--:|\n| 1 | **2** |', '```\na   |   b\n----|----\n1   |   2\n```'],
  ['pictures are links', '![a](https://e.org/x.png)', '[a](https://e.org/x.png)'],
  ['tags are letters', 'a <at>x</at> <img src=x>\n\n<div>', 'a &lt;at>x&lt;/at> &lt;img src=x>\n\n&lt;div>'],
  ['entities are letters', '`&amp;` &amp;lt; &', '`&amp;` &amp;lt; &'],
  ['code is left alone', '```js\nif (a < b && *c*) {}\n```', '```js\nif (a < b && *c*) {}\n```'],
  [
    'letters stay letters',
    String.raw`\*a\* \_b\_ snake_case 2 * 3 \[a](b)`,
    String.raw`\*a\* \_b\_ snake_case 2 * 3 [a\](b)`,
  ],
  ['what begins a line', '1986\\. a\n\\- b\n\\# c\n\\> d\n- e - f', '1986\\. a\n\\- b\n\\# c\n\\> d\n\n- e - f'],
  [
    'links',
    '[l](https://e.org/a(b)) <https://e.org/c_d> [x](javascript:y)',
    '[l](https://e.org/a%28b%29) https://e.org/c_d x',
  ],
  ['lists', '1. a\n\n   b\n2. c\n   - [x] d\n   - [ ] e', '1. a\n\n   b\n2. c\n   - ☑ d\n   - ☐ e'],
  ['quotes', '> a\n> > b', '> a\n> \n> > b'],
  ['hard breaks', 'a\\\nb', 'a  \nb'],
];
for (const [what, markdown, shown] of writing) {
  test(`Markdown out: ${what}`, () => assert.equal(render(markdown), shown));
}

test('no text gets a tag, an entity of its own or a lone surrogate past the renderer', () => {
  const word = fc.constantFrom(
    '<at>',
    '</at>',
    '<img src="x">',
    '&lt;',
    '*',
    '_',
    '`',
    '#',
    '\n',
    '- ',
    '> ',
    'a',
    '\uD800',
    '\u0000',
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 30 }), (words) => {
      const shown = render(words.join(''));
      const prose = shown.replaceAll(/(`+)[^]*?[^`]\1(?!`)/g, '');
      return !/<(?:at|img)/.test(prose) && shown.isWellFormed() && !shown.includes('\u0000');
    }),
    { numRuns: 300 },
  );
});

test('any HTML is read, in time that grows with its length', () => {
  for (const evil of ['<a', '<b>', '<a href="', '</p>', '<blockquote>', '<li>', '&#', '<td>|</td>', ' \n', '*']) {
    const began = performance.now();
    readHtml(evil.repeat(40_000), names);
    assert.ok(performance.now() - began < 1000, evil);
  }
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (html) => {
      const text = readHtml(html, names);
      return text.isWellFormed() && !text.includes('\u0000');
    }),
    { numRuns: 300 },
  );
});
